"""The arguments a class is made with: what its `__init__` takes, and what it was given."""

from __future__ import annotations

import inspect
from typing import Any

__all__ = ["given_arguments", "init_parameters"]

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


_known: dict[tuple[Any, Any], dict[str, inspect.Parameter]] = {}
_positional: dict[type, list[str]] = {}


def init_parameters(cls: Any, root: Any = object) -> dict[str, inspect.Parameter]:
    """Return the named parameters of `__init__`, those that reach a base by **kwargs included.

    Args:
        cls: the class.
        root: the base below which kerlite's classes begin: what these do with **kwargs is their
            own business.

    Example:
        >>> class Base:
        ...     def __init__(self, size, name=None): ...
        >>> class Special(Base):
        ...     def __init__(self, factor, **kwargs): ...
        >>> list(init_parameters(Special)), list(init_parameters(Base))
        (['factor', 'size', 'name'], ['size', 'name'])
    """
    if (cls, root) not in _known:
        _known[cls, root] = _collected(cls, root)
    return _known[cls, root]


def given_arguments(cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call of the class by name."""
    if cls not in _positional:
        own = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
        _positional[cls] = [p.name for p in own if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    return {**dict(zip(_positional[cls], args, strict=False)), **kwargs}


def _collected(cls: Any, root: Any) -> dict[str, inspect.Parameter]:
    found: dict[str, inspect.Parameter] = {}
    for base in cls.__mro__:
        if base is object or "__init__" not in base.__dict__:
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind not in _VARIADIC:
                found.setdefault(parameter.name, parameter)
        ends = not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        if ends or root in base.__bases__:
            break
    return found
