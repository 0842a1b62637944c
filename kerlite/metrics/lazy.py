"""Metrics whose state has a shape that only the first batch tells, and weights for each value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite.core.tracing import untraced
from kerlite.losses.reduction import mask_weight
from kerlite.losses.shapes import align_weight
from kerlite.metrics.base import Metric

__all__ = ["LazyMetric", "value_weights"]


class LazyMetric(Metric):
    """A metric with variables of one shape that the first batch tells.

    They are made by the first update, by the first state that is merged into a metric which has
    seen nothing, and by `load_state_dict`.

    Args:
        dtype: number type of the result.
        name: its name in logs.
    """

    _lazy_state: ClassVar[Sequence[str]]
    _lazy_dtype: ClassVar[torch.dtype | None] = None

    @property
    def is_made(self) -> bool:
        """Whether the shape of the state is known."""
        return self._lazy_state[0] in self._buffers

    def merge_state(self, metrics: Sequence[Metric]) -> None:
        """Take in the state of others; those that have seen nothing add nothing."""
        kind = type(self)
        metrics = [m for m in metrics if not (isinstance(m, kind) and not m.is_made)]
        if metrics and not self.is_made and isinstance(metrics[0], kind):
            self._make_state(getattr(metrics[0], self._lazy_state[0]))
        super().merge_state(metrics)

    def _need_state(self, shape: Sequence[int], like: Tensor) -> None:
        """Make the state for outputs of a shape, on the device of a tensor.

        Raises:
            ValueError: if earlier batches were of another shape.
        """
        if not self.is_made:
            self._make_state(like.new_empty(tuple(shape)))
        known = tuple(getattr(self, self._lazy_state[0]).shape)
        if known != tuple(shape):
            raise ValueError(
                f"The metric {self.name} has seen targets of {known[-1]} columns; received "
                f"{shape[-1]}. Make one metric for each output."
            )

    @untraced
    def _make_state(self, like: Tensor) -> None:
        """Make the state, all zeros, in the shape and on the device of a tensor."""
        dtype = torch.float32 if like.device.type == "mps" else self._lazy_dtype
        for name in self._lazy_state:
            setattr(self, name, self.add_variable(like.shape, "zeros", dtype, name=name))
        self.to(like.device)

    def _with_state(self, metric_variables: Any) -> Metric:
        if self.is_made or len(metric_variables) == len(self.variables):
            return super()._with_state(metric_variables)
        twin: Any = super()._with_state(self.variables)
        twin._make_state(torch.as_tensor(metric_variables[-1]))
        return twin._with_state(metric_variables)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any) -> None:
        saved = state_dict.get(f"{prefix}{self._lazy_state[0]}")
        if saved is not None and not self.is_made:
            own = next(iter(self._buffers.values()), saved)
            self._make_state(torch.empty(saved.shape, device=own.device))  # type: ignore[union-attr]
        super()._load_from_state_dict(state_dict, prefix, *args)


def value_weights(sample_weight: Any, mask: Tensor | None, values: Tensor) -> Tensor | None:
    """Return one weight for each value, 0 where the mask is False; None if there are neither.

    Raises:
        ValueError: if the shape of the weights or of the mask does not fit.
    """
    if sample_weight is None and mask is None:
        return None
    weight = None
    if sample_weight is not None:
        weight = torch.as_tensor(sample_weight, dtype=values.dtype, device=values.device)
    if mask is not None:
        weight = mask_weight(weight, mask, values.dtype, "sum")
    assert weight is not None
    given = tuple(weight.shape)
    _, weight = align_weight(values, weight)
    if torch.broadcast_shapes(weight.shape, values.shape) != values.shape:
        raise ValueError(
            f"Sample weights or a mask of shape {given} do not fit values of shape "
            f"{tuple(values.shape)}. Pass one weight a sample, or one a value."
        )
    return weight.expand(values.shape)
