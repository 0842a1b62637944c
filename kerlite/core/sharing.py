"""Objects that a configuration mentions more than once: written once more, but read as one.

Source: keras's object sharing in `.keras` files.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

__all__ = ["known_object", "note_read", "note_written", "sharing_scope"]

_written: contextvars.ContextVar[dict[int, tuple[int, Any, dict[str, Any]]] | None] = (
    contextvars.ContextVar("kerlite_written_objects", default=None)
)
_read: contextvars.ContextVar[dict[Any, Any] | None] = contextvars.ContextVar(
    "kerlite_read_objects", default=None
)


@contextlib.contextmanager
def sharing_scope() -> Iterator[None]:
    """Within the `with` block, what is serialized twice gets an id, and one id is read as one.

    Example:
        >>> with sharing_scope():
        ...     first, again, thing = {}, {}, object()
        ...     note_written(thing, first)
        ...     note_written(thing, again)
        >>> first == again == {"shared_object_id": 1}
        True
    """
    written, read = _written.set({}), _read.set({})
    try:
        yield
    finally:
        _written.reset(written)
        _read.reset(read)


def note_written(obj: Any, config: dict[str, Any]) -> None:
    """Give an object's configuration, and the earlier ones of the same object, its id."""
    table = _written.get()
    if table is None:
        return
    # The object is kept with its configuration, so that no other one gets its address.
    number, _, first = table.setdefault(id(obj), (len(table) + 1, obj, config))
    if first is not config:
        first["shared_object_id"] = config["shared_object_id"] = number


def known_object(config: dict[str, Any]) -> Any:
    """Return the object that was read for the id of a configuration, or None."""
    table = _read.get()
    return None if table is None else table.get(config.get("shared_object_id"))


def note_read(obj: Any, config: dict[str, Any]) -> None:
    """Remember the object that was read for the id of a configuration, if it has one."""
    table = _read.get()
    if table is not None and "shared_object_id" in config:
        table[config["shared_object_id"]] = obj
