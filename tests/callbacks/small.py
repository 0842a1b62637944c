"""A small model and its data, for callbacks at work in a real `fit`."""

import numpy as np
import torch

import kerlite
from kerlite import layers
from kerlite.optimizers import LossScaleOptimizer


def data(rows=64, columns=4):
    x = np.random.default_rng(0).normal(size=(rows, columns)).astype("float32")
    return x, x.sum(axis=1, keepdims=True)


def model(optimizer="sgd", dropout=0.0, metrics=(), **settings):
    """Two Dense layers and perhaps a Dropout, always with the same weights."""
    kerlite.utils.set_random_seed(0)
    parts = [kerlite.Input((4,)), layers.Dense(8, "relu", name="low")]
    parts += [layers.Dropout(dropout, seed=1)] if dropout else []
    half = "mixed_float16" if isinstance(optimizer, LossScaleOptimizer) else None
    built = kerlite.Sequential([*parts, layers.Dense(1, name="top", dtype=half)])
    built.compile(optimizer, "mse", metrics=list(metrics), **settings)
    return built


def trainer(optimizer="sgd"):
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    made = kerlite.Trainer(module)
    made.compile(optimizer, "mse")
    return made


def weights(model):
    """Return a copy of a model's weights by name."""
    module = getattr(model, "module", model)
    return {name: value.clone() for name, value in module.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
