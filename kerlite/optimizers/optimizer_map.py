"""Which optimizer trains which variable."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from kerlite.core.registry import register_public
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.composite import Composite
from kerlite.optimizers.references import Reference

__all__ = ["OptimizerMap"]


class OptimizerMap(MutableMapping[str, Optimizer]):
    """A dictionary from paths of variables, or patterns of them, to optimizers.

    A path is looked up as it is, then among the keys as regular expressions that must match all of
    it; the default optimizer trains what no key matches.

    Args:
        default_optimizer: trains the variables that no key matches.
        optimizer_map: path or regular expression -> optimizer.

    Raises:
        TypeError: if an argument is of another type.
        ValueError: for an optimizer made of others; when looking up, if several patterns match.

    Example:
        >>> from kerlite.optimizers import SGD, Adam
        >>> chosen = OptimizerMap(SGD(name="rest"), {"encoder/.*": Adam(name="encoders")})
        >>> chosen["encoder/kernel"].name, chosen["head/kernel"].name
        ('encoders', 'rest')

    Source: keras.optimizers.OptimizerMap.
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None
    ):
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(
                "`optimizer_map` must be a dictionary or None. Received: "
                f"optimizer_map={optimizer_map!r}."
            )
        self._default = check_member(default_optimizer, "`default_optimizer`", TypeError)
        self._optimizers: dict[str, Optimizer] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """The optimizer of the variables that no key matches."""
        return self._default

    def __call__(self, variable: Any) -> Optimizer:
        """Return the optimizer that trains a variable."""
        return self[getattr(variable, "path", None) or Reference.to(variable).path]

    def __getitem__(self, key: str) -> Optimizer:
        """Return the optimizer for a path."""
        if key in self._optimizers:
            return self._optimizers[key]
        matches = [pattern for pattern in self._optimizers if re.fullmatch(pattern, key)]
        if len(matches) > 1:
            raise ValueError(
                f"Multiple optimizers are assigned to the variable {key!r}: it matches {matches}. "
                "Let each path match one key only."
            )
        return self._optimizers[matches[0]] if matches else self._default

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        """Add an optimizer for a path or a pattern."""
        if not isinstance(key, str):
            raise ValueError(f"A key must be a path or a pattern of paths. Received: {key!r}.")
        if key in self._optimizers:
            raise ValueError(f"{key!r} is in the OptimizerMap already. Delete it first.")
        self._optimizers[key] = check_member(optimizer, f"The optimizer for {key!r}")

    def __delitem__(self, key: str) -> None:
        """Take a key out."""
        del self._optimizers[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._optimizers)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._optimizers)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this map again, as plain values."""
        config = {"default_optimizer": self._default, "optimizer_map": self._optimizers}
        return serialize_keras_object(config)

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> OptimizerMap:
        """Make a map from what `get_config` returned."""
        return cls(**deserialize_keras_object(config, custom_objects))


def check_member(optimizer: Any, what: str, error: type[Exception] = ValueError) -> Optimizer:
    """Return an optimizer that others may be made of, or raise."""
    if not isinstance(optimizer, Optimizer):
        raise error(f"{what} must be an optimizer of kerlite's. Received: {optimizer!r}.")
    if isinstance(optimizer, Composite):
        raise ValueError(
            f"{what} cannot be a {type(optimizer).__name__}, which is made of optimizers itself."
        )
    return optimizer


register_public(OptimizerMap)
