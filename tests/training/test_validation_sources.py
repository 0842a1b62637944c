"""Which batches each validation of a `fit` sees, beside real Keras."""

import itertools
import os

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

import kerlite

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

FIRST = np.repeat(np.arange(4.0), 2).reshape(8, 1).astype("float32")


def batches():
    for number in itertools.count():
        yield np.full((2, 1), number, "float32"), np.zeros((2, 1), "float32")


class Stream(IterableDataset):
    def __iter__(self):
        return iter([(torch.from_numpy(row), torch.zeros(1)) for row in FIRST])


def py_dataset(api):
    class Batched(api.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return FIRST[2 * index : 2 * index + 2], np.zeros((2, 1), "float32")

    return Batched()


SOURCES = {
    "arrays": lambda api: (FIRST, np.zeros_like(FIRST)),
    "loader": lambda api: DataLoader(
        TensorDataset(torch.from_numpy(FIRST), torch.zeros(8, 1)), batch_size=2
    ),
    "stream": lambda api: DataLoader(Stream(), batch_size=2),
    "PyDataset": py_dataset,
}


def seen(api, data, steps):
    """Return the numbers of the batches that each of three validations saw."""
    found = []

    class Watching(api.Model):
        def __init__(self):
            super().__init__()
            self.dense = api.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

        def test_step(self, data):
            found[-1].append(int(data[0][0, 0]))
            return super().test_step(data)

    begin = api.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: found.append([]))
    model = Watching()
    model.compile("sgd", "mse")
    ones = np.ones((2, 1), "float32")
    model.fit(
        ones, ones, epochs=3, verbose=0, validation_data=data, validation_steps=steps,
        callbacks=[begin],
    )  # fmt: skip
    return found


@pytest.mark.filterwarnings("ignore:.*ran out of data", "ignore:__array__")
@pytest.mark.parametrize("steps", [None, 3, 6])
@pytest.mark.parametrize("source", SOURCES)
def test_every_validation_begins_at_the_start(source, steps):
    make = SOURCES[source]
    assert seen(kerlite, make(kerlite), steps) == seen(keras, make(keras), steps)


@pytest.mark.filterwarnings("ignore:__array__")
def test_a_generator_goes_on():
    """Keras shows the two batches that it has looked at first, 0 and 1, again each time."""
    assert seen(kerlite, batches(), 3) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert seen(keras, batches(), 3) == [[0, 1, 2], [0, 1, 3], [0, 1, 4]]
