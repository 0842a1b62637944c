"""Hinge losses: which targets are signs, ties, shapes."""

import numpy as np
import pytest
import torch

from kerlite import losses
from tests.losses.cases import LOGITS, ONE_HOT


@pytest.mark.parametrize("name", ["hinge", "squared_hinge"])
def test_zeros_and_ones_are_signs(name):
    loss = getattr(losses, name)
    torch.testing.assert_close(loss(ONE_HOT, LOGITS), loss(2 * ONE_HOT - 1, LOGITS))
    torch.testing.assert_close(loss(ONE_HOT.astype(bool), LOGITS), loss(ONE_HOT, LOGITS))
    mixed = ONE_HOT.copy()
    mixed[0, 1] = 0.5  # no label: then zero means zero
    expected = np.maximum(1 - mixed * LOGITS, 0)
    expected = (expected**2 if name == "squared_hinge" else expected).mean(-1)
    np.testing.assert_allclose(loss(mixed, LOGITS), expected, rtol=1e-6)


@pytest.mark.parametrize("cls", [losses.Hinge, losses.SquaredHinge, losses.CategoricalHinge])
@pytest.mark.parametrize("shapes", [((6,), (6, 1)), ((6, 1), (6,)), ((6, 1), (6, 1))], ids=str)
def test_flat_targets_fit_column_predictions(cls, shapes):
    y_true, y_pred = ONE_HOT[:, 0].reshape(shapes[0]), LOGITS[:, 0].reshape(shapes[1])
    column = cls()(ONE_HOT[:, :1], LOGITS[:, :1])
    torch.testing.assert_close(cls()(y_true, y_pred), column)


def test_the_largest_wrong_score_counts():
    loss = losses.categorical_hinge([[0, 0, 1], [0, 1, 0]], [[1.0, 3.0, 2.5], [0.0, 9.0, 1.0]])
    assert loss.tolist() == [1.5, 0.0]


def test_right_by_the_margin_costs_nothing():
    assert losses.hinge([[1.0, -1.0]], [[1.0, -1.0]]).item() == 0
    assert losses.squared_hinge([[1.0, -1.0]], [[2.0, -2.0]]).item() == 0


@pytest.mark.parametrize("cls", [losses.Hinge, losses.SquaredHinge, losses.CategoricalHinge])
def test_labels_of_more_classes_are_refused_before_training(cls):
    cls().check_targets(2 * ONE_HOT - 1, (None, 4))
    with pytest.raises(
        ValueError, match=r"targets from -1 to 1, but y holds 2 at position 1.*spars"
    ):
        cls().check_targets(np.array([0, 2, 1]), (None, 1))
    with pytest.raises(ValueError, match=r"targets of shape \(2, 4\)|cannot be compared"):
        cls()(ONE_HOT[:2], LOGITS[:3])
