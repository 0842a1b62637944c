import itertools

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import statistics
from tests.ops.support import compare
from tests.ops.support.compare import same

RNG = np.random.default_rng(0)
NAN = float("nan")


def test_histograms_as_in_numpy():
    x = RNG.normal(size=200)
    samples = [x, np.round(x), x[:1], np.array([]), np.array([2.0, 2.0])]
    for sample, bins in itertools.product(samples, (1, 7, 10)):
        for limits in (None, (-1, 1.5), [0, 0], (0.0, 0.0), (5, 9)):
            counts, edges = np.histogram(sample, bins, limits)
            same(
                statistics.histogram(torch.tensor(sample), bins, limits),
                (counts, edges),
                dtype=False,
            )
    many = torch.zeros(5000, dtype=torch.float16)
    assert statistics.histogram(many, 1)[0] == 5000
    counts, edges = statistics.histogram([1, 2, 2, 5], bins=2)
    same((counts, edges), [np.array([3, 1], "float32"), np.array([1, 3, 5], "float32")])


def test_histograms_in_a_model():
    x = np.array([1, 2, 2, 5], "float32")
    reread = compare.same_file_form(statistics.histogram, keras.ops.histogram, x, bins=4)
    same(reread, keras.ops.histogram(x, bins=4))
    symbolic = statistics.histogram(kerlite.KerasTensor((None,)), 4)
    assert [one.shape for one in symbolic] == [(4,), (5,)]


def test_bad_histograms():
    x = torch.ones(3)
    with pytest.raises(TypeError, match=r"an int; received 2.5"):
        statistics.histogram(x, 2.5)
    with pytest.raises(ValueError, match="bins=0"):
        statistics.histogram(x, 0)
    for limits in ((2, 1), (1,), 3, (NAN, 1)):
        with pytest.raises(ValueError, match="least edge, greatest edge"):
            statistics.histogram(x, 2, limits)
    with pytest.raises(ValueError, match=r"one dimension; received the shape \(2, 2\)"):
        statistics.histogram(torch.ones(2, 2))


def test_counts_of_integers():
    for dtype, minlength in itertools.product(("int32", "int64", "uint8"), (0, 3, 9)):
        x = RNG.integers(0, 6, 20).astype(dtype)
        weights = RNG.random(20).astype("float32")
        same(
            statistics.bincount(x, minlength=minlength),
            np.bincount(x, None, minlength),
            dtype=False,
        )
        found = statistics.bincount(torch.tensor(x), weights, minlength)
        same(found, np.bincount(x, weights, minlength).astype("float32"))
    assert statistics.bincount([0, 1]).dtype == torch.int32
    same(statistics.bincount([1, 1], weights=[2, 3]), np.array([0, 5], "int32"))
    same(statistics.bincount(np.zeros(0, "int32"), minlength=2), np.zeros(2, "int32"))


def test_counts_of_rows():
    x, weights = np.array([[0, 3, 3], [1, 1, 0]]), RNG.random((2, 3)).astype("float32")
    for minlength in (0, 6):
        length = max(minlength, 4)
        expected = [np.bincount(row, None, length) for row in x]
        same(statistics.bincount(x, minlength=minlength), np.array(expected, "int32"))
        expected = [np.bincount(row, w, length) for row, w in zip(x, weights, strict=True)]
        same(statistics.bincount(x, weights, minlength), np.array(expected, "float32"))
    x = kerlite.Input((3,), dtype="int32")
    assert statistics.bincount(x).shape == (None, None)
    model = kerlite.models.model_from_json(kerlite.Model(x, statistics.bincount(x)).to_json())
    same(model(torch.tensor([[1, 1, 0]])), np.array([[1, 2]], "int32"))


def test_bad_counts():
    for x in ([-1, 2], [[0, 2], [-1, 1]]):
        with pytest.raises(ValueError, match=r"negative|non-neg|from 0 on; received -1"):
            statistics.bincount(x)
    with pytest.raises(ValueError, match="sparse=True"):
        statistics.bincount([1], sparse=True)
    with pytest.raises(ValueError, match=r"shape of x, \(2,\); received \(3,\)"):
        statistics.bincount([1, 2], weights=[1, 2, 3])
    with pytest.raises(ValueError, match="1 or 2 dimensions"):
        statistics.bincount(3)


def test_bins_of_elements():
    bins = [0.5, 1, 2]
    for x in ([0, 1, 3], [[0.5, 0.9], [2.0, -1]], 1.0, True, np.array([1, 7], "int64")):
        same(statistics.digitize(x, bins), np.asarray(np.digitize(x, bins), "int32"))
    same(statistics.digitize([True, False], [True]), np.array([1, 0], "int32"))
    with pytest.raises(ValueError, match="digitize"):
        statistics.digitize([1.0], [[1.0, 2.0]])


def test_correlations_of_rows():
    for x in (RNG.normal(size=(3, 8)), RNG.normal(size=8), RNG.integers(0, 9, (2, 5))):
        same(statistics.corrcoef(torch.tensor(x)), np.asarray(np.corrcoef(x)))
    complexes = RNG.normal(size=(2, 6)) + 1j * RNG.normal(size=(2, 6))
    same(statistics.corrcoef(complexes), np.corrcoef(complexes))
    for dtype in ("int32", "bool", "float16"):
        x = np.array([[0, 1, 1, 0], [1, 1, 0, 0]]).astype(dtype)
        same(statistics.corrcoef(x), keras.ops.corrcoef(x), tolerance=1e-3)
    constant = statistics.corrcoef([[1.0, 1.0], [1.0, 2.0]])
    assert constant.isnan().tolist() == [[True, True], [True, False]]
    with pytest.raises(ValueError, match=r"received the shape \(1, 1, 1\)"):
        statistics.corrcoef(torch.ones(1, 1, 1))


def test_correlations_of_sequences():
    for n1, n2 in itertools.product(range(1, 7), repeat=2):
        x, y = RNG.normal(size=n1), RNG.normal(size=n2)
        for mode in ("valid", "same", "full"):
            same(statistics.correlate(torch.tensor(x), y, mode), np.correlate(x, y, mode))
    x, y = RNG.normal(size=3) + 1j, RNG.normal(size=2) + 2j
    same(statistics.correlate(x, y, "full"), np.correlate(x, y, "full"))
    for dtype, expected in [("int32", "float32"), ("int64", "float64"), ("float16", "float16")]:
        x = np.array([1, 2, 3], dtype)
        same(statistics.correlate(x, x), np.array([14], expected))
    with pytest.raises(ValueError, match=r"'full', 'valid', 'same'.*'half'"):
        statistics.correlate([1.0], [1.0], "half")
    with pytest.raises(ValueError, match=r"\(2, 2\) and \(2,\)"):
        statistics.correlate(torch.ones(2, 2), torch.ones(2))
