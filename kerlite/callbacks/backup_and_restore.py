"""Training that a kill, at any moment, only delays."""

from __future__ import annotations

import time
from os import PathLike, fspath
from typing import Any, ClassVar

from kerlite.callbacks.save_frequency import seconds_between
from kerlite.callbacks.state_keeper import StateKeeper
from kerlite.callbacks.termination import Termination

__all__ = ["BackupAndRestore"]


class BackupAndRestore(StateKeeper):
    """Save the whole state of the training, and go on from there when the script is run again.

    The state is that of the model, the optimizers, the callbacks, the metrics, the random numbers
    and the place in the data. An interrupted training that is started again ends with the weights,
    the history and the log files of one that was never interrupted. What a loader or generator
    cannot be told, to go to a place, is done by reading up to there. A thread writes the files
    while training goes on; on SIGTERM the state is saved, and then the process ends.

    Args:
        backup_dir: the folder, for one training only.
        save_freq: "epoch"; a number of batches, at least 1; or seconds, as "30s".
        double_checkpoint: whether at least two checkpoints are kept.
        delete_checkpoint: whether they are removed when training has ended.
        keep: how many checkpoints are kept, the newest ones; a damaged one is passed over.
        start_from: a file that `ModelCheckpoint("*.checkpoint")` wrote, to go on from while there
            is none in the folder.

    Raises:
        ValueError: for an empty `backup_dir` or an impossible number; when training begins, if the
            folder is that of another training, or nothing in it can be read.
        OSError: at the next batch, if a checkpoint could not be written.

    Example:
        >>> import tempfile
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> folder = tempfile.mkdtemp()
        >>> history = model.fit([[1.0, 2.0]], [[3.0]], epochs=2, verbose=0,
        ...                     callbacks=[BackupAndRestore(folder)])
        >>> len(history.history["loss"])
        2

    Source: keras.callbacks.BackupAndRestore, which saves the model alone: callbacks and history
    start anew. Seconds, `keep` and `start_from` are kerlite's own.
    """

    state_names: ClassVar[tuple[str, ...]] = ("batches_since_save", "last_batch")

    def __init__(
        self,
        backup_dir: str | PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
        keep: int = 2,
        start_from: str | PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        if not fspath(backup_dir):
            raise ValueError("BackupAndRestore needs a `backup_dir`; received an empty one.")
        if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
            raise ValueError(f"`keep` is a number of checkpoints, at least 1; received {keep!r}.")
        self._seconds = seconds_between(save_freq)
        self.backup_dir = fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.keep = max(keep, 2) if double_checkpoint else keep
        self.start_from = start_from
        self.batches_since_save, self.last_batch = 0, -1
        self._due, self._saved_at, self._was_last_epoch = False, 0.0, False
        self._folder: Any = None
        self._termination = Termination()

    @property
    def source(self) -> str:  # type: ignore[override]
        """Where the state is, in words."""
        return f"the folder {self.backup_dir!r}"

    def on_train_begin(self, logs: Any = None) -> None:
        """Get ready to save; what was saved before is asked for in a moment."""
        self._folder = self.model.checkpoint_folder(self.backup_dir, self.keep)
        self.batches_since_save, self.last_batch = 0, -1
        self._due, self._saved_at, self._was_last_epoch = False, time.monotonic(), False
        self._termination.begin()

    def resume_point(self) -> dict[str, Any] | None:
        """Return the newest state that is whole; None if there is none."""
        state = self._folder.newest()
        if state is None and self.start_from is not None:
            state = self._folder.read_file(self.start_from)
        return state

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count the batches of this epoch."""
        self.last_batch = -1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Find out whether it is time to save."""
        self._folder.check()
        self.batches_since_save += batch - self.last_batch
        self.last_batch = batch
        if isinstance(self.save_freq, int) and self.batches_since_save >= self.save_freq:
            self._due, self.batches_since_save = True, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save, if that is to be done every epoch."""
        self._folder.check()
        self._due = self._due or self.save_freq == "epoch"
        self._was_last_epoch = epoch + 1 == (self.params or {}).get("epochs")

    def is_due(self) -> bool:
        """Return whether to save now; not what will be removed in a moment."""
        due = self._due
        if not due and self._seconds is not None:
            due = time.monotonic() - self._saved_at >= self._seconds
        if due and self.delete_checkpoint:
            due = not (self._was_last_epoch or self.model.stop_training)
        return due or self._termination.is_asked_for

    def keep_state(self, state: dict[str, Any]) -> None:
        """Have the state written; if the process was told to end, let it end then."""
        self._due = False
        self._folder.save(state)
        self._saved_at = time.monotonic()
        if self._termination.is_asked_for:
            self._folder.wait()
            self._termination.pass_on()

    def on_train_end(self, logs: Any = None) -> None:
        """Wait for what is being written, and remove it all if nobody needs it any more."""
        self._folder.close()
        if self._termination.is_asked_for:
            self._termination.pass_on()
        self._termination.end()
        if self.delete_checkpoint:
            self._folder.delete()

    def on_exception(self, error: BaseException) -> None:
        """Wait for what is being written: training can go on from there."""
        self._termination.end()
        if self._folder is not None:
            self._folder.close()
