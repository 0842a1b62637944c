import numpy as np
import pytest
import torch
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

from kerlite.data import adapt

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


@pytest.mark.parametrize("library", [pd, pl])
def test_frames_are_matrices_and_series_columns(library):
    frame = library.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]})
    x, y = next(adapt(frame, frame["a"]).epoch(0))
    assert torch.equal(x, torch.tensor([[1, 0.5], [2, 1.5], [3, 2.5]]))
    assert x.is_contiguous()
    assert y.tolist() == [[1], [2], [3]]
    assert y.dtype == torch.int64


@pytest.mark.parametrize("library", [pd, pl])
def test_a_series_of_weights_is_a_vector(library):
    weight = library.Series([1, 2, 3])
    _, _, w = next(adapt(np.ones(3), np.ones(3), weight).epoch(0))
    assert w.tolist() == [1.0, 2.0, 3.0]


def test_series_as_in_keras():
    series = pd.Series([1.0, 2.0])
    (expected,) = ArrayDataAdapter(series).get_torch_dataloader()
    (got,) = adapt(series).epoch(0)
    assert torch.equal(got, expected.cpu())
    assert got.dtype == expected.dtype


def test_missing_values_become_nan_and_truth_values_numbers():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [True, False]})
    (x,) = adapt(frame).epoch(0)
    assert x[:, 1].tolist() == [1, 0]
    assert x[0, 0] == 1
    assert x[1, 0].isnan()
    (x,) = adapt(pl.DataFrame({"a": [1, None], "b": [True, False]})).epoch(0)
    assert x[1, 0].isnan()
    assert x[:, 1].tolist() == [1, 0]


def test_a_frame_of_truth_values():
    (x,) = adapt(pd.DataFrame({"a": [True, False]})).epoch(0)
    assert x.dtype == torch.bool


@pytest.mark.parametrize("library", [pd, pl])
def test_columns_without_numbers_are_named(library):
    frame = library.DataFrame({"age": [1, 2], "city": ["a", "b"]})
    with pytest.raises(ValueError, match=r"x has columns that hold no numbers: 'city' \("):
        adapt(frame)
    with pytest.raises(ValueError, match="y has columns that hold no numbers: 'city'"):
        adapt(np.ones(2), frame["city"])


def test_many_wrong_columns_are_not_all_listed():
    frame = pd.DataFrame({f"c{i}": ["a"] for i in range(8)})
    with pytest.raises(ValueError, match=r"'c4'.*and 3 more"):
        adapt(frame)


def test_frames_inside_structures():
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    (x,) = adapt({"wide": frame, "deep": np.ones(2)}).epoch(0)
    assert x["wide"].shape == (2, 1)
