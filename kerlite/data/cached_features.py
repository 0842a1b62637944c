"""CachedFeatures: what a frozen part of a model gives for data, as data."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.utils.data import TensorDataset

from kerlite.core import tree

__all__ = ["CachedFeatures"]


class CachedFeatures(TensorDataset):
    """Features with their targets and sample weights: what `fit` and a `DataLoader` take.

    Args:
        *tensors: x, (x, y) or (x, y, sample_weight); structures of tensors too.
        folder: the folder of the files that back the tensors, or None.
        temporary: whether that folder goes when this object does.

    Attributes:
        folder: where the files are; None if all is in memory.

    Example:
        >>> import torch
        >>> data = CachedFeatures(torch.zeros(5, 2), torch.arange(5))
        >>> len(data), data[3]
        (5, (tensor([0., 0.]), tensor(3)))
    """

    def __init__(self, *tensors: Any, folder: Path | None = None, temporary: bool = False):
        # No call of TensorDataset's own: it takes nothing but single tensors.
        self.tensors = tensors
        self.folder = folder
        if temporary and folder is not None:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def features(self) -> Any:
        """The features alone: a tensor, or a structure of them."""
        return self.tensors[0]

    def __len__(self) -> int:
        return len(tree.flatten(self.tensors[0])[0])

    def __getitem__(self, index: Any) -> Any:
        return tree.map_structure(lambda tensor: _row(tensor, index), self.tensors)


def _row(tensor: Tensor | None, index: Any) -> Tensor | None:
    return None if tensor is None else tensor[index]
