"""What the contract tests go over: every public class, and how to make one of each."""

import importlib
import inspect
from typing import Any

import torch

from kerlite.core.registry import register_keras_serializable

NAMESPACES = [
    "kerlite",
    "kerlite.activations",
    "kerlite.callbacks",
    "kerlite.config",
    "kerlite.constraints",
    "kerlite.data",
    "kerlite.initializers",
    "kerlite.layers",
    "kerlite.losses",
    "kerlite.metrics",
    "kerlite.models",
    "kerlite.optimizers",
    "kerlite.optimizers.schedules",
    "kerlite.random",
    "kerlite.regularizers",
    "kerlite.saving",
    "kerlite.tree",
    "kerlite.utils",
]

CLASSES_IN = [
    "kerlite.callbacks",
    "kerlite.constraints",
    "kerlite.initializers",
    "kerlite.layers",
    "kerlite.losses",
    "kerlite.metrics",
    "kerlite.optimizers",
    "kerlite.optimizers.schedules",
    "kerlite.regularizers",
]


@register_keras_serializable(package="contracts")
def double(x):
    return 2 * x


@register_keras_serializable(package="contracts")
class Plain(torch.nn.Linear):
    def get_config(self):
        return {"in_features": self.in_features, "out_features": self.out_features}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register_keras_serializable(package="contracts")
def distance(y_true, y_pred):
    return (y_true - y_pred).abs()


# The fewest arguments that make an object, for the classes that need any.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "kerlite.callbacks.CSVLogger": {"filename": "log.csv"},
    "kerlite.callbacks.LearningRateScheduler": {"schedule": double},
    "kerlite.callbacks.ModelCheckpoint": {"filepath": "best.keras"},
    "kerlite.layers.Activation": {"activation": "relu"},
    "kerlite.layers.AveragePooling2D": {"pool_size": 2},
    "kerlite.layers.Conv2D": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.Dense": {"units": 4},
    "kerlite.layers.Dropout": {"rate": 0.5},
    "kerlite.layers.Embedding": {"input_dim": 8, "output_dim": 4},
    "kerlite.layers.InputLayer": {"shape": (4,)},
    "kerlite.layers.Lambda": {"function": double},
    "kerlite.layers.Permute": {"dims": (2, 1)},
    "kerlite.layers.Rescaling": {"scale": 2.0},
    "kerlite.layers.Reshape": {"target_shape": (2, 2)},
    "kerlite.layers.TorchModuleWrapper": {"module": Plain(4, 3)},
    "kerlite.metrics.MeanMetricWrapper": {"fn": distance},
    "kerlite.optimizers.Optimizer": {"learning_rate": 0.1},
    "kerlite.optimizers.TorchOptimizer": {"optimizer": torch.optim.Adam},
    "kerlite.optimizers.schedules.CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "kerlite.optimizers.schedules.CosineDecayRestarts": {
        "initial_learning_rate": 0.1,
        "first_decay_steps": 10,
    },
    "kerlite.optimizers.schedules.ExponentialDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
        "decay_rate": 0.5,
    },
    "kerlite.optimizers.schedules.InverseTimeDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
        "decay_rate": 0.5,
    },
    "kerlite.optimizers.schedules.PiecewiseConstantDecay": {
        "boundaries": [10],
        "values": [0.1, 0.01],
    },
    "kerlite.optimizers.schedules.PolynomialDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
    },
}


def public_classes(namespaces=tuple(CLASSES_IN)):
    """Return path -> class for every public class, an alias left out."""
    found: dict[type, str] = {}
    for namespace in namespaces:
        module = importlib.import_module(namespace)
        for name in module.__all__:
            obj = getattr(module, name)
            if inspect.isclass(obj) and (obj not in found or name == obj.__name__):
                found[obj] = f"{namespace}.{name}"
    return {path: cls for cls, path in sorted(found.items(), key=lambda item: item[1])}


def init_parameters(cls):
    """Return the named parameters of `__init__`."""
    return [
        parameter
        for name, parameter in inspect.signature(cls.__init__).parameters.items()
        if name != "self"
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]


def make(path):
    """Return an object of the public class at `path`."""
    namespace, _, name = path.rpartition(".")
    cls = getattr(importlib.import_module(namespace), name)
    return cls(**ARGUMENTS.get(path, {}))
