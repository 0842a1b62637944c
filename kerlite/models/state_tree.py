"""All the values a model's training depends on, as nested dictionaries by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["get_state_tree", "set_state_tree"]

_FORMATS = ("backend_tensor", "numpy_array")


def get_state_tree(model: Any, value_format: str = "backend_tensor") -> dict[str, Any]:
    """Return the values of the model's variables in nested dictionaries, by the parts of paths.

    Args:
        model: the model.
        value_format: "backend_tensor" for the tensors themselves, "numpy_array" for copies.

    Raises:
        ValueError: for another format, or if two variables have one path.

    Example:
        >>> import kerlite
        >>> inputs = kerlite.Input((4,))
        >>> model = kerlite.Model(inputs, kerlite.layers.Dense(2, name="out")(inputs))
        >>> tree = model.get_state_tree("numpy_array")
        >>> tree["trainable_variables"]["out"]["bias"]
        array([0., 0.], dtype=float32)

    Source: keras.Model.get_state_tree; in Keras's layout, as everything under Keras's names.
    """
    if value_format not in _FORMATS:
        raise ValueError(f"value_format is one of {_FORMATS}; received {value_format!r}.")
    return {
        kind: _nested({path: _value(v, value_format) for path, v in by_path.items()})
        for kind, by_path in _variables(model).items()
    }


def set_state_tree(model: Any, state_tree: dict[str, Any]) -> None:
    """Set the values of the model's variables from what `get_state_tree` returned.

    Args:
        model: the model.
        state_tree: all of it or parts; variables it does not name stay as they are.

    Raises:
        ValueError: if it names what the model does not have, or a shape differs; nothing is
            changed then.
    """
    known = _variables(model)
    problems = [f"unknown: {kind}" for kind in state_tree if kind not in known]
    found: list[tuple[Any, Any]] = []
    for kind in state_tree.keys() & known.keys():
        for path, value in _flat(state_tree[kind], ""):
            variable = known[kind].get(path)
            if variable is None:
                problems.append(f"unknown: {kind}, {path}")
            elif tuple(np.shape(value)) != tuple(variable.shape):
                problems.append(
                    f"other shape: {path} is {tuple(variable.shape)}, received "
                    f"{tuple(np.shape(value))}"
                )
            else:
                found.append((variable, value))
    if problems:
        raise ValueError(f"The state does not fit {model.name!r}: {'; '.join(sorted(problems))}.")
    for variable, value in found:
        variable.assign(value)


def _variables(model: Any) -> dict[str, dict[str, Any]]:
    optimizer = getattr(model, "optimizer", None)
    return {
        "trainable_variables": _by_path(model.trainable_variables),
        "non_trainable_variables": _by_path(model.non_trainable_variables),
        "optimizer_variables": _by_path(optimizer.variables if optimizer is not None else ()),
        "metrics_variables": _unique(
            (f"{metric.name}/{variable.path}", variable)
            for outer in model.metrics
            for metric in getattr(outer, "metrics", [outer])
            for variable in metric.variables
        ),
    }


def _by_path(variables: Iterable[Any]) -> dict[str, Any]:
    return _unique((variable.path, variable) for variable in variables)


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, variable in pairs:
        if path in found:
            raise ValueError(
                f"Two variables of the model have the path {path!r}. Give the layers and metrics "
                "names of their own."
            )
        found[path] = variable
    return found


def _value(variable: Any, value_format: str) -> Any:
    return variable.numpy() if value_format == "numpy_array" else variable.value


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, last = path.split("/")
        holder = nested
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[last] = value
    return nested


def _flat(nested: Any, prefix: str) -> Iterable[tuple[str, Any]]:
    for key, value in nested.items():
        path = f"{prefix}/{key}" if prefix else key
        if isinstance(value, dict):
            yield from _flat(value, path)
        else:
            yield path, value
