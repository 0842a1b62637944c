"""One cycle of the learning rate, and of the momentum against it, over a whole training."""

from __future__ import annotations

from typing import Any, ClassVar

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.learning_rate_scheduler import log_learning_rates
from kerlite.optimizers import schedules

__all__ = ["OneCycle"]

_NEARLY_NOTHING = 1e-12


class OneCycle(Callback):
    """Set the learning rate of every batch, up to a maximum and far down, and momentum against it.

    The rate is that of `optimizers.schedules.OneCycle`. Where it climbs, the momentum falls from
    `max_momentum` to `base_momentum` in the same form, and where it falls, the momentum climbs.

    Args:
        max_learning_rate: the highest rate.
        total_steps: batches of the whole cycle; None: those of all epochs that `fit` is to train.
        pct_start: share of the steps in which the rate climbs, between 0 and 1.
        anneal_strategy: "cos" or "linear": the form of climb and fall.
        div_factor: how many times lower than the maximum it begins; positive.
        final_div_factor: how many times lower than at the beginning it ends; positive.
        three_phase: whether the fall takes two phases.
        cycle_momentum: whether to set the momentum too: `momentum`, or Adam's `beta_1`.
        base_momentum: the lowest momentum.
        max_momentum: the highest momentum.

    Raises:
        ValueError: for an argument out of range; when training begins, if the number of steps is
            not known, or the optimizer has no momentum.

    Example:
        >>> import torch, kerlite
        >>> model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
        >>> model.compile(kerlite.optimizers.SGD(momentum=0.9), "mse")
        >>> x, y = torch.ones(64, 2), torch.ones(64, 1)
        >>> history = model.fit(x, y, epochs=5, verbose=0, callbacks=OneCycle(0.1))
        >>> f"{history.history['learning_rate'][-1]:.1e}"
        '4.0e-07'

    Source: kerlite's own, after torch.optim.lr_scheduler.OneCycleLR.
    """

    state_names: ClassVar[tuple[str, ...]] = ("step", "first")

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
    ) -> None:
        super().__init__()
        self.max_learning_rate, self.total_steps = max_learning_rate, total_steps
        self.pct_start, self.anneal_strategy = pct_start, anneal_strategy
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        self.three_phase, self.cycle_momentum = three_phase, cycle_momentum
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self.step = 0
        self.first = 0
        self._momentum: float | None = None  # that which the optimizer had
        self._make_cycles(total_steps or 100)  # so that bad arguments are found now

    def on_train_begin(self, logs: Any = None) -> None:
        """Find out how long the cycle is, and begin it."""
        params = self.params or {}
        steps = self.total_steps or (params.get("steps") or 0) * params.get("epochs", 1)
        if not steps:
            raise ValueError(
                "OneCycle cannot tell how many batches there will be: the data does not say how "
                "long it is. Pass total_steps, or steps_per_epoch to fit."
            )
        self._momentum = _momentum(self.model.optimizer) if self.cycle_momentum else None
        self._make_cycles(steps)
        self.step = -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note where the epoch begins; a training that starts later starts later in the cycle."""
        if self.step < 0:
            self.step = epoch * ((self.params or {}).get("steps") or 0)
        self.first = self.step

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate and the momentum of the batch."""
        self.step = self.first + batch
        optimizer = self.model.optimizer
        optimizer.learning_rate = self._rate.rate(self.step)
        if self.cycle_momentum:
            part = self._part.rate(self.step)
            momentum = self.max_momentum - (self.max_momentum - self.base_momentum) * part
            _set_momentum(optimizer, momentum)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count the batch."""
        self.step = self.first + batch + 1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the learning rate to the logs."""
        log_learning_rates(self.model.optimizer, logs)

    def on_exception(self, error: BaseException) -> None:
        """Give the optimizer the momentum it had."""
        if self._momentum is not None:
            _set_momentum(self.model.optimizer, self._momentum)

    def _make_cycles(self, steps: int) -> None:
        form = (steps, self.pct_start, self.anneal_strategy)
        self._rate = schedules.OneCycle(
            self.max_learning_rate, *form, self.div_factor, self.final_div_factor, self.three_phase
        )
        # The same climb and fall between 0 and 1, for the momentum.
        self._part = schedules.OneCycle(1.0, *form, 1 / _NEARLY_NOTHING, 1.0, self.three_phase)


def _momentum_name(optimizer: Any) -> str:
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    for name in ("momentum", "beta_1"):
        if getattr(optimizer, name, None):
            return name
    raise ValueError(
        f"OneCycle finds no momentum in {type(optimizer).__name__} to cycle: give the optimizer "
        "one, as SGD(momentum=0.9), or pass cycle_momentum=False."
    )


def _momentum(optimizer: Any) -> float:
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    return float(getattr(optimizer, _momentum_name(optimizer)))


def _set_momentum(optimizer: Any, value: float) -> None:
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    setattr(optimizer, _momentum_name(optimizer), value)
