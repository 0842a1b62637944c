"""pad, in all of NumPy's ways."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.models import model_from_json
from kerlite.ops.numpy.padding import pad
from tests.ops.support.compare import (
    compiles,
    file_form,
    model_of,
    same,
    same_file_form,
    symbolic_is_eager,
)

MODES = [
    "constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "mean", "median",
    "minimum",
]  # fmt: skip
X = np.random.default_rng(0).standard_normal((2, 3, 4)).astype("float32")


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_numpy_s(mode):
    rng = np.random.default_rng(1)
    for dtype in ("float32", "float64", "int32", "uint8", "bool"):
        for shape in ((5,), (3, 4), (1, 2), (2, 1, 3), (2, 1, 2, 1)):
            if dtype == "bool" and mode in ("linear_ramp", "mean", "median"):
                continue  # NumPy has none of them either
            x = (rng.standard_normal(shape) * 20).astype(dtype)
            every = [[(2, 9)] * len(shape), [(1,)] * len(shape), [(0, 1), *[(1, 0)] * (x.ndim - 1)]]
            for width in (0, 1, 3, (1, 2), *every):
                same(pad(x, width, mode), np.pad(x, width, mode))


@pytest.mark.parametrize("mode", MODES)
def test_every_way_to_call(mode):
    width = [(0, 0), (1, 2), (2, 0)]
    symbolic_is_eager(pad, X, width, mode=mode)
    compiles(pad, X, width, mode=mode)
    x = torch.tensor(X[:1, :, :2], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: pad(x, [(0, 0), (1, 2), (2, 1)], mode), [x])


def test_numbers_that_are_none():
    x = np.array([[1.0, np.nan, 2.0], [np.inf, 3.0, 4.0]])
    for mode in MODES:
        with np.errstate(invalid="ignore"):
            expected = np.pad(x, 2, mode)
        same(pad(x, 2, mode), expected)


def test_values_around():
    same(pad(X, 1, constant_values=2.5), np.pad(X, 1, constant_values=2.5))
    same(pad([1, 2], 1, constant_values=7), np.array([7, 1, 2, 7], "int32"))
    same(pad(X, 2, "circular"), np.pad(X, 2, "wrap"))
    same(pad(X, 2, "empty"), np.pad(X, 2))
    symbolic_is_eager(pad, X, [(0, 0), (1, 2), (2, 0)], constant_values=2.5)


def test_files():
    width = [(0, 0), (1, 2), (2, 0)]
    for options in ({}, {"mode": "reflect"}, {"constant_values": 2.5}):
        reread = same_file_form(pad, keras.ops.pad, X, width, **options)
        same(reread, np.pad(X, width, **options))
        ours = model_of(kerlite, pad, X, width, **options)
        same(model_from_json(ours.to_json())(torch.tensor(X)), np.pad(X, width, **options))
        theirs = keras.models.model_from_json(ours.to_json())
        same(theirs([X]), np.pad(X, width, **options))
    assert file_form(kerlite, pad, X, width)["class_name"] == "Pad"


@pytest.mark.parametrize(
    ("args", "complaint"),
    [((X, 1, "sideways"), "Unknown mode"), ((X, 1, "edge", 2), "mode='edge'"),
     ((X, -1), ">= 0"), ((X, [(1, 1), (1, 1)]), "3 axes"), ((X, [(1, 1, 1)] * 3), "3 axes"),
     ((np.zeros((0, 2)), 1, "edge"), "nothing to go by")],
)  # fmt: skip
def test_bad_arguments_are_refused(args, complaint):
    with pytest.raises(ValueError, match=complaint):
        pad(*args)
