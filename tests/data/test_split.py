import numpy as np
import pytest
import torch
from keras.src.trainers.data_adapters.array_slicing import (
    train_validation_split as keras_split,
)

from kerlite.data import adapt, train_validation_split

pd = pytest.importorskip("pandas")


def test_the_last_part_is_for_validation_as_in_keras():
    x, y = np.random.rand(11, 2).astype("float32"), np.arange(11)
    for fraction in (0.1, 0.25, 0.5, 0.9):
        got = train_validation_split((x, y, None), fraction)
        expected = keras_split((x, y, None), fraction)
        for part, keras_part in zip(got, expected, strict=True):
            np.testing.assert_array_equal(part[0], keras_part[0])
            np.testing.assert_array_equal(part[1], keras_part[1])
            assert part[2] is None


def test_nothing_is_copied():
    x = np.random.rand(10, 2).astype("float32")
    (tx, _, _), (vx, _, _) = train_validation_split((x, None, None), 0.3)
    assert tx.data_ptr() == x.ctypes.data
    assert vx.data_ptr() == x[7:].ctypes.data


def test_structures_frames_lists_and_mapped_files(tmp_path):
    np.save(tmp_path / "m.npy", np.arange(10.0))
    mapped = np.load(tmp_path / "m.npy", mmap_mode="r")
    frame = pd.DataFrame({"a": np.arange(10)})
    x = {"mapped": mapped, "frame": frame, "list": list(range(10))}
    train, validation = train_validation_split((x, torch.arange(10), pd.Series([1.0] * 10)), 0.2)
    tx, ty, tw = next(adapt(*train).epoch(0))
    vx, vy, vw = next(adapt(*validation).epoch(0))
    assert (tx["mapped"].tolist(), vx["mapped"].tolist()) == (list(range(8)), [8, 9])
    assert (tx["frame"].shape, vx["list"].tolist()) == ((8, 1), [8, 9])
    assert (len(ty), vy.tolist(), tuple(tw.shape), vw.tolist()) == (8, [8, 9], (8,), [1, 1])


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5])
def test_fractions(fraction):
    with pytest.raises(ValueError, match="fraction above 0 and below 1; received"):
        train_validation_split((np.ones(4), None, None), fraction)


def test_a_part_left_empty():
    with pytest.raises(ValueError, match="of 3 samples leaves 0 for training and 3 for validation"):
        train_validation_split((np.ones(3), None, None), 0.9)


@pytest.mark.parametrize(
    ("x", "kind"),
    [
        (iter([]), "generator"),
        (torch.utils.data.TensorDataset(torch.ones(3)), "TensorDataset"),
        (torch.utils.data.DataLoader(torch.ones(3)), "DataLoader"),
    ],
)
def test_what_cannot_be_cut(x, kind):
    with pytest.raises(ValueError, match=f"x is a {kind} .*Pass validation_data"):
        train_validation_split((x, None, None), 0.2)


def test_lengths_are_checked():
    with pytest.raises(ValueError, match="x has 4 samples, y has 3 samples"):
        train_validation_split((np.ones(4), np.ones(3), None), 0.5)
