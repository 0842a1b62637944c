"""A model's weights as TensorBoard shows them: histograms, images, embeddings."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

__all__ = ["as_image", "embeddings_in", "labels", "named_weights"]


def named_weights(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the weights with their names: Keras's of a Keras model, else torch's."""
    if hasattr(module, "weights"):
        for weight in module.weights:  # type: ignore[union-attr]
            yield weight.path, weight.detach()
    else:
        for name, parameter in module.named_parameters():
            yield name.replace(".", "/"), parameter.detach()


def as_image(weight: torch.Tensor) -> np.ndarray | None:
    """Return a weight as grey images (count, height, width, 1) from 0 to 1; None if it cannot be.

    A vector is one line; a matrix is laid on its side; of three dimensions the last counts images.

    Example:
        >>> as_image(torch.tensor([[0.0, 1.0, 4.0]])).ravel().tolist()
        [0.0, 0.25, 1.0]
        >>> as_image(torch.zeros(3, 3, 16, 32)) is None
        True
    """
    values = weight.float().cpu().squeeze()
    if values.ndim > 3 or values.numel() == 0:
        return None
    if values.ndim < 2:
        values = values.reshape(1, -1)
    if values.ndim == 2:
        values = values.T if values.shape[0] > values.shape[1] else values
        values = values.unsqueeze(-1)
    images = values.permute(2, 0, 1)
    low, high = images.min(), images.max()
    images = (images - low) / (high - low if high > low else 1.0)
    return images.unsqueeze(-1).numpy()


def embeddings_in(module: nn.Module) -> dict[str, nn.Embedding]:
    """Return the embeddings inside a module by their names."""
    return {
        getattr(part, "name", None) or name: part
        for name, part in module.named_modules()
        if isinstance(part, nn.Embedding)
    }


def labels(
    file: str | PathLike[str], log_dir: str | PathLike[str], rows: int
) -> tuple[list[Any], list[str] | None]:
    """Return the labels of an embedding's rows, and the header if they have several columns.

    Args:
        file: one label a line; or columns parted by tabs, their names in the first line. It is
            looked for in `log_dir`, then where it says.
        log_dir: TensorBoard's folder.
        rows: how many there must be.

    Raises:
        ValueError: if there are more or fewer.
    """
    path = Path(log_dir, file)
    text = (path if path.exists() else Path(file)).read_text(encoding="utf-8")
    lines: list[Any] = text.splitlines()
    header = None
    if lines and "\t" in lines[0]:
        header, *lines = [line.split("\t") for line in lines]
    if len(lines) != rows:
        raise ValueError(
            f"The embedding has {rows} rows, and its metadata file {str(file)!r} has {len(lines)} "
            "labels."
        )
    return lines, header
