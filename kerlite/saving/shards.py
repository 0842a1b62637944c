"""Weights spread over several HDF5 files, with an index in JSON that says what is where.

Source: Keras's sharded `.weights.json`. The files of an index that is replaced stay until the new
index is in their place, so that a failure at any point leaves one whole set.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import zlib
from pathlib import Path
from typing import Any

from kerlite.saving.archive import atomic_write, existing_file
from kerlite.saving.h5_store import ArrayWriter, H5Reader, StoredArrays, as_array, new_h5_file
from kerlite.saving.weights import read_weights, write_weights

__all__ = ["read_shards", "write_shards"]

_GIGABYTE = 1024**3
_SHARD = re.compile(r"(.+?)(_b)?_\d{5}\.weights\.h5")


def write_shards(model: Any, path: Path, max_shard_size: float) -> None:
    """Write the weights of a model, and the state of its optimizer, into several files.

    Args:
        model: a built model.
        path: where the index goes, "*.weights.json"; the other files go beside it.
        max_shard_size: the most that one file holds, in units of 2**30 bytes.

    Raises:
        ValueError: if a single weight is larger.
    """
    old = _shards_of(path)
    base = path.name.removesuffix(".json").removesuffix(".weights")
    first = path.with_name(f"{base}_00000.weights.h5")  # Keras opens it, whatever the index says
    prefix = base if first.name not in old else f"{base}_b"
    with contextlib.ExitStack() as files:
        index = files.enter_context(atomic_write(path))  # the last to be renamed
        writer = _ShardWriter(files, path, prefix, max_shard_size * _GIGABYTE)
        write_weights(model, writer)
        writer.close()
        index.write_text(json.dumps(writer.index(), indent=4), encoding="utf-8")
    for name in old - set(writer.names):
        path.with_name(name).unlink(missing_ok=True)
    if first.name not in writer.names:
        with atomic_write(first) as temporary, new_h5_file(temporary):
            pass


def read_shards(model: Any, path: Path, skip_mismatch: bool = False) -> None:
    """Set the weights of a model from an index and the files it names.

    Raises:
        FileNotFoundError: if one of them is missing.
        ValueError: if one of them is damaged, or does not fit.
    """
    with _ShardReader(path, str(path)) as reader:
        read_weights(model, reader, skip_mismatch)


class _ShardWriter:
    """Gives each object a store that begins a new file whenever the present one is full."""

    def __init__(self, files: contextlib.ExitStack, path: Path, prefix: str, most: float):
        self.files, self.path, self.prefix, self.most = files, path, prefix, most
        self.names: list[str] = []
        self.places: dict[str, list[str]] = {}
        self.file: Any = None
        self.filled = self.total = 0
        self.begin()

    def begin(self) -> None:
        """Go on in a new file."""
        self.close()
        self.names.append(f"{self.prefix}_{len(self.names):05}.weights.h5")
        temporary = self.files.enter_context(atomic_write(self.path.with_name(self.names[-1])))
        self.file, self.filled = new_h5_file(temporary), 0
        self.files.callback(self.file.close)

    def close(self) -> None:
        """End the present file."""
        if self.file is not None:
            self.file.close()

    def store(self, path: str, name: str | None) -> _ShardStore:
        """Return the store for the object at a path."""
        return _ShardStore(self, f"/{path}/vars" if path else "/vars", name)

    def group(self, path: str, name: str | None, size: int) -> Any:
        """Return the group in which an array of so many bytes of the object at a path goes."""
        if size > self.most:
            raise ValueError(
                f"A weight of {path} has {size:,} bytes, and max_shard_size allows "
                f"{math.floor(self.most):,} a file. Raise max_shard_size."
            )
        if self.filled + size > self.most:
            self.begin()
        self.filled, self.total = self.filled + size, self.total + size
        names = self.places.setdefault(path, [])
        if self.names[-1] not in names:
            names.append(self.names[-1])
        group = self.file.require_group(path)
        if name is not None:
            group.attrs["name"] = name
        return group

    def index(self) -> dict[str, Any]:
        """Return what the index says."""
        places = {
            path: names[0] if len(names) == 1 else names for path, names in self.places.items()
        }
        metadata = {"total_size": self.total, "crc32": _checksum(places)}
        return {"metadata": metadata, "weight_map": places}


class _ShardStore(dict):
    """Writes each array as it is set, into whichever file has room for it."""

    def __init__(self, writer: _ShardWriter, path: str, name: str | None):
        super().__init__()
        self.writer, self.path, self.name = writer, path, name

    def __setitem__(self, key: str, value: Any) -> None:
        size = as_array(value)[0].nbytes
        ArrayWriter(self.writer.group(self.path, self.name, size))[key] = value
        super().__setitem__(str(key), value)


class _ShardReader(H5Reader):
    """Reads several files as if they were one."""

    def __init__(self, path: Path, label: str):
        self.label = label
        self.stores: dict[str, StoredArrays] = {}
        self.files = contextlib.ExitStack()
        places = _index(path)
        with self.files:
            for name in sorted({name for names in places.values() for name in names}):
                shard = existing_file(path.with_name(name))
                reader = self.files.enter_context(H5Reader(shard, str(shard)))
                for where, store in reader.stores.items():
                    self._add(where, store, name in places.get(_key(where), ()))
            lost = sorted(set(places) - {_key(where) for where in self.stores})
            if lost:
                raise ValueError(f"{label} names {lost[:10]}, which its files do not hold.")
            self.files = self.files.pop_all()

    def _add(self, where: str, store: StoredArrays, expected: bool) -> None:
        if not len(store):
            return
        known = self.stores.setdefault(where, StoredArrays({}, self.label))
        if not expected or set(known) & set(store):
            raise ValueError(
                f"{self.label} and its files do not belong together: {store.label} holds weights "
                f"of {where!r} that the index has not."
            )
        known.group.update({key: store.group[key] for key in store})

    def __exit__(self, *_: object) -> None:
        self.files.close()


def _key(where: str) -> str:
    return f"/{where}/vars" if where else "/vars"


def _index(path: Path) -> dict[str, list[str]]:
    """Return the names of the files that hold the weights at each path."""
    try:
        found = json.loads(path.read_bytes())
        places, metadata = found["weight_map"], found.get("metadata", {})
        if metadata.get("crc32", _checksum(places)) != _checksum(places):
            raise ValueError("it does not match its checksum")
        lists = {where: [names] if isinstance(names, str) else names
                 for where, names in places.items()}  # fmt: skip
        wrong = [name for names in lists.values() for name in names if not _is_plain(name)]
    except (RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{str(path)!r} is damaged, or no index of weights: {error}.") from error
    if wrong:
        raise ValueError(f"{str(path)!r} names {wrong[0]!r}, which is no file beside it.")
    return lists


def _is_plain(name: Any) -> bool:
    return isinstance(name, str) and Path(name).name == name and name.endswith(".weights.h5")


def _shards_of(path: Path) -> set[str]:
    """Return the files beside an index that belong to it alone; none if it cannot be read."""
    if not path.is_file():
        return set()
    with contextlib.suppress(ValueError):
        return {n for names in _index(path).values() for n in names if _SHARD.fullmatch(n)}
    return set()


def _checksum(places: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(places, sort_keys=True).encode())
