"""get_file: a file from the network, once, checked, in a cache folder."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import urllib.parse
from pathlib import Path

from kerlite.utils.archives import inside, unpacked
from kerlite.utils.downloads import fetch
from kerlite.utils.file_lock import locked

__all__ = ["cache_folder", "get_file", "hash_of"]

_BLOCK = 1 << 20
_MD5_DIGITS = 32


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | list[str] | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file from the network; it is fetched once, and kept.

    A download that was interrupted goes on where it stopped, if the address still has the same
    file. The file takes its place when it is whole and its hash is right. Of several processes that
    ask for it at once one fetches it, and the others wait. With the environment variable
    KERLITE_OFFLINE=1 nothing is fetched.

    Args:
        fname: name of the file, relative to the folder; by default that of the address.
        origin: the address: https, http or file.
        untar: as `extract`, for tar archives; kept for Keras's sake.
        md5_hash: as `file_hash`; kept for Keras's sake.
        file_hash: what the hash must be, in hexadecimal digits; or its first digits, 8 at least.
        cache_subdir: the folder inside the cache folder.
        hash_algorithm: "auto" for "md5" where there are 32 digits, else "sha256".
        extract: whether to unpack an archive beside the file, and return the folder.
        archive_format: "tar", "zip" or a list of them; "auto" for both.
        cache_dir: the cache folder; by default that of KERLITE_HOME, else ~/.kerlite.
        force_download: whether to fetch the file even if it is there.

    Raises:
        UnsafeFileError: if a name leads out of its folder, or an archive holds links or devices or
            unpacks to far more than its size.
        ValueError: for an address of another kind, a hash that is not right, or what is no archive.
        ConnectionError: if the file cannot be fetched; it says where to put it by hand.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source = Path(folder, "numbers.txt")
        ...     _ = source.write_text("1 2 3")
        ...     path = get_file(origin=source.as_uri(), cache_dir=folder)
        ...     Path(path).read_text(), Path(path).parent.name
        ('1 2 3', 'datasets')

    Source: keras.utils.get_file, which keeps no partial download and does not wait for others, and
    whose archives may hold links and be of any size.
    """
    if origin is None:
        raise ValueError("get_file() needs the address of the file: origin='https://...'.")
    folder = (Path(cache_dir).expanduser() if cache_dir else cache_folder()) / cache_subdir
    target = inside(folder, _name(fname, origin))
    wanted, algorithm = _checked_hash(file_hash or md5_hash or "", hash_algorithm)
    unpacked_to = target.with_name(f"{target.name}_extracted")
    found = unpacked_to if extract or untar else target
    if not force_download and found.exists() and _is_there(target, wanted, algorithm):
        return str(found)
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target):
        if force_download or not _is_there(target, wanted, algorithm):
            part = fetch(origin, target, resume=not force_download, sure=bool(wanted))
            _check(part, origin, wanted, algorithm)
            shutil.rmtree(unpacked_to, ignore_errors=True)  # it came from another file
            part.replace(target)
        if found is unpacked_to:
            unpacked(target, unpacked_to, _kinds("tar" if untar else archive_format))
    return str(found)


def cache_folder() -> Path:
    """Return where downloads are kept: KERLITE_HOME, else ~/.kerlite.

    Example:
        >>> cache_folder().is_absolute()
        True
    """
    return Path(os.environ.get("KERLITE_HOME") or "~/.kerlite").expanduser().absolute()


def hash_of(path: str | os.PathLike[str], algorithm: str = "sha256") -> str:
    """Return a file's hash, in hexadecimal digits.

    Args:
        path: the file.
        algorithm: "sha256" or "md5".

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     hash_of(file.name)[:8]
        'e3b0c442'
    """
    digest = hashlib.new(algorithm, usedforsecurity=algorithm != "md5")
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _name(fname: str | os.PathLike[str] | None, origin: str) -> str:
    name = os.fspath(fname) if fname else Path(urllib.parse.urlparse(origin).path).name
    if not name:
        raise ValueError(f"{origin!r} names no file. Pass a name for it: fname='data.csv'.")
    return name


def _checked_hash(wanted: str, algorithm: str) -> tuple[str, str]:
    """Return the digits that a hash must begin with, and its kind."""
    if algorithm not in ("auto", "sha256", "md5"):
        raise ValueError(f"hash_algorithm is 'auto', 'sha256' or 'md5'; received {algorithm!r}.")
    digits = wanted.lower()
    if digits and not re.fullmatch("[0-9a-f]{8,64}", digits):
        raise ValueError(
            f"A hash is at least 8 hexadecimal digits, 64 of SHA-256 in full; received {wanted!r}."
        )
    if algorithm == "auto":
        algorithm = "md5" if len(digits) == _MD5_DIGITS else "sha256"
    return digits, algorithm


def _is_there(path: Path, wanted: str, algorithm: str) -> bool:
    return path.is_file() and (not wanted or hash_of(path, algorithm).startswith(wanted))


def _check(part: Path, origin: str, wanted: str, algorithm: str) -> None:
    """Delete what was fetched, and say so, if its hash is not right."""
    found = hash_of(part, algorithm) if wanted else ""
    if not found.startswith(wanted):
        part.unlink()
        raise ValueError(
            f"What came from {origin} has the {algorithm} {found}, not {wanted}: the file is "
            "damaged, or another one. It was deleted. Try again, or correct the hash."
        )


def _kinds(archive_format: str | list[str] | None) -> list[str]:
    if archive_format == "auto":
        return ["tar", "zip"]
    return [archive_format] if isinstance(archive_format, str) else list(archive_format or ())
