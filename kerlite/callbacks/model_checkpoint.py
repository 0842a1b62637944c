"""Save the model while it trains."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import Any, ClassVar

from kerlite.callbacks.file_pattern import check_pattern, filled
from kerlite.callbacks.monitor import MonitorCallback
from kerlite.callbacks.screen import print_line

__all__ = ["ModelCheckpoint"]

_MODEL_ENDINGS: tuple[str, ...] = (".keras", ".h5")
_WEIGHTS_ENDINGS = (".weights.h5", ".safetensors", ".pt")
_STATE_ENDING = ".checkpoint"


class ModelCheckpoint(MonitorCallback):
    """Save the model, or its weights, every epoch or every so many batches.

    Args:
        filepath: the file. `{epoch}`, `{batch}` (both from 1) and every key of the logs may stand
            in it with a format: "{epoch:02d}-{val_loss:.2f}.keras". Folders are made if need be.
            One that ends in ".checkpoint" gets the whole state of the training, which a
            `BackupAndRestore` can start from.
        monitor: the key of the quantity that tells which model is best.
        verbose: 1 prints what is saved and why.
        save_best_only: whether to save only models that are better than all before.
        save_weights_only: whether to save weights (".weights.h5", ".safetensors", ".pt") rather
            than the model (".keras", ".h5").
        mode: "min", "max" or "auto" (see `MonitorCallback`).
        save_freq: "epoch", or the number of batches from one save to the next.
        initial_value_threshold: what the first model must be better than, with `save_best_only`.

    Raises:
        ValueError: for an ending or a `save_freq` that cannot be.
        KeyError: when saving, if `filepath` names what the logs do not have.

    Example:
        >>> class Model:
        ...     def save(self, filepath, overwrite):
        ...         print("saved", filepath)
        >>> checkpoint = ModelCheckpoint("{epoch:02d}-{loss:.2f}.keras")
        >>> checkpoint.set_model(Model())
        >>> checkpoint.on_epoch_end(0, {"loss": 0.25})
        saved 01-0.25.keras

    Source: keras.callbacks.ModelCheckpoint, and PyTorch's endings. As there the best value outlives
    a `fit`: training on cannot overwrite a better model. Another model starts afresh.
    """

    state_names: ClassVar[tuple[str, ...]] = ("best", "batches_since_save", "last_batch")

    def __init__(
        self,
        filepath: str | PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        endings = _WEIGHTS_ENDINGS if save_weights_only else (*_MODEL_ENDINGS, _STATE_ENDING)
        check_pattern(fspath(filepath), save_freq, endings)
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.initial_value_threshold = initial_value_threshold
        self.batches_since_save, self.last_batch, self._epoch = 0, -1, 0
        self.keeps_state = self.filepath.endswith(_STATE_ENDING)
        self._wanted: str | None = None  # where the state is to go, once all callbacks are done

    def set_model(self, model: Any) -> None:
        """Set the model, if the file can hold it; one that is not the last has no best value."""
        endings = "" if self.keeps_state else getattr(model, "weights_endings", "")
        if not (self.filepath.endswith(endings) and (self.save_weights_only or not endings)):
            raise ValueError(
                "Of a torch module a ModelCheckpoint saves the weights: pass save_weights_only="
                f"True and a filepath that ends in {' or '.join(endings)}, not {self.filepath!r}."
            )
        if self._model is not None and model is not self._model:
            self.best = self.initial_value_threshold
        super().set_model(model)

    def on_train_begin(self, logs: Any = None) -> None:
        """Count batches from zero."""
        self.batches_since_save = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self._epoch = epoch
        self.last_batch = -1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save, if `save_freq` batches have passed since the last save."""
        self.batches_since_save += batch - self.last_batch
        self.last_batch = batch
        if self.save_freq != "epoch" and self.batches_since_save >= int(self.save_freq):
            self.batches_since_save = 0
            self._save(self._epoch, {"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save, if that is to be done every epoch."""
        if self.save_freq == "epoch":
            self._save(epoch, dict(logs or {}))

    def _save(self, epoch: int, values: dict[str, Any]) -> None:
        path = filled(self.filepath, {"epoch": epoch + 1, **values})
        if self.save_best_only and not self._is_best(epoch, values):
            return
        if self.verbose:
            print_line(f"Epoch {epoch + 1}: saving to {path}")
        if Path(path).is_dir():
            raise IsADirectoryError(f"ModelCheckpoint cannot write {path!r}: it is a folder.")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if self.keeps_state:
            self._wanted = path
            return
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path, overwrite=True)

    def resume_point(self) -> None:
        """Leave it to `BackupAndRestore` to go on from a state."""

    def is_due(self) -> bool:
        """Return whether the state of the training is to be saved now."""
        return self._wanted is not None

    def keep_state(self, state: dict[str, Any]) -> None:
        """Save the state of the training."""
        path, self._wanted = self._wanted, None
        self.model.checkpoint_folder.save_file(path, state)

    def _is_best(self, epoch: int, values: dict[str, Any]) -> bool:
        current = self.get_monitor_value(values)
        if current is None:
            return True
        if self.verbose:
            print_line(f"Epoch {epoch + 1}: {self.monitor} is {current}, the best was {self.best}")
        if is_best := self.is_improvement(current, self.best):
            self.best = current
        return is_best
