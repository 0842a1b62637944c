import numpy as np
import pytest
import torch

from kerlite.data import adapt
from kerlite.data.rows import Rows, is_mapped


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(60, dtype="float64").reshape(20, 3))
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def test_what_is_mapped(mapped, tmp_path):
    assert is_mapped(mapped)
    assert is_mapped(np.asarray(mapped)[2:])
    assert not is_mapped(np.zeros(3))
    assert not is_mapped(mapped + 1)


@pytest.mark.parametrize("shuffle", [False, True])
def test_mapped_arrays_are_read_a_batch_at_a_time(mapped, shuffle, monkeypatch):
    read = []
    original = Rows.read

    def counted(self, which):
        rows = original(self, which)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Rows, "read", counted)
    batches = adapt(mapped, np.arange(20), batch_size=8, shuffle=shuffle)
    assert read == []
    for x, y in batches.epoch(0):
        assert x.dtype == torch.float32
        np.testing.assert_array_equal(x, mapped[y.numpy()])
    assert read == [8, 8, 8, 8, 4, 4]


def test_mapped_arrays_resume_and_match_arrays_in_memory(mapped):
    plain = np.array(mapped)
    for start in (0, 2):
        a = adapt(mapped, batch_size=6, shuffle=True, seed=3).epoch(1, start=start)
        b = adapt(plain, batch_size=6, shuffle=True, seed=3).epoch(1, start=start)
        for left, right in zip(a, b, strict=True):
            assert torch.equal(left, right)


def test_class_weights_of_mapped_targets(tmp_path):
    np.save(tmp_path / "y.npy", np.arange(6) % 3)
    y = np.load(tmp_path / "y.npy", mmap_mode="r")
    weights = [w for _, _, w in adapt(np.zeros(6), y, class_weight={1: 5.0}, batch_size=3).epoch(0)]
    assert torch.cat(weights).tolist() == [1, 5, 1, 1, 5, 1]


def test_a_window_is_a_view():
    rows = Rows(torch.arange(10) * 10)[2:8][1:]
    assert (rows.shape, rows.ndim, len(rows)) == ((5,), 1, 5)
    assert rows.read(slice(0, 2)).tolist() == [30, 40]
    assert rows.read(torch.tensor([4, 0])).tolist() == [70, 30]
    assert rows[-2:].read(slice(0, 2)).tolist() == [60, 70]


@pytest.mark.parametrize("shuffle", [False, True])
def test_hdf5_datasets(tmp_path, shuffle):
    h5py = pytest.importorskip("h5py")
    data = np.random.rand(17, 4)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = data
    with h5py.File(tmp_path / "data.h5") as file:
        for x, y in adapt(file["x"], np.arange(17), batch_size=5, shuffle=shuffle).epoch(0):
            np.testing.assert_array_equal(x, data[y.numpy()].astype("float32"))


@pytest.mark.parametrize("shuffle", [False, True])
def test_scipy_matrices_become_dense(shuffle):
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 0.0], [3.0, 4.0]])
    batches = adapt(sparse.coo_matrix(dense), np.arange(4), batch_size=3, shuffle=shuffle)
    for x, y in batches.epoch(0):
        np.testing.assert_array_equal(x, dense[y.numpy()])
