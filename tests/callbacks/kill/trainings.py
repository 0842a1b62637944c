"""Trainings that are killed: each a function of a folder that returns its callbacks and its fit."""

import functools
import random as python_random

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

import kerlite
from kerlite import callbacks, layers, optimizers
from kerlite.core import random
from kerlite.models.trainer import Trainer
from kerlite.utils import PyDataset

_RANDOM = np.random.RandomState(0)
X = _RANDOM.randn(44, 6).astype("float32")
NUMBER = X.sum(1, keepdims=True) + 0.1 * _RANDOM.randn(44, 1).astype("float32")
KIND = (X[:, 0] > 0).astype("int64")


def tick():
    """Called at moments that a kill may choose; the harness puts its own in the place of it."""


class Moments(callbacks.Callback):
    """Ticks at every hook."""

    def __init__(self):
        super().__init__()
        for hook in callbacks.callback.HOOKS:
            if hook != "on_exception":
                setattr(self, hook, lambda *args, **kwargs: tick())


class Memory(callbacks.Callback):
    """Knows how many batches it has seen, and logs it: hooks that run twice would show."""

    state_names = ("batches", "epochs")

    def on_train_begin(self, logs=None):
        self.batches, self.epochs = 0, 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1
        logs["batches"], logs["draw"] = self.batches, python_random.random() + np.random.rand()


class Augmented(Dataset):
    """Samples with noise from all three global generators."""

    def __len__(self):
        return len(X)

    def __getitem__(self, index):
        tick()
        noise = torch.rand(6) + np.random.rand() + python_random.random()
        return (torch.from_numpy(X[index]) + 0.1 * noise).float(), torch.from_numpy(NUMBER[index])


class Batched(PyDataset):
    """Batches whose order the dataset changes itself when an epoch ends."""

    def __init__(self):
        super().__init__()
        self.order, self.own = np.arange(len(X)), np.random.default_rng(5)

    def __len__(self):
        return 8

    def __getitem__(self, index):
        rows = self.order[index * 6 : index * 6 + 6]
        return X[rows] + 0.1 * np.random.rand(len(rows), 6).astype("float32"), NUMBER[rows]

    def on_epoch_end(self):
        self.own.shuffle(self.order)


def arrays(folder):
    """Arrays; dropout of both kinds; callbacks that watch a validation."""
    model = kerlite.Sequential([
        kerlite.Input((6,)), layers.Dense(8, "relu"), layers.Dropout(0.3),
        layers.BatchNormalization(), layers.Dropout(0.2, seed=4), layers.Dense(2, "softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    watching = [
        callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True),
        callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_delta=0.05),
        callbacks.ModelCheckpoint(
            f"{folder}/best.safetensors", save_best_only=True, save_weights_only=True
        ),
    ]
    return model, watching, functools.partial(
        model.fit, X, KIND, batch_size=8, epochs=5, validation_split=0.2
    )  # fmt: skip


def loader(folder):
    """A shuffled DataLoader with worker processes; several steps an execution."""
    model = kerlite.Sequential([
        kerlite.Input((6,)), layers.Dense(8, "tanh"), layers.GaussianNoise(0.1), layers.Dense(1)
    ])  # fmt: skip
    model.compile(optimizers.SGD(0.05, momentum=0.9), "mse", metrics=["mae"], steps_per_execution=2)
    data = DataLoader(
        Augmented(), 4, shuffle=True, num_workers=2, generator=torch.Generator().manual_seed(1)
    )
    return model, [], functools.partial(model.fit, data, epochs=3)


class Own(kerlite.Model):
    """Not built before its first batch; gathers gradients over two steps itself."""

    def __init__(self):
        super().__init__()
        self.hidden, self.drop, self.head = layers.Dense(8), layers.Dropout(0.4), layers.Dense(1)

    def call(self, inputs):
        return self.head(self.drop(self.hidden(inputs)))


def batches(seed):
    """A generator that cannot be asked for its middle."""
    own = np.random.default_rng(seed)
    while True:
        tick()
        rows = own.integers(0, len(X), 7)
        yield X[rows] + 0.1 * np.random.rand(), NUMBER[rows]


def generator(folder):
    """Generators; accumulated gradients, averaged weights, a schedule; an unbuilt model."""
    model = Own()
    rate = optimizers.schedules.CosineDecay(0.05, 30)
    adam = optimizers.Adam(
        rate, gradient_accumulation_steps=3, use_ema=True, ema_momentum=0.9, global_clipnorm=1.0
    )
    model.compile(adam, "mse", metrics=["mae"])
    return model, [], functools.partial(
        model.fit, batches(1), steps_per_epoch=7, epochs=4, validation_data=batches(2),
        validation_steps=3,
    )  # fmt: skip


class GathersGradients(Own):
    """Makes an update of every other step."""

    def __init__(self):
        super().__init__()
        self.seen = kerlite.metrics.Mean(name="seen")
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def train_step(self, data):
        x, y = data
        loss = self.compute_loss(x, y, self(x, training=True))
        loss.backward()
        self.steps += 1
        if self.steps % 2 == 0:
            self.optimizer.step()
            self.optimizer.zero_grad()
        self.seen.update_state(loss.detach())
        return {"seen": self.seen.result(), "last": loss.detach()}


def dataset(folder):
    """A PyDataset that shuffles itself; a train_step of one's own."""
    model = GathersGradients()
    model.build((None, 6))
    model.compile(optimizers.RMSprop(0.01), "mse")
    rate = callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
    return model, [rate], functools.partial(model.fit, Batched(), epochs=3)


def torch_module(folder):
    """A plain torch module, optimizer and scheduler; a map-style dataset; epochs that are parts."""
    module = torch.nn.Sequential(
        torch.nn.Linear(6, 8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 1)
    )
    trainer = Trainer(module)
    adam = torch.optim.AdamW(module.parameters(), lr=0.02, amsgrad=True)
    trainer.compile(torch.optim.lr_scheduler.OneCycleLR(adam, 0.05, total_steps=40), "mse")
    return trainer, [], functools.partial(
        trainer.fit, Augmented(), batch_size=5, steps_per_epoch=4, epochs=5,
        validation_data=(X[:9], NUMBER[:9]), validation_freq=2,
    )  # fmt: skip


def scaled(folder):
    """A loss that is scaled; two outputs with a loss each; an iterable read over and over."""
    inputs = layers.Input((6,))
    hidden = layers.Dense(8, "relu")(inputs)
    outputs = [layers.Dense(1, name="a", dtype="mixed_float16")(hidden)]
    outputs.append(layers.Dense(1, name="b")(hidden))
    model = kerlite.Model(inputs, outputs)
    inner = optimizers.Nadam(0.02)
    model.compile(
        optimizers.LossScaleOptimizer(inner, 2.0**4, dynamic_growth_steps=5),
        ["mse", "mae"], metrics=[["mae"], ["mse"]],
    )  # fmt: skip
    parts = [(X[i : i + 6], (NUMBER[i : i + 6], -NUMBER[i : i + 6])) for i in range(0, 42, 6)]

    class Stream:
        def __iter__(self):
            return iter(parts)

    return model, [], functools.partial(model.fit, Stream(), steps_per_epoch=5, epochs=4)


TRAININGS = {
    made.__name__: made for made in (arrays, loader, generator, dataset, torch_module, scaled)
}


def train(name, folder, save_freq):
    """Train from the start, or go on; return all that the training leaves, as plain values."""
    random.set_random_seed(3)
    model, watching, fit = TRAININGS[name](folder)
    hooks = [
        Moments(), Memory(), callbacks.CSVLogger(f"{folder}/log.csv"), *watching,
        callbacks.BackupAndRestore(f"{folder}/backup", save_freq=save_freq), Moments(),
    ]  # fmt: skip
    history = fit(callbacks=hooks, verbose=0)
    module = getattr(model, "module", model)
    return {
        "weights": [*module.parameters(), *module.buffers()],
        "optimizer": model.optimizer.state_dict(),
        "history": history.history,
        "epochs": history.epoch,
        "draws": [torch.rand(()).item(), np.random.rand(), python_random.random()],
    }
