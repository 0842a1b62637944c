"""Reductions, sorting, statistics and products: eager, recorded, compiled and in files."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import (
    cumulative,
    nan_reductions,
    products,
    quantiles,
    reductions,
    sets,
    sorting,
    statistics,
)
from tests.ops.support import compare

NAN = float("nan")
X = np.array([[3, 1, 2, 5], [4, 9, 8, -2], [0.5, 7, 6, 1]], "float32")
GAPS = np.array([[3, NAN, 2, 5], [NAN, 9, 8, -2], [0.5, 7, NAN, 1]], "float32")
CUBE = np.arange(24, dtype="float32").reshape(2, 3, 4) % 7
SQUARES = CUBE.reshape(2, 3, 4)[:, :, :3] + 5 * np.eye(3, dtype="float32")
V, W = np.array([1, 2, 3], "float32"), np.array([4, 0, -2], "float32")
INTS = np.array([0, 2, 2, 5], "int32")

# operation, arguments, options
CASES = [
    *[
        (module, name, (x,), options)
        for module, x in ((reductions, X), (nan_reductions, GAPS), (quantiles, GAPS))
        for name in module.__all__
        for options in ({}, {"axis": 1, "keepdims": True})
        if not name.endswith(("cumsum", "cumprod", "quantile", "percentile"))
        and name not in ("average", "count_nonzero")
    ],
    (reductions, "max", (X,), {"axis": 0, "initial": 3.5}),
    (reductions, "min", (X,), {"axis": (0, 1), "initial": 0.0}),
    (reductions, "prod", (X,), {"axis": (1,), "dtype": "float32"}),
    (reductions, "average", (X,), {"axis": 1}),
    (cumulative, "cumsum", (X,), {"axis": -1}),
    (cumulative, "cumprod", (X,), {"axis": 0}),
    (cumulative, "diff", (X,), {"n": 2, "axis": 1}),
    (cumulative, "trapezoid", (X,), {"dx": 0.5, "axis": -1}),
    (nan_reductions, "nancumsum", (GAPS,), {"axis": 1}),
    (nan_reductions, "nancumprod", (GAPS,), {"axis": 1}),
    (quantiles, "quantile", (X, 0.3), {"axis": 1}),
    (quantiles, "percentile", (X, 30.0), {"axis": (0, 1), "keepdims": True}),
    (quantiles, "nanquantile", (GAPS, 0.25), {"axis": 1, "method": "nearest"}),
    (quantiles, "nanpercentile", (GAPS, 60.0), {"axis": 1, "method": "lower"}),
    (statistics, "digitize", (X, np.array([0, 2.5, 6], "float32")), {}),
    (statistics, "corrcoef", (X,), {}),
    (sorting, "argmax", (X,), {"axis": 1}),
    (sorting, "argmin", (X,), {"axis": 1, "keepdims": True}),
    (sorting, "argsort", (X,), {"axis": 1}),
    (sorting, "sort", (X,), {"axis": 0}),
    (sorting, "searchsorted", (V, W), {"side": "right"}),
    (sets, "isin", (INTS, INTS[:2]), {"invert": True}),
    (products, "dot", (V, W), {}),
    (products, "vdot", (V, W), {}),
    (products, "inner", (X, X), {}),
    (products, "outer", (V, W), {}),
    (products, "matmul", (CUBE, np.flip(CUBE, 1).transpose(0, 2, 1).copy()), {}),
    (products, "cross", (SQUARES, SQUARES[:, ::-1].copy()), {"axis": 2}),
    (products, "kron", (X, X), {}),
    (products, "trace", (SQUARES,), {"offset": 1, "axis1": 1, "axis2": 2}),
    (products, "slogdet", (SQUARES,), {}),
]
each = pytest.mark.parametrize(
    ("module", "name", "args", "options"),
    CASES,
    ids=[f"{name}-{','.join(options)}" for _, name, _, options in CASES],
)


@each
def test_like_real_keras_recorded_and_in_files(module, name, args, options):
    op, keras_op = getattr(module, name), getattr(keras.ops, name)
    expected = op(*compare.replaced(args, torch.tensor), **options)
    compare.same(expected, keras_op(*args, **options))
    compare.symbolic_is_eager(op, *args, **options)
    reread = compare.same_file_form(op, keras_op, *args, **options)
    compare.same(reread, expected)


# Whose results or symbolic results differ in Keras.
ODD = [
    (reductions, "count_nonzero", (X,), {"axis": 1}),
    (statistics, "correlate", (V, W), {"mode": "full"}),
    (products, "tensordot", (CUBE, CUBE), {"axes": [[1, 2], [1, 2]]}),
    (reductions, "ptp", (X,), {"keepdims": True}),
    (sorting, "argpartition", (INTS,), {"kth": 1}),
    (statistics, "histogram", (V,), {"bins": 3, "range": [0, 4]}),
    (sets, "unique", (INTS,), {"size": 3, "return_counts": True, "return_index": True}),
]


@pytest.mark.parametrize(("module", "name", "args", "options"), ODD, ids=[c[1] for c in ODD])
def test_recorded_where_keras_differs(module, name, args, options):
    op = getattr(module, name)
    compare.symbolic_is_eager(op, *args, **options)
    written = compare.file_form(kerlite, op, *args, **options)["class_name"]
    assert written == "".join(map(str.title, name.split("_")))


MODULES = [
    cumulative, nan_reductions, products, quantiles, reductions, sets, sorting, statistics,
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=[m.__name__.rpartition(".")[2] for m in MODULES])
def test_compiled_whole(module):
    calls = [case[1:] for case in CASES + ODD if case[0] is module]

    def together(*given):
        return [
            getattr(module, name)(*args, **options)
            for (name, _, options), args in zip(calls, given, strict=True)
        ]

    compare.compiles(together, *[args for _, args, _ in calls])


DIFFERENTIABLE = {
    "max", "amax", "min", "amin", "sum", "prod", "mean", "var", "std", "ptp", "average", "cumsum",
    "cumprod", "diff", "trapezoid", "nanmax", "nanmin", "nansum", "nanprod", "nanmean", "nanvar",
    "nanstd", "nancumsum", "nancumprod", "median", "nanmedian", "quantile", "nanquantile",
    "percentile", "nanpercentile", "corrcoef", "correlate", "sort", "dot", "vdot", "inner", "outer",
    "matmul", "tensordot", "cross", "kron", "trace", "slogdet",
}  # fmt: skip


def test_gradients():
    seen = set()
    for module, name, args, options in CASES + ODD:
        if name in DIFFERENTIABLE and "dtype" not in options and "initial" not in options:
            tensors = [torch.tensor(np.nan_to_num(x)).double() for x in compare.arrays_in(*args)]
            rest = [arg for arg in args if not isinstance(arg, np.ndarray)]
            jitter = [x + 0.01 * torch.arange(x.numel()).reshape(x.shape) for x in tensors]
            op = getattr(module, name)
            torch.autograd.gradcheck(
                lambda *x, op=op, rest=rest, options=options: op(*x, *rest, **options),
                [x.requires_grad_() for x in jitter],
            )
            seen.add(name)
    assert seen == DIFFERENTIABLE
