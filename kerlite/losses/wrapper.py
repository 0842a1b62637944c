"""A plain function of (y_true, y_pred) as a Loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from kerlite.core import registry
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.losses.base import Loss
from kerlite.losses.shapes import same_rank

__all__ = ["LossFunctionWrapper"]


class LossFunctionWrapper(Loss):
    """A loss made of a function of (y_true, y_pred) that returns one loss for each sample.

    Targets and predictions reach the function as floating-point tensors of one rank, as in Keras.

    Args:
        fn: the function.
        reduction: see `Loss`.
        name: its name; by default "loss_function_wrapper".
        dtype: number type of the computation.
        **kwargs: further arguments of the function.

    Example:
        >>> def absolute(y_true, y_pred):
        ...     return (y_true - y_pred).abs()
        >>> LossFunctionWrapper(absolute)([0.0, 2.0], [1.0, 0.0])
        tensor(1.5000)

    Source: keras.src.losses.losses.LossFunctionWrapper.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return what the function returns."""
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            y_true, y_pred = same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this loss again, those of the function among them."""
        return {**super().get_config(), **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LossFunctionWrapper:
        """Make a loss from what `get_config` returned."""
        arguments = deserialize_keras_object(config)
        if isinstance(arguments["fn"], str):
            arguments["fn"] = registry.public_object("keras.losses", arguments["fn"])
        return cls(**arguments)
