"""Everything that `fit` takes, through `fit`: the same numbers whatever they come in."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

import kerlite
from kerlite import layers
from tests.training.twins import samples

X, NUMBER, KIND, WEIGHT = samples(48)
BATCH = 8
COLUMNS = ["a", "b", "c", "d"]


class Pairs(Dataset):
    def __len__(self):
        return len(X)

    def __getitem__(self, index):
        return X[index], KIND[index]


class Stream(IterableDataset):
    def __iter__(self):
        return iter(zip(X, KIND, strict=True))


class Table:
    """What Hugging Face's datasets look like: columns for a list of row numbers."""

    column_names = ("features", "label")

    def __len__(self):
        return len(X)

    def __getitem__(self, rows):
        return {"features": X[rows], "label": KIND[rows]}


class Batches(kerlite.utils.PyDataset):
    def __len__(self):
        return len(X) // BATCH

    def __getitem__(self, index):
        part = slice(index * BATCH, (index + 1) * BATCH)
        return X[part], KIND[part]


def generator(repeats=True):
    while True:
        for low in range(0, len(X), BATCH):
            yield X[low : low + BATCH], KIND[low : low + BATCH]
        if not repeats:
            return


def memmap(folder):
    mapped = np.memmap(folder / "x", dtype="float32", mode="w+", shape=X.shape)
    mapped[:] = X
    mapped.flush()
    return np.memmap(folder / "x", dtype="float32", mode="r", shape=X.shape)


SOURCES = {
    "numpy": lambda folder: {"x": X, "y": KIND},
    "numpy float64": lambda folder: {"x": X.astype("float64"), "y": KIND.astype("int32")},
    "torch": lambda folder: {"x": torch.tensor(X), "y": torch.tensor(KIND)},
    "lists": lambda folder: {"x": X.tolist(), "y": KIND.tolist()},
    "pandas": lambda folder: {"x": pd.DataFrame(X, columns=COLUMNS), "y": pd.Series(KIND)},
    "polars": lambda folder: {"x": pl.DataFrame(X, schema=COLUMNS), "y": pl.Series(KIND)},
    "memmap": lambda folder: {"x": memmap(folder), "y": KIND},
    "TensorDataset": lambda folder: {"x": TensorDataset(torch.tensor(X), torch.tensor(KIND))},
    "Dataset": lambda folder: {"x": Pairs()},
    "IterableDataset": lambda folder: {"x": Stream()},
    "table": lambda folder: {"x": Table(), "y": "label"},
    "DataLoader": lambda folder: {"x": DataLoader(Pairs(), BATCH)},
    "workers": lambda folder: {"x": DataLoader(Pairs(), BATCH, num_workers=2)},
    "PyDataset": lambda folder: {"x": Batches()},
    "PyDataset workers": lambda folder: {"x": Batches(workers=2)},
    "generator": lambda folder: {"x": generator(), "steps_per_epoch": len(X) // BATCH},
}
MAKES_BATCHES = ("DataLoader", "workers", "PyDataset", "PyDataset workers", "generator")


class Subclassed(kerlite.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, activation="tanh")
        self.classes = layers.Dense(3, activation="softmax")

    def call(self, inputs):
        return self.classes(self.hidden(inputs))


def deferred():
    return kerlite.Sequential([
        layers.Dense(8, activation="tanh"),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip


def train(model, name, folder):
    model.compile(
        kerlite.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    arguments = SOURCES[name](folder)
    if name not in MAKES_BATCHES:
        arguments["batch_size"] = BATCH
    torch.manual_seed(0)
    return model.fit(**arguments, epochs=2, shuffle=False, verbose=0).history


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    torch.manual_seed(1)
    model = deferred()
    model.build((None, 4))
    weights = model.get_weights()
    model.compile(
        kerlite.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = model.fit(X, KIND, batch_size=BATCH, epochs=2, shuffle=False, verbose=0).history
    return weights, history, model.get_weights()


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_the_same_training(name, reference, tmp_path):
    weights, history, trained = reference
    model = deferred()
    model.build((None, 4))
    model.set_weights(weights)
    mine = train(model, name, tmp_path)
    assert list(mine) == list(history)
    assert mine["loss"] == pytest.approx(history["loss"], rel=1e-6)
    assert mine["accuracy"] == pytest.approx(history["accuracy"], rel=1e-6)
    for one, other in zip(model.get_weights(), trained, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("build", [deferred, Subclassed])
@pytest.mark.parametrize("name", [name for name in SOURCES if name != "workers"])
def test_every_source_builds_an_unbuilt_model(build, name, tmp_path):
    model = build()
    history = train(model, name, tmp_path)
    assert history["loss"][1] < history["loss"][0]
    assert model.built
    assert len(model.get_weights()) == 4


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_validates_and_predicts(name, reference, tmp_path):
    model = deferred()
    model.build((None, 4))
    model.set_weights(reference[2])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    source = SOURCES[name](tmp_path)
    steps = source.pop("steps_per_epoch", None)
    size = None if name in MAKES_BATCHES else BATCH
    expected = model.evaluate(X, KIND, batch_size=BATCH, verbose=0)
    given = {"batch_size": size, "steps": steps, "verbose": 0}
    assert model.evaluate(**source, **given) == pytest.approx(expected, rel=1e-6)
    x = SOURCES[name](tmp_path)["x"]
    if name == "table":  # without a column of targets, a table is a dict of inputs
        return
    predicted = model.predict(x, **given)
    np.testing.assert_allclose(predicted, model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_nested_structures():
    a, b = kerlite.Input((4,), name="a"), kerlite.Input((4,), name="b")
    hidden = layers.Concatenate()([a, b])
    outputs = {"number": layers.Dense(1, name="number")(hidden), "kind": layers.Dense(
        3, activation="softmax", name="kind")(hidden)}  # fmt: skip
    model = kerlite.Model({"first": a, "rest": [b]}, outputs)
    model.compile(
        "sgd", {"number": "mse", "kind": "sparse_categorical_crossentropy"},
        metrics={"kind": ["accuracy"]},
    )  # fmt: skip
    x = {"first": X, "rest": [pd.DataFrame(X[:, ::-1].copy())]}
    y = {"kind": KIND.tolist(), "number": NUMBER}
    history = model.fit(x, y, epochs=2, verbose=0, validation_split=0.25).history
    assert {"number_loss", "kind_loss", "kind_accuracy", "val_kind_accuracy"} <= set(history)
    predicted = model.predict(x, verbose=0)
    assert predicted["number"].shape == (48, 1)
    assert predicted["kind"].shape == (48, 3)


@pytest.mark.parametrize("form", ["tuple", "dict by layer name", "list"])
def test_several_inputs(form):
    a, b = kerlite.Input((4,), name="a"), kerlite.Input((4,), name="b")
    model = kerlite.Model([a, b], layers.Dense(1)(layers.Add()([a, b])))
    model.compile("sgd", "mse")
    x = {"tuple": (X, X), "list": [X, X], "dict by layer name": {"b": X, "a": X}}[form]
    loss = model.fit(x, NUMBER, batch_size=12, epochs=2, verbose=0).history["loss"]
    assert loss[1] < loss[0]

    def batches():
        yield x, NUMBER

    assert model.evaluate(batches(), verbose=0) == pytest.approx(
        model.evaluate(x, NUMBER, batch_size=48, verbose=0)
    )


def test_images_stay_bytes_until_they_are_on_the_device():
    seen = []

    class Watch(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.rescale = layers.Rescaling(1 / 255)
            self.flatten, self.dense = layers.Flatten(), layers.Dense(3, activation="softmax")

        def call(self, inputs):
            seen.append(inputs.dtype)
            return self.dense(self.flatten(self.rescale(inputs)))

    images = np.random.default_rng(0).integers(0, 256, (48, 5, 5, 1)).astype("uint8")
    model = Watch()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(images, KIND, verbose=0)
    assert set(seen) == {torch.uint8}
    assert model.predict(images, verbose=0).dtype == np.float32


def test_half_precision_data_and_model():
    inputs = kerlite.Input((4,), dtype="bfloat16")
    model = kerlite.Model(inputs, layers.Dense(1, dtype="bfloat16")(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(torch.tensor(X).bfloat16(), NUMBER, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert model.weights[0].dtype == torch.bfloat16
    predicted = model.predict(X, verbose=0)
    assert predicted.dtype == np.float32  # NumPy has no bfloat16


def test_the_data_is_never_written_to():
    x, y = X.copy(), NUMBER.copy()
    x.flags.writeable = y.flags.writeable = False
    model = kerlite.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, epochs=2, verbose=0)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, NUMBER)


def test_one_target_by_its_name():
    model = kerlite.Sequential([layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(Table(), ["label"], batch_size=BATCH, verbose=0).history
    assert set(history) == {"loss", "accuracy"}
