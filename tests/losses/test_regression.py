"""Errors between numbers: values and gradients against Keras, fused kernels against the formula."""

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kerlite import losses

CLASSES = [
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "Huber",
    "LogCosh",
]
FUNCTIONS = [
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
]
SHAPES = [((8, 3), (8, 3)), ((8, 1), (8, 1)), ((8,), (8, 1)), ((8, 1), (8,)), ((8, 2, 1), (8, 2))]
SHAPES += [((8,), (8,)), ((8, 1), (8, 3)), ((8, 4, 3), (8, 4, 3))]


def numbers(shape, seed):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def gradient(loss, y_true, y_pred):
    leaf = torch.tensor(y_pred, requires_grad=True)
    value = loss(torch.tensor(y_true), leaf)
    value.sum().backward()
    return value.detach(), leaf.grad


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "none"])
def test_class_matches_keras(name, shapes, reduction):
    y_true, y_pred = numbers(shapes[0], 0), 2 * numbers(shapes[1], 1)
    ours = gradient(getattr(losses, name)(reduction=reduction), y_true, y_pred)
    theirs = gradient(getattr(keras.losses, name)(reduction=reduction), y_true, y_pred)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_function_matches_keras(name, shapes):
    y_true, y_pred = numbers(shapes[0], 0), numbers(shapes[1], 1)
    ours, theirs = getattr(losses, name), getattr(keras.losses, name)
    np.testing.assert_allclose(ours(y_true, y_pred), theirs(y_true, y_pred), rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", ["zeros", "nan", "infinite", "integers"])
def test_odd_inputs_match_keras(name, kind):
    y_true, y_pred = numbers((4, 2), 0), numbers((4, 2), 1)
    if kind == "zeros":
        y_true = np.zeros_like(y_true)
    elif kind == "nan":
        y_pred[0, 0] = np.nan
    elif kind == "infinite":
        y_pred[1, 1] = np.inf
    else:
        y_true = np.array([[1, 2], [3, 4], [5, 6], [7, 8]])
    ours = getattr(losses, name)(y_true, y_pred)
    theirs = getattr(keras.losses, name)(y_true, y_pred)
    np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("delta", [0.1, 1.0, 3.0])
def test_huber_delta(delta):
    y_true, y_pred = numbers((8, 3), 0), 3 * numbers((8, 3), 1)
    theirs = keras.losses.Huber(delta=delta)(y_true, y_pred)
    np.testing.assert_allclose(losses.Huber(delta)(y_true, y_pred), theirs, rtol=1e-6)
    with pytest.raises(ValueError, match="above 0; received delta=-1"):
        losses.Huber(-1)


@pytest.mark.parametrize(
    ("name", "kernel"),
    [("MeanSquaredError", F.mse_loss), ("MeanAbsoluteError", F.l1_loss), ("Huber", F.huber_loss)],
)
def test_default_reduction_is_one_fused_kernel(name, kernel, monkeypatch):
    calls = []
    monkeypatch.setattr(F, kernel.__name__, lambda *a, **k: calls.append(k) or kernel(*a, **k))
    y_true, y_pred = torch.rand(8, 3), torch.rand(8, 3)
    loss = getattr(losses, name)()(y_true, y_pred)
    assert len(calls) == 1
    assert "reduction" not in calls[0]
    assert torch.equal(loss, kernel(y_pred, y_true))


def test_half_precision_functions_do_not_overflow():
    loss = losses.mean_squared_error(torch.zeros(1, 1), torch.full((1, 1), 300.0).half())
    assert (loss.item(), loss.dtype) == (90000.0, torch.float32)


def test_shapes_that_cannot_be_compared_say_so():
    with pytest.raises(ValueError, match=r"targets have shape \(8, 2\).*predictions \(8, 3\)"):
        losses.MeanSquaredError()(np.zeros((8, 2)), np.zeros((8, 3)))
