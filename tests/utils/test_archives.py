"""Archives are unpacked into one folder, and nowhere else."""

import io
import stat
import struct
import tarfile
import zipfile

import pytest

from kerlite.errors import UnsafeFileError
from kerlite.utils import get_file

NAMES = ["/outside", "../outside", "a/../../outside", "data/../../outside"]


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def tar(path, *members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for member in members:
            content = b"" if member.type != tarfile.REGTYPE else b"content"
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def member(name, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def unpack(path, place, **kwargs):
    return get_file(origin=path.as_uri(), cache_dir=place, extract=True, **kwargs)


def refused(path, place, message):
    before = sorted(path.parent.iterdir())
    with pytest.raises(UnsafeFileError, match=message):
        unpack(path, place)
    assert sorted(path.parent.iterdir()) == before
    assert [one.name for one in (place / "datasets").iterdir()] == [path.name]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_archive(mode, tmp_path, place):
    path = tar(tmp_path / "a.tar", member("data", tarfile.DIRTYPE), member("data/x"), mode=mode)
    folder = unpack(path, place)
    assert folder == str(place / "datasets" / "a.tar_extracted")
    assert (place / "datasets" / "a.tar_extracted" / "data" / "x").read_bytes() == b"content"
    assert unpack(path, place) == folder
    assert get_file(origin=path.as_uri(), cache_dir=place, untar=True) == folder


def test_a_zip_archive(tmp_path, place):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/x", "content")
    unpack(path, place)
    assert (place / "datasets" / "a.zip_extracted" / "data" / "x").read_bytes() == b"content"
    with pytest.raises(ValueError, match="no archive of the kinds"):
        unpack(path, place / "other", archive_format="tar")


@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_out_of_a_tar_archive(name, tmp_path, place):
    refused(tar(tmp_path / "a.tar", member("x"), member(name)), place, "leads out of")


@pytest.mark.parametrize("name", [*NAMES, "..\\outside"])
def test_names_that_lead_out_of_a_zip_archive(name, tmp_path, place):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "content")
    refused(path, place, "leads out of")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE,
                                  tarfile.BLKTYPE, tarfile.FIFOTYPE])  # fmt: skip
@pytest.mark.parametrize("target", ["/etc", "../..", "x"])
def test_links_and_devices_in_a_tar_archive(kind, target, tmp_path, place):
    path = tar(tmp_path / "a.tar", member("x"), member("link", kind, target), member("link/y"))
    refused(path, place, "a link or device")


def test_links_in_a_zip_archive(tmp_path, place):
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc")
    refused(path, place, "a link")


@pytest.mark.parametrize("share", [0.3, 0.7])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_damaged_archive(kind, share, tmp_path, place):
    path = tmp_path / f"a.{kind}"
    if kind == "tar":
        tar(path, *(member(f"x{index}") for index in range(99)), mode="w:gz")
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x", bytes(range(256)) * 99)
    content = bytearray(path.read_bytes())
    if kind == "tar":
        del content[int(share * len(content)) :]
    else:
        content[int(share * 200) + 40] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged|no archive"):
        unpack(path, place)
    assert [one.name for one in (place / "datasets").iterdir()] == [path.name]


def test_a_new_archive_is_unpacked_anew(tmp_path, place):
    path = tar(tmp_path / "a.tar", member("old"))
    unpack(path, place)
    tar(path, member("new"))
    unpack(path, place, force_download=True)
    folder = place / "datasets" / "a.tar_extracted"
    assert [one.name for one in folder.iterdir()] == ["new"]


ZEROS = bytes(80 * 2**20)  # that pack to a thousandth


def zeros(name, share):
    info = tarfile.TarInfo(name)
    info.size = len(ZEROS) // share
    return info


@pytest.mark.parametrize("share", [1, 2], ids=["one_file", "two_files"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_what_unpacks_to_far_more(kind, share, tmp_path, place):
    path = tmp_path / f"a.{kind}"
    if kind == "tar":
        with tarfile.open(path, "w:gz", compresslevel=6) as archive:
            for index in range(share):
                archive.addfile(zeros(f"x{index}", share), io.BytesIO(ZEROS))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for index in range(share):
                archive.writestr(f"x{index}", ZEROS[: len(ZEROS) // share])
    refused(path, place, f"of {path.stat().st_size:,} bytes unpacks to 83,8")


def test_very_many_empty_files(tmp_path, place, monkeypatch):
    monkeypatch.setattr("kerlite.core.budget._MOST_EXPANSION", 1)
    monkeypatch.setattr("kerlite.core.budget._FREE_BYTES", 2**16)
    path = tar(tmp_path / "a.tar", *(member(f"x{n}", tarfile.DIRTYPE) for n in range(999)),
               mode="w:gz")  # fmt: skip
    refused(path, place, "bytes or more")


def test_a_zip_archive_that_lies_about_its_size(tmp_path, place):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", ZEROS)
    content = path.read_bytes().replace(struct.pack("<I", len(ZEROS)), struct.pack("<I", 99))
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        unpack(path, place)
    assert [one.name for one in (place / "datasets").iterdir()] == [path.name]


def test_what_unpacks_to_less(tmp_path, place):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", ZEROS[: 60 * 2**20])
    folder = unpack(path, place)
    assert (place / "datasets" / "a.zip_extracted" / "x").stat().st_size == 60 * 2**20, folder


def test_a_member_without_a_name(tmp_path, place):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "content")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 46] = 0  # where zipfile ends the name
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        unpack(path, place)
    assert [one.name for one in (place / "datasets").iterdir()] == [path.name]
