import itertools
import warnings

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import cumulative, nan_reductions, quantiles, reductions
from tests.ops.support.compare import same

RNG = np.random.default_rng(0)
SHAPES = [(), (3,), (2, 3), (2, 3, 4), (2, 1, 3, 2), (2, 0, 3)]
TYPES = ["bool", "uint8", "int8", "int32", "int64", "float16", "float32", "float64"]
PLAIN = ["all", "any", "amax", "amin", "sum", "prod", "mean", "var", "std", "ptp", "median"]
NAN_PLAIN = [
    "nanmax", "nanmin", "nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmedian",
]  # fmt: skip
ALIKE = {"all", "any"}  # their result has the same type for any input
NAN, INF = float("nan"), float("inf")


def values(shape, dtype):
    return RNG.integers(0, 4, shape).astype(dtype)


def axes_of(rank):
    yield None
    yield ()
    for count in (1, 2, rank):
        yield from itertools.combinations(range(-rank, 0), count)
    yield from range(-rank, rank)
    if rank > 1:
        yield [rank - 1, 0]


def numpys(name, x, axis, keepdims):
    axis = tuple(axis) if isinstance(axis, list) else axis
    wide = x if name in ALIKE or x.dtype.kind != "f" else x.astype("float64")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        return getattr(np, name)(wide, axis=axis, keepdims=keepdims)


def call(name, *args, **kwargs):
    for module in (reductions, quantiles, nan_reductions):
        if hasattr(module, name):
            return getattr(module, name)(*args, **kwargs)
    raise AssertionError(name)


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
@pytest.mark.parametrize("name", [*PLAIN, *NAN_PLAIN])
def test_all_axes_as_in_numpy(name):
    for shape in SHAPES:
        x = values(shape, "float64")
        if "median" in name and not x.size:
            continue  # NaN in NumPy; an error here
        if name.startswith("nan") and x.size:
            x.reshape(-1)[:: max(2, x.size // 3)] = NAN
        for axis, keepdims in itertools.product(axes_of(x.ndim), (False, True)):
            try:
                expected = numpys(name, x, axis, keepdims)
            except ValueError:  # no elements
                with pytest.raises(ValueError, match=r"\(2, 0, 3\)"):
                    call(name, torch.tensor(x), axis=axis, keepdims=keepdims)
                continue
            same(call(name, torch.tensor(x), axis, keepdims), np.asarray(expected), dtype=False)


@pytest.mark.parametrize("name", [*PLAIN[2:], "nansum", "nanprod", "nanmean", "nanmax", "nanvar"])
def test_number_types(name):
    floating = name.removeprefix("nan") in ("mean", "var", "std", "median")
    for dtype in TYPES:
        if (name, dtype) == ("ptp", "bool"):
            continue
        x = values((3, 4), dtype)
        found = call(name, torch.tensor(x), axis=1)
        wide = numpys(name, x.astype("float64"), 1, False)
        same(found, wide, tolerance=1e-2 if dtype == "float16" else 1e-5, dtype=False)
        kind = dtype
        if x.dtype.kind != "f":
            summed = name.removeprefix("nan") in ("sum", "prod")
            small = x.dtype.itemsize < 4 and summed
            kind = "float32" if floating else "int32" if small else dtype
        assert str(found.dtype) == f"torch.{kind}", dtype


def test_not_contiguous_lists_and_arrays():
    x = torch.arange(24.0).reshape(2, 3, 4).transpose(0, 2)[::2]
    for name in PLAIN:
        same(call(name, x, axis=(0, 2)), call(name, x.contiguous(), axis=(0, 2)))
    same(reductions.sum([[1, 2], [3, 4]], axis=0), np.array([4, 6], "int32"))
    same(reductions.mean(np.array([1, 2])), np.float32(1.5))
    same(reductions.max([torch.tensor(1.0), torch.tensor(2.0)]), np.float32(2))
    same(reductions.sum(kerlite.Variable(np.ones(3, "float32"))), np.float32(3))


def test_nan_and_infinities():
    x = torch.tensor([[NAN, 1.0, -INF], [INF, 2.0, 0.0]])
    array = x.numpy()
    for name in ("amax", "amin", "sum", "mean", "all", "any", "nanmax", "nanmin", "nansum"):
        same(call(name, x, axis=1), numpys(name, array, 1, False), dtype=False)
    same(reductions.count_nonzero(x, axis=0), np.array([2, 2, 1], "int32"))
    same(cumulative.cumsum(x, 1), np.cumsum(array, 1))
    same(nan_reductions.nancumsum(x, 1), np.nancumsum(array, 1))
    same(nan_reductions.nancumprod(x[:, 1:], 1), np.nancumprod(array[:, 1:], 1))
    missing = torch.full((2, 2), NAN)
    for name in ("nanmax", "nanmin", "nanmean", "nanvar", "nanstd", "nanmedian"):
        assert call(name, missing, axis=0).isnan().all()
    assert call("nansum", missing) == 0
    assert call("nanprod", missing) == 1


def test_positions_of_extremes_without_nan():
    x = torch.tensor([[NAN, 5.0, 1.0], [2.0, NAN, 3.0], [NAN, NAN, NAN]])
    same(nan_reductions.nanargmax(x, 1), np.array([1, 2, -1], "int32"))
    same(nan_reductions.nanargmin(x, 1, True), np.array([[2], [0], [-1]], "int32"))
    same(nan_reductions.nanargmin(x), np.int32(2))
    same(nan_reductions.nanargmax(torch.tensor([[1, 7], [9, 3]]), 0), np.array([1, 0], "int32"))


def test_variance_of_half_precision_without_overflow():
    x = torch.tensor([0.0, 400.0, NAN], dtype=torch.float16)
    same(nan_reductions.nanvar(x), np.float16(40000))
    same(nan_reductions.nanstd(x), np.float16(200))


def test_extremes_with_an_initial_value():
    x = np.array([[1, 5], [3, 2]], "int32")
    for initial in (-1, 4, 9):
        for axis in (None, 0, (0, 1)):
            for name in ("max", "min"):
                expected = getattr(np, name)(x, axis=axis, keepdims=True, initial=initial)
                same(call(name, torch.tensor(x), axis, True, initial), np.asarray(expected))
    empty = np.zeros((2, 0, 3), "float32")
    for axis in (None, 1, (0, 1), -1):
        expected = np.max(empty, axis=axis, keepdims=True, initial=7)
        same(reductions.max(torch.tensor(empty), axis, True, 7.0), expected)
    same(reductions.min(empty, axis=0, initial=torch.tensor(7)), np.zeros((0, 3), "float32"))


def test_weighted_average():
    x = values((2, 3, 4), "float64") + 0.5
    for axis, shape in [(None, x.shape), (0, (2,)), (-1, (4,)), (1, x.shape), ((0, 2), (2, 4))]:
        weights = RNG.random(shape)
        expected = np.average(x, axis=axis, weights=weights)
        same(reductions.average(torch.tensor(x), axis, weights), expected)
    swapped = reductions.average(torch.tensor(x), (2, 0), RNG.random((4, 2)) * 0 + 1)
    same(swapped, x.mean((0, 2)))
    same(reductions.average([1, 2, 4], weights=[1, 1, 2]), np.float32(2.75))
    with pytest.raises(ValueError, match=r"the shape \(3,\) or that of x; received the shape \(4"):
        reductions.average(x, 1, np.ones(4))


def test_average_in_a_file_has_its_weights_in_the_call():
    x, weights = kerlite.Input((3,)), kerlite.Input((3,))
    model = kerlite.Model([x, weights], reductions.average(x, axis=1, weights=weights))
    model = kerlite.models.model_from_json(model.to_json())
    given = [torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[1.0, 0.0, 1.0]])]
    same(model(given), np.array([2], "float32"))


def test_running_sums_products_differences_and_integrals():
    x = values((2, 3, 4), "float64")
    for axis in (None, 0, -1, 1):
        same(cumulative.cumsum(torch.tensor(x), axis), np.cumsum(x, axis))
        same(cumulative.cumprod(torch.tensor(x), axis), np.cumprod(x, axis))
    for n, axis in itertools.product((0, 1, 2, 5), (0, 1, -1)):
        same(cumulative.diff(torch.tensor(x), n, axis), np.diff(x, n, axis))
    same(cumulative.cumsum([True, True]), np.array([1, 2], "int32"))
    same(cumulative.cumsum(x, 0, "float32"), np.cumsum(x, 0).astype("float32"))
    same(cumulative.diff([True, False, False]), np.array([True, False]))
    for axis in (0, 1, 2):
        points = np.cumsum(RNG.random(x.shape[axis]))
        expected = np.trapezoid(x, points, axis=axis)
        same(cumulative.trapezoid(torch.tensor(x), points, axis=axis), expected)
        same(cumulative.trapezoid(x, dx=0.5, axis=axis), np.trapezoid(x, dx=0.5, axis=axis))


@pytest.mark.parametrize("name", [*PLAIN, "count_nonzero", "nanmax", "nansum", "nanprod"])
def test_an_axis_that_is_not_there(name):
    for axis in (2, -3, (0, 5), (1, 1)):
        with pytest.raises(ValueError, match="axis="):
            call(name, torch.ones(2, 3), axis=axis)


def test_other_bad_input():
    with pytest.raises(ValueError, match="axis=2"):
        cumulative.cumsum(torch.ones(2, 3), axis=2)
    with pytest.raises(ValueError, match="n=-1"):
        cumulative.diff(torch.ones(3), n=-1)
    with pytest.raises(ValueError, match="shape"):
        reductions.sum(kerlite.KerasTensor((None, 3)), axis=4)
