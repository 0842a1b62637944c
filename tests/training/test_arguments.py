"""Arguments that are looked at before anything is done."""

import numpy as np
import pytest

from kerlite.core import config
from kerlite.training.arguments import capped, check_epochs, check_execution, is_due


@pytest.mark.parametrize(
    ("jit_compile", "expected"), [(True, True), (False, False), ("auto", False), (None, False)]
)
def test_jit_compile(jit_compile, expected):
    assert check_execution(False, 1, jit_compile) is expected
    if jit_compile is not True:
        assert check_execution(True, 1, jit_compile) is False


def test_running_eagerly_wins():
    with pytest.warns(UserWarning, match="contradict each other: nothing is compiled"):
        assert check_execution(True, 1, True) is False


@pytest.mark.parametrize("steps", [0, -1, 1.5, "2", None, True])
def test_steps_per_execution(steps):
    with pytest.raises(ValueError, match=f"1 or more; received {steps!r}"):
        check_execution(False, steps, False)


def test_epochs():
    assert check_epochs(5, 2, 1) == 5
    assert check_epochs(np.int64(5), 0, np.int32(2)) == 5
    assert check_epochs(0, 0, [1, 2]) == 0
    config.set_max_epochs(3)
    assert check_epochs(5, 0, 1) == 3
    assert check_epochs(2, 0, 1) == 2


@pytest.mark.parametrize("frequency", [0, -2, 1.5, "2", None, True, [1.5], ["1"]])
def test_validation_freq(frequency):
    with pytest.raises(ValueError, match=r"validation_freq must be a whole number, 1 or more, or"):
        check_epochs(1, 0, frequency)


@pytest.mark.parametrize(
    ("frequency", "due"),
    [(1, [0, 1, 2, 3]), (2, [1, 3]), ([1, 4], [0, 3]), ((2,), [1]), ({3}, [2]), (range(2), [0])],
)
def test_is_due(frequency, due):
    assert check_epochs(4, 0, frequency) == 4
    assert [epoch for epoch in range(4) if is_due(frequency, epoch)] == due


def test_capped():
    assert [capped(5, None), capped(5, 3), capped(2, 3), capped(None, 3), capped(None, None)] == [
        5, 3, 2, 3, None
    ]  # fmt: skip
