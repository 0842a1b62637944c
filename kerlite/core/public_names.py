"""Keras's public names of the built-in classes and functions: ("keras.layers", "Dense").

Files name built-in objects by them, whoever wrote the file; the table here is the only way from
such a name to an object.
"""

from __future__ import annotations

import importlib
from typing import Any, TypeVar

__all__ = ["load_builtins", "public_name", "public_object", "register_public"]

T = TypeVar("T")

# They register their classes when they are imported, which a program may not have done yet.
_PACKAGES = (
    "activations", "applications", "constraints", "dtype_policies", "initializers", "layers",
    "losses", "metrics", "models", "optimizers", "regularizers",
)  # fmt: skip
_loading: list[bool] = []
_public: dict[tuple[str, str], Any] = {}
_public_names: dict[Any, tuple[str, str]] = {}


def register_public(
    obj: T, name: str | None = None, module: str | None = None, preferred: bool = False
) -> T:
    """Make a built-in class or function known under one of Keras's public names.

    Args:
        obj: the class or function.
        name: its public name; by default its own. A second name is an alias.
        module: the public module, such as "keras.losses"; by default "keras." and the package of
            kerlite in which `obj` is defined.
        preferred: whether files are written with this name rather than with the first one.
    """
    source = obj.__module__.split(".")
    key = (module or f"keras.{source[1]}", name or obj.__name__)  # type: ignore[attr-defined]
    _public[_without_src(key[0]), key[1]] = obj
    if preferred or obj not in _public_names:
        _public_names[obj] = key
    return obj


def public_name(obj: Any) -> tuple[str, str] | None:
    """Return the public (module, name) of a built-in object, None for anything else."""
    try:
        return _public_names.get(obj)
    except TypeError:  # unhashable
        return None


def public_object(module: str | None, name: str) -> Any:
    """Return the built-in object of that public module and name, or None.

    The module may be kerlite's own spelling. `"keras.src..."`, as Keras writes for what has no
    public name of its own, is matched by its package.
    """
    found = _find_public(module, name)
    if found is None and not _loading:
        load_builtins()
        found = _find_public(module, name)
    return found


def load_builtins() -> None:
    """Import kerlite's own packages, so that whatever they register is known."""
    _loading.append(True)
    for package in _PACKAGES:
        importlib.import_module(f"kerlite.{package}")


def _find_public(module: str | None, name: str) -> Any:
    parts = _without_src(module or "").split(".")
    parts[0] = "keras" if parts[0] == "kerlite" else parts[0]
    for length in range(len(parts), 0, -1):
        found = _public.get((".".join(parts[:length]), name))
        if found is not None:
            return found
    return None


def _without_src(module: str) -> str:
    return module.replace("keras.src.", "keras.")
