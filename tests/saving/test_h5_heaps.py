"""Heaps of HDF5 that have no end: HDF5 itself would look for it for ever."""

import io
import struct

import h5py
import numpy as np
import pytest

import kerlite
from kerlite import layers
from kerlite.saving import load_model
from kerlite.saving.h5_heaps import check_heaps
from kerlite.saving.h5_store import open_h5_file


def model():
    return kerlite.Sequential([kerlite.Input((3,)), layers.Dense(2)])


def objects(content):
    """Return where the objects of the first heap are, by number; 0 is what is free."""
    heap = content.index(b"GCOL")
    (size,) = struct.unpack_from("<Q", content, heap + 8)
    found, place = {}, heap + 16
    while place + 16 <= heap + size:
        number, length = struct.unpack_from("<H6xQ", content, place)
        found[number] = place
        place += 16 + -(-length // 8) * 8 if number else length
    return found


def changed(content, number, length, to_number=None):
    data, place = bytearray(content), objects(content)[number]
    struct.pack_into("<Q", data, place + 8, length)
    if to_number is not None:
        struct.pack_into("<H", data, place, to_number)
    return bytes(data)


@pytest.fixture
def content(tmp_path):
    model().save(tmp_path / "model.h5")
    return (tmp_path / "model.h5").read_bytes()


def test_what_h5py_writes_passes(content, tmp_path):
    assert 0 in objects(content)
    check_heaps(content)
    check_heaps(io.BytesIO(bytes(content)))
    for user_block in (0, 512, 2048):
        for layout in ("earliest", "v108", "latest"):
            path = tmp_path / f"{layout}{user_block}.h5"
            with h5py.File(path, "w", libver=layout, userblock_size=user_block) as file:
                for index in range(30):
                    file.attrs[f"text{index}"] = "x" * (index * 370 % 5000)
                    file.create_dataset(str(index), data=np.arange(index))
                for index in range(0, 30, 2):  # leaves holes
                    file.attrs[f"text{index}"] = ["another", "two"]
                    del file.attrs[f"text{index + 1}"]
            check_heaps(path)


@pytest.mark.parametrize(
    ("number", "length", "to_number"),
    [(0, 0, None), (1, 0, 0), (1, 2**64 - 16, 0), (2, 2**64 - 32, None), (0, 2**63, None)],
    ids=["free_of_no_size", "one_made_free", "free_and_back", "one_and_back", "far_away"],
)
def test_an_object_without_an_end(number, length, to_number, content, tmp_path):
    path = tmp_path / "changed.h5"
    path.write_bytes(changed(content, number, length, to_number))
    for read in (load_model, lambda path: model().load_weights(path)):
        with pytest.raises(ValueError, match=r"changed\.h5.* damaged.*heap .* without an end"):
            read(path)


def test_a_heap_across_two_blocks(monkeypatch, content):
    place = content.index(b"GCOL")
    for size in range(place - 8, place + 9):
        monkeypatch.setattr("kerlite.saving.h5_heaps._BLOCK", size)
        check_heaps(content)
        with pytest.raises(ValueError, match=f"heap at byte {place} "):
            check_heaps(changed(content, 0, 0))


def test_heaps_that_overlap(content):
    """Each would be looked through to the end of the file."""
    head = b"GCOL\1\0\0\0" + struct.pack("<Q", 2**40)
    with pytest.raises(ValueError, match="heaps overlap"):
        check_heaps(content + 100_000 * head)


def test_sizes_of_another_width(tmp_path):
    path = tmp_path / "narrow.h5"
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_sizes(8, 4)
    h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC, fcpl=properties).close()
    with pytest.raises(ValueError, match="4 bytes, not 8"):
        open_h5_file(path, "narrow.h5")


def test_what_is_no_hdf5_file():
    for content in (b"", b"GCOL\1\0\0\0", b"GCOL\1\0\0\0" + b"\xff" * 8, bytes(100)):
        check_heaps(content)
        with pytest.raises(ValueError, match="no HDF5 file"):
            open_h5_file(content, "it")
