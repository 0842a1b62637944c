"""The last part of the data, set apart for validation."""

from __future__ import annotations

import math
from typing import Any

from kerlite.core import tree
from kerlite.data.columns import check_lengths, columns
from kerlite.data.sample_weight import weight_columns
from kerlite.data.sources import kind_of

__all__ = ["train_validation_split"]


def train_validation_split(arrays: Any, validation_split: float) -> tuple[Any, Any]:
    """Cut `(x, y, sample_weight)` in two: the last `validation_split` of it is for validation.

    The cut is made before any shuffling, and nothing is copied: the parts are views.

    Args:
        arrays: `(x, y, sample_weight)`, each arrays in any structure, or None.
        validation_split: the fraction for validation, above 0 and below 1.

    Returns:
        Two triples like `arrays`, for training and for validation.

    Raises:
        ValueError: if the fraction is not between 0 and 1, a part would be empty, the lengths
            differ, or `x` is no array.

    Example:
        >>> import numpy as np
        >>> (x, _, _), (val_x, _, _) = train_validation_split((np.arange(10), None, None), 0.2)
        >>> len(x), len(val_x)
        (8, 2)

    Source: keras.Model.fit.
    """
    if not 0 < validation_split < 1:
        raise ValueError(
            f"validation_split is a fraction above 0 and below 1; received {validation_split!r}."
        )
    x, y, sample_weight = arrays
    kind = kind_of(x)
    if kind != "arrays":
        raise ValueError(
            f"validation_split needs arrays, which can be cut; x is a {kind} "
            f"({type(x).__name__}). Pass validation_data instead."
        )
    given = columns(x, "x"), columns(y, "y"), weight_columns(sample_weight)
    samples = check_lengths(*given)
    cut = math.floor(samples * (1.0 - validation_split))
    if cut in (0, samples):
        raise ValueError(
            f"validation_split={validation_split!r} of {samples} samples leaves "
            f"{cut} for training and {samples - cut} for validation; both need one at least. "
            "Pass more data or another fraction."
        )
    train = tree.map_structure(lambda leaf: None if leaf is None else leaf[:cut], given)
    validation = tree.map_structure(lambda leaf: None if leaf is None else leaf[cut:], given)
    return train, validation
