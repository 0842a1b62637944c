"""Evaluate and predict with the average of the weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite.callbacks.callback import Callback

__all__ = ["SwapEMAWeights"]


class SwapEMAWeights(Callback):
    """Let the model have its averaged weights for validation, evaluation and prediction.

    The average is the one that an optimizer made with `use_ema=True` keeps. Training goes on with
    the weights it had. Before the first step there is no average, and nothing is swapped.

    Args:
        swap_on_epoch: whether the model has its averages when an epoch ends, too, until the next
            begins: callbacks that come after this one, such as a ModelCheckpoint, then save these.

    Raises:
        ValueError: when work begins, if no optimizer keeps an average.

    Example:
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
        >>> model.compile(kerlite.optimizers.SGD(use_ema=True), "mse")
        >>> x, y = torch.ones(8, 2), torch.ones(8, 1)
        >>> history = model.fit(
        ...     x, y, validation_data=(x, y), verbose=0, callbacks=[SwapEMAWeights()]
        ... )
        >>> sorted(history.history)
        ['loss', 'val_loss']

    Source: keras.callbacks.SwapEMAWeights. There a prediction leaves the averages in the model, and
    early stopping with `swap_on_epoch` ends with the weights that are no averages.
    """

    state_names: ClassVar[tuple[str, ...]] = ("trained_weights",)

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self.trained_weights: list[Tensor] | None = None  # kept while the averages are in use

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.trained_weights = None
        self._averaging()

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the averages in the model: the end of `fit` puts them there for good."""
        self.trained_weights = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Go on with the trained weights."""
        self._swap_out()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Give the model its averages, if asked to."""
        if self.swap_on_epoch:
            self._swap_in()

    def on_test_begin(self, logs: Any = None) -> None:
        """Give the model its averages."""
        self._swap_in()

    def on_test_end(self, logs: Any = None) -> None:
        """Give the model its trained weights back."""
        self._swap_out()

    def on_predict_begin(self, logs: Any = None) -> None:
        """Give the model its averages."""
        self._swap_in()

    def on_predict_end(self, logs: Any = None) -> None:
        """Give the model its trained weights back."""
        self._swap_out()

    def on_exception(self, error: BaseException) -> None:
        """Give the model its trained weights back."""
        self._swap_out()

    @torch.no_grad()
    def _swap_in(self) -> None:
        if self.trained_weights is None:
            pairs = [pair for optimizer in self._averaging() for pair in _pairs(optimizer)]
            self.trained_weights = [weight.detach().clone() for weight, _ in pairs]
            for weight, average in pairs:
                weight.copy_(average)

    @torch.no_grad()
    def _swap_out(self) -> None:
        if self.trained_weights is not None:
            pairs = [pair for optimizer in self._averaging() for pair in _pairs(optimizer)]
            for (weight, _), trained in zip(pairs, self.trained_weights, strict=True):
                weight.copy_(trained)
            self.trained_weights = None

    def _averaging(self) -> list[Any]:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        every = getattr(optimizer, "optimizers", [optimizer])
        found = [one for one in every if getattr(one, "use_ema", False)]
        if not found:
            raise ValueError(
                "SwapEMAWeights needs an optimizer that keeps an average of the weights: make it "
                f"with use_ema=True. The model has {optimizer!r}."
            )
        return found


def _pairs(optimizer: Any) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield each weight with its average; nothing before the first step."""
    if optimizer.built and optimizer._iterations:
        for bucket in optimizer._ready_buckets():
            yield from zip(bucket.params, bucket.slots["average"], strict=True)
