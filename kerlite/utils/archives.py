"""Archives from the network, unpacked into one folder and nowhere else."""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from kerlite.core.budget import memory_for
from kerlite.core.errors import UnsafeFileError

__all__ = ["inside", "unpacked"]


def unpacked(archive: Path, folder: Path, kinds: Iterable[str]) -> Path:
    """Unpack an archive into a folder, which is there when all of it is; return the folder.

    Args:
        archive: a tar archive, compressed or not, or a zip archive.
        folder: one that is there is taken for what was unpacked before.
        kinds: which kinds it may be of: "tar", "zip".

    Raises:
        UnsafeFileError: if a name leads out of the folder, or is that of a link or device; or if
            the files would take far more than the archive.
        ValueError: if it is no archive of these kinds, or damaged.
    """
    if folder.is_dir():
        return folder
    fresh = folder.with_name(f"{folder.name}.unpacking")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        if "tar" in kinds and tarfile.is_tarfile(archive):
            _unpack_tar(archive, fresh)
        elif "zip" in kinds and zipfile.is_zipfile(archive):
            _unpack_zip(archive, fresh)
        else:
            raise ValueError(
                f"{archive} is no archive of the kinds {list(kinds)}. Leave out extract=True."
            )
        fresh.replace(folder)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, LookupError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise ValueError(f"{archive} is truncated or damaged: {error}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def inside(folder: Path, name: str) -> Path:
    """Return the path of a name in a folder.

    Raises:
        UnsafeFileError: if the name leads out of the folder.

    Example:
        >>> inside(Path("/data"), "a/b").as_posix()
        '/data/a/b'
    """
    path = (folder / name.replace("\0", "")).resolve()
    if folder.resolve() not in (path, *path.parents) or "\0" in name:
        raise UnsafeFileError(
            f"{name!r} leads out of {folder}. Names of files must be relative, without '..'."
        )
    return path


def _unpack_tar(archive: Path, folder: Path) -> None:
    folder.mkdir()
    size = 0
    with tarfile.open(archive) as packed:
        for member in packed:
            inside(folder, member.name)
            size += tarfile.BLOCKSIZE + member.size  # an empty file takes something too
            _check_size(archive, size)
            if not (member.isfile() or member.isdir()):
                raise UnsafeFileError(
                    f"{archive} holds {member.name!r}, a link or device; only files are unpacked."
                )
            packed.extract(member, folder, filter="data")


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            inside(folder, member.filename.replace("\\", "/"))
            if stat.S_ISLNK(member.external_attr >> 16):
                raise UnsafeFileError(f"{archive} holds {member.filename!r}, a link.")
        _check_size(archive, sum(member.file_size for member in packed.infolist()))
        folder.mkdir()
        packed.extractall(folder)


def _check_size(archive: Path, size: int) -> None:
    """Refuse an archive of so many bytes unpacked: one made to fill the disk."""
    if size > memory_for(archive):
        raise UnsafeFileError(
            f"{archive} of {archive.stat().st_size:,} bytes unpacks to {size:,} bytes or more; it "
            "is not unpacked."
        )
