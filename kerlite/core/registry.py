"""The one place where a name in a file becomes a class: nothing is ever imported by name.

Built-in objects are known by Keras's public names (`"keras.layers"`, `"Dense"`); the user's own by
what `register_keras_serializable` or a `CustomObjectScope` said.

Source: keras.saving.
"""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from kerlite.core.public_names import public_name as public_name
from kerlite.core.public_names import public_object as public_object
from kerlite.core.public_names import register_public as register_public

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "public_name",
    "public_object",
    "register_keras_serializable",
    "register_public",
]

T = TypeVar("T")

_custom: dict[str, Any] = {}
_custom_names: dict[Any, str] = {}
_scoped: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar(
    "kerlite_custom_objects", default=None
)


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """Return a decorator that lets files name the decorated class or function.

    Args:
        package: a name space of yours; the registered name is "package>name".
        name: the name inside it; by default the object's own.

    Raises:
        ValueError: if a class without `get_config` is decorated.

    Example:
        >>> @register_keras_serializable(package="docs")
        ... def double(x):
        ...     return 2 * x
        >>> get_registered_name(double)
        'docs>double'
    """

    def decorate(obj: T) -> T:
        own_name = name or obj.__name__  # type: ignore[attr-defined]
        if inspect.isclass(obj) and not hasattr(obj, "get_config"):
            raise ValueError(
                f"Cannot register the class {own_name}: it has no get_config() method, so it could "
                "not be saved. Define one, or derive from a kerlite class."
            )
        registered = f"{package}>{own_name}"
        _custom[registered] = obj
        _custom_names[obj] = registered
        return obj

    return decorate


def get_registered_name(obj: Any) -> str:
    """Return the name under which an object was registered, else its own `__name__`."""
    return _custom_names.get(obj, obj.__name__)


def get_registered_object(
    name: str,
    custom_objects: dict[str, Any] | None = None,
    module_objects: dict[str, Any] | None = None,
) -> Any:
    """Return what a name stands for, or None.

    Args:
        name: a registered name ("package>name") or a custom object's name.
        custom_objects: looked at after the enclosing scopes and the registry.
        module_objects: looked at last.
    """
    for table in (_scoped.get(), _custom, custom_objects, module_objects):
        if table and name in table:
            return table[name]
    return None


def object_for(module: str | None, name: str, registered_name: str | None) -> Any:
    """Return the class or function that a configuration names.

    Raises:
        ValueError: if it is neither built in nor registered.
    """
    for candidate in filter(None, (registered_name, name)):
        found = get_registered_object(candidate)
        if found is not None:
            return found
    found = public_object(module, name)
    if found is None:
        raise ValueError(
            f"The config names {name!r} of module {module!r}, which is neither built in nor "
            "registered. Decorate it with @kerlite.saving.register_keras_serializable(), or pass "
            f"custom_objects={{{name!r}: ...}}."
        )
    return found


def get_custom_objects() -> dict[str, Any]:
    """Return the dictionary of registered objects, live: what is put in is registered."""
    return _custom


class CustomObjectScope:
    """Within the `with` block, names stand for the given classes and functions.

    Args:
        custom_objects: name to class or function.

    Example:
        >>> with CustomObjectScope({"thing": int}):
        ...     get_registered_object("thing")
        <class 'int'>
    """

    def __init__(self, custom_objects: dict[str, Any] | None):
        self.custom_objects = custom_objects or {}
        self._tokens: list[contextvars.Token[dict[str, Any] | None]] = []

    def __enter__(self) -> CustomObjectScope:
        """Add the names."""
        self._tokens.append(_scoped.set({**(_scoped.get() or {}), **self.custom_objects}))
        return self

    def __exit__(self, *_: object) -> None:
        """Take them away again."""
        _scoped.reset(self._tokens.pop())


custom_object_scope = CustomObjectScope
