"""Cross-entropies and psnr: real Keras; half precision, hard zeros and ones, bad shapes."""

import keras
import numpy as np
import pytest
import torch

from kerlite.ops.nn.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    psnr,
    sparse_categorical_crossentropy,
)
from tests.ops.support.compare import same
from tests.ops.support.elementwise import differentiable, everywhere

P = np.random.default_rng(0).uniform(0.05, 1, (3, 4, 5)).astype("float32")
Y = np.random.default_rng(1).uniform(0, 1, (3, 4, 5)).astype("float32")


@pytest.mark.parametrize("from_logits", [True, False])
def test_binary_equals_keras(from_logits):
    hard = np.array([0.0, 1.0, 0.0, 1.0], "float32"), np.array([1.0, 0.0, 0.0, 1.0], "float32")
    for y, p in ((Y, P), (Y[0], P[0]), (Y[0, 0, 0], P[0, 0, 0]), (Y[:0], P[:0]), hard):
        same(
            binary_crossentropy(y, p, from_logits), keras.ops.binary_crossentropy(y, p, from_logits)
        )
    same(binary_crossentropy(hard[0].astype("int32"), hard[1]), binary_crossentropy(*hard))
    everywhere(binary_crossentropy, Y, P, from_logits=from_logits)
    differentiable(
        lambda p: binary_crossentropy(Y[0], p, from_logits), P[0].astype("float64") * 0.9
    )


@pytest.mark.parametrize("axis", [-1, 0, 1, 2])
@pytest.mark.parametrize("from_logits", [True, False])
def test_categorical_equals_keras(from_logits, axis):
    options = from_logits, axis
    theirs = keras.ops.categorical_crossentropy(Y, P, *options)
    same(categorical_crossentropy(Y, P, *options), theirs)
    labels = np.random.default_rng(2).integers(0, 3, np.delete(P.shape, axis))
    theirs = keras.ops.sparse_categorical_crossentropy(labels, P, *options)
    same(sparse_categorical_crossentropy(labels, P, *options), theirs)
    same(sparse_categorical_crossentropy(np.expand_dims(labels, axis), P, *options), theirs)
    if axis in (-1, 1):
        everywhere(
            categorical_crossentropy, Y, P, from_logits=from_logits, file=axis == -1, axis=axis
        )
        everywhere(sparse_categorical_crossentropy, labels, P, from_logits=from_logits, axis=axis)
    differentiable(lambda p: categorical_crossentropy(Y, p, *options), P.astype("float64"))
    differentiable(
        lambda p: sparse_categorical_crossentropy(labels, p, *options), P.astype("float64")
    )


def test_one_sample():
    for fl in (True, False):
        theirs = keras.ops.categorical_crossentropy(Y[0, 0], P[0, 0], fl)
        same(categorical_crossentropy(Y[0, 0], P[0, 0], fl), theirs)
        theirs = keras.ops.sparse_categorical_crossentropy(np.array(2), P[0, 0], fl)
        same(sparse_categorical_crossentropy(2, P[0, 0], fl), theirs)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_exact_and_keeps_its_type(dtype):
    p, y = torch.tensor(P).to(dtype), torch.tensor(Y).to(dtype)
    labels = torch.tensor([1, 2, 0])
    for fl in (True, False):
        same(binary_crossentropy(y, p, fl), binary_crossentropy(y.float(), p.float(), fl).to(dtype))
        ours = categorical_crossentropy(y, p, fl)
        same(ours, categorical_crossentropy(y.float(), p.float(), fl).to(dtype))
        ours = sparse_categorical_crossentropy(labels, p[:, 0], fl)
        same(ours, sparse_categorical_crossentropy(labels, p[:, 0].float(), fl).to(dtype))
    assert torch.isfinite(
        binary_crossentropy(torch.zeros(2, dtype=dtype), torch.ones(2, dtype=dtype))
    ).all()


@pytest.mark.parametrize("most", [1.0, 255, 0.5])
def test_psnr_equals_keras(most):
    same(psnr(P, Y, most), keras.ops.psnr(torch.tensor(P), torch.tensor(Y), most))
    same(psnr(P, Y, torch.tensor(most)), psnr(P, Y, most))
    everywhere(psnr, P, Y, max_val=most, file=True)
    differentiable(lambda a, b: psnr(a, b, most), P[0].astype("float64"), Y[0].astype("float64"))


def test_psnr_of_equal_images_and_of_bytes():
    assert psnr(P, P, 1.0) == torch.inf
    x, y = np.array([0, 255, 10], "uint8"), np.array([5, 250, 20], "uint8")
    expected = 10 * np.log10(255**2 / np.mean((x.astype(float) - y) ** 2))
    np.testing.assert_allclose(psnr(x, y, 255), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: binary_crossentropy(Y[0], P), "target and output of one shape"),
        (lambda: categorical_crossentropy(Y[0], P), "target and output of one shape"),
        (lambda: psnr(Y[0], P, 1.0), "x1 and x2 of one shape"),
        (lambda: categorical_crossentropy(Y, P, axis=3), "out of range"),
        (lambda: sparse_categorical_crossentropy([[1, 2]], P), "one dimension fewer"),
        (lambda: sparse_categorical_crossentropy([1, 9, 0], P[:, 0]), "from 0 to 4"),
        (lambda: sparse_categorical_crossentropy(1, 0.5), "an axis of classes"),
    ],
)
def test_bad_arguments(call, match):
    with pytest.raises(ValueError, match=match):
        call()
