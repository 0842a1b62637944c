"""Learning rates that depend on the number of steps taken.

A schedule is evaluated on the host, in Python numbers, once a step: nothing is rebuilt, and the
device is not asked.
"""

from __future__ import annotations

from typing import Any

from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.optimizers.schedules.base import LearningRateSchedule as LearningRateSchedule
from kerlite.optimizers.schedules.cosine_decay import CosineDecay as CosineDecay
from kerlite.optimizers.schedules.cosine_decay_restarts import (
    CosineDecayRestarts as CosineDecayRestarts,
)
from kerlite.optimizers.schedules.exponential_decay import ExponentialDecay as ExponentialDecay
from kerlite.optimizers.schedules.inverse_time_decay import InverseTimeDecay as InverseTimeDecay
from kerlite.optimizers.schedules.one_cycle import OneCycle as OneCycle
from kerlite.optimizers.schedules.piecewise_constant_decay import (
    PiecewiseConstantDecay as PiecewiseConstantDecay,
)
from kerlite.optimizers.schedules.polynomial_decay import PolynomialDecay as PolynomialDecay
from kerlite.optimizers.schedules.warmup_cosine import WarmupCosine as WarmupCosine

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "WarmupCosine",
    "deserialize",
    "serialize",
]


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return a schedule as a plain dictionary that JSON can hold.

    Example:
        >>> serialize(PiecewiseConstantDecay([10], [0.1, 0.01]))["class_name"]
        'PiecewiseConstantDecay'
    """
    return serialize_keras_object(learning_rate_schedule)


def deserialize(
    config: dict[str, Any], custom_objects: dict[str, Any] | None = None
) -> LearningRateSchedule:
    """Return the schedule that a dictionary stands for.

    Args:
        config: what `serialize` returned; "module" may be left out.
        custom_objects: name to class, for schedules that are not registered.

    Raises:
        ValueError: if the dictionary names a class that is not known.

    Example:
        >>> deserialize({"class_name": "InverseTimeDecay",
        ...              "config": {"initial_learning_rate": 0.5, "decay_steps": 1,
        ...                         "decay_rate": 1.0}})(1)
        0.25
    """
    named = {"module": "keras.optimizers.schedules", **config}
    return deserialize_keras_object(named, custom_objects)
