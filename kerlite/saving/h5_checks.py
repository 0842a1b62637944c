"""What an HDF5 file may hold: arrays of numbers, in groups, in the file itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kerlite.core.errors import UnsafeFileError

__all__ = ["check_dataset", "plain_children"]

_FILTERS = {1, 2, 3}  # deflate, shuffle and checksum: others may load code
# What is compressed may take so many bytes for each that is stored, and a few more.
_MOST_EXPANSION = 100
_FREE_BYTES = 2**16


def plain_children(root: Any, label: str) -> Iterator[tuple[str, Any]]:
    """Yield (path, group) of every group below `root`.

    Raises:
        UnsafeFileError: if a link leads out of the file, or to what was met before; or if arrays
            claim more than the file has, be it that they share what is stored.
    """
    import h5py

    left = root.file.id.get_filesize()
    met = {_address(root)}
    waiting = [("", root)]
    while waiting:
        path, group = waiting.pop()
        for key in group:
            where = f"{path}/{key}" if path else key
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise UnsafeFileError(f"{label} holds a link at {where!r}; it is not followed.")
            child = group[key]
            address = _address(child)
            if address in met:
                raise UnsafeFileError(f"{label} holds one object twice, again at {where!r}.")
            met.add(address)
            if isinstance(child, h5py.Group):
                yield where, child
                waiting.append((where, child))
            elif not isinstance(child, h5py.Dataset):
                raise UnsafeFileError(f"{label} holds {where!r}, which is no array.")
            else:
                _check_kind(child, label)
                left -= child.id.get_storage_size()
                if left < 0:
                    raise UnsafeFileError(
                        f"{label} holds arrays of more bytes than it has, up to {where!r}."
                    )


def check_dataset(dataset: Any, label: str) -> None:
    """Refuse an array that claims to be larger than what is stored of it.

    Raises:
        UnsafeFileError: if it does.
    """
    most = stored = dataset.id.get_storage_size()
    needed = dataset.nbytes
    if dataset.chunks and stored:
        most = _FREE_BYTES + _MOST_EXPANSION * stored
        needed = max(needed, math.prod(dataset.chunks) * dataset.dtype.itemsize)
    if needed > most:
        raise UnsafeFileError(
            f"{label}: {dataset.name} claims {needed:,} bytes, and {stored:,} are stored."
        )


def _check_kind(dataset: Any, label: str) -> None:
    if dataset.is_virtual or dataset.external:
        raise UnsafeFileError(f"{label}: {dataset.name} is kept in another file; it is not opened.")
    number = dataset.dtype.kind in "biufc"
    bfloat16 = dataset.dtype == "V2" and dataset.attrs.get("dtype") == "bfloat16"
    if not (number or bfloat16) or dataset.shape is None:
        raise UnsafeFileError(f"{label}: {dataset.name} is no array of numbers ({dataset.dtype}).")
    plist = dataset.id.get_create_plist()
    filters = {plist.get_filter(index)[0] for index in range(plist.get_nfilters())}
    if filters - _FILTERS:
        raise UnsafeFileError(
            f"{label}: {dataset.name} is stored through the filters {sorted(filters - _FILTERS)}, "
            "which are not used."
        )


def _address(thing: Any) -> Any:
    import h5py

    info = h5py.h5o.get_info(thing.id)
    return info.fileno, getattr(info, "addr", None) or getattr(info, "token", None)
