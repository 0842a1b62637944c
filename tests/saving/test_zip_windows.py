"""Members of archives written and read in place, against Python's own zipfile."""

import contextlib
import errno
import io
import zipfile
import zlib

import pytest

from kerlite.saving.archive import write_zip
from kerlite.saving.parts import PART
from kerlite.saving.zip_windows import checked_window, write_in_place

BYTES = bytes(range(256)) * (PART // 200)  # several parts, the last of them a short one


def written(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("first.txt", b"first")
        write_in_place(archive, path, "big", _fill)
        archive.writestr("last.txt", b"last")
    return path


def _fill(window):
    window.seek(len(BYTES) // 2)  # in any order
    window.write(BYTES[len(BYTES) // 2 :])
    window.seek(0)
    window.write(BYTES[: len(BYTES) // 2])


def test_what_is_written_in_place_is_a_plain_member(tmp_path):
    with zipfile.ZipFile(written(tmp_path / "a.zip")) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["first.txt", "big", "last.txt"]
        assert archive.read("big") == BYTES
        assert zlib.crc32(BYTES) == archive.getinfo("big").CRC


def test_a_member_is_read_where_it_lies(tmp_path):
    path = written(tmp_path / "a.zip")
    with (
        zipfile.ZipFile(path) as archive,
        checked_window(archive, path, archive.getinfo("big")) as window,
    ):
        assert window.read() == BYTES
        window.seek(-3, 2)
        assert window.read(10) == BYTES[-3:]
        assert window.read(1) == b""
        assert not window.writable()


def test_a_flipped_byte_is_found(tmp_path):
    path = written(tmp_path / "a.zip")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    with (
        zipfile.ZipFile(path) as archive,
        pytest.raises(zipfile.BadZipFile, match="'big' does not match its checksum"),
    ):
        checked_window(archive, path, archive.getinfo("big"))


def test_compressed_members_are_none_of_its_affair(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big", BYTES)
    with zipfile.ZipFile(path) as archive:
        assert checked_window(archive, path, archive.getinfo("big")) is None


def test_an_error_of_the_system_is_not_hidden_by_those_that_follow(tmp_path):
    path = tmp_path / "a.zip"

    def fill(window):
        window._file.close()
        window._file = FullDisk()
        with contextlib.suppress(OSError):
            window.write(b"more than there is room for")
        raise AttributeError("what HDF5 makes of it")

    with pytest.raises(OSError, match="No space left") as caught:
        write_zip(path, {"member": fill})
    assert isinstance(caught.value.__cause__, AttributeError)


class FullDisk(io.BytesIO):
    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")
