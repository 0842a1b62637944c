"""Several optimizers for one model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor

from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.variable import storage_of
from kerlite.optimizers import arguments
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.composite import Composite
from kerlite.optimizers.optimizer_map import OptimizerMap, check_member

__all__ = ["MultiOptimizer"]


class MultiOptimizer(Composite):
    """Let each variable be trained by an optimizer of its own choice.

    It has no learning rate: those of `optimizers` are read and assigned one by one. For other
    hyperparameters of one and the same algorithm, `Optimizer`'s `groups` are simpler.

    Args:
        optimizer_map: an `OptimizerMap`, or a function of a variable that returns its optimizer;
            it is asked once for each variable.
        loss_scale_factor: what the loss is multiplied by; replaces that of the optimizers.
        name: by default "multi_optimizer".

    Raises:
        TypeError: if `optimizer_map` is neither.
        ValueError: at `build`, if what is returned is no optimizer, or one made of others.

    Example:
        >>> import torch
        >>> from kerlite import Variable
        >>> from kerlite.optimizers import SGD
        >>> optimizer = MultiOptimizer(OptimizerMap(SGD(0.5), {"b": SGD(0.25)}))
        >>> weights = [Variable([1.0], name="a"), Variable([1.0], name="b")]
        >>> optimizer.apply([torch.ones(1), torch.ones(1)], weights)
        >>> [weight.item() for weight in weights]
        [0.5, 0.75]

    Source: keras.optimizers.MultiOptimizer.
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Any], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ):
        if not callable(optimizer_map):
            raise TypeError(
                "`optimizer_map` must be an OptimizerMap, or a function of a variable that returns "
                f"an optimizer. Received: optimizer_map={optimizer_map!r}."
            )
        self._optimizers: list[Optimizer] = []
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self.optimizer_map = optimizer_map
        self._chosen: dict[int, tuple[Tensor, Optimizer]] = {}
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self._take(optimizer)

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers, in the order in which their state is saved."""
        return self._optimizers

    @property
    def learning_rate(self) -> Any:
        """There is none: each of `optimizers` has its own."""
        raise AttributeError(
            "A MultiOptimizer has no learning rate; each of its `optimizers` has its own."
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "A MultiOptimizer has no learning rate; assign to those of its `optimizers`."
        )

    @property
    def loss_scale_factor(self) -> float | None:  # type: ignore[override]
        """What the loss is multiplied by; assigned, it is that of all `optimizers`."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = value
        for optimizer in self._optimizers:
            optimizer.loss_scale_factor = value

    def build(self, variables: Iterable[Any]) -> None:
        """Ask for the optimizer of each variable, and build them."""
        variables = list(variables)
        super().build(variables)
        shares: dict[int, list[Any]] = {}
        for variable in variables:
            shares.setdefault(id(self._choice(variable)), []).append(variable)
        for optimizer in self._optimizers:
            if id(optimizer) in shares:
                optimizer.build(shares[id(optimizer)])
            else:
                optimizer._params = []

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        return {
            "optimizer_map": serialize_keras_object(self.optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """Make an optimizer from what `get_config` returned."""
        return cls(**deserialize_keras_object(config, custom_objects))

    def _members(self) -> list[Optimizer]:
        return self._optimizers

    def _take(self, optimizer: Optimizer) -> None:
        if not any(optimizer is one for one in self._optimizers):
            optimizer.loss_scale_factor = self.loss_scale_factor
            self._optimizers.append(optimizer)

    def _choice(self, variable: Any) -> Optimizer:
        """Return the optimizer of a variable, the same at every build."""
        param = storage_of(variable)
        kept = self._chosen.get(id(param))
        if kept is not None and kept[0] is param:
            return kept[1]
        optimizer = check_member(self.optimizer_map(variable), f"The optimizer for {variable.path}")
        self._take(optimizer)
        self._chosen[id(param)] = (param, optimizer)
        return optimizer

    def _run(self) -> None:
        due = [
            one for one in self._optimizers if any(param.grad is not None for param in one._params)
        ]
        if not due:
            raise arguments.no_gradients([one.path for one in self._references])
        for optimizer in due:
            optimizer.step()
        self._iterations += 1
