"""Probabilities of cross-entropies: NaN, infinite logits, and what are no probabilities."""

import numpy as np
import pytest
import torch

from kerlite import losses
from kerlite.activations import sigmoid, softmax
from tests.losses.cases import LABELS, LOGITS, ONE_HOT, PROBABILITIES

OF_CHANCES = [losses.BinaryCrossentropy(), losses.BinaryFocalCrossentropy()]
OF_CLASSES = [losses.CategoricalCrossentropy(), losses.CategoricalFocalCrossentropy()]


@pytest.mark.parametrize("loss", OF_CHANCES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("bad", [1.5, -0.5, 1.02])
def test_chances_are_from_zero_to_one(loss, bad):
    with pytest.raises(
        ValueError, match=r"received predictions from .*from_logits=True.*'sigmoid'"
    ):
        loss([[1.0, 0.0]], [[0.5, bad]])


@pytest.mark.parametrize("loss", OF_CLASSES, ids=lambda loss: loss.name)
def test_shares_of_classes_are_normalized_but_not_negative(loss):
    loss(ONE_HOT, 9 * PROBABILITIES)
    with pytest.raises(
        ValueError, match=r"received predictions from -.*from_logits=True.*'softmax'"
    ):
        loss(ONE_HOT, LOGITS)


@pytest.mark.parametrize("loss", [*OF_CHANCES, *OF_CLASSES], ids=lambda loss: loss.name)
def test_rounding_is_forgiven(loss):
    y_pred = torch.tensor([[1.0 + 1e-3, -1e-3]])
    expected = loss([[1.0, 0.0]], [[1.0, 0.0]])
    torch.testing.assert_close(loss([[1.0, 0.0]], y_pred), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("loss", OF_CHANCES, ids=lambda loss: loss.name)
def test_nan_is_nan_and_no_error(loss):
    assert loss([[1.0, 0.0]], [[0.5, float("nan")]]).isnan()


def test_sigmoid_of_infinite_logits_is_certain():
    logits = torch.tensor([[float("inf"), -float("inf")]], requires_grad=True)
    for loss in OF_CHANCES:
        value = loss([[1.0, 0.0]], sigmoid(logits))
        value.backward()
        assert value.item() < 1e-6
        assert not logits.grad.isnan().any()
    assert losses.BinaryCrossentropy()([[0.0, 1.0]], sigmoid(logits)) > 1e30


def test_softmax_may_exclude_classes():
    logits = torch.tensor(LOGITS)
    logits[:, 2] = -float("inf")
    logits.requires_grad_()
    keep = LABELS != 2
    for loss in (*OF_CLASSES, losses.SparseCategoricalCrossentropy()):
        sparse = isinstance(loss, losses.SparseCategoricalCrossentropy)
        y_true = torch.tensor(LABELS if sparse else ONE_HOT)[keep]
        value = loss(y_true, softmax(logits[keep]))
        value.backward()
        expected = loss(y_true, torch.softmax(logits[keep], -1).detach())
        torch.testing.assert_close(value, expected)
        assert not logits.grad.isnan().any()


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("labels", [[4, 0], [-1, 0]])
def test_labels_out_of_range_say_so(from_logits, labels):
    loss = losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    with pytest.raises(ValueError, match=r"Labels are from 0 to 3.*ignore_class"):
        loss(labels, LOGITS[:2] if from_logits else PROBABILITIES[:2])


def test_labels_of_another_number_of_samples_say_so():
    with pytest.raises(ValueError, match=r"labels of shape \(5,\).*whose labels have shape \(6,\)"):
        losses.SparseCategoricalCrossentropy()(LABELS[:5], PROBABILITIES)


def test_values_are_not_looked_at_in_compiled_code():
    torch.compiler.reset()
    loss = losses.BinaryCrossentropy()
    compiled = torch.compile(lambda a, b: loss(a, b), backend="eager", fullgraph=True)
    y_true, y_pred = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.5, 0.0]])
    assert compiled(y_true, y_pred).item() < 1e-6  # clipped, as in Keras


def test_soft_targets():
    y_true, y_pred = np.array([[0.3, 0.9]]), np.array([[0.2, 0.7]])
    expected = -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)).mean(-1)
    np.testing.assert_allclose(losses.binary_crossentropy(y_true, y_pred), expected, rtol=1e-6)
