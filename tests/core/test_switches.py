"""What can be switched on and off, and the limits of `fit`."""

import pytest

from kerlite.core import switches


@pytest.mark.parametrize("what", ["interactive_logging", "traceback_filtering", "flash_attention"])
def test_switch(what):
    enabled = getattr(switches, f"is_{what}_enabled")
    assert enabled()
    getattr(switches, f"disable_{what}")()
    assert not enabled()
    getattr(switches, f"enable_{what}")()
    assert enabled()


@pytest.mark.parametrize("what", ["max_epochs", "max_steps_per_epoch"])
def test_limit(what):
    assert getattr(switches, what)() is None
    getattr(switches, f"set_{what}")(2)
    assert getattr(switches, what)() == 2
    getattr(switches, f"set_{what}")(None)
    assert getattr(switches, what)() is None


def test_nothing_makes_files_run_code():
    with pytest.warns(UserWarning, match="runs no code from files"):
        switches.enable_unsafe_deserialization()
    assert not switches.is_nnx_enabled()
