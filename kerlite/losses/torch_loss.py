"""PyTorch's own losses, called as PyTorch calls them: loss(y_pred, y_true)."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core.convert import as_tensor
from kerlite.core.names import to_snake_case
from kerlite.losses.base import Loss
from kerlite.losses.reduction import reduce_weighted
from kerlite.losses.shapes import lifted, same_rank

__all__ = ["TorchLoss", "is_torch_loss", "torch_targets"]


class TorchLoss(Loss):
    """A torch loss module, any `nn.Module` of (y_pred, y_true), or a torch.nn.functional loss.

    What it returns is reduced to a scalar by its mean. Integer targets become int64 where they are
    class indices (of another shape than the predictions), else the predictions' type; a target
    (n, 1) of a prediction (n,) or of class scores (n, c) loses its last dimension.

    Args:
        loss: the module or function.
        name: its name; by default that of the module's class, in snake case.

    Raises:
        ValueError: for sample weights or a mask with a loss that cannot be left unreduced.

    Example:
        >>> TorchLoss(nn.CrossEntropyLoss())([1, 0], [[0.0, 0.0], [0.0, 0.0]])
        tensor(0.6931)
    """

    def __init__(self, loss: Callable[..., Any], name: str | None = None):
        super().__init__(name or to_snake_case(_plain_name(loss)))
        self.loss = loss
        self._device: torch.device | None = None

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss as the module or function reduces it."""
        return self.loss(y_pred, y_true)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Return the loss as a scalar."""
        y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
        mask = getattr(y_pred, "_keras_mask", None)
        y_true, y_pred = torch_targets(y_true, lifted(y_pred))
        self._follow(y_pred.device)
        y_true = _typed(y_true, y_pred, self.loss).to(y_pred.device)
        if sample_weight is None and mask is None:
            value = self.call(y_true, y_pred)
            return value if value.ndim == 0 else value.mean()
        values = self._unreduced(y_true, y_pred)
        reduction = "sum" if _reduction_of(self.loss) == "sum" else "mean"
        return reduce_weighted(values, sample_weight, mask, reduction)

    def _unreduced(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if not isinstance(self.loss, nn.Module):
            values = self.loss(y_pred, y_true, reduction="none")
        elif hasattr(self.loss, "reduction"):
            module: Any = copy.copy(self.loss)  # shares weights and buffers
            module.reduction = "none"
            values = module(y_pred, y_true)
        else:
            values = self.loss(y_pred, y_true)
        if values.ndim == 0:
            raise ValueError(
                f"The loss {self.name} returns one number for the batch, so sample weights and "
                "masks cannot be applied to it. Let the module return one loss for each sample, "
                "or leave the weights out."
            )
        return values

    def _follow(self, device: torch.device) -> None:
        """Move the module's own weights to the device of the predictions, once."""
        if device != self._device:
            self._device = device
            if isinstance(self.loss, nn.Module):
                self.loss.to(device)


def is_torch_loss(candidate: Any) -> bool:
    """Return whether it wants (input, target): a module, or a function of torch.nn.functional."""
    while isinstance(candidate, functools.partial):
        candidate = candidate.func
    module = getattr(candidate, "__module__", None) or ""
    return isinstance(candidate, nn.Module) or module.startswith("torch.nn.functional")


def torch_targets(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Return targets and predictions in the shapes that torch expects; see `TorchLoss`."""
    y_true, y_pred = same_rank(y_true, y_pred)
    are_indices = not y_true.is_floating_point() and y_true.shape != y_pred.shape
    if are_indices and y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    return y_true, y_pred


def _typed(y_true: Tensor, y_pred: Tensor, loss: Any) -> Tensor:
    if y_true.is_floating_point():
        return y_true.to(y_pred.dtype)
    if y_true.shape != y_pred.shape or isinstance(loss, nn.MultiLabelMarginLoss):
        return y_true.long()
    return y_true.to(y_pred.dtype)


def _plain_name(loss: Any) -> str:
    while isinstance(loss, functools.partial):
        loss = loss.func
    return getattr(loss, "__name__", type(loss).__name__)


def _reduction_of(loss: Any) -> str:
    if isinstance(loss, functools.partial):
        return loss.keywords.get("reduction", "mean")
    return getattr(loss, "reduction", "mean")
