"""What `compile` makes of losses and metrics of one output: log names and values as in Keras."""

import keras
import numpy as np
import pytest

import kerlite
from tests.training.compiled import (
    KIND,
    MODELS,
    ONE_HOT,
    RNG,
    ROWS,
    WEIGHT,
    X,
    check,
    model,
    spelled,
    squares,
)  # fmt: skip
from tests.training.twins import compare_histories, twins

pytestmark = [
    # Keras asks its variables for arrays in a way that numpy 2 dislikes.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning"),
]


def one_number(y_true, y_pred):
    return abs(y_true - y_pred).mean()


def MixedCase(y_true, y_pred):
    return y_pred


BY_MODEL = {
    "number": [
        ["mse", "mae", "mean_squared_error", "MeanSquaredError", "MSE", "root_mean_squared_error"],
        ["r2_score", "cosine_similarity", "LogCoshError", "mape", "msle"],
        ["hinge", "squared_hinge", "KLDivergence", "poisson"],
        [squares, one_number, MixedCase, lambda y_true, y_pred: y_pred],
        ["mse", "mse", "mse"],
    ],
    "chance": [
        ["accuracy", "acc", "Accuracy", "ACC", "binary_accuracy", "auc", "AUC"],
        # (not TruePositives: Keras's history holds its state, which the next epoch overwrites)
        ["Precision", "recall", "bce", "binary_crossentropy", "poisson"],
        ["kl_divergence", "BinaryIoU", "binary_io_u"],
    ],
    "kind": [
        ["accuracy", "acc", "sparse_categorical_accuracy", "sparse_categorical_crossentropy"],
    ],
}
LOSS = {
    "number": "mse",
    "chance": "binary_crossentropy",
    "kind": "sparse_categorical_crossentropy",
    "one in a list": "sparse_categorical_crossentropy",
    "one in a dict": "sparse_categorical_crossentropy",
}


@pytest.mark.parametrize(
    ("name", "given"),
    [(name, given) for name, many in BY_MODEL.items() for given in many],
    ids=spelled,
)
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_strings_and_functions(name, given, weight):
    check(name, lambda k: {"loss": LOSS[name], "metrics": given}, sample_weight=weight)


@pytest.mark.parametrize("name", ["kind", "one in a list", "one in a dict"])
@pytest.mark.parametrize("form", [lambda m: m, lambda m: [m], lambda m: {"kind": m}], ids="abc")
def test_metrics_of_one_output_in_any_container(name, form):
    given = form(["acc", "sparse_categorical_crossentropy"])
    check(name, lambda k: {"loss": LOSS[name], "metrics": given, "weighted_metrics": given})


def test_one_hot_targets():
    given = ["accuracy", "acc", "categorical_accuracy", "F1Score"]
    check("kind", lambda k: {"loss": "categorical_crossentropy", "metrics": given}, y=ONE_HOT)


@pytest.mark.parametrize("weight", [None, WEIGHT, 0 * WEIGHT], ids=["plain", "weighted", "zeros"])
@pytest.mark.parametrize(
    ("plain", "weighted"),
    [
        (["mse"], ["mse"]),
        (["mse", "mse"], ["mse", "mse", "mae"]),
        (None, ["mse", squares]),
        ([], ["mse"]),
        (["mse"], []),
        (["mae", squares], ["MeanAbsoluteError", squares, squares]),
    ],
    ids=spelled,
)
def test_weighted_and_unweighted_metrics(plain, weighted, weight):
    arguments = {"loss": "mae", "metrics": plain, "weighted_metrics": weighted}
    check("number", lambda k: arguments, sample_weight=weight)


def test_objects_and_classes():
    def arguments(k):
        metrics, losses = k.metrics, k.losses
        return {
            "loss": losses.MeanSquaredError(name="my_loss"),
            "metrics": [
                metrics.MeanAbsoluteError(),
                metrics.MeanAbsoluteError(name="again"),
                metrics.MeanSquaredError,
                losses.Huber(delta=0.5),
                losses.mean_absolute_error,
                metrics.MeanMetricWrapper(squares, name="wrapped"),
                metrics.R2Score(name="mean_absolute_error"),
            ],
            "weighted_metrics": [metrics.MeanAbsoluteError(name="again"), losses.huber],
        }

    logs = check("number", arguments, sample_weight=WEIGHT)
    assert {"again", "weighted_again", "huber_loss", "huber", "mean_absolute_error_1"} <= set(logs)


def test_class_weights_do_not_touch_plain_metrics():
    given = {"loss": "sparse_categorical_crossentropy", "metrics": ["acc"]}
    given["weighted_metrics"] = ["acc"]
    logs = []
    for k, one in zip((kerlite, keras), twins(lambda k: model(k, MODELS["kind"])), strict=True):
        one.compile(k.optimizers.SGD(0.05), **given)
        history = one.fit(
            X, KIND, class_weight={0: 1.0, 1: 3.0, 2: 0.5}, shuffle=False, verbose=0, batch_size=8
        )
        logs.append(history)
    compare_histories(*logs)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_masks_count_in_losses_and_metrics(weight):
    x = RNG.integers(0, 5, (ROWS, 6))
    y = RNG.integers(0, 3, (ROWS, 6))

    def build(k):
        return k.Sequential([
            k.Input((6,), dtype="int32"),
            k.layers.Embedding(5, 4, mask_zero=True),
            k.layers.Dense(3, activation="softmax"),
        ])  # fmt: skip

    given = {
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy", "sparse_categorical_crossentropy"],
        "weighted_metrics": ["accuracy"],
    }
    logs = []
    for k, one in zip((kerlite, keras), twins(build), strict=True):
        one.compile(k.optimizers.SGD(0.05), **given)
        each = weight if weight is None or k is kerlite else np.repeat(weight[:, None], 6, 1)
        # Keras scales the weights of a batch in place, for the loss, and weighted metrics see that:
        # it is right about them only as long as there is one batch.
        size = 8 if weight is None else ROWS
        logs.append(one.fit(x, y, sample_weight=each, batch_size=size, verbose=0, shuffle=False))
    compare_histories(*logs)
