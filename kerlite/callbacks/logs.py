"""The dictionary of log values that callbacks receive; it waits for the device only when read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kerlite.callbacks.host_values import flat_items, to_host

__all__ = ["Logs"]


class Logs(dict[str, Any]):
    """A dict of log values that become Python floats only when one of them is read.

    Values may be numbers, device tensors or functions without arguments that return either. Asking
    for a value, in any way that a dict allows, converts all of them with one copy to the host per
    device; `len`, `in`, iteration and `keys()` convert nothing. Larger tensors become NumPy arrays.
    Keys are sorted and nested dicts are merged in, as Keras does.

    Args:
        source: the values by name; None makes an empty one.

    Example:
        >>> import torch
        >>> logs = Logs({"loss": torch.tensor(0.25), "accuracy": lambda: torch.tensor(0.5)})
        >>> list(logs)
        ['accuracy', 'loss']
        >>> logs["loss"], dict(logs)
        (0.25, {'accuracy': 0.5, 'loss': 0.25})

    Source: the dicts that keras.callbacks.CallbackList passes on, made lazy.
    """

    __slots__ = ("__weakref__", "_in_order", "_pending")

    # Every reading method is overridden: dict(logs), **logs and the like then use these.

    def __init__(self, source: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict.items(source) if isinstance(source, Logs) else source or ())
        self._in_order = False
        self._pending = True

    def read(self) -> Logs:
        """Convert every value now, and return the logs themselves."""
        if self._pending:
            super().update(to_host(dict(dict.items(self._sorted()))))
            self._pending = False
        return self

    def peek(self, key: str, default: Any = None) -> Any:
        """Return a value as it is, a device tensor for most: nothing waits for the device."""
        value = dict.get(self if dict.__contains__(self, key) else self._sorted(), key, default)
        if callable(value):
            value = value()
            super().__setitem__(key, value)
        return value

    def _sorted(self) -> Logs:
        if not self._in_order:
            items = list(flat_items(dict.items(self)))
            super().clear()
            super().update(items)
            self._in_order = True
        return self

    def __len__(self) -> int:
        return dict.__len__(self._sorted())

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self._sorted(), key)

    def __iter__(self) -> Iterator[str]:
        return dict.__iter__(self._sorted())

    def __reversed__(self) -> Iterator[str]:
        return dict.__reversed__(self._sorted())

    def keys(self) -> Any:
        """Return the names."""
        return dict.keys(self._sorted())

    def items(self) -> Any:
        """Return the (name, value) pairs."""
        return dict.items(self.read())

    def values(self) -> Any:
        """Return the values."""
        return dict.values(self.read())

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, or `default` where there is none."""
        return dict.get(self.read(), key, default)

    def copy(self) -> dict[str, Any]:
        """Return a plain dict of the values."""
        return dict(self.items())

    def __getitem__(self, key: str) -> Any:
        return dict.__getitem__(self.read(), key)

    def __setitem__(self, key: str, value: Any) -> None:
        dict.__setitem__(self._sorted(), key, value)
        self._pending = True

    def __delitem__(self, key: str) -> None:
        dict.__delitem__(self._sorted(), key)

    def update(self, *args: Any, **values: Any) -> None:
        """Set the given values."""
        dict.update(self._sorted(), *args, **values)
        self._pending = True

    def pop(self, *args: Any) -> Any:
        """Remove a key and return its value."""
        return dict.pop(self.read(), *args)

    def popitem(self) -> tuple[str, Any]:
        """Remove the last key and return it with its value."""
        return dict.popitem(self.read())

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, after setting it to `default` where there is none."""
        return dict.setdefault(self.read(), key, default)

    def clear(self) -> None:
        """Remove everything."""
        dict.clear(self._sorted())

    def __eq__(self, other: object) -> bool:
        return self.copy() == (other.copy() if isinstance(other, Logs) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __ior__(self, other: Any) -> Logs:  # type: ignore[override]
        self.update(other)
        return self

    def __repr__(self) -> str:
        return repr(self.copy())

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Logs, (self.copy(),)
