"""Packages that some callbacks need and kerlite itself does not."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["required"]


def required(module: str, package: str, wanted_by: str) -> Any:
    """Return a module of an optional package.

    Args:
        module: the module's name.
        package: what pip calls the package.
        wanted_by: who needs it, for the error.

    Raises:
        ImportError: if the package is not installed; it says how to install it.

    Example:
        >>> required("no_such", "no-such", "Example")
        Traceback (most recent call last):
        ...
        ImportError: Example needs the package no-such. Install it with: pip install no-such
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{wanted_by} needs the package {package}. Install it with: pip install {package}"
        ) from error
