"""What all optimizers check and convert before training starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypedDict

import torch

from kerlite.core.user_warning import warn
from kerlite.optimizers.references import Reference

if TYPE_CHECKING:
    from kerlite.optimizers.base import Optimizer

__all__ = [
    "Common",
    "Shared",
    "check_optimizer",
    "check_unknown",
    "no_gradients",
    "rate_or_schedule",
    "warn_of_missing",
]

_SHOWN = 8  # variables that an error names


class Shared(TypedDict, total=False):
    """The arguments that every optimizer takes as `Optimizer` describes them."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    groups: dict[str, dict[str, Any]] | None
    name: str | None


class Common(Shared, total=False):
    """Those, and the decay that most optimizers take likewise."""

    weight_decay: float | None


def check_unknown(arguments: dict[str, Any]) -> None:
    """Refuse arguments that no optimizer takes; Keras 2's `decay` is passed over, loudly."""
    if arguments.pop("decay", None) is not None:
        warn(
            "Argument `decay` is no longer supported and will be ignored. Pass "
            "learning_rate=optimizers.schedules.InverseTimeDecay(rate, 1, decay) instead."
        )
    if arguments:
        hint = " The learning rate is called `learning_rate`." if "lr" in arguments else ""
        raise ValueError(f"Argument(s) not recognized: {arguments}.{hint}")


def check_optimizer(optimizer: Optimizer) -> None:
    """Refuse arguments that are out of range or exclude one another."""
    steps = optimizer.gradient_accumulation_steps
    if steps and (not isinstance(steps, int) or steps < 2):
        raise ValueError(
            "`gradient_accumulation_steps` must be an integer >= 2. Received: "
            f"gradient_accumulation_steps={steps!r}."
        )
    _check_average(optimizer)
    names = ("clipnorm", "clipvalue", "global_clipnorm")
    clipping = {name: getattr(optimizer, name) for name in names}
    if sum(limit is not None for limit in clipping.values()) > 1:
        received = ", ".join(f"{key}={limit}" for key, limit in clipping.items())
        raise ValueError(
            "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: "
            f"{received}."
        )
    for name, limit in {**clipping, "weight_decay": optimizer.weight_decay}.items():
        if limit is not None and not limit >= 0:
            raise ValueError(
                f"`{name}` must be a number that is not negative, or None. Received: "
                f"{name}={limit!r}."
            )
    factor = optimizer.loss_scale_factor
    if factor is not None and not factor > 0:
        raise ValueError(
            f"`loss_scale_factor` must be positive or None. Received: loss_scale_factor={factor!r}."
        )


def _check_average(optimizer: Optimizer) -> None:
    if not optimizer.use_ema:
        return
    if not 0 <= optimizer.ema_momentum <= 1:
        raise ValueError(
            "`ema_momentum` must be in the range [0, 1]. Received: "
            f"ema_momentum={optimizer.ema_momentum!r}."
        )
    frequency = optimizer.ema_overwrite_frequency
    if frequency and (not isinstance(frequency, int) or frequency < 1):
        raise ValueError(
            "`ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
            f"ema_overwrite_frequency={frequency!r}."
        )


def rate_or_schedule(learning_rate: Any) -> tuple[float, Callable[..., Any] | None]:
    """Return a learning rate as a float and no schedule, or as NaN and the schedule.

    Raises:
        ValueError: if it is neither a number that is not negative nor callable.
    """
    if callable(learning_rate) and not isinstance(learning_rate, (torch.Tensor, type)):
        return float("nan"), learning_rate
    scalar = isinstance(learning_rate, Real) or getattr(learning_rate, "shape", None) == ()
    if not scalar or isinstance(learning_rate, bool):
        raise ValueError(
            "Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or "
            "a callable that takes no argument and returns the rate. Received instead: "
            f"learning_rate={learning_rate!r}."
        )
    rate = float(learning_rate)
    if not rate >= 0:
        raise ValueError(
            f"Argument `learning_rate` must not be negative. Received: learning_rate={rate}."
        )
    return rate, None


def warn_of_missing(gradients: Sequence[Any], references: Sequence[Reference]) -> None:
    """Refuse a step without any gradient; name the variables that have none."""
    missing = [r.path for g, r in zip(gradients, references, strict=True) if g is None]
    if len(missing) == len(gradients):
        raise no_gradients(missing)
    if missing:
        warn(
            f"Gradients do not exist for variables {missing} when minimizing the loss. If using "
            "`model.compile()`, did you forget to provide a `loss` argument?"
        )


def no_gradients(paths: Sequence[str]) -> ValueError:
    """Return the error for a step in which no variable has a gradient."""
    shown = ", ".join(map(repr, paths[:_SHOWN]))
    rest = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ValueError(
        f"No gradients provided for any variable: {shown}{rest}. Call loss.backward() before the "
        "step, and check that the loss depends on the variables and that some of them are "
        "trainable."
    )
