"""Arguments of `compile` and `fit` that are looked at before anything is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kerlite.core import config
from kerlite.core.arguments import is_whole
from kerlite.core.user_warning import warn
from kerlite.training.compile_options import compile_options

__all__ = ["capped", "check_epochs", "check_execution", "is_due"]


def check_execution(run_eagerly: Any, steps_per_execution: Any, jit_compile: Any) -> bool:
    """Return whether to compile the steps.

    Raises:
        ValueError: for impossible values.
    """
    wanted = compile_options(jit_compile) is not None
    if not is_whole(steps_per_execution) or steps_per_execution < 1:
        raise ValueError(
            "steps_per_execution must be a whole number, 1 or more; received "
            f"{steps_per_execution!r}."
        )
    if run_eagerly and wanted:
        warn(
            f"run_eagerly=True and jit_compile={jit_compile!r} contradict each other: nothing is "
            "compiled. Pass one of them."
        )
    return wanted and not run_eagerly


def check_epochs(epochs: Any, initial_epoch: Any, validation_freq: Any) -> int:
    """Return how many epochs to train, after `config.set_max_epochs`.

    Raises:
        ValueError: if an argument is no whole number, or no list of them, or too small.
    """
    for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
        if not is_whole(value) or value < 0:
            raise ValueError(f"{name} must be a whole number, 0 or more; received {value!r}.")
    one = is_whole(validation_freq) and validation_freq >= 1
    several = isinstance(validation_freq, (list, tuple, set, frozenset, range))
    if not (one or (several and all(map(is_whole, validation_freq)))):
        raise ValueError(
            "validation_freq must be a whole number, 1 or more, or a list of the epochs (counted "
            f"from 1) to validate after; received {validation_freq!r}."
        )
    return capped(epochs, config.max_epochs())


def capped(number: Any, limit: int | None) -> Any:
    """Return a number, or None for no end, but no more than a limit."""
    if limit is None or number is None:
        return number if limit is None else limit
    return min(number, limit)


def is_due(frequency: int | Iterable[int], epoch: int) -> bool:
    """Return whether to validate after an epoch, counted from 0.

    Example:
        >>> [is_due(2, epoch) for epoch in range(4)], is_due([1, 4], 3)
        ([False, True, False, True], True)
    """
    if isinstance(frequency, Iterable):
        return epoch + 1 in frequency
    return (epoch + 1) % frequency == 0
