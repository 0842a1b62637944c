"""`fit` and `evaluate` beside real Keras: the same weights and data give the same numbers."""

import keras
import numpy as np
import pytest

import kerlite
from tests.training.twins import (
    CLOSE,
    classifier,
    compare_histories,
    compare_weights,
    samples,
    twins,
    two_heads,
)

# Keras asks its variables for arrays in a way that numpy 2 dislikes.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X, NUMBER, KIND, WEIGHT = samples()
ONE_HOT = np.eye(3, dtype="float32")[KIND]
SEPARATE = tuple(samples(20, seed=1)[index] for index in (0, 2, 3))
PLAIN = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}  # the last batch has two


def fit_both(build, compile_arguments, x, y, **fit_arguments):
    ours, theirs = twins(build)
    histories = []
    for package, model in ((kerlite, ours), (keras, theirs)):
        given = compile_arguments(package) if callable(compile_arguments) else compile_arguments
        model.compile(optimizer=package.optimizers.SGD(0.1), **given)
        histories.append(model.fit(x, y, **{**PLAIN, **fit_arguments}))
    compare_histories(*histories)
    compare_weights(ours, theirs)
    return ours, theirs


LOSSES = {
    "sparse": ({"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}, KIND),
    "one-hot": ({"loss": "categorical_crossentropy", "metrics": ["acc", "mae"]}, ONE_HOT),
    "crossentropy": ({"loss": "crossentropy", "metrics": ["accuracy"]}, KIND[:, None]),
    "mse": ({"loss": "mse", "metrics": ["mae", "mse", "accuracy"]}, ONE_HOT),
    "weighted": (
        {"loss": "mse", "metrics": ["mae"], "weighted_metrics": ["mae", "accuracy"]},
        ONE_HOT,
    ),
    "alone": ({"loss": "huber"}, ONE_HOT),
    "loss weight": ({"loss": "mse", "loss_weights": 0.3, "metrics": ["mse"]}, ONE_HOT),
    "loss weights": ({"loss": ["mse"], "loss_weights": [0.3]}, ONE_HOT),
}
ARGUMENTS = {
    "plain": {},
    "sample_weight": {"sample_weight": WEIGHT},
    "class_weight": {"class_weight": {0: 0.5, 1: 2.0}},
    "validation_split": {"validation_split": 0.3},
    "validation_data": {"validation_data": SEPARATE},
    "steps": {"steps_per_epoch": 2, "batch_size": 13, "epochs": 4},
    "initial_epoch": {"initial_epoch": 2, "epochs": 5},
    "freq": {"validation_split": 0.3, "validation_freq": 2, "epochs": 5},
    "freq list": {"validation_split": 0.3, "validation_freq": [1, 4], "epochs": 5},
    "validation batches": {
        "validation_split": 0.4,
        "validation_batch_size": 3,
        "validation_steps": 2,
    },
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_metrics(name):
    arguments, y = LOSSES[name]
    fit_both(classifier, arguments, X, y)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_metrics_with_sample_weights(name):
    arguments, y = LOSSES[name]
    fit_both(classifier, arguments, X, y, sample_weight=WEIGHT, validation_split=0.2)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_of_fit(name):
    compiled = {
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        "weighted_metrics": ["accuracy"],
    }
    fit_both(classifier, compiled, X, KIND, **ARGUMENTS[name])


def objects(package):
    losses, metrics = package.losses, package.metrics
    return {
        "loss": losses.CategoricalCrossentropy(label_smoothing=0.1, name="smoothed"),
        "metrics": [
            metrics.CategoricalAccuracy(name="hits"),
            losses.huber,
            metrics.MeanSquaredError,
        ],
    }


def functions(package):
    def distance(y_true, y_pred):
        return ((y_true - y_pred) ** 2).mean(-1)

    return {"loss": distance, "metrics": [distance, package.metrics.mean_absolute_error]}


@pytest.mark.parametrize("make", [objects, functions])
def test_objects_and_functions(make):
    fit_both(classifier, make, X, ONE_HOT, validation_split=0.2)


def test_logits():
    def arguments(package):
        loss = package.losses.SparseCategoricalCrossentropy(from_logits=True)
        return {"loss": loss, "metrics": ["accuracy"]}

    fit_both(lambda package: classifier(package, softmax=False), arguments, X, KIND)


SEVERAL = {
    "list": (list, {"loss": ["mse", "sparse_categorical_crossentropy"]}),
    "one": (list, {"loss": "mse", "metrics": ["mae", "mae"]}),
    "dict by name": (
        list,
        {
            "loss": {"number": "mse", "kind": "sparse_categorical_crossentropy"},
            "loss_weights": {"number": 0.3, "kind": 2.0},
            "metrics": {"kind": ["accuracy"], "number": ["mae", "mse"]},
        },
    ),
    "lists": (
        list,
        {
            "loss": ["mae", "sparse_categorical_crossentropy"],
            "loss_weights": [0.3, 2.0],
            "metrics": [["mse"], ["accuracy"]],
            "weighted_metrics": [[], ["accuracy"]],
        },
    ),
    "dicts": (
        dict,
        {
            "loss": {"number": "mse", "kind": "sparse_categorical_crossentropy"},
            "metrics": {"kind": ["accuracy"], "number": ["mae"]},
        },
    ),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", SEVERAL)
def test_several_outputs(name, weighted):
    structure, arguments = SEVERAL[name]
    number, kind = (NUMBER, np.eye(3)[KIND]) if name == "one" else (NUMBER, KIND)
    y = {"number": number, "kind": kind} if structure is dict else [number, kind]
    weights = {"number": WEIGHT, "kind": WEIGHT[::-1].copy()} if structure is dict else [WEIGHT] * 2
    extra = {"sample_weight": weights} if weighted else {"validation_split": 0.2}
    ours, theirs = fit_both(lambda p: two_heads(p, structure), arguments, X, y, **extra)
    given = {"batch_size": 20, "verbose": 0, "return_dict": structure is dict}
    mine, reference = ours.evaluate(X, y, **given), theirs.evaluate(X, y, **given)
    if structure is dict:  # as a list, Keras orders them as the dict of losses
        mine, reference = ([logs[name] for name in sorted(logs)] for logs in (mine, reference))
    np.testing.assert_allclose(mine, reference, **CLOSE)


@pytest.mark.parametrize("metrics", [["mse", "accuracy"], ["accuracy", "mse"], [], None])
def test_evaluate_returns_values_in_keras_order(metrics):
    ours, theirs = twins(classifier)
    for model in (ours, theirs):
        # (Keras lists a metric twice that is among both.)
        model.compile("sgd", "categorical_crossentropy", metrics=metrics, weighted_metrics=["mae"])
    given = {"batch_size": 7, "verbose": 0, "sample_weight": WEIGHT}
    mine = ours.evaluate(X, ONE_HOT, **given)
    np.testing.assert_allclose(mine, theirs.evaluate(X, ONE_HOT, **given), **CLOSE)
    mine = ours.evaluate(X, ONE_HOT, return_dict=True, **given)
    reference = theirs.evaluate(X, ONE_HOT, return_dict=True, **given)
    assert list(mine) == list(reference)
    assert all(isinstance(value, float) for value in mine.values())
    np.testing.assert_allclose(list(mine.values()), list(reference.values()), **CLOSE)


def test_evaluate_alone_is_one_number():
    ours, theirs = twins(classifier)
    for model in (ours, theirs):
        model.compile("sgd", "mse")
    mine = ours.evaluate(X, ONE_HOT, verbose=0, steps=1, batch_size=8)
    assert isinstance(mine, float)
    assert mine == pytest.approx(theirs.evaluate(X, ONE_HOT, verbose=0, steps=1, batch_size=8))


def test_batches_one_by_one():
    ours, theirs = twins(classifier)
    for package, model in ((kerlite, ours), (keras, theirs)):
        model.compile(
            package.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
    for low in (0, 20):
        part = slice(low, low + 20)
        mine = ours.train_on_batch(X[part], KIND[part], sample_weight=WEIGHT[part])
        reference = theirs.train_on_batch(X[part], KIND[part], sample_weight=WEIGHT[part])
        np.testing.assert_allclose(mine, reference, **CLOSE)
        mine = ours.train_on_batch(X[part], KIND[part], class_weight={1: 3.0}, return_dict=True)
        reference = theirs.train_on_batch(
            X[part], KIND[part], class_weight={0: 1.0, 1: 3.0, 2: 1.0}, return_dict=True
        )
        assert list(mine) == list(reference)
        np.testing.assert_allclose(list(mine.values()), list(reference.values()), **CLOSE)
        mine, reference = (m.test_on_batch(X[part], KIND[part]) for m in (ours, theirs))
        np.testing.assert_allclose(mine, reference, **CLOSE)
        mine, reference = (m.predict_on_batch(X[part]) for m in (ours, theirs))
        np.testing.assert_allclose(mine, reference, **CLOSE)
    compare_weights(ours, theirs)


def test_batch_normalization_over_epochs():
    def build(package):
        return package.Sequential([
            package.Input((4,)),
            package.layers.Dense(6),
            package.layers.BatchNormalization(momentum=0.7),
            package.layers.Activation("relu"),
            package.layers.Dense(1),
        ])  # fmt: skip

    fit_both(build, {"loss": "mse", "metrics": ["mae"]}, X, NUMBER, validation_split=0.2)


def test_regularizers_are_in_the_loss():
    def build(package):
        layers, l2 = package.layers, package.regularizers.L2(0.05)
        return package.Sequential([
            package.Input((4,)),
            layers.Dense(6, kernel_regularizer=l2, bias_regularizer="l1"),
            layers.Dense(5, activity_regularizer=package.regularizers.L1(0.01)),
            layers.Dense(1, kernel_regularizer=l2, trainable=False),
        ])  # fmt: skip

    ours, theirs = fit_both(build, {"loss": "mse", "metrics": ["mse"]}, X, NUMBER)
    mine = ours.evaluate(X, NUMBER, verbose=0)
    np.testing.assert_allclose(mine, theirs.evaluate(X, NUMBER, verbose=0), **CLOSE)


def test_a_convolutional_network_on_images():
    def build(package):
        layers = package.layers
        return package.Sequential([
            package.Input((8, 8, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ])  # fmt: skip

    images = np.random.default_rng(0).integers(0, 256, (30, 8, 8, 3)).astype("uint8")
    arguments = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    fit_both(build, arguments, images, KIND[:30])


@pytest.mark.parametrize("steps", [2, 3])
def test_generators(steps):
    def batches():
        while True:
            for low in range(0, 48, 16):
                yield X[low : low + 16], KIND[low : low + 16], WEIGHT[low : low + 16]

    ours, theirs = twins(classifier)
    histories = []
    for package, model in ((kerlite, ours), (keras, theirs)):
        model.compile(
            package.optimizers.SGD(0.1),
            "sparse_categorical_crossentropy",
            weighted_metrics=["accuracy"],
        )
        arguments = {"epochs": 3, "verbose": 0, "steps_per_epoch": steps, "shuffle": False}
        histories.append(model.fit(batches(), validation_data=SEPARATE, **arguments))
    compare_histories(*histories)
    compare_weights(ours, theirs)


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "AdamW"])
def test_optimizers(name):
    ours, theirs = twins(classifier)
    histories = []
    for package, model in ((kerlite, ours), (keras, theirs)):
        model.compile(getattr(package.optimizers, name)(0.01), "mse")
        histories.append(model.fit(X, ONE_HOT, **PLAIN))
    compare_histories(*histories)
    compare_weights(ours, theirs)
