"""The errors of kerlite's own.

Source: kerlite's own; Keras raises ValueError for all of these.
"""

from __future__ import annotations

from kerlite.core.errors import UnsafeFileError as UnsafeFileError

__all__ = ["UnsafeFileError"]
