"""Warnings that point at the user's own line, however deep inside of kerlite they come from."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import torch

__all__ = ["warn"]

_INSIDE = tuple(f"{Path(file).parent}/" for file in (Path(__file__).parent, torch.__file__))


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name the innermost line that belongs neither to kerlite nor to torch.

    Not for code that torch.compile traces, which cannot look at its callers.

    Args:
        message: what happened, and what to do about it.
        category: the kind of warning.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_INSIDE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
