"""The arguments of TensorBoard, checked and read."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.callbacks.tensorboard_weights import embeddings_in
from kerlite.core.errors import unknown_name

__all__ = ["check_names", "profiled_batches", "update_steps"]


def update_steps(update_freq: Any) -> int:
    """Return the batches from one writing to the next; 0 for "epoch".

    Raises:
        ValueError: if it is neither "epoch", "batch" nor a number of batches.

    Example:
        >>> update_steps("epoch"), update_steps("batch"), update_steps(1000)
        (0, 1, 1000)
    """
    steps = {"epoch": 0, "batch": 1}.get(update_freq, update_freq)
    known = isinstance(update_freq, str) or (isinstance(steps, int) and steps >= 1)
    if not known or isinstance(steps, str):
        raise ValueError(
            'TensorBoard\'s `update_freq` must be "epoch", "batch" or a number of batches, at '
            f"least 1; received {update_freq!r}."
        )
    return steps


def profiled_batches(profile_batch: Any) -> tuple[int, int] | None:
    """Return the first and the last batch to profile; None if there is none.

    Raises:
        ValueError: if it is neither a number that is not negative nor an ascending pair.

    Example:
        >>> profiled_batches(3), profiled_batches("10,20"), profiled_batches(0)
        ((3, 3), (10, 20), None)
    """
    read = profile_batch.split(",") if isinstance(profile_batch, str) else profile_batch
    pair = list(read) if isinstance(read, (list, tuple)) else [read, read]
    if isinstance(profile_batch, str):
        pair = [int(one) for one in (pair * 2)[:2]] if len(pair) < 3 else pair
    whole = all(isinstance(one, int) for one in pair)
    if not whole or len(pair) != 2 or not 0 <= pair[0] <= pair[1]:
        raise ValueError(
            "profile_batch must be a non-negative integer or a pair of positive integers, the "
            f"first and the last batch. Received: profile_batch={profile_batch!r}."
        )
    return (max(pair[0], 1), pair[1]) if pair[1] else None


def check_names(module: nn.Module, metadata: Any) -> None:
    """Refuse labels for what is no embedding of the module.

    Raises:
        ValueError: if there are such.
    """
    known = embeddings_in(module)
    for name in metadata if isinstance(metadata, dict) else ():
        if name not in known:
            raise unknown_name("embedding layer in `embeddings_metadata`", name, known)
