"""Layers in lists and dicts: `self.blocks = []; self.blocks.append(Dense(4))` registers the layer.

A list or dict that is set as an attribute of a layer stays one for the user, and is an `nn.Module`
besides: the modules in it, however deep, are its children under torch's usual names ("blocks.0"),
and torch's tools find their way through it. A tuple of layers becomes such a list.

What it holds is kept twice: as a list (or dict), and in `_items` for methods written in Python:
torch.compile cannot look into those of built-in types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.core import tree

__all__ = ["Tracked", "TrackedDict", "TrackedList", "has_modules", "tracked"]


class Tracked(nn.Module):
    """What tracked lists and dicts share."""

    _kind: type
    _items: Any

    def __init__(self, values: Any = (), on_change: Callable[[], None] = lambda: None):
        nn.Module.__init__(self)
        self.training = False
        self.on_change: Callable[[], None] = lambda: None
        self._kind.__init__(self, values)  # type: ignore[misc]
        self._changed()
        self.on_change = on_change

    def _changed(self) -> None:
        """Look at the content again, after it was set or changed."""
        self.__dict__["_items"] = items = self._kind(self._plain())
        pairs = items.items() if isinstance(items, dict) else enumerate(items)
        self._modules.clear()
        for key, value in pairs:
            empty = isinstance(value, Tracked) and not value._modules
            if isinstance(value, nn.Module) and not empty:
                self._modules[str(key)] = value
        self.on_change()

    def _plain(self) -> Any:
        """Return the content as the base type sees it, structures in it tracked."""
        raise NotImplementedError

    __hash__ = object.__hash__

    def __iter__(self) -> Any:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, key: Any) -> Any:
        return self._items[key]

    def __contains__(self, item: Any) -> bool:
        return item in self._items

    def __reversed__(self) -> Any:
        return reversed(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self._items,)


class TrackedList(Tracked, list):  # type: ignore[misc]
    """A list whose modules are children of the layer that the list belongs to."""

    _kind = list

    def _plain(self) -> Any:
        for index, value in enumerate(list.__iter__(self)):
            list.__setitem__(self, index, tracked(value, self._changed))
        return list.__iter__(self)


class TrackedDict(Tracked, dict):  # type: ignore[misc]
    """A dict whose modules are children of the layer that the dict belongs to."""

    _kind = dict

    def _plain(self) -> Any:
        for key, value in dict.items(self):
            dict.__setitem__(self, key, tracked(value, self._changed))
        return dict.items(self)

    def keys(self) -> Any:  # noqa: D102
        return self._items.keys()

    def values(self) -> Any:  # noqa: D102
        return self._items.values()

    def items(self) -> Any:  # noqa: D102
        return self._items.items()

    def get(self, key: Any, default: Any = None) -> Any:  # noqa: D102
        return self._items.get(key, default)


def tracked(value: Any, on_change: Callable[[], None]) -> Any:
    """Return a list or dict, or a tuple with modules in it, tracked; anything else as it is."""
    if getattr(value, "on_change", None) == on_change:
        return value
    if isinstance(value, TrackedDict) or type(value) is dict:
        return TrackedDict(value, on_change)
    if isinstance(value, TrackedList) or type(value) is list or has_modules(value):
        return TrackedList(value, on_change)
    return value


def has_modules(value: Any) -> bool:
    """Return whether it is a tuple, of whatever class, that holds modules."""
    return isinstance(value, tuple) and any(isinstance(v, nn.Module) for v in tree.flatten(value))


def _notifying(cls: Any, name: str) -> None:
    original = getattr(cls._kind, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        self._changed()
        return result

    method.__name__, method.__doc__ = name, original.__doc__
    setattr(cls, name, method)


for _name in ("pop", "clear", "__setitem__", "__delitem__"):
    _notifying(TrackedList, _name)
    _notifying(TrackedDict, _name)
for _name in ("append", "extend", "insert", "remove", "reverse", "sort", "__iadd__"):
    _notifying(TrackedList, _name)
for _name in ("update", "popitem", "setdefault", "__ior__"):
    _notifying(TrackedDict, _name)
