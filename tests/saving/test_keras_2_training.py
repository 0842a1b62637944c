"""The training state in files as Keras 2 wrote them: goes on where it was."""

import numpy as np
import pytest

from kerlite.saving import load_model
from tests.saving.keras_2 import dense, dense_weights, write


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.h5"


TRAINING = {
    "loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "mse"}},
    "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
        "name": "error", "dtype": "float32", "fn": "mean_absolute_error"}}]],
    "weighted_metrics": None, "loss_weights": None,
}  # fmt: skip


def trained_files(path, optimizer, slots):
    """Write a Dense(1) on 3 inputs, with an optimizer whose weights have those names."""
    config = {"name": "s", "layers": [dense("d", 1, batch_input_shape=[None, 3])]}
    config["layers"] = [{key: one[key] for key in ("class_name", "config")}
                        for one in config["layers"]]  # fmt: skip
    weights = {"d": dense_weights("d", 3, 1, 0)}
    training = {**TRAINING, "optimizer_config": optimizer}
    write(path, {"class_name": "Sequential", "config": config}, weights, training, slots)
    return load_model(path)


def adam_slots(names):
    rng = np.random.default_rng(2)
    values = {name: rng.random((3, 1) if "kernel" in name else 1, "float32") for name in names}
    return {"Adam/iter:0": np.int64(12), **values}


@pytest.mark.parametrize(
    "names",
    [
        ["Adam/d/kernel/m:0", "Adam/d/bias/m:0", "Adam/d/kernel/v:0", "Adam/d/bias/v:0"],
        ["Adam/m/d/kernel:0", "Adam/v/d/kernel:0", "Adam/m/d/bias:0", "Adam/v/d/bias:0"],
    ],
    ids=["to 2.10", "from 2.11"],
)
def test_training_goes_on(names, path):
    optimizer = {"class_name": "Adam", "config": {
        "name": "Adam", "learning_rate": 0.5, "decay": 0.0, "beta_1": 0.8, "beta_2": 0.9,
        "epsilon": 1e-7, "amsgrad": False}}  # fmt: skip
    slots = adam_slots(names)
    model = trained_files(path, optimizer, slots)
    assert model.optimizer.iterations == 12
    assert (model.optimizer.beta_1, float(model.optimizer.learning_rate)) == (0.8, 0.5)
    for variable in model.optimizer.variables[2:]:
        kind = "m" if variable.path.endswith("momentum") else "v"
        part = "kernel" if "kernel" in variable.path else "bias"
        name = next(n for n in names if part in n and f"/{kind}" in n.replace(":0", ""))
        np.testing.assert_array_equal(variable.numpy(), slots[name])
    x, y = np.ones((4, 3), "float32"), np.zeros((4, 1), "float32")
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(logs["error"] ** 2, rel=1e-5)


def test_decay_becomes_a_schedule(path):
    optimizer = {"class_name": "SGD", "config": {"name": "SGD", "lr": 0.1, "decay": 0.25,
                                                "momentum": 0.0, "nesterov": False}}  # fmt: skip
    model = trained_files(path, optimizer, {"SGD/iter:0": np.int64(2)})
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1 / (1 + 0.25 * 2))
