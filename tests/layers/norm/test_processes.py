import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import distributed, nn

from kerlite.layers import BatchNormalization, Layer
from tests.layers.norm.two_processes import inputs
from tests.layers.support import TOLERANCE, data, run


class Block(Layer):
    def __init__(self):
        super().__init__()
        self.norm = BatchNormalization()

    def call(self, inputs):
        return self.norm(inputs)


@pytest.fixture
def one_process():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    distributed.init_process_group("gloo", init_method=address, rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


@pytest.mark.parametrize("masked", [False, True])
def test_synchronized_is_the_same_for_one_process(one_process, masked):
    mask = torch.rand(4, 5) > 0.3 if masked else None
    plain, joint = BatchNormalization(), BatchNormalization(synchronized=True)
    x = data(4, 5, 3)
    plain.build(x.shape)
    joint.build(x.shape)
    (expected, grads), (output, joint_grads) = (
        run(layer, x, {"training": True, "mask": mask}) for layer in (plain, joint)
    )
    np.testing.assert_allclose(output, expected, **TOLERANCE)
    for mine, wanted in zip(joint_grads, grads, strict=True):
        np.testing.assert_allclose(mine, wanted, **TOLERANCE)
    for mine, wanted in zip(joint.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(mine, wanted, **TOLERANCE)


def test_two_processes_count_as_one(tmp_path):
    command = [sys.executable, "-m", "tests.layers.norm.two_processes"]
    folder = Path(__file__).parents[3]
    workers = [
        subprocess.Popen([*command, str(rank), str(tmp_path)], cwd=folder) for rank in (0, 1)
    ]
    assert [worker.wait(timeout=300) for worker in workers] == [0, 0]
    outputs, grads, means, variances = zip(
        *(torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1)), strict=True
    )
    x, grad = (torch.cat(parts) for parts in zip(inputs(0), inputs(1), strict=True))
    layer = BatchNormalization()
    expected = layer(x.requires_grad_(), training=True)
    expected.backward(grad)
    torch.testing.assert_close(torch.cat(outputs), expected, **TOLERANCE)
    torch.testing.assert_close(torch.cat(grads), x.grad, **TOLERANCE)
    for mean, variance in zip(means, variances, strict=True):
        torch.testing.assert_close(mean, layer.running_mean, **TOLERANCE)
        torch.testing.assert_close(variance, layer.running_var, **TOLERANCE)


def test_conversion_to_torchs_synchronized_batch_norm():
    block = Block()
    x = data(4, 2, 2, 3)
    expected = block(x, training=True)
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(block)
    assert isinstance(converted.norm, BatchNormalization)
    assert converted.norm.synchronized
    torch.testing.assert_close(converted(x, training=True), expected)


def test_conversion_where_no_layer_is_around():
    model = nn.Sequential(BatchNormalization(axis=1))
    model[0].build((None, 3))
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    assert isinstance(converted[0], nn.SyncBatchNorm)
    assert converted[0].weight.shape == (3,)
