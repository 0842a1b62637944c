"""Write what TensorBoard shows."""

from __future__ import annotations

import time
from os import PathLike, fspath
from typing import Any

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.learning_rate_scheduler import log_learning_rates
from kerlite.callbacks.tensorboard_batches import BatchSummaries
from kerlite.callbacks.tensorboard_options import check_names, profiled_batches, update_steps
from kerlite.callbacks.tensorboard_writers import Writers
from kerlite.callbacks.training_snapshot import module_of

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Write log values, weights, the graph and a profile for TensorBoard.

    Values of training are in the folder "train", those of validation in "validation". It needs the
    package tensorboard; `tensorboard --logdir logs` shows it.

    Args:
        log_dir: the folder.
        histogram_freq: epochs from one histogram of every weight to the next; 0: none.
        write_graph: whether to write the graph; of a model whose code cannot be traced, its text.
        write_images: whether to write weights as images too, along with the histograms.
        write_steps_per_second: whether to write how fast training is, as often as the values.
        update_freq: "epoch", "batch", or the number of batches from one writing of the values so
            far to the next.
        profile_batch: the batch to profile, from 1, or a pair of first and last; 0: none. The
            trace is a JSON file in "train", for chrome://tracing too.
        embeddings_freq: epochs from one writing of the embedding layers to the next; 0: never.
        embeddings_metadata: a file of labels, or a dict of them by layer name: a line a row, or
            columns parted by tabs with a line of names.

    Raises:
        ImportError: when work begins, if tensorboard is not installed.
        ValueError: for a frequency or batch that cannot be; when training begins, if
            `embeddings_metadata` names what is no embedding layer.

    Example:
        >>> TensorBoard(update_freq="always")
        Traceback (most recent call last):
        ...
        ValueError: TensorBoard's `update_freq` must be "epoch", "batch" or ...; received 'always'.

    Source: keras.callbacks.TensorBoard, under the same names and steps. Keras needs TensorFlow, and
    on its torch backend writes no graph and profiles nothing; its `summary` is a module.
    """

    def __init__(
        self,
        log_dir: str | PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        self.log_dir = fspath(log_dir)
        self.histogram_freq, self.embeddings_freq = histogram_freq, embeddings_freq
        self.write_graph, self.write_images = write_graph, write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = update_freq
        self.profile_batch = profile_batch
        self.embeddings_metadata = embeddings_metadata
        self._in_fit = False
        self._writers = Writers(self.log_dir)
        self._batches = BatchSummaries(
            self._writers,
            update_steps(update_freq),
            write_steps_per_second,
            profiled_batches(profile_batch),
        )
        self._batches.give_hooks(self)

    @property
    def summary(self) -> Any:
        """The SummaryWriter of training, for values of your own."""
        return self._writers.open("train")

    def on_train_begin(self, logs: Any = None) -> None:
        """Open the file of training, and write the graph."""
        module, writers = module_of(self.model), self._writers
        check_names(module, self.embeddings_metadata)
        writers.open("train")
        self._batches.on_train_begin()
        self._in_fit = True
        if self.write_graph:
            writers.graph(module)

    def on_train_end(self, logs: Any = None) -> None:
        """Close the files."""
        self._batches.on_train_end()
        self._close()

    def on_exception(self, error: BaseException) -> None:
        """Close the files."""
        self._batches.on_exception(error)
        self._close()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the watch."""
        self._watch = time.perf_counter(), self._iterations()
        self._batches.on_epoch_begin(epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the epoch's values, and weights if it is time to."""
        values = dict(logs or {})
        if self.model.optimizer is not None:
            log_learning_rates(self.model.optimizer, values)
        if self.write_steps_per_second:
            steps = self._iterations() - self._watch[1]
            values["steps_per_second"] = steps / (time.perf_counter() - self._watch[0])
        self._writers.epoch(values, epoch)
        module = module_of(self.model)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._writers.weights(module, epoch, self.write_images)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._writers.embeddings(module, epoch, self.embeddings_metadata)

    def on_test_end(self, logs: Any = None) -> None:
        """Write the values of evaluation over the steps trained so far."""
        if self.model.optimizer is not None:
            tags = {f"evaluation_{key}_vs_iterations": one for key, one in (logs or {}).items()}
            self._writers.scalars("validation", tags, self._iterations())
        if not self._in_fit:
            self._close()

    def state_dict(self) -> dict[str, Any]:
        """Return the number of batches so far."""
        return self._batches.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Count on from there."""
        self._batches.load_state_dict(state)

    def _close(self) -> None:
        self._in_fit = False
        self._writers.close()

    def _iterations(self) -> int:
        return int(getattr(self.model.optimizer, "iterations", 0))
