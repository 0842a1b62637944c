"""Builders of files as Keras 2 wrote them, from the documentation of the format."""

import json

import h5py
import numpy as np

ZEROS = {"class_name": "Zeros", "config": {}}
GLOROT = {
    "class_name": "VarianceScaling",
    "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None,
               "dtype": "float32"},
}  # fmt: skip
BACKEND = {"keras_version": "2.11.0", "backend": "tensorflow"}


def layer(class_name, name, *calls, **config):
    """Return the entry of a layer in a functional model; a call is a list of tensors."""
    config = {"name": name, "trainable": True, "dtype": "float32", **config}
    nodes = [[[*tensor, {}] if len(tensor) == 3 else tensor for tensor in call] for call in calls]
    return {"class_name": class_name, "config": config, "name": name, "inbound_nodes": nodes}


def input_layer(name, *shape, dtype="float32"):
    config = {"batch_input_shape": [None, *shape], "dtype": dtype, "sparse": False,
              "ragged": False, "name": name}  # fmt: skip
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def dense(name, units, *calls, **config):
    rest = {"use_bias": True, "kernel_initializer": GLOROT, "bias_initializer": ZEROS,
            "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
            "kernel_constraint": None, "bias_constraint": None}  # fmt: skip
    return layer("Dense", name, *calls, units=units, **{"activation": "linear", **rest, **config})


def functional(entries, inputs, outputs, name="model"):
    config = {"name": name, "trainable": True, "layers": entries, "output_layers": outputs}
    config["input_layers"] = [[one, 0, 0] for one in inputs]
    return {"class_name": "Functional", "config": config}


def write(path, config, weights, training=None, optimizer=()):
    """Write a file: `weights` is layer -> {name: array}."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.11.0", b"tensorflow"
        group = file
        if config is not None:
            file.attrs["model_config"] = json.dumps({**config, **BACKEND}).encode()
            group = file.create_group("model_weights")
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        group.attrs["layer_names"] = [name.encode() for name in weights]
        group.attrs["keras_version"] = b"2.11.0"
        for name, arrays in weights.items():
            write_arrays(group.create_group(name), arrays)
        if optimizer:
            write_arrays(file.create_group("optimizer_weights"), dict(optimizer))


def write_arrays(group, arrays):
    group.attrs["weight_names"] = [name.encode() for name in arrays]
    for name, array in arrays.items():
        group.create_dataset(name, data=array)


def dense_weights(name, inputs, units, seed):
    rng = np.random.default_rng(seed)
    return {
        f"{name}/kernel:0": rng.random((inputs, units), "float32"),
        f"{name}/bias:0": rng.random(units, "float32"),
    }
