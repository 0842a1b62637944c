"""Sequences of different lengths made into one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["pad_sequences"]


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Give every sequence the same length, by cutting long ones and filling short ones.

    Args:
        sequences: a list of sequences (lists or arrays); their elements may be arrays of one shape.
        maxlen: the length to give them; None means that of the longest.
        dtype: number type of the result; `object` for strings.
        padding: "pre" fills in front, "post" behind.
        truncating: "pre" cuts from the front, "post" from the end.
        value: what to fill with.

    Shape:
        (len(sequences), maxlen, ...).

    Raises:
        ValueError: for unknown modes, for something that is not a list of sequences, and for
            elements of different shapes.

    Example:
        >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
        array([[0, 1],
               [2, 3],
               [5, 6]], dtype=int32)

    Source: keras.utils.pad_sequences.
    """
    _check_mode("padding", padding)
    _check_mode("truncating", truncating)
    _check_value(dtype, value)
    lengths = _lengths(sequences)
    maxlen = max(lengths, default=0) if maxlen is None else maxlen
    shape = next(
        (np.asarray(s).shape[1:] for s, n in zip(sequences, lengths, strict=True) if n), ()
    )
    padded = np.full((len(lengths), maxlen, *shape), value, dtype=dtype)
    for i, sequence in enumerate(sequences):
        kept = sequence[max(lengths[i] - maxlen, 0) :] if truncating == "pre" else sequence[:maxlen]
        if not len(kept):
            continue
        row = np.asarray(kept, dtype=dtype)
        if row.shape[1:] != shape:
            raise ValueError(
                f"The elements of sequences[{i}] have shape {row.shape[1:]}, but those before it "
                f"have shape {shape}. All elements must have one shape."
            )
        padded[i, slice(-len(row), None) if padding == "pre" else slice(len(row))] = row
    return padded


def _check_mode(name: str, mode: str) -> None:
    if mode not in ("pre", "post"):
        raise ValueError(f"{name} must be 'pre' or 'post'; received {mode!r}.")


def _check_value(dtype: Any, value: Any) -> None:
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(
            f"value={value!r} is a string, but dtype={dtype!r} holds none. Pass dtype=object."
        )


def _lengths(sequences: Sequence[Any]) -> list[int]:
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"sequences must be a list of sequences; received {type(sequences)}.")
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"sequences must be a list of sequences; sequences[{i}] is {sequence!r}, which has "
                "no length. Put a single sequence into a list."
            )
    return [len(sequence) for sequence in sequences]
