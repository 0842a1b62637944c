"""A small training, and ways to interrupt it, for the tests of BackupAndRestore."""

import numpy as np
import pytest

import kerlite
from kerlite import callbacks, layers
from kerlite.core import random

X = np.random.RandomState(0).randn(24, 4).astype("float32")
Y = X.sum(1, keepdims=True)


class Stop(Exception):
    """Ends a training."""


class StopAt(callbacks.Callback):
    """Raises after some number of batches, or calls a function."""

    def __init__(self, batches, act=None):
        super().__init__()
        self.left, self.act = batches, act

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            if self.act is None:
                raise Stop
            self.act()


def make(units=3, optimizer="adam", rate=0.2):
    random.set_random_seed(1)
    model = kerlite.Sequential(
        [kerlite.Input((4,)), layers.Dense(units), layers.Dropout(rate), layers.Dense(1)]
    )
    model.compile(optimizer, "mse")
    return model


def fit(folder, *others, model=None, save_freq=2, delete=True, samples=24, **arguments):
    model = model or make()
    backup = callbacks.BackupAndRestore(folder, save_freq, delete_checkpoint=delete)
    given = {"batch_size": 4, "epochs": 3, "verbose": 0, **arguments}
    history = model.fit(X[:samples], Y[:samples], callbacks=[backup, *others], **given)
    return model, history.history


def interrupt(folder, batches=9, **arguments):
    with pytest.raises(Stop):
        fit(folder, StopAt(batches), **arguments)


def numbers(folder):
    return sorted(int(path.name[7:15]) for path in folder.glob("backup-*.checkpoint"))


def same(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)
