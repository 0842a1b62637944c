"""Trainer: what gives a plain `nn.Module` Keras's training, and files for its weights."""

from __future__ import annotations

import os
from typing import ClassVar

from kerlite.saving import load_weights, save_weights
from kerlite.saving.checkpoint_folder import CheckpointFolder
from kerlite.training.trainer import Trainer as TrainerWithoutFiles

__all__ = ["Trainer"]


class Trainer(TrainerWithoutFiles):
    """Keras's `compile`, `fit`, `evaluate` and `predict` for any `nn.Module`.

    The module stays as it is, and is trained in place. Subclasses may override `train_step`,
    `test_step`, `predict_step`, `compute_loss`, `compute_metrics` and `metrics`, as those of a
    Keras model.

    Args:
        module: what to train.

    Raises:
        TypeError: if it is no `nn.Module`.

    Example:
        >>> import torch
        >>> trainer = Trainer(torch.nn.Linear(2, 1))
        >>> trainer.compile(optimizer="sgd", loss="mse")
        >>> history = trainer.fit(torch.ones(8, 2), torch.zeros(8, 1), epochs=2, verbose=0)
        >>> sorted(history.history), len(history.history["loss"])
        (['loss'], 2)

    Source: keras.Model, its training part.
    """

    #: what the files may end in: a plain module has no Keras layout
    weights_endings: ClassVar[tuple[str, ...]] = (".safetensors", ".pt")
    checkpoint_folder = CheckpointFolder

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Save the module's `state_dict()`, whole or not at all.

        Args:
            filepath: "*.safetensors" or "*.pt".
            overwrite: whether an existing file is replaced without asking.

        Raises:
            ValueError: for another ending.
        """
        save_weights(self.module, filepath, overwrite)

    def load_weights(self, filepath: str | os.PathLike[str], skip_mismatch: bool = False) -> None:
        """Set the module's weights from such a file: all of them, or none if anything differs.

        Args:
            filepath: "*.safetensors" or "*.pt".
            skip_mismatch: whether to load what fits, with a warning that lists the rest.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: for another ending, or if the file is damaged or does not fit.
        """
        load_weights(self.module, filepath, skip_mismatch)
