"""The rule behind every `get`: what an argument of a user's stands for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from kerlite.core import registry
from kerlite.core.errors import unknown_name
from kerlite.core.serialize import Configurable, deserialize_keras_object

__all__ = ["lookup"]


def lookup(
    identifier: Any,
    kind: str,
    names: Mapping[str, Any],
    custom_objects: dict[str, Any] | None = None,
) -> Any:
    """Return the object that a user's argument stands for: the rule behind every `get`.

    Args:
        identifier: None; a name; a config dictionary; a class (an instance is made); or the object.
        kind: what is wanted, in words, for errors ("loss").
        names: the names that exist, and what each stands for.
        custom_objects: further names.

    Raises:
        ValueError: for an unknown name, or for something that cannot be a `kind`.

    Example:
        >>> lookup("one", "number", {"one": abs})
        <built-in function abs>
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        found = registry.get_registered_object(identifier, custom_objects, dict(names))
        if found is None:
            raise unknown_name(kind, identifier, names)
        return found() if inspect.isclass(found) else found
    if isinstance(identifier, dict):  # old configs name no module: `names` says what they mean
        return deserialize_keras_object(identifier, {**names, **(custom_objects or {})})
    if inspect.isclass(identifier):
        return identifier()
    if callable(identifier) or isinstance(identifier, Configurable):
        return identifier
    raise ValueError(
        f"Could not interpret {identifier!r} as {kind}: expected a name, a config dictionary, a "
        f"class or an object; received a {type(identifier).__name__}."
    )
