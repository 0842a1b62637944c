import itertools

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import quantiles
from tests.ops.support.compare import same

METHODS = ["linear", "lower", "higher", "nearest", "midpoint"]
NAN, INF = float("nan"), float("inf")
X = np.random.default_rng(0).normal(size=(3, 4, 5))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_axis_and_probability_as_in_numpy(method):
    gaps = np.where(X > 1, NAN, X)
    for q, axis in itertools.product(
        (0, 0.3, [0.1, 1.0], [[0.25], [0.9]]), (None, 0, -1, (0, 2), [2, 1])
    ):
        for keepdims in (False, True):
            options = {"axis": axis, "method": method, "keepdims": keepdims}
            numpys = {**options, "axis": tuple(axis) if isinstance(axis, list) else axis}
            same(quantiles.quantile(torch.tensor(X), q, **options), np.quantile(X, q, **numpys))
            found = quantiles.nanquantile(torch.tensor(gaps), q, **options)
            each = [np.nanquantile(gaps, one, **numpys) for one in np.ravel(q)]
            same(found, np.reshape(each, [*np.shape(q), *np.shape(each[0])]))


@pytest.mark.parametrize("method", METHODS)
def test_percentiles_have_exact_ranks(method):
    x = np.arange(11.0)
    for q in range(0, 101, 5):
        expected = np.percentile(x, q, method=method)
        same(quantiles.percentile(torch.tensor(x), q, method=method), expected)
        same(quantiles.nanpercentile(x, [q], method=method), np.array([expected]))


def test_number_types():
    for dtype, expected in [
        ("int32", "float32"), ("int64", "float32"), ("bool", "float32"), ("uint8", "float32"),
        ("float16", "float16"), ("float64", "float64"),
    ]:  # fmt: skip
        x = np.array([0, 1, 1, 0]).astype(dtype)
        same(quantiles.quantile(x, 0.5), np.asarray(0.5, expected))
        same(quantiles.median(torch.tensor(x)), np.asarray(0.5, expected))
    assert quantiles.median(torch.ones(3, dtype=torch.bfloat16)).dtype == torch.bfloat16


def test_nan_and_infinities():
    same(quantiles.median([[NAN, 1, 2], [3, 1, 2]], axis=1), np.array([NAN, 2], "float32"))
    same(quantiles.nanmedian([[NAN, 1, 2], [NAN] * 3], axis=1), np.array([1.5, NAN], "float32"))
    same(quantiles.median([INF, INF, 1.0, INF]), np.float32(INF))
    same(quantiles.quantile([1.0, INF], 0.0), np.float32(1))


def test_more_elements_than_torchs_quantile_takes():
    x = torch.zeros(2**24 + 2)
    x[0] = 1
    assert quantiles.quantile(x, 1.0) == 1


def test_probabilities_as_a_tensor():
    x, q = torch.tensor(X), torch.tensor([0.5, 0.25])
    same(quantiles.quantile(x, q, axis=0), np.quantile(X, [0.5, 0.25], axis=0))
    same(quantiles.quantile(x, torch.tensor(2.0)), np.asarray(X.max()))
    symbolic = quantiles.quantile(kerlite.KerasTensor((None, 4)), q, axis=1, keepdims=True)
    assert symbolic.shape == (2, None, 1)


def test_bad_input():
    x = torch.ones(2, 3)
    with pytest.raises(ValueError, match=r"'linear', 'lower'.*received 'cubic'"):
        quantiles.quantile(x, 0.5, method="cubic")
    with pytest.raises(ValueError, match=r"between 0 and 1; received 1.5"):
        quantiles.quantile(x, [0.5, 1.5])
    with pytest.raises(ValueError, match="between 0 and 100; received -1"):
        quantiles.percentile(x, np.array(-1))
    with pytest.raises(ValueError, match=r"needs elements.*\(2, 0\)"):
        quantiles.median(torch.ones(2, 0), axis=1)
    with pytest.raises(ValueError, match="axis=2"):
        quantiles.nanmedian(x, axis=2)
