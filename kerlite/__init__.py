"""Write Keras, run PyTorch.

The names are Keras 3's; the objects behind them are PyTorch's: layers and models are
`torch.nn.Module`s, weights `torch.nn.Parameter`s, tensors `torch.Tensor`s.
"""

from __future__ import annotations

import importlib
from typing import Any

from kerlite.core.base_operation import Operation as Operation
from kerlite.core.config import device_scope as device
from kerlite.core.policy import DTypePolicy as DTypePolicy
from kerlite.core.random import SeedGenerator as SeedGenerator
from kerlite.core.tensor import KerasTensor as KerasTensor
from kerlite.core.variable import Variable as Variable
from kerlite.initializers import Initializer as Initializer
from kerlite.layers import Input as Input
from kerlite.layers import InputSpec as InputSpec
from kerlite.layers import Layer as Layer
from kerlite.losses import Loss as Loss
from kerlite.metrics import Metric as Metric
from kerlite.models import Model as Model
from kerlite.models import Sequential as Sequential
from kerlite.models.function import Function as Function
from kerlite.models.trainer import Trainer as Trainer
from kerlite.optimizers import Optimizer as Optimizer
from kerlite.regularizers import Regularizer as Regularizer

__version__ = "0.1.0"

_SUBPACKAGES = (
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "data",
    "dtype_policies",
    "errors",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "random",
    "regularizers",
    "saving",
    "tree",
    "utils",
)

__all__ = [
    "DTypePolicy",
    "Function",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Regularizer",
    "SeedGenerator",
    "Sequential",
    "Trainer",
    "Variable",
    "device",
]


def __getattr__(name: str) -> Any:
    """Load a subpackage when it is first used."""
    if name in _SUBPACKAGES:
        return importlib.import_module(f"kerlite.{name}")
    raise AttributeError(f"module 'kerlite' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, subpackages that are not loaded yet included."""
    return sorted([*__all__, *_SUBPACKAGES, "__version__"])
