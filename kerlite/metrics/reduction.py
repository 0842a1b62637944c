"""Sums and means over everything seen, and the mean of a function of targets and predictions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes, registry
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.losses.reduction import mask_weight
from kerlite.losses.shapes import align_weight, as_tensors, same_rank
from kerlite.metrics.base import Metric

__all__ = ["ONE", "Mean", "MeanMetricWrapper", "Sum"]

# Adding a multiple of it to a tensor, on whatever device, is faster than adding a Python number.
ONE = torch.ones(())


class Sum(Metric):
    """The weighted sum of all values.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> metric = Sum()
        >>> metric.update_state([1.0, 3.0, 5.0, 7.0])
        >>> metric.update_state([1.0, 1.0], sample_weight=[1.0, 0.0])
        >>> metric.result()
        tensor(17.)

    Source: keras.metrics.Sum.
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None):
        super().__init__(dtype=dtype, name=name)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values, each times its weight."""
        values = as_tensors(values)
        if sample_weight is not None:
            values, _ = _weighted(values, sample_weight, torch.sum, self.total.dtype)
        self.total.add_(values.sum(dtype=self.total.dtype))

    def result(self) -> Tensor:
        """Return the sum so far."""
        return self.total.to(dtypes.to_torch_dtype(self.dtype), copy=True)


class Mean(Metric):
    """The weighted mean of all values: sum(weight * value) / sum(weight).

    A value of several dimensions counts as one sample a row, the mean over the rest.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> metric = Mean()
        >>> metric.update_state([1.0, 3.0])
        >>> metric.update_state(8.0, sample_weight=2)
        >>> metric.result()
        tensor(5.)

    Source: keras.metrics.Mean.
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None):
        super().__init__(dtype=dtype, name=name)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take values into account; a number as weight counts for that many samples."""
        self._add(as_tensors(values), sample_weight)

    def result(self) -> Tensor:
        """Return the mean so far; 0 before the first value."""
        mean = torch.where(self.count == 0, 0.0, self.total / self.count)
        return mean.to(dtypes.to_torch_dtype(self.dtype))

    def _masked(self, sample_weight: Any, mask: Tensor) -> Tensor:
        """Return weights that are 0 where the mask is False."""
        if sample_weight is not None:
            sample_weight = torch.as_tensor(
                sample_weight, dtype=self.total.dtype, device=mask.device
            )
        return mask_weight(sample_weight, mask, self.total.dtype, "sum")

    def _add(self, values: Tensor, sample_weight: Any) -> None:
        total = self.total
        if sample_weight is None:
            if values.ndim > 1:
                share = 1.0 / max(math.prod(values.shape[1:]), 1)
                total.add_(values.sum(dtype=total.dtype), alpha=share)
            elif values.dtype is torch.bool:
                total.add_(values.count_nonzero())  # a sum takes twice as long
            else:
                total.add_(values.sum(dtype=total.dtype))
            self.count.add_(ONE, alpha=values.shape[0] if values.ndim else 1)
        elif isinstance(sample_weight, (int, float)) and not values.ndim:
            total.add_(values, alpha=sample_weight)
            self.count.add_(ONE, alpha=sample_weight)
        else:
            values, weight = _weighted(values, sample_weight, torch.mean, total.dtype)
            total.add_(values.sum())
            self.count.add_(weight.sum())


class MeanMetricWrapper(Mean):
    """The weighted mean of a function of (y_true, y_pred) that returns one value for each sample.

    A function that returns one number for the whole batch counts as one sample, as in Keras.

    Args:
        fn: the function of (y_true, y_pred, **kwargs).
        name: its name in logs.
        dtype: number type of the result.
        **kwargs: further arguments of the function.

    Example:
        >>> def distance(y_true, y_pred):
        ...     return (y_true - y_pred).abs()
        >>> MeanMetricWrapper(distance, name="distance")([0.0, 2.0], [1.0, 0.0])
        tensor(1.5000)

    Source: keras.metrics.MeanMetricWrapper.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs
        if (registry.public_name(fn) or ("",))[0] == "keras.losses":
            self._direction = "down"

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take a batch of targets and predictions into account; a mask on y_pred is obeyed."""
        if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)):
            y_true, y_pred = as_tensors(y_true), as_tensors(y_pred)
        mask = getattr(y_pred, "_keras_mask", None)
        values = self.fn(y_true, y_pred, **self._fn_kwargs)
        if not isinstance(values, Tensor):
            values = as_tensors(values)
        self._add(values, sample_weight if mask is None else self._masked(sample_weight, mask))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this metric again, those of the function among them."""
        config = super().get_config()
        if "fn" in config:
            config.update(serialize_keras_object(self._fn_kwargs))
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MeanMetricWrapper:
        """Make a metric from what `get_config` returned."""
        arguments = deserialize_keras_object(config)
        name = arguments.get("fn")
        if isinstance(name, str):
            found = registry.public_object("keras.metrics", name)
            arguments["fn"] = found or registry.public_object("keras.losses", name)
        return cls(**arguments)


def _weighted(
    values: Tensor, sample_weight: Any, reduce: Callable[..., Tensor], dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Return one weighted value and one weight a sample, as Keras's reduction metrics make them."""
    mask = getattr(values, "_keras_mask", None)
    values = values.to(dtype)
    weight = torch.as_tensor(sample_weight, dtype=dtype, device=values.device)
    if mask is not None:
        weight = mask_weight(weight, mask, dtype, "sum")
    values, weight = same_rank(values, weight)
    if values.ndim > weight.ndim:
        values = reduce(values, dim=tuple(range(weight.ndim, values.ndim)))
    if weight.ndim > values.ndim:
        raise ValueError(
            f"Sample weights of shape {tuple(weight.shape)} do not fit values of shape "
            f"{tuple(values.shape)}. A metric function for weighted_metrics returns one value for "
            "each sample, and a loss with a reduction does not: use its function or metric class."
        )
    values, weight = align_weight(values, weight)
    weight = weight.broadcast_to(values.shape)
    values = values * weight
    rest = tuple(range(1, values.ndim))
    return (reduce(values, dim=rest), reduce(weight, dim=rest)) if rest else (values, weight)
