"""Weights of samples, in the structure of the targets."""

from __future__ import annotations

from typing import Any

import torch

from kerlite.core import tree
from kerlite.data import convert, frames
from kerlite.data.columns import columns, map_nested, path_name
from kerlite.data.rows import Rows

__all__ = ["matched", "weight_columns"]


def weight_columns(sample_weight: Any) -> Any:
    """Return sample weights: like `columns`, but all are floats and a series is a vector."""
    return map_nested(_weight_column, sample_weight, "sample_weight")


def matched(sample_weight: Any, y: Any) -> Any:
    """Return weights in the structure of the targets; one array serves all targets.

    Raises:
        ValueError: if there are no targets, or the structures differ.
    """
    weights = weight_columns(sample_weight)
    if weights is None:
        return None
    if y is None:
        raise ValueError("sample_weight was given without y. Pass the targets too.")
    if not tree.is_nested(y):
        return _single(weights)
    if not tree.is_nested(weights):
        if weights.ndim > 2 or (weights.ndim == 2 and weights.shape[1] != 1):
            raise ValueError(
                f"sample_weight is one array of shape {tuple(weights.shape)} for several targets; "
                "it can hold only one number a sample. Pass one array for each target, in the "
                "structure of y."
            )
        return tree.map_structure(lambda _: weights, y)
    places, given = (
        [path_name("", path) for path, _ in tree.flatten_with_path(item)] for item in (y, weights)
    )
    if sorted(places) != sorted(given):
        raise ValueError(
            f"sample_weight has not the structure of y: it has entries {given}, y has {places}. "
            "Pass one array for each target (None for no weights), or one for all of them."
        )
    return weights


def _single(weights: Any) -> Any:
    if not tree.is_nested(weights):
        return weights
    leaves = tree.flatten(weights)
    if len(leaves) != 1:
        raise ValueError(
            f"sample_weight holds {len(leaves)} arrays, but y is one. Pass a single array."
        )
    return leaves[0]


def _weight_column(value: Any, name: str) -> torch.Tensor | Rows:
    column = columns(value, name)
    if isinstance(column, Rows):
        return column
    if frames.is_frame(value) and not hasattr(value, "columns"):
        column = column[:, 0]
    return column if column.is_floating_point() else convert.as_floatx(column.double())
