"""Find a learning rate by trying many."""

from __future__ import annotations

import math
from os import PathLike
from typing import Any, ClassVar

import numpy as np

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.curves import figure_of, save_figure
from kerlite.callbacks.training_snapshot import RandomStates, TrainingSnapshot

__all__ = ["LRFinder"]

_HOPELESS = 4.0  # a loss so many times the best ends the test


class LRFinder(Callback):
    """Raise the learning rate from batch to batch, and watch the loss: a range test.

    rate of batch i = min_lr * (max_lr / min_lr) ** (i / (steps - 1))

    The test ends after `steps` batches, or when the loss has become hopeless. Then weights,
    buffers, optimizer and random states are what they were, bit for bit: a `fit` that follows
    `find` is the same as if there had been no test.

    Args:
        min_lr: the first rate, above 0.
        max_lr: the last rate.
        steps: batches to try, 10 at least.
        smoothing: share of the old average in the average of the loss, in [0, 1).

    Attributes:
        rates: the rates tried.
        losses: the loss of the batch at each.
        suggestion: the rate at which the averaged loss fell most steeply.

    Raises:
        ValueError: for arguments out of range; in `fit`, if a schedule sets the rate.

    Example:
        >>> import torch, kerlite
        >>> model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> finder = LRFinder(steps=40).find(model, torch.ones(64, 2), torch.ones(64, 1))
        >>> 1e-6 <= finder.suggestion <= 10, model.optimizer.iterations
        (True, 0)

    Source: kerlite's own; Smith, arXiv:1506.01186.
    """

    state_names: ClassVar[tuple[str, ...]] = ("rates", "losses")

    def __init__(
        self, min_lr: float = 1e-6, max_lr: float = 10.0, steps: int = 100, smoothing: float = 0.9
    ) -> None:
        super().__init__()
        if not (0 < min_lr < max_lr and steps >= 10 and 0 <= smoothing < 1):
            raise ValueError(
                "LRFinder needs 0 < min_lr < max_lr, steps >= 10 and 0 <= smoothing < 1; received "
                f"{min_lr=!r}, {max_lr=!r}, {steps=!r}, {smoothing=!r}."
            )
        self.min_lr, self.max_lr = min_lr, max_lr
        self.steps, self.smoothing = steps, smoothing
        self.rates: list[float] = []
        self.losses: list[float] = []
        self._snapshot: TrainingSnapshot | None = None

    def find(self, model: Any, *data: Any, **arguments: Any) -> LRFinder:
        """Run the test on a built and compiled model, or a Trainer; return this object.

        Args:
            model: the model.
            *data: what `fit` takes, x and y.
            **arguments: further arguments of `fit`, such as batch_size.
        """
        states, history = RandomStates(), model.history
        model.fit(*data, **{"verbose": 0, **arguments, "epochs": self.steps, "callbacks": self})
        model.history, model.stop_training = history, False
        states.restore()
        return self

    @property
    def suggestion(self) -> float:
        """The rate at which the averaged loss fell most steeply, before it was at its lowest."""
        if len(self.rates) < 3:
            raise ValueError(
                f"LRFinder has no suggestion after {len(self.rates)} batches: run find() first."
            )
        averaged = self.averaged_losses()
        lowest = max(int(np.argmin(averaged)), 2)
        slopes = np.gradient(averaged[: lowest + 1], np.log(self.rates[: lowest + 1]))
        return self.rates[int(np.argmin(slopes))]

    def averaged_losses(self) -> np.ndarray:
        """Return the running average of the losses, each as if the average had no beginning."""
        average, averaged = 0.0, []
        for count, loss in enumerate(self.losses, 1):
            average = self.smoothing * average + (1 - self.smoothing) * loss
            averaged.append(average / (1 - self.smoothing**count))
        return np.array(averaged)

    def plot(self, filename: str | PathLike[str] | None = None) -> Any:
        """Return a matplotlib figure of loss over rate; save it if a file is named."""
        figure, (panel,) = figure_of(1, "LRFinder.plot")
        panel.plot(self.rates, self.losses, alpha=0.3, label="loss of the batch")
        panel.plot(self.rates, self.averaged_losses(), label="average")
        panel.axvline(self.suggestion, ls="--", label=f"suggestion: {self.suggestion:.2g}")
        panel.set(xscale="log", xlabel="learning rate", ylabel="loss")
        panel.legend()
        if filename is not None:
            save_figure(figure, filename)
        return figure

    def on_train_begin(self, logs: Any = None) -> None:
        """Keep what training is going to change."""
        self.rates, self.losses = [], []
        if getattr(self.model.optimizer, "_schedule", None) is not None:
            raise ValueError("A schedule sets the rate, so LRFinder cannot: compile with a number.")
        self._snapshot = TrainingSnapshot(self.model)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate; metrics start anew, so that the loss is that of one batch."""
        self.model.reset_metrics()
        part = len(self.rates) / (self.steps - 1)
        self.model.optimizer.learning_rate = self.min_lr * (self.max_lr / self.min_lr) ** part

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the loss; end the test if it is done or hopeless."""
        loss = logs["loss"]
        if math.isfinite(loss):
            self.rates.append(float(self.model.optimizer.learning_rate))
            self.losses.append(loss)
            averaged = self.averaged_losses()
            # Not at the beginning, where the average is of few batches.
            hopeless = averaged[-1] > _HOPELESS * averaged.min() and len(averaged) > self.steps / 10
        if not math.isfinite(loss) or hopeless or len(self.rates) >= self.steps:
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Put everything back."""
        if self._snapshot is not None:
            self._snapshot.restore()
            self._snapshot = None

    def on_exception(self, error: BaseException) -> None:
        """Put everything back."""
        self.on_train_end()
