"""Frames, series and indexes of pandas and polars as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["from_frame", "is_frame"]


def is_frame(value: Any) -> bool:
    """Return whether it is a frame, series or index of pandas or polars."""
    package = type(value).__module__.partition(".")[0]
    return package in ("pandas", "polars") and hasattr(value, "to_numpy")


def from_frame(frame: Any, name: str) -> np.ndarray:
    """Return a frame's numbers; a series becomes one column, as in Keras. Missing ones become NaN.

    Raises:
        ValueError: if a column holds anything but numbers or truth values; names it.
    """
    wrong = {str(k): str(dtype) for k, dtype in _column_types(frame) if not _is_numeric(dtype)}
    if wrong:
        raise ValueError(
            f"{name} has columns that hold no numbers: {_listed(wrong)}. Turn them into numbers "
            "(category codes, one-hot columns, timestamps) or drop them."
        )
    array = frame.to_numpy()
    if array.dtype == object:  # numbers mixed with truth values or missing values
        whole = frame.astype("float64") if hasattr(frame, "astype") else frame
        array = np.asarray(whole.to_numpy(), dtype="float64")
    return array[:, None] if array.ndim == 1 else array


def _column_types(frame: Any) -> list[tuple[Any, Any]]:
    if hasattr(frame, "columns"):
        return list(zip(frame.columns, frame.dtypes, strict=True))
    return [(frame.name, frame.dtype)]


def _is_numeric(dtype: Any) -> bool:
    if hasattr(dtype, "is_numeric"):  # polars
        return bool(dtype.is_numeric()) or str(dtype) == "Boolean"
    return dtype.kind in "biufc"


def _listed(columns: dict[str, str]) -> str:
    shown = [f"{column!r} ({dtype})" for column, dtype in list(columns.items())[:5]]
    more = [f"and {len(columns) - 5} more"] if len(columns) > 5 else []
    return ", ".join(shown + more)
