"""One of two processes that train a synchronized layer; run by test_batch_normalization."""

import sys

import torch
from torch import distributed

from kerlite.layers import BatchNormalization


def inputs(rank):
    """Return the batch of a process, and the gradient of its output."""
    generator = torch.Generator().manual_seed(rank)
    batch, grad = torch.randn(2, 4, 3, generator=generator)
    return 3 * rank + batch, grad


def main(rank, folder):
    """Train one step together with the other process; write what came out."""
    torch.set_num_threads(1)
    meeting = f"file://{folder}/meeting"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    batch, grad = inputs(rank)
    layer = BatchNormalization(synchronized=True)
    output = layer(batch.requires_grad_(), training=True)
    output.backward(grad)
    averages = [layer.running_mean, layer.running_var]
    torch.save([output.detach(), batch.grad, *averages], f"{folder}/{rank}.pt")
    distributed.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
