"""`fit` beside the loop that a PyTorch user writes: bit for bit the same weights afterwards."""

import copy
import functools

import numpy as np
import pytest
import torch
from torch import nn

import kerlite
from kerlite import callbacks, layers
from kerlite.data import permutation

EPOCHS, BATCH = 3, 16


class ChannelsLast(nn.Module):
    """Takes images as Keras lays them out."""

    def forward(self, x):
        return x.permute(0, 3, 1, 2)


def dense():
    model = kerlite.Sequential([
        kerlite.Input((6,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(8, activation="tanh"),
        layers.Dense(3),
    ])  # fmt: skip
    twin = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 3))
    return model, twin, torch.randn(70, 6)


def conv():
    model = kerlite.Sequential([
        kerlite.Input((10, 10, 2)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(5, 3, strides=2, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3),
    ])  # fmt: skip
    twin = nn.Sequential(
        ChannelsLast(), nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 5, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(5, 3),
    )  # fmt: skip
    return model, twin.to(memory_format=torch.channels_last), torch.randn(70, 10, 10, 2)


def embedding():
    model = kerlite.Sequential([
        kerlite.Input((5,), dtype="int64"),
        layers.Embedding(20, 4),
        layers.Flatten(),
        layers.Dense(3),
    ])  # fmt: skip
    twin = nn.Sequential(nn.Embedding(20, 4), nn.Flatten(), nn.Linear(20, 3))
    return model, twin, torch.randint(0, 20, (70, 5))


BUILDERS = {"dense": dense, "conv": conv, "embedding": embedding}
OPTIMIZERS = {
    "sgd": (lambda p: kerlite.optimizers.SGD(0.05), lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": (
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    ),
    "adam": (lambda p: torch.optim.Adam(p, lr=0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
    "adam class": (lambda p: torch.optim.Adam, lambda p: torch.optim.Adam(p)),
    "adamw partial": (
        lambda p: functools.partial(torch.optim.AdamW, lr=0.01, fused=True),
        lambda p: torch.optim.AdamW(p, lr=0.01, fused=True),
    ),
}


def train_by_hand(twin, optimizer, x, y, orders):
    """Train as a PyTorch user does; return the mean losses of the epochs."""
    loss_function = nn.CrossEntropyLoss()
    twin.train()
    means = []
    for order in orders:
        total = torch.zeros(())
        for rows in order.split(BATCH):
            inputs, labels = x[rows], y[rows]
            optimizer.zero_grad()
            loss = loss_function(twin(inputs), labels)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
        means.append((total / len(x)).item())
    return means


def copied(model, twin):
    twin.load_state_dict(dict(zip(twin.state_dict(), model.state_dict().values(), strict=True)))


def assert_same(model, twin):
    for one, other in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(one, other)


def run(builder, name, shuffle, **arguments):
    model, twin, x = BUILDERS[builder]()
    copied(model, twin)
    y = torch.randint(0, 3, (len(x),))
    mine, by_hand = OPTIMIZERS[name]
    loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(mine(list(model.parameters())), loss, metrics=["accuracy"])
    given = {"batch_size": BATCH, "epochs": EPOCHS, "verbose": 0, "shuffle": shuffle}
    history = model.fit(x, y, **given, **arguments)
    orders = [torch.arange(len(x))] * EPOCHS
    if shuffle:
        seed = model.trainer.data_seed
        orders = [permutation(len(x), seed, epoch) for epoch in range(EPOCHS)]
    means = train_by_hand(twin, by_hand(twin.parameters()), x, y, orders)
    assert_same(model, twin)
    assert history.history["loss"] == pytest.approx(means, rel=1e-5)
    return model, x, y


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("builder", BUILDERS)
def test_same_weights_as_by_hand(builder, optimizer, shuffle):
    run(builder, optimizer, shuffle)


def test_the_seed_of_the_order_comes_from_torch():
    seeds = []
    for _ in range(2):
        torch.manual_seed(5)
        model = kerlite.Sequential([kerlite.Input((1,)), layers.Dense(1)])
        model.compile("sgd", "mse")
        torch.manual_seed(9)
        model.fit(torch.ones(4, 1), torch.ones(4), verbose=0)
        seeds.append(model.trainer.data_seed)
        model.fit(torch.ones(4, 1), torch.ones(4), verbose=0)
        seeds.append(model.trainer.data_seed)
    assert seeds[:2] == seeds[2:]
    assert seeds[0] != seeds[1]


def test_batches_made_with_a_seed_have_that_order():
    x = torch.arange(10.0)[:, None]
    seen = []

    class Spy(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            seen.extend(inputs[:, 0].tolist())
            return self.dense(inputs)

    model = Spy()
    model(x)
    model.compile("sgd", "mse")
    seen.clear()
    batches = kerlite.data.adapt(x, x, batch_size=4, shuffle=True, seed=11)
    model.fit(batches, epochs=2, verbose=0)
    assert seen == [*permutation(10, 11, 0).tolist(), *permutation(10, 11, 1).tolist()]


class Noisy(callbacks.Callback):
    """Reads all logs, as often as it can."""

    def on_train_batch_end(self, batch, logs=None):
        dict(logs)

    def on_epoch_end(self, epoch, logs=None):
        dict(logs)


def dropout_network(seed=3):
    kerlite.utils.set_random_seed(seed)
    model = kerlite.Sequential([
        kerlite.Input((6,)),
        layers.Dense(16, activation="relu"),
        layers.BatchNormalization(),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def trained_state(**arguments):
    x = np.random.default_rng(0).normal(size=(50, 6)).astype("float32")
    y = np.random.default_rng(1).integers(0, 3, 50)
    model = dropout_network()
    history = model.fit(x, y, batch_size=8, epochs=3, **arguments)
    return list(model.state_dict().values()), history.history


@pytest.mark.parametrize(
    "arguments",
    [
        {"verbose": 0},
        {"verbose": 1},
        {"verbose": 2},
        {"verbose": 0, "callbacks": [Noisy()]},
        {"verbose": 0, "callbacks": [Noisy(), callbacks.EarlyStopping("loss", patience=9)]},
    ],
)
def test_results_do_not_depend_on_who_watches(arguments, capsys):
    state, history = trained_state(verbose=0)
    other, other_history = trained_state(**arguments)
    capsys.readouterr()
    assert all(map(torch.equal, state, other))
    assert history == other_history


def test_validation_changes_nothing_in_training():
    state, history = trained_state(verbose=0)
    x = np.random.default_rng(2).normal(size=(20, 6)).astype("float32")
    other, other_history = trained_state(verbose=0, validation_data=(x, np.zeros(20, "int64")))
    assert all(map(torch.equal, state, other))
    assert history["loss"] == other_history["loss"]


def test_another_seed_gives_another_result():
    first, second = (dropout_network(seed).state_dict().values() for seed in (3, 4))
    assert not all(map(torch.equal, first, second))


def test_training_in_two_parts_is_training_in_one():
    x, y = torch.randn(40, 6), torch.randint(0, 3, (40,))
    model, _, _ = dense()
    loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(torch.optim.Adam(model.parameters(), lr=0.01), loss)
    twin = copy.deepcopy(model)
    given = {"batch_size": 8, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=4, **given)
    twin.fit(x, y, epochs=2, **given)
    history = twin.fit(x, y, epochs=4, initial_epoch=2, **given)
    assert history.epoch == [2, 3]
    assert_same(model, twin)


def test_a_step_by_hand_on_a_kerlite_model():
    model, twin, x = dense()
    copied(model, twin)
    y = torch.randint(0, 3, (len(x),))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    train_by_hand(model, optimizer, x, y, [torch.arange(len(x))] * 2)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    train_by_hand(twin, optimizer, x, y, [torch.arange(len(x))] * 2)
    assert_same(model, twin)
