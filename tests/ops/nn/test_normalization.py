"""Moments and normalizations: real Keras, the definitions in float64, several processes' sums."""

import warnings

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.nn.normalization import (
    batch_normalization,
    layer_normalization,
    moments,
    normalize,
    rms_normalization,
)
from tests.ops.support.compare import compiles, same, same_file_form, symbolic_is_eager
from tests.ops.support.elementwise import differentiable, everywhere

X = np.random.default_rng(0).normal(1, 3, (2, 3, 4, 5)).astype("float32")
AXES = [-1, 0, 1, [0], [1, 2], (0, -1), (3, 1), [0, 1, 2, 3]]


def weights(axis, seed=1):
    axes = sorted({a % 4 for a in ([axis] if isinstance(axis, int) else axis)})
    shape = [X.shape[a] for a in axes]
    wide = [size if i in axes else 1 for i, size in enumerate(X.shape)]
    values = np.random.default_rng(seed).normal(size=shape).astype("float32")
    return tuple(axes), values, values.reshape(wide)


@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize("axes", AXES, ids=str)
def test_moments_equal_keras(axes, keepdims):
    same(moments(X, axes, keepdims), keras.ops.moments(X, axes, keepdims), 1e-4)
    everywhere(moments, X, axes, keepdims=keepdims)
    differentiable(lambda x: moments(x, axes, keepdims), X[:, :2, :2, :2].astype("float64"))


def test_moments_of_other_types():
    for dtype in ("float16", "bfloat16"):
        x = torch.tensor(X).to(getattr(torch, dtype))
        same(moments(x, 1), keras.ops.moments(x, 1), 5e-2)
    large = torch.full((4,), 6e4, dtype=torch.float16) * torch.tensor([1, -1, 1, -1])
    assert moments(large, 0)[1] == torch.finfo(torch.float16).max
    same(moments([[1, 2], [3, 6]], None), (torch.tensor(3.0), torch.tensor(3.5)))
    mean, variance = moments(1e4 + X.astype("float64"), 0)  # Keras's formula has lost its digits
    same((mean, variance), ((1e4 + X.astype("float64")).mean(0), X.astype("float64").var(0)), 1e-9)
    same(moments(X, 0, synchronized=True), moments(X, 0))  # one process


@pytest.mark.parametrize("axis", [1, -1, 3, 0])
def test_batch_normalization_equals_keras(axis):
    size = X.shape[axis]
    mean, variance, offset, scale = np.random.default_rng(2).uniform(0.1, 2, (4, size))
    vectors = [v.astype("float32") for v in (mean, variance, offset, scale)]
    for given in ({}, {"offset": 2}, {"scale": 3}, {"offset": 2, "scale": 3, "epsilon": 0.1}):
        options = {k: vectors[v] if isinstance(v, int) else v for k, v in given.items()}
        for x in (torch.tensor(X), torch.tensor(X).half()):
            ours = batch_normalization(x, *vectors[:2], axis, **options)
            same(ours, keras.ops.batch_normalization(x, *vectors[:2], axis, **options), 1e-4)
    differentiable(
        lambda x, m, v: batch_normalization(x, m, v, axis), X.astype("float64")[:, :, :2, :2],
        np.ones(X[:, :, :2, :2].shape[axis]), np.full(X[:, :, :2, :2].shape[axis], 2.0),
    )  # fmt: skip


def test_batch_normalization_on_symbols_compiled_and_in_files():
    vectors = [torch.tensor([0.5, 1.0, 2.0, 3.0, 4.0]) + i for i in range(4)]
    compiles(batch_normalization, X, *vectors[:2], -1, vectors[2], scale=vectors[3])
    symbolic_is_eager(batch_normalization, X, *vectors[:2], axis=-1, scale=vectors[3])
    layout = lambda ops: lambda x: ops(x, *vectors[:2], -1, *vectors[2:], 0.1)  # noqa: E731
    with warnings.catch_warnings():  # Keras's, of tensors in files
        warnings.simplefilter("ignore")
        ours, theirs = layout(batch_normalization), layout(keras.ops.batch_normalization)
        reread = same_file_form(ours, theirs, X[:, 0, 0])
    same(reread, batch_normalization(X[:, 0, 0], *vectors[:2], -1, *vectors[2:], 0.1))


@pytest.mark.parametrize("axis", AXES, ids=str)
def test_layer_and_rms_normalization_follow_the_definition(axis):
    axes, weight, wide = weights(axis)
    x = X.astype("float64")
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    expected = (x - mean) / np.sqrt(variance + 1e-3) * wide + wide
    for gamma in (weight, wide):
        same(layer_normalization(X, gamma, gamma, axis, 1e-3), expected.astype("float32"), 1e-4)
    expected = x / np.sqrt((x * x).mean(axes, keepdims=True) + 1e-7) * wide
    same(rms_normalization(X, weight, axis), expected.astype("float32"), 1e-4)
    with pytest.warns(DeprecationWarning, match="rms_normalization does"):
        scaled = layer_normalization(X, weight, weight, axis, 1e-3, rms_scaling=True)
    same(scaled, (x / np.sqrt(variance + 1e-3) * wide).astype("float32"), 1e-4)


@pytest.mark.parametrize("axis", [-1, [2, 3], (-1, -2)], ids=str)
def test_layer_and_rms_normalization_equal_keras(axis):
    for dtype, tolerance in (("float32", 1e-5), ("float16", 1e-2), ("float64", 1e-5)):
        x, (_, weight, _) = torch.tensor(X).to(getattr(torch, dtype)), weights(axis)
        for gamma, beta in ((None, None), (weight, None), (weight, weight)):
            ours = layer_normalization(x, gamma, beta, axis)
            same(ours, keras.ops.layer_normalization(x, gamma, beta, axis), tolerance)
            same(rms_normalization(x, gamma, axis), keras.ops.rms_normalization(x, gamma, axis),
                 tolerance)  # fmt: skip


def test_layer_and_rms_normalization_everywhere():
    weight = torch.tensor(weights(-1)[1])
    everywhere(layer_normalization, X, weight, weight, epsilon=0.1)
    everywhere(rms_normalization, X, weight, axis=-1)
    differentiable(lambda x: layer_normalization(x, axis=1), X[:, :, 0].astype("float64"))
    differentiable(lambda x: rms_normalization(x, axis=(0, 2)), X[:, :, 0].astype("float64"))
    x = kerlite.KerasTensor((None, 3))
    named = layer_normalization(x=x, beta=torch.ones(3))  # by name, as files have it by position
    assert named.producer.args[1:] == (None, named.producer.args[2])


@pytest.mark.parametrize("axis", [-1, 0, None, (0, 1)], ids=str)
def test_normalize_equals_keras(axis):
    for order in (1, 2, 3):
        ours = normalize(X, axis, order)
        if axis in (-1, 0) or order == 2:  # Keras has norms of matrices for others
            same(ours, keras.ops.normalize(X, axis, order))
        length = (np.abs(X.astype("float64")) ** order).sum(axis, keepdims=True) ** (1 / order)
        same(ours, (X / length).astype("float32"))
    everywhere(normalize, X, axis=axis)
    differentiable(lambda x: normalize(x, axis), X[:, :, 0, :2].astype("float64"))


def test_normalize_small_numbers():
    same(normalize([[0.0, 0.0], [3e-9, 4e-9]]), keras.ops.normalize([[0.0, 0.0], [3e-9, 4e-9]]))
    same(normalize(torch.tensor(-3.0)), keras.ops.normalize(torch.tensor(-3.0)))
    same(normalize([3, 4]), torch.tensor([0.6, 0.8]))
    x = torch.zeros(3, requires_grad=True)
    normalize(x).sum().backward()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: moments(X, 4), "out of range"),
        (lambda: batch_normalization(X, X[0, 0, 0], X[0, 0, 0], 4), "no axis 4"),
        (
            lambda: batch_normalization(X, X[0, 0, 0], X[0, 0, 0], 1),
            "mean to be a vector of length",
        ),
        (lambda: layer_normalization(X, axis=7), "no axis 7"),
        (lambda: layer_normalization(X, X[0, 0]), "gamma in the shape"),
        (lambda: rms_normalization(3.0), "no axis -1"),
        (lambda: normalize(X, order=0), "order to be a whole number"),
        (lambda: normalize(X, order=1.5), "order to be a whole number"),
    ],
)
def test_bad_arguments(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_unknown_arguments():
    with pytest.raises(TypeError, match="center"):
        layer_normalization(X, center=True)


@pytest.mark.parametrize("name", ["layer_normalization", "rms_normalization"])
def test_keras_reads_a_call_without_weights(name):
    x = kerlite.Input((3,))
    model = kerlite.Model(x, getattr(kerlite.ops, name)(x))
    theirs = keras.models.model_from_json(model.to_json())
    given = torch.tensor([[1.0, 2.0, 4.0]])
    same(model(given), theirs(given))
