"""Files as somebody who means harm would make them."""

from __future__ import annotations

import copy
import json
import zipfile

import kerlite
from kerlite import layers

REFERENCES = [
    ("os", "system"), ("subprocess", "Popen"), ("builtins", "eval"), ("canary_module", "run"),
    ("posix", "system"), ("nt", "system"), ("torch", "load"), ("torch.hub", "load"),
    ("torch.nn.modules.linear", "Linear"), ("numpy", "load"), ("pickle", "loads"),
    ("kerlite.utils", "get_file"), ("keras.utils", "get_file"), ("keras.src.utils", "get_file"),
    ("kerlite.saving", "load_model"), ("keras.saving", "load_model"),
    ("keras.models", "load_model"),
    ("kerlite.saving", "from_state_dict"), ("kerlite.saving", "save_model"),
    ("kerlite.saving.file_editor", "KerasFileEditor"), ("kerlite.ops", "map"),
    ("kerlite.callbacks", "ModelCheckpoint"), ("keras.callbacks", "CSVLogger"),
    ("kerlite.saving.checkpoint_folder", "CheckpointFolder"), ("keras.config", "set_floatx"),
    ("keras.config", "enable_unsafe_deserialization"), ("keras.models", "clone_model"),
    ("kerlite.data.generator", "open"), ("keras.layers", "TFSMLayer"), ("keras", "device"),
    ("keras.src.ops.numpy", "load"), ("keras.layers.core", "__class__"), ("", "os"),
]  # fmt: skip
ARGUMENT = "touch canary_was_here"


def as_class(module, name):
    return {
        "module": module,
        "class_name": name,
        "config": {"command": ARGUMENT, "filepath": ARGUMENT},
        "registered_name": None,
    }


def as_function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def as_registered(module, name):
    return {**as_class(module, name), "registered_name": f"{module}>{name}"}


def model():
    """A compiled model with a layer, a wrapper, a Lambda and an operation."""
    x = kerlite.Input((5, 4), name="x")
    y = layers.TimeDistributed(layers.Dense(3, name="inner"), name="each")(x)
    y = layers.RNN(layers.SimpleRNNCell(3, name="cell"), name="rnn")(y)
    y = layers.Lambda(kerlite.activations.relu, name="code")(y)
    y = layers.Dense(2, activation="relu", name="dense")(y)
    made = kerlite.Model(x, kerlite.ops.sum(y, axis=1), name="victim")
    made.compile(kerlite.optimizers.Adam(0.1), loss="mse", metrics=["mae"])
    return made


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, **contents):
    """Write a `.keras` file again, with other members (config, metadata) in it."""
    held = members(path)
    for name, value in contents.items():
        held[f"{name}.json"] = value if isinstance(value, (bytes, str)) else json.dumps(value)
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in held.items():
            archive.writestr(name, value)


def config_of(path):
    return json.loads(members(path)["config.json"])


def layer(config, name):
    """Return the entry of a layer in the config of a model."""
    named = (one for one in config["config"]["layers"] if one["name"].rstrip("_0123456789") == name)
    return next(named)


def placed(config, where, evil):
    """Return the config with something else at a place: a layer's name, then keys."""
    config = copy.deepcopy(config)
    start, *keys = where
    thing = config if start == "model" else layer(config, start)
    for key in keys[:-1]:
        thing = thing[key]
    if keys:
        thing[keys[-1]] = evil
    else:
        kept = {key: thing[key] for key in ("name", "inbound_nodes")}
        thing.clear()
        thing.update({**evil, **kept} if isinstance(evil, dict) else {"class_name": evil, **kept})
    return config


PLACES = {
    "layer": ("dense",),
    "wrapped_layer": ("each", "config", "layer"),
    "cell": ("rnn", "config", "cell"),
    "function_of_lambda": ("code", "config", "function"),
    "shape_of_lambda": ("code", "config", "output_shape"),
    "mask_of_lambda": ("code", "config", "mask"),
    "arguments_of_lambda": ("code", "config", "arguments"),
    "activation": ("dense", "config", "activation"),
    "initializer": ("dense", "config", "kernel_initializer"),
    "regularizer": ("dense", "config", "kernel_regularizer"),
    "constraint": ("dense", "config", "bias_constraint"),
    "dtype": ("dense", "config", "dtype"),
    "inbound_argument": ("dense", "inbound_nodes", 0, "args", 0),
    "inbound_keyword": ("dense", "inbound_nodes", 0, "kwargs", "mask"),
    "operation": ("sum",),
    "option_of_operation": ("sum", "config", "axis"),
    "input_of_operation": ("sum", "inbound_nodes", 0, "args", 0),
    "build_config": ("dense", "build_config", "input_shape"),
    "optimizer": ("model", "compile_config", "optimizer"),
    "learning_rate": ("model", "compile_config", "optimizer", "config", "learning_rate"),
    "loss": ("model", "compile_config", "loss"),
    "losses": ("model", "compile_config", "loss_weights"),
    "metric": ("model", "compile_config", "metrics", 0),
    "weighted_metric": ("model", "compile_config", "weighted_metrics"),
    "model": ("model", "config", "layers", 0),
}


def write(path, held):
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in held.items():
            archive.writestr(name, value)
