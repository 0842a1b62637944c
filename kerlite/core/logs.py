"""Messages of other libraries that would only repeat what an error says."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["silenced"]


@contextmanager
def silenced(name: str) -> Iterator[None]:
    """Let the logger of that name say nothing for a while.

    Example:
        >>> with silenced("torch.example"):
        ...     logging.getLogger("torch.example").error("not seen")
    """
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
