"""What holds while a trainer works, and is undone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from kerlite.callbacks import CallbackList

__all__ = ["closing", "in_mode"]


@contextmanager
def in_mode(module: nn.Module, training: bool) -> Iterator[None]:
    """Put a module into a mode, and every part of it back into its own afterwards.

    Parts that are made in the meantime, when a module is built, get the mode the whole had before.

    Args:
        module: the module.
        training: the mode.

    Example:
        >>> model = nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1)).eval()
        >>> with in_mode(model, training=True):
        ...     model[0].training
        True
        >>> model[0].training
        False
    """
    before = {part: part.training for part in module.modules()}
    for part, own in before.items():
        if own != training:
            part.training = training
    try:
        yield
    finally:
        for part in module.modules():
            own = before.get(part, before[module])
            if part.training != own:
                part.training = own


@contextmanager
def closing(hooks: CallbackList, *sources: Any) -> Iterator[None]:
    """Tell the callbacks of an error (Ctrl-C too), and let go of the data in any case.

    Args:
        hooks: the callbacks.
        *sources: what has a `close` method, or None.
    """
    try:
        yield
    except BaseException as error:
        hooks.on_exception(error)
        raise
    finally:
        for source in sources:
            if source is not None:
                source.close()
