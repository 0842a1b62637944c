"""Loss: a function of targets and predictions, with a reduction, sample weights and masks."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite.core import dtypes, policy, tree
from kerlite.core.convert import as_tensor
from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.serialize import Configurable
from kerlite.core.tensor import any_symbolic, record
from kerlite.losses.reduction import MEANS, combine_masks, reduce_weighted, standardize_reduction
from kerlite.losses.shapes import as_tensors, cast

__all__ = ["Loss", "accepted_by"]


class Loss(Configurable):
    """A loss; a subclass gives `call(y_true, y_pred)`, one loss for each sample or value.

    A mask that rides on the predictions (`y_pred._keras_mask`) or on what `call` returns is obeyed.

    Args:
        name: its name; by default the class name in snake case.
        reduction: "sum_over_batch_size" or "mean" (sum of the weighted losses / their number),
            "mean_with_sample_weight" (/ the sum of the weights), "sum", or "none" and None (the
            losses as they are).
        dtype: number type of the computation and of the result, floatx by default. Half precision
            is computed in float32 and rounded at the end.

    Raises:
        ValueError: for an unknown reduction, or shapes that do not fit.

    Example:
        >>> class Absolute(Loss):
        ...     def call(self, y_true, y_pred):
        ...         return (y_true - y_pred).abs()
        >>> Absolute()([0.0, 2.0], [1.0, 0.0])
        tensor(1.5000)
        >>> Absolute(reduction="sum")([0.0, 2.0], [1.0, 0.0], sample_weight=[1.0, 0.5])
        tensor(2.)

    Source: keras.losses.Loss.
    """

    _targets_keep_dtype: ClassVar[bool] = False
    _mask_is_of_losses: ClassVar[bool] = True  # else `call` itself makes sense of it

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ):
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self.reduction = standardize_reduction(reduction)
        self._dtype = dtypes.standardize_dtype(
            policy.get_policy(dtype).compute_dtype if dtype is not None else None
        )
        self._result_dtype = dtypes.to_torch_dtype(self._dtype)
        self._compute_dtype = torch.promote_types(self._result_dtype, torch.float32)
        self._has_fused_mean = (
            reduction in MEANS
            and self._result_dtype == self._compute_dtype
            and type(self).fused_mean is not Loss.fused_mean
        )

    @property
    def dtype(self) -> str:
        """The number type of the computation and of the result."""
        return self._dtype

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """Return one loss for each sample or value, not reduced."""
        raise NotImplementedError(
            f"The loss {type(self).__name__} defines no call(y_true, y_pred), which returns one "
            "loss for each sample."
        )

    def fused_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """Return the mean of what `call` returns from one torch kernel, None where there is none.

        Runs when there are neither weights nor masks.
        """

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Look through all targets before training starts; the built-in losses know how.

        Args:
            y_true: the targets of all samples, an array or tensor in memory.
            y_pred_shape: the shape of the predictions, the batch dimension first (None is fine).

        Raises:
            ValueError: for targets that this loss cannot work with.
        """

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the reduced loss: a 0-d tensor, unless the reduction is "none"."""
        if not isinstance(y_pred, Tensor) and any_symbolic(y_true, y_pred):
            return record(self, (y_true, y_pred, sample_weight), {})
        mask = getattr(y_pred, "_keras_mask", None) if self._mask_is_of_losses else None
        y_true, y_pred = self._converted(y_true, y_pred)
        if self._has_fused_mean and sample_weight is None and mask is None and y_pred.numel():
            fused = self.fused_mean(y_true, y_pred)
            if fused is not None:
                return fused
        values = self.call(y_true, y_pred)
        mask = combine_masks(mask, getattr(values, "_keras_mask", None))
        values = as_tensor(values).to(self._compute_dtype)
        loss = reduce_weighted(values, sample_weight, mask, self.reduction)
        return loss.to(self._result_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this loss again; dtype only where one was given."""
        base = {"name": self.name, "reduction": self.reduction}
        config = {**accepted_by(type(self), base), **super().get_config()}
        if self._init_arguments.get("dtype") is None:
            config.pop("dtype", None)
        return config

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    def _converted(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)):
            y_true, y_pred = as_tensors(y_true), as_tensors(y_pred)
            if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)):
                return tree.map_structure(lambda x: cast(x, self._compute_dtype), (y_true, y_pred))
        if y_pred.dtype != self._compute_dtype:
            y_pred = cast(y_pred, self._compute_dtype)
        if y_true.device != y_pred.device:
            y_true = y_true.to(y_pred.device)
        if y_true.dtype != self._compute_dtype and not self._targets_keep_dtype:
            y_true = y_true.to(self._compute_dtype)
        return y_true, y_pred


def accepted_by(cls: type, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return those of the arguments that the class can be made with."""
    parameters = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return arguments
    return {name: value for name, value in arguments.items() if name in parameters}
