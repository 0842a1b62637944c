"""Arguments of losses are checked when a loss is made."""

import numpy as np
import pytest

from kerlite.losses.arguments import checked_axes, checked_axis, checked_range, checked_smoothing


@pytest.mark.parametrize("value", [0, 0.5, 1, np.float32(0.25), [0.1, 1], np.array([0.0, 1.0])])
def test_values_in_range_come_back_as_they_are(value):
    assert checked_range("alpha", value, 0, 1) is value


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), "0.5", None, [0.5, 2], True])
def test_values_out_of_range_are_named(value):
    with pytest.raises(ValueError, match="alpha must be from 0 to 1; received alpha="):
        checked_range("alpha", value, 0, 1)


def test_ranges_may_be_open():
    assert checked_range("gamma", 1e9, least=0) == 1e9
    with pytest.raises(ValueError, match="gamma must be at least 0; received gamma=-1"):
        checked_range("gamma", -1, least=0)


def test_smoothing():
    assert checked_smoothing(0.1) == 0.1
    with pytest.raises(ValueError, match="label_smoothing must be from 0 to 1"):
        checked_smoothing(-0.1)


@pytest.mark.parametrize("axis", [None, -1, (1, 2), [0]])
def test_axes(axis):
    assert checked_axes(axis) is axis


def test_an_axis_is_an_integer():
    assert checked_axis(-1) == -1
    for axis in (None, 1.0, "last", False):
        with pytest.raises(ValueError, match="axis must be an integer; received axis="):
            checked_axis(axis)
