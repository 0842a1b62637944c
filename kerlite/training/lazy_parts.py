"""A sample of the data, and what is built from it where the data cannot be looked at first."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import tree
from kerlite.training.modes import in_mode
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = ["build_from", "sample_of"]


def sample_of(batch: Any) -> Any:
    """Return the first sample of a batch and the batch's size; None if it holds other things."""
    leaves = tree.flatten(batch)
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf.ndim]
    if not tensors or any(leaf is not None and not isinstance(leaf, Tensor) for leaf in leaves):
        return None
    first = tree.map_structure(lambda t: t[:1] if isinstance(t, Tensor) and t.ndim else t, batch)
    return {"size": len(tensors[0]), "first": first}


def build_from(trainer: Any, sample: Any) -> None:
    """Build the module, losses and metrics of a trainer, as far as they wait for the first batch.

    Args:
        trainer: the trainer.
        sample: what `sample_of` returned.

    Raises:
        ValueError: if there is something to build, but no sample.
    """
    steps, compiled = trainer._steps, (trainer._compile_loss, trainer._compile_metrics)
    unbuilt = [one for one in compiled if one is not None and not one.built]
    if steps.is_built() and not unbuilt:
        return
    if sample is None:
        if steps.is_built():
            return
        raise ValueError(
            "The model has not been built, so the state of an interrupted training cannot be put "
            "into it. Give it an Input, call it on data, or call build(input_shape), before fit()."
        )
    batch = _batch_of(sample, trainer._device())
    steps.build_for(batch)
    if unbuilt and trainer.has_default_steps():
        _build_losses(trainer, batch)


def _batch_of(sample: dict[str, Any], device: torch.device) -> Any:
    def repeated(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor):
            return leaf
        leaf = leaf.to(device)
        return leaf.expand(sample["size"], *leaf.shape[1:]).clone() if leaf.ndim else leaf

    return tree.map_structure(repeated, sample["first"])


def _build_losses(trainer: Any, batch: Any) -> None:
    x, y, _ = unpack_x_y_sample_weight(batch)
    if y is None:
        return
    with in_mode(trainer.module, training=False), torch.no_grad():
        y_pred = trainer._steps.call(x)
    if trainer._compile_loss is not None and not trainer._compile_loss.built:
        trainer._compile_loss.build(y, y_pred)
    trainer.build_metrics(y, y_pred)
