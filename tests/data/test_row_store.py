"""RowStore: rows in memory while they are few, in .npy files that NumPy reads otherwise."""

import numpy as np
import pytest
import torch

from kerlite.data.row_store import RowStore


def filled(threshold, folder=None, dtype=torch.float32):
    store = RowStore(threshold, folder)
    for low in range(0, 10, 4):
        rows = torch.arange(low, min(low + 4, 10))
        store.add({"x": torch.stack([rows, -rows], 1).to(dtype), "y": rows})
    return store


@pytest.mark.parametrize("threshold", [0, 100, 10**6])
def test_all_rows_come_back_in_order(threshold, tmp_path):
    store = filled(threshold, tmp_path)
    columns = store.finish()
    assert columns["x"].tolist() == [[i, -i] for i in range(10)]
    assert columns["y"].tolist() == list(range(10))
    assert bool(store.files) == (threshold < 10**6)


@pytest.mark.parametrize(
    ("dtype", "stored"),
    [(torch.float16, "f2"), (torch.bfloat16, "f4"), (torch.uint8, "u1"), (torch.bool, "?")],
    ids=str,
)
def test_files_are_numpys(dtype, stored, tmp_path):
    filled(0, tmp_path, dtype).finish()
    array = np.load(tmp_path / "x.npy")
    assert array.dtype == np.dtype(stored)
    assert array.shape == (10, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.npy", "y.npy"]


def test_mapped_rows_may_be_changed_without_changing_the_file(tmp_path):
    columns = filled(0, tmp_path).finish()
    columns["y"][0] = 7
    assert np.load(tmp_path / "y.npy")[0] == 0


def test_nothing_is_there_under_its_name_before_it_is_whole(tmp_path):
    store = filled(0, tmp_path)
    assert not (tmp_path / "x.npy").exists()
    store.discard()
    assert list(tmp_path.iterdir()) == []


def test_rows_of_another_shape_are_refused():
    store = filled(100)
    with pytest.raises(ValueError, match=r"rows of x have the shape \(3,\).*\(2,\) in those"):
        store.add({"x": torch.zeros(1, 3)})
    store.discard()
