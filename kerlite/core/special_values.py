"""Values that JSON cannot hold, as dictionaries in Keras's form."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.core import dtypes
from kerlite.core.errors import UnsafeFileError

__all__ = ["READERS", "written"]


def written(obj: Any) -> Any:
    """Return the plain form of an array, a tensor and the like; None for anything else.

    Example:
        >>> written(slice(1, 3))
        {'class_name': '__slice__', 'config': {'start': 1, 'stop': 3, 'step': None}}
    """
    if isinstance(obj, torch.dtype):
        return dtypes.standardize_dtype(obj)
    if isinstance(obj, torch.Tensor):
        value = obj.detach().cpu()
        return _form("__tensor__", value=value.tolist(), dtype=dtypes.standardize_dtype(obj.dtype))
    if isinstance(obj, np.generic) or (isinstance(obj, np.ndarray) and obj.ndim == 0):
        return obj.item()
    if isinstance(obj, np.ndarray):
        return _form("__numpy__", value=obj.tolist(), dtype=obj.dtype.name)
    if isinstance(obj, bytes):
        return _form("__bytes__", value=obj.decode("utf-8"))
    if isinstance(obj, slice):
        return _form("__slice__", start=obj.start, stop=obj.stop, step=obj.step)
    if obj is Ellipsis:
        return _form("__ellipsis__")
    return None


def _form(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


#: the name of each form -> what makes the value of it again
READERS = {
    "__tensor__": lambda c: torch.tensor(c["value"], dtype=dtypes.to_torch_dtype(c["dtype"])),
    "__numpy__": lambda c: np.array(c["value"], dtype=_number_type(c["dtype"])),
    "__bytes__": lambda c: c["value"].encode("utf-8"),
    "__slice__": lambda c: slice(c["start"], c["stop"], c["step"]),
    "__ellipsis__": lambda c: Ellipsis,
    "__lambda__": lambda c: _refuse_lambda(c),
}


def _number_type(name: Any) -> np.dtype[Any]:
    """Return NumPy's type of that name: of numbers, as others may be of any size or hold code."""
    dtype = np.dtype(str(name))
    if dtype.kind not in "biufc":
        raise UnsafeFileError(f"The config holds an array of {name!r}; only numbers are read.")
    return dtype


def _refuse_lambda(_: Any) -> Any:
    raise UnsafeFileError(
        "The config holds the code of a Python lambda, which is never run. Define the function "
        "with `def`, register it with @kerlite.saving.register_keras_serializable(), and save "
        "again."
    )
