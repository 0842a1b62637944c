"""The state of an optimizer in legacy `.h5` files, of Keras 3 and of both kinds of Keras 2."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerlite.core.user_warning import warn
from kerlite.saving.h5_store import StoredArrays
from kerlite.saving.legacy_weights import stored_names, write_named

__all__ = ["read_legacy_optimizer", "write_legacy_optimizer"]

_GROUP = "optimizer_weights"
_COUNTS = ("iter", "iteration", "iterations")
_RATES = ("learning_rate", "current_learning_rate")
# The slots of TensorFlow's optimizers, each under Keras 3's name.
_SLOTS = {
    "m": ("momentum",), "v": ("velocity", "norm"), "vhat": ("velocity_hat",),
    "momentum": ("momentum",), "rms": ("velocity",), "mg": ("average_gradient",),
    "accumulator": ("accumulator",), "accum_grad": ("accumulated_grad",),
    "accum_var": ("accumulated_delta_var",), "linear": ("linear",), "velocity": ("velocity",),
    "velocity_hat": ("velocity_hat",), "average_gradient": ("average_gradient",),
}  # fmt: skip


def write_legacy_optimizer(optimizer: Any, file: Any) -> None:
    """Write the state of an optimizer into an open HDF5 file."""
    if optimizer.built:
        write_named(file.create_group(_GROUP), optimizer.variables)


def read_legacy_optimizer(optimizer: Any, file: Any, label: str) -> None:
    """Set the state of a built optimizer from an HDF5 file; one that does not fit is left out.

    Raises:
        ValueError: if the file is damaged.
    """
    if _GROUP not in file:
        return
    group = file[_GROUP]
    names, store = stored_names(group, "weight_names"), StoredArrays(group, label)
    missing = [name for name in names if name not in group]
    if missing:
        raise ValueError(f"{label} is damaged: its optimizer lacks the arrays {missing}.")
    values = {name: store[name] for name in names}
    try:
        optimizer.set_weights(_in_order(optimizer, values))
    except ValueError as error:
        warn(
            f"{label}: the state of its optimizer is left out, training starts with a fresh one: "
            f"{error}"
        )


def _in_order(optimizer: Any, values: dict[str, np.ndarray]) -> list[Any]:
    """Return the stored values in the order of the optimizer's variables."""
    variables = optimizer.variables
    if len(values) == len(variables) and not any(name.endswith(":0") for name in values):
        return list(values.values())
    slots: dict[str, list[np.ndarray]] = {}
    current: dict[str, Any] = {}
    for name, value in values.items():
        kind = _kind(name)
        if kind in ("count", "rate"):
            current[kind] = value
        else:
            slots.setdefault(kind, []).append(value)
    columns = {kind: iter(column) for kind, column in slots.items()}
    return [_value_for(variable, columns, current) for variable in variables]


def _value_for(variable: Any, columns: dict[str, Any], current: dict[str, Any]) -> Any:
    last = variable.path.rpartition("/")[2]
    if last in _COUNTS:
        return current.get("count", variable.numpy())
    if last in _RATES:
        return current.get("rate", variable.numpy())
    for kind, column in columns.items():
        if any(last.endswith(f"_{slot}") for slot in _SLOTS.get(kind, (kind,))):
            found = next(column, None)
            if found is not None:
                return found
    raise ValueError(f"the file has nothing for {variable.path!r}")


def _kind(name: str) -> str:
    """Return what a stored array is: "count", "rate", or the name of a slot.

    TensorFlow's first optimizers end names with the slot ("Adam/dense/kernel/m:0"), the later ones
    have it before the variable ("Adam/m/dense/kernel:0").
    """
    parts = name.split(":")[0].split("/")
    if parts[-1] in _COUNTS:
        return "count"
    if parts[-1] in _RATES:
        return "rate"
    ends = [parts[-1], *parts[1:2]]
    return next((part for part in ends if part in _SLOTS), parts[-1])
