import itertools

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import sets
from tests.ops.support import compare
from tests.ops.support.compare import same

RNG = np.random.default_rng(0)
X = RNG.integers(0, 4, (5, 3)).astype("int32")
ALL = {"return_index": True, "return_inverse": True, "return_counts": True}


def test_membership():
    for x, y in [(X, [1, 3]), (X.astype("float32"), 2), ([True, False], [True]), (3, X), (X, [])]:
        for invert in (False, True):
            same(sets.isin(x, y, invert=invert), np.isin(x, y, invert=invert))
    same(sets.isin([1, 2], [2, 3], assume_unique=True), np.array([False, True]))


def test_values_and_everything_about_them():
    for x in (X, X.astype("float64"), X > 1, X[:0], X.reshape(5, 1, 3)):
        for axis in (None, *range(-x.ndim, x.ndim)):
            if not x.size and axis is not None:
                continue
            expected = np.unique(x, axis=axis, equal_nan=False, **dict.fromkeys(ALL, True))
            values, *rest = sets.unique(torch.tensor(x), axis=axis, **ALL)
            same(values, expected[0])
            same(rest, [one.astype("int32") for one in expected[1:]])
            same(sets.unique(x, axis=axis), expected[0])


def test_any_choice_of_results():
    for chosen in itertools.product((False, True), repeat=3):
        options = dict(zip(ALL, chosen, strict=True))
        found, expected = sets.unique(X, **options), np.unique(X, **options)
        assert isinstance(found, tuple) == any(chosen)
        same(found, expected, dtype=False)


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_a_given_size_as_in_keras(axis):
    x = X.reshape(-1) if axis is None else X
    for size, fill in itertools.product((1, 2, 4, 7), (None, -1)):
        options = {"axis": axis, "size": size, "fill_value": fill}
        options |= {"return_counts": True, "return_index": True}
        same(sets.unique(torch.tensor(x), **options), keras.ops.unique(x, **options), dtype=False)


def test_nan_differs_from_nan():
    found = sets.unique(torch.tensor([1.0, float("nan"), float("nan"), 1.0]))
    same(found, np.array([1, np.nan, np.nan], "float32"))


def test_sizes_while_a_model_is_built():
    for axis, size in itertools.product((None, 0, 1), (None, 4)):
        options = {"axis": axis, "size": size, **ALL}
        ours = sets.unique(kerlite.KerasTensor((5, 3), "int32"), **options)
        theirs = keras.ops.unique(keras.KerasTensor((5, 3), "int32"), **options)
        for one, other in zip(ours, theirs, strict=True):
            assert (one.shape, one.dtype) == (other.shape, other.dtype)
    x = kerlite.Input((3,), dtype="int32")
    model = kerlite.Model(x, sets.unique(x, return_counts=True))
    model = kerlite.models.model_from_json(model.to_json())
    same(model(torch.tensor(X)), np.unique(X, return_counts=True), dtype=False)


def test_files():
    reread = compare.same_file_form(sets.unique, keras.ops.unique, X, return_counts=True)
    same(reread, np.unique(X, return_counts=True), dtype=False)


def test_bad_input():
    with pytest.raises(ValueError, match="axis=2"):
        sets.unique(torch.ones(2, 3), axis=2)
