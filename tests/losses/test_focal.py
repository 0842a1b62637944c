"""Focal cross-entropies: the formula by hand, weights of classes, logits, ranges of arguments."""

import numpy as np
import pytest
import torch

from kerlite import losses
from kerlite.activations import sigmoid, softmax
from tests.losses.cases import CHANCES, LOGITS, ONE_HOT, PROBABILITIES


@pytest.mark.parametrize("gamma", [0, 0.5, 2, 5])
def test_binary_is_the_formula(gamma):
    right = np.where(ONE_HOT == 1, CHANCES, 1 - CHANCES).astype("float64")
    expected = (-((1 - right) ** gamma) * np.log(right)).mean(-1)
    result = losses.binary_focal_crossentropy(ONE_HOT, CHANCES, gamma=gamma)
    np.testing.assert_allclose(result, expected, rtol=1e-5)
    weights = np.where(ONE_HOT == 1, 0.9, 0.1)
    result = losses.binary_focal_crossentropy(ONE_HOT, CHANCES, True, 0.9, gamma)
    expected = (-weights * (1 - right) ** gamma * np.log(right)).mean(-1)
    np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_without_focus_it_is_the_cross_entropy():
    for focal, plain, y_pred in (
        (losses.BinaryFocalCrossentropy(gamma=0), losses.BinaryCrossentropy(), CHANCES),
        (
            losses.CategoricalFocalCrossentropy(alpha=1, gamma=0),
            losses.CategoricalCrossentropy(),
            PROBABILITIES,
        ),
    ):
        torch.testing.assert_close(focal(ONE_HOT, y_pred), plain(ONE_HOT, y_pred))


@pytest.mark.parametrize("make", [list, tuple, np.array, torch.tensor])
def test_every_class_may_have_its_own_weight(make):
    alpha = [0.1, 0.7, 0.2, 2.0]
    result = losses.categorical_focal_crossentropy(ONE_HOT, PROBABILITIES, make(alpha), 2.0)
    right = (PROBABILITIES * ONE_HOT).sum(-1)
    expected = -(ONE_HOT @ alpha) * (1 - right) ** 2 * np.log(right)
    np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_weights_and_smoothing_go_along_the_axis_of_the_classes():
    y_true, y_pred = np.stack([ONE_HOT] * 3, 1), np.stack([PROBABILITIES] * 3, 1)
    options = {"alpha": [0.1, 0.7, 0.2, 2.0], "label_smoothing": 0.1}
    last = losses.categorical_focal_crossentropy(y_true, y_pred, **options)
    second = losses.categorical_focal_crossentropy(
        y_true.swapaxes(1, 2), y_pred.swapaxes(1, 2), **options, axis=1
    )
    torch.testing.assert_close(last, second)


def test_a_sample_without_a_batch_dimension():
    result = losses.categorical_focal_crossentropy(ONE_HOT[0], PROBABILITIES[0])
    assert result == losses.categorical_focal_crossentropy(ONE_HOT[:1], PROBABILITIES[:1])[0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_activations_are_computed_from_their_logits(dtype):
    logits = torch.tensor(LOGITS).to(dtype) + 4
    y_true = torch.tensor(ONE_HOT)
    for loss, activation in (
        (losses.binary_focal_crossentropy, sigmoid),
        (losses.categorical_focal_crossentropy, softmax),
    ):
        expected = loss(y_true, logits.float(), from_logits=True)
        torch.testing.assert_close(loss(y_true, activation(logits)), expected)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_gradients_of_certain_predictions_are_finite(gamma):
    logits = torch.tensor([[60.0, -60.0], [-60.0, 60.0]], requires_grad=True)
    y_true = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    for loss in (losses.BinaryFocalCrossentropy, losses.CategoricalFocalCrossentropy):
        loss(gamma=gamma, from_logits=True)(y_true, logits).backward()
        assert logits.grad.isfinite().all()


def test_arguments_out_of_range_say_so():
    with pytest.raises(ValueError, match=r"alpha must be from 0 to 1; received alpha=1.5"):
        losses.BinaryFocalCrossentropy(alpha=1.5)
    for cls in (losses.BinaryFocalCrossentropy, losses.CategoricalFocalCrossentropy):
        with pytest.raises(ValueError, match=r"gamma must be at least 0; received gamma=-1"):
            cls(gamma=-1)
        with pytest.raises(ValueError, match="label_smoothing=2"):
            cls(label_smoothing=2)
    with pytest.raises(ValueError, match=r"alpha must be at least 0; received alpha=\[0.5, -1\]"):
        losses.CategoricalFocalCrossentropy(alpha=[0.5, -1])
    with pytest.raises(ValueError, match=r"alpha has shape \(2,\), but .* have 4 classes"):
        losses.CategoricalFocalCrossentropy(alpha=[0.5, 1])(ONE_HOT, PROBABILITIES)


def test_shapes_that_do_not_fit_say_so():
    with pytest.raises(ValueError, match="cannot be compared value by value"):
        losses.BinaryFocalCrossentropy()(ONE_HOT[:, :2], CHANCES)
    with pytest.raises(ValueError, match="use sparse_categorical_crossentropy"):
        losses.CategoricalFocalCrossentropy()(ONE_HOT[:, 0], PROBABILITIES)


def test_targets_are_looked_through_before_training():
    losses.BinaryFocalCrossentropy().check_targets(ONE_HOT, (None, 4))
    with pytest.raises(ValueError, match="targets from 0 to 1, but y holds 2"):
        losses.BinaryFocalCrossentropy().check_targets(2 * ONE_HOT, (None, 4))
    with pytest.raises(ValueError, match="value by value"):
        losses.CategoricalFocalCrossentropy().check_targets(ONE_HOT, (None, 3))
