"""Dice and Tversky: numbers by hand, axes, shapes, ranges."""

import numpy as np
import pytest
import torch

from kerlite import losses
from tests.losses.cases import IMAGES, MAP_CHANCES, MAPS

BOTH = [losses.Dice, losses.Tversky]


def test_dice_by_hand():
    y_true = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    y_pred = np.array([[0.0, 1.0, 0.0, 1.0], [0.4, 0.0, 0.0, 0.9]])
    each = losses.dice(y_true, y_pred, axis=-1)
    np.testing.assert_allclose(each, [0.5, 1 - 0.8 / 3.3], rtol=1e-6)
    np.testing.assert_allclose(losses.dice(y_true, y_pred), 1 - 2.8 / 7.3, rtol=1e-6)


def test_tversky_weighs_what_is_missed_and_what_is_spurious():
    y_true, y_pred = np.array([[1.0, 1.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 0.0, 1.0]])
    for alpha, beta in ((1.0, 0.0), (0.0, 1.0), (0.3, 0.7)):
        expected = 1 - 1 / (1 + 2 * alpha + beta)
        np.testing.assert_allclose(losses.tversky(y_true, y_pred, alpha, beta), expected, rtol=1e-6)


def test_balanced_tversky_is_dice():
    for axis in (None, IMAGES, 0):
        torch.testing.assert_close(
            losses.tversky(MAPS, MAP_CHANCES, axis=axis), losses.dice(MAPS, MAP_CHANCES, axis=axis)
        )


@pytest.mark.parametrize("cls", BOTH)
@pytest.mark.parametrize("axis", [None, 0, -1, (1, 2), [1, 2, 3]])
def test_axes(cls, axis):
    loss = cls(axis=axis, reduction="none")
    shape = np.sum(MAPS, axis=tuple(axis) if isinstance(axis, list) else axis).shape
    assert loss(MAPS, MAP_CHANCES).shape == shape
    assert losses.deserialize(losses.serialize(loss)).axis == axis


@pytest.mark.parametrize("cls", BOTH)
def test_what_overlaps_and_what_does_not(cls):
    assert cls()(MAPS, MAPS).abs().item() < 1e-6
    assert cls()(MAPS, 1 - MAPS).item() == 1
    assert cls()(0 * MAPS, 0 * MAPS).item() == 1
    assert cls()(MAPS[..., 0], MAPS[..., :1]).abs().item() < 1e-6
    torch.testing.assert_close(cls()(MAPS.astype(bool), MAP_CHANCES), cls()(MAPS, MAP_CHANCES))


@pytest.mark.parametrize("cls", BOTH)
def test_large_maps_in_half_precision(cls):
    y_pred = torch.full((1, 512, 512, 1), 0.25, dtype=torch.float16)
    y_true = (torch.arange(512 * 512) % 4 == 0).reshape(1, 512, 512, 1)
    torch.testing.assert_close(cls()(y_true, y_pred), torch.tensor(0.75))


@pytest.mark.parametrize("cls", BOTH)
def test_bad_input_says_so(cls):
    with pytest.raises(ValueError, match="cannot be compared value by value"):
        cls()(MAPS[..., :1], MAP_CHANCES)
    for axis in ("last", True, (1, 2.0)):
        with pytest.raises(ValueError, match="axis must be None, an integer or a tuple"):
            cls(axis=axis)
    cls().check_targets(MAPS, (None, 3, 2, 2))
    with pytest.raises(ValueError, match=r"from 0 to 1, but y holds 255.*Divide images by 255"):
        cls().check_targets((255 * MAPS).astype("uint8"), (None, 3, 2, 2))
    for name in ("alpha", "beta"):
        with pytest.raises(ValueError, match=f"{name} must be at least 0; received {name}=-0.1"):
            losses.Tversky(**{name: -0.1})
