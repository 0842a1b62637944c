"""What the contract tests go over: every public class, and how to make one of each."""

import importlib
import inspect
from typing import Any

import torch

from kerlite.core.registry import register_keras_serializable
from kerlite.layers import LSTM, Dense, LSTMCell
from kerlite.optimizers import SGD, OptimizerMap

NAMESPACES = [
    "kerlite",
    "kerlite.activations",
    "kerlite.applications",
    "kerlite.backend",
    "kerlite.callbacks",
    "kerlite.config",
    "kerlite.constraints",
    "kerlite.data",
    "kerlite.dtype_policies",
    "kerlite.errors",
    "kerlite.initializers",
    "kerlite.layers",
    "kerlite.losses",
    "kerlite.metrics",
    "kerlite.mixed_precision",
    "kerlite.models",
    "kerlite.ops",
    "kerlite.ops.image",
    "kerlite.ops.linalg",
    "kerlite.ops.nn",
    "kerlite.ops.numpy",
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
    "kerlite.dtype_policies",
    "kerlite.initializers",
    "kerlite.layers",
    "kerlite.losses",
    "kerlite.metrics",
    "kerlite.mixed_precision",
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


# The fewest arguments that make an object, for the classes that need any; a function of the dtype
# where a layer is among them: every object shall have one of its own, of the same dtype.
ARGUMENTS: dict[str, Any] = {
    "kerlite.callbacks.BackupAndRestore": {"backup_dir": "backup"},
    "kerlite.callbacks.CSVLogger": {"filename": "log.csv"},
    "kerlite.callbacks.ExperimentLogger": {"tracker": "mlflow"},
    "kerlite.callbacks.FineTune": {"unfreeze_at": 1},
    "kerlite.callbacks.LearningRateScheduler": {"schedule": double},
    "kerlite.callbacks.ModelCheckpoint": {"filepath": "best.keras"},
    "kerlite.callbacks.OneCycle": {"max_learning_rate": 0.1},
    "kerlite.callbacks.OptunaPruning": {"trial": None},
    "kerlite.callbacks.PlotHistory": {"filename": "curves.png"},
    "kerlite.callbacks.Profiler": {"filename": "trace.json"},
    "kerlite.dtype_policies.Int4DTypePolicy": {"mode": "int4/128"},
    "kerlite.layers.Activation": {"activation": "relu"},
    "kerlite.layers.AdaptiveAveragePooling1D": {"output_size": 2},
    "kerlite.layers.AdaptiveAveragePooling2D": {"output_size": 2},
    "kerlite.layers.AdaptiveAveragePooling3D": {"output_size": 2},
    "kerlite.layers.AdaptiveMaxPooling1D": {"output_size": 2},
    "kerlite.layers.AdaptiveMaxPooling2D": {"output_size": 2},
    "kerlite.layers.AdaptiveMaxPooling3D": {"output_size": 2},
    "kerlite.layers.AlphaDropout": {"rate": 0.5},
    "kerlite.layers.AveragePooling1D": {"pool_size": 2},
    "kerlite.layers.AveragePooling2D": {"pool_size": 2},
    "kerlite.layers.AveragePooling3D": {"pool_size": 2},
    "kerlite.layers.Bidirectional": lambda **dtype: {"layer": LSTM(4, **dtype)},
    "kerlite.layers.Conv1D": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.Conv1DTranspose": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.Conv2D": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.Conv2DTranspose": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.Conv3D": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.Conv3DTranspose": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.ConvLSTM1D": {"filters": 4, "kernel_size": 2},
    "kerlite.layers.ConvLSTM2D": {"filters": 4, "kernel_size": 2},
    "kerlite.layers.ConvLSTM3D": {"filters": 4, "kernel_size": 2},
    "kerlite.layers.Dense": {"units": 4},
    "kerlite.layers.DepthwiseConv1D": {"kernel_size": 3},
    "kerlite.layers.DepthwiseConv2D": {"kernel_size": 3},
    "kerlite.layers.Dot": {"axes": 1},
    "kerlite.layers.Dropout": {"rate": 0.5},
    "kerlite.layers.EinsumDense": {"equation": "ab,bc->ac", "output_shape": 3},
    "kerlite.layers.Embedding": {"input_dim": 8, "output_dim": 4},
    "kerlite.layers.GRU": {"units": 4},
    "kerlite.layers.GRUCell": {"units": 4},
    "kerlite.layers.GaussianDropout": {"rate": 0.5},
    "kerlite.layers.GaussianNoise": {"stddev": 0.5},
    "kerlite.layers.GroupNormalization": {"groups": 2},
    "kerlite.layers.GroupQueryAttention": {
        "head_dim": 2,
        "num_query_heads": 4,
        "num_key_value_heads": 2,
    },
    "kerlite.layers.InputLayer": {"shape": (4,)},
    "kerlite.layers.LSTM": {"units": 4},
    "kerlite.layers.LSTMCell": {"units": 4},
    "kerlite.layers.Lambda": {"function": double},
    "kerlite.layers.MultiHeadAttention": {"num_heads": 2, "key_dim": 4},
    "kerlite.layers.Permute": {"dims": (2, 1)},
    "kerlite.layers.RNN": lambda **dtype: {"cell": LSTMCell(4, **dtype)},
    "kerlite.layers.Rescaling": {"scale": 2.0},
    "kerlite.layers.RepeatVector": {"n": 3},
    "kerlite.layers.Reshape": {"target_shape": (2, 2)},
    "kerlite.layers.ReversibleEmbedding": {"input_dim": 8, "output_dim": 4},
    "kerlite.layers.SeparableConv1D": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.SeparableConv2D": {"filters": 4, "kernel_size": 3},
    "kerlite.layers.SimpleRNN": {"units": 4},
    "kerlite.layers.SimpleRNNCell": {"units": 4},
    "kerlite.layers.SpatialDropout1D": {"rate": 0.5},
    "kerlite.layers.SpatialDropout2D": {"rate": 0.5},
    "kerlite.layers.SpatialDropout3D": {"rate": 0.5},
    "kerlite.layers.SpectralNormalization": lambda **dtype: {"layer": Dense(3, **dtype)},
    "kerlite.layers.StackedRNNCells": lambda **dtype: {"cells": [LSTMCell(4, **dtype)]},
    "kerlite.layers.TimeDistributed": lambda **dtype: {"layer": Dense(3, **dtype)},
    "kerlite.layers.TorchModuleWrapper": {"module": Plain(4, 3)},
    "kerlite.layers.Wrapper": lambda **dtype: {"layer": Dense(3, **dtype)},
    "kerlite.metrics.IoU": {"num_classes": 3, "target_class_ids": [0, 2]},
    "kerlite.metrics.MeanIoU": {"num_classes": 3},
    "kerlite.metrics.MeanMetricWrapper": {"fn": distance},
    "kerlite.metrics.OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 2]},
    "kerlite.metrics.OneHotMeanIoU": {"num_classes": 3},
    "kerlite.metrics.PrecisionAtRecall": {"recall": 0.5},
    "kerlite.metrics.RecallAtPrecision": {"precision": 0.5},
    "kerlite.metrics.SensitivityAtSpecificity": {"specificity": 0.5},
    "kerlite.metrics.SpecificityAtSensitivity": {"sensitivity": 0.5},
    "kerlite.optimizers.LossScaleOptimizer": {"inner_optimizer": SGD()},
    "kerlite.optimizers.MultiOptimizer": {"optimizer_map": OptimizerMap(SGD())},
    "kerlite.optimizers.Optimizer": {"learning_rate": 0.1},
    "kerlite.optimizers.OptimizerMap": {"default_optimizer": SGD()},
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
    "kerlite.optimizers.schedules.OneCycle": {"max_learning_rate": 0.1, "total_steps": 10},
    "kerlite.optimizers.schedules.PiecewiseConstantDecay": {
        "boundaries": [10],
        "values": [0.1, 0.01],
    },
    "kerlite.optimizers.schedules.PolynomialDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
    },
    "kerlite.optimizers.schedules.WarmupCosine": {"max_learning_rate": 0.1, "total_steps": 10},
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


def arguments(path, **dtype):
    """Return the arguments that make an object of the public class at `path`."""
    given = ARGUMENTS.get(path, {})
    return {**(given(**dtype) if callable(given) else given), **dtype}


def make(path):
    """Return an object of the public class at `path`."""
    namespace, _, name = path.rpartition(".")
    cls = getattr(importlib.import_module(namespace), name)
    return cls(**arguments(path))
