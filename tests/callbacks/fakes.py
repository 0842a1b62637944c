"""Models that do nothing but what callbacks ask of them, for kerlite's callbacks and Keras's."""

from types import SimpleNamespace

import numpy as np
import torch

from kerlite.callbacks import CallbackList


class FakeModel:
    """Records what is saved and restored; its one weight is set to the epoch's number."""

    def __init__(self, learning_rate=0.5, metrics=()):
        self.optimizer = SimpleNamespace(learning_rate=learning_rate)
        self.metrics = list(metrics)
        self.module = torch.nn.Linear(1, 1, bias=False)
        self.stop_training = False
        self.history = None
        self.saved = []

    def save(self, filepath, overwrite):
        assert overwrite
        self.saved.append(("model", filepath))

    def save_weights(self, filepath, overwrite):
        assert overwrite
        self.saved.append(("weights", filepath))

    def get_weights(self):
        return [np.array(self.weight)]

    def set_weights(self, weights):
        self.weight = float(weights[0])

    @property
    def weight(self):
        return self.module.weight.detach().item()

    @weight.setter
    def weight(self, value):
        with torch.no_grad():
            self.module.weight.fill_(value)


class FakeOptimizer:
    def __init__(self, name, learning_rate):
        self.name = name
        self.learning_rate = learning_rate


def run_epochs(callbacks, model, epoch_logs, batches=0):
    """Drive callbacks as `fit` does; return the epochs that ran."""
    callbacks.set_model(model)
    model.stop_training = False
    callbacks.on_train_begin()
    epochs, logs = [], {}
    for epoch, logs in enumerate(epoch_logs):
        model.weight = epoch
        callbacks.on_epoch_begin(epoch)
        for batch in range(batches):
            callbacks.on_train_batch_begin(batch)
            callbacks.on_train_batch_end(batch, {"loss": epoch + batch / 10})
        callbacks.on_epoch_end(epoch, dict(logs))
        epochs.append(epoch)
        if model.stop_training:
            break
    callbacks.on_train_end(logs)
    return epochs


def fit(callback, epoch_logs, model=None, batches=0):
    """Run kerlite callbacks over epochs with the given logs; return the model."""
    model = model or FakeModel()
    run_epochs(CallbackList(callback), model, epoch_logs, batches)
    return model


def losses(*values, name="val_loss"):
    return [{name: value} for value in values]


def wandering(seed, count=25, steps=8):
    """Values that rise and fall, ties among them, exact in float32 as Keras compares in that."""
    return (np.random.default_rng(seed).integers(0, steps, count) / steps).tolist()
