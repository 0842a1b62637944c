"""Reductions that leave NaN out: of complex numbers as NumPy's, and their gradients."""

import warnings

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import nan_reductions, reductions
from tests.ops.support.compare import compiles, same, symbolic_is_eager

NAN = float("nan")
# NaN in either part is NaN; one row has nothing else, one column has one number.
Z = np.array(
    [[1 + 2j, complex(NAN, 1), 3 - 1j], [complex(1, NAN), NAN, complex(NAN, NAN)], [0, 1, 2j]],
    "complex64",
)
OF_COMPLEX = ["nansum", "nanprod", "nanmean", "nanvar", "nanstd"]


@pytest.mark.parametrize("name", OF_COMPLEX)
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_numbers(name, dtype):
    x, function = Z.astype(dtype), getattr(nan_reductions, name)
    for axis in (None, (), 0, -1, (0, 1)):
        for keepdims in (False, True):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # for what is all NaN
                expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
            if axis == () and name in ("nanmean", "nanvar", "nanstd"):
                continue  # NumPy's makes both parts NaN; see test_reductions.py for real numbers
            same(function(torch.tensor(x), axis, keepdims), expected)


@pytest.mark.parametrize("name", OF_COMPLEX)
def test_complex_numbers_everywhere(name):
    x = Z[[0, 2]]
    symbolic_is_eager(getattr(nan_reductions, name), x, axis=1)
    compiles(getattr(nan_reductions, name), x, axis=1)


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd"])
@pytest.mark.parametrize("kind", [torch.float64, torch.complex128])
def test_gradients_beside_nan(name, kind):
    torch.manual_seed(0)
    values = torch.randn(3, 5, dtype=kind, requires_grad=True)
    missing = torch.eye(3, 5, dtype=torch.bool)

    def function(x):
        return getattr(nan_reductions, name)(torch.where(missing, NAN, x), axis=1)

    assert torch.autograd.gradcheck(function, values)


@pytest.mark.parametrize("name", ["std", "nanstd"])
def test_the_gradient_of_no_deviation_is_zero(name):
    x = torch.tensor([[2.0, 2.0, 2.0], [1.0, 2.0, 6.0]], requires_grad=True)
    twin = x.detach().clone().requires_grad_()
    module = nan_reductions if name == "nanstd" else reductions
    getattr(module, name)(x, axis=1).sum().backward()
    torch.std(twin, 1, correction=0).sum().backward()
    assert (twin.grad[0] == 0).all()
    torch.testing.assert_close(x.grad, twin.grad)


def test_deviations_of_half_precision_beyond_its_squares():
    x = torch.tensor([-600.0, 600.0, NAN], dtype=torch.float16)
    same(nan_reductions.nanstd(x), np.float16(600))
