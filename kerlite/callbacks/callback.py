"""The base class of callbacks."""

from __future__ import annotations

from typing import Any, ClassVar

from torch.nn.parallel import DistributedDataParallel

__all__ = ["HOOKS", "Callback"]

HOOKS = (
    "on_train_begin",
    "on_train_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_test_batch_begin",
    "on_test_batch_end",
    "on_predict_begin",
    "on_predict_end",
    "on_predict_batch_begin",
    "on_predict_batch_end",
    "on_batch_begin",
    "on_batch_end",
    "on_exception",
)


class Callback:
    """Something that `fit`, `evaluate` and `predict` call at fixed moments.

    A subclass overrides the hooks it needs; a hook that nobody overrides costs nothing. Hooks of
    batches run after every execution, which is several batches with `steps_per_execution`, and get
    the index of its last batch. Log values wait for the device when they are read, not before.

    `state_names` lists the attributes that make up the callback's memory (the best value so far, a
    counter); `state_dict` and `load_state_dict` carry them over to an interrupted run's successor.
    One whose `keeps_state` is true has the methods of `StateKeeper`, and is given the whole state.

    Attributes:
        model: the Model, or the Trainer of a plain module, at work.
        params: {"verbose": ..., "epochs": ..., "steps": ...} of the call at work.

    Example:
        >>> class Announcer(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"epoch {epoch + 1} ended with a loss of {logs['loss']:.2f}")
        >>> Announcer().on_epoch_end(0, {"loss": 0.25})
        epoch 1 ended with a loss of 0.25

    Source: keras.callbacks.Callback; `on_exception` and the state are kerlite's.
    """

    # On the class, so that a subclass may forget super().__init__() as in Keras.
    params: dict[str, Any] | None = None
    state_names: ClassVar[tuple[str, ...]] = ()
    keeps_state: bool = False
    _model: Any = None

    def __init__(self) -> None:
        self.params = None
        self._model = None

    @property
    def model(self) -> Any:
        """The model at work, without the wrapper that DistributedDataParallel puts around it."""
        wrapped = isinstance(self._model, DistributedDataParallel)
        return self._model.module if wrapped else self._model

    def set_model(self, model: Any) -> None:
        """Set the model; called before training, evaluation or prediction begins."""
        self._model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Set the parameters of the call at work (verbose, epochs, steps)."""
        self.params = params

    def state_dict(self) -> dict[str, Any]:
        """Return the attributes that `state_names` lists."""
        return {name: getattr(self, name) for name in self.state_names}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Set the attributes that `state_names` lists; call it after `on_train_begin`."""
        for name in self.state_names:
            setattr(self, name, state[name])

    def on_train_begin(self, logs: Any = None) -> None:
        """Run when training begins."""

    def on_train_end(self, logs: Any = None) -> None:
        """Run when training has ended; `logs` are those of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Run when an epoch of training begins (the first is 0)."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Run when an epoch and its validation have ended; `logs` has the `val_` values too."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Run before a batch of training (the first of each epoch is 0)."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Run after a batch of training; `logs` has the epoch's values so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """Run when evaluation, or validation within `fit`, begins."""

    def on_test_end(self, logs: Any = None) -> None:
        """Run when evaluation, or validation within `fit`, has ended, with its values."""

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Run before a batch of evaluation or validation."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Run after a batch of evaluation or validation; `logs` has the values so far."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Run when prediction begins."""

    def on_predict_end(self, logs: Any = None) -> None:
        """Run when prediction has ended."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Run before a batch of prediction."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Run after a batch of prediction; `logs["outputs"]` are its outputs."""

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Run before a batch of training: the old name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Run after a batch of training: the old name of `on_train_batch_end`."""

    def on_exception(self, error: BaseException) -> None:
        """Run instead of the `_end` hooks when an error or Ctrl-C ends the work: let go of things.

        The error goes on its way afterwards, whatever happens here.
        """
