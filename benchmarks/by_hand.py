"""The loop an expert writes in plain PyTorch: nothing in it waits for the device."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

__all__ = ["dataloader_loop", "indexed_loop"]


def indexed_loop(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, batch_size: int
) -> Callable[[], tuple[float, float]]:
    """Return a function that trains for one epoch on tensors in memory, shuffled by index."""
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def epoch() -> tuple[float, float]:
        model.train()
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for which in torch.randperm(len(x)).split(batch_size):
            inputs, targets = x.index_select(0, which), y.index_select(0, which)
            optimizer.zero_grad(set_to_none=True)
            outputs = model(inputs)
            loss = F.cross_entropy(outputs, targets)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                loss_sum += loss.detach() * len(inputs)
                correct += (outputs.argmax(1) == targets).sum()
        return float(loss_sum) / len(x), float(correct) / len(x)

    return epoch


def dataloader_loop(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, batch_size: int
) -> Callable[[], float]:
    """Return a function that trains for one epoch as tutorials do: DataLoader, loss.item()."""
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters())

    def epoch() -> float:
        model.train()
        loss_sum, correct = 0.0, 0
        for inputs, targets in loader:
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = F.cross_entropy(outputs, targets)
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(inputs)
            correct += (outputs.argmax(1) == targets).sum().item()
        return loss_sum / len(x)

    return epoch
