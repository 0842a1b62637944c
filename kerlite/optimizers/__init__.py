"""Optimizers: Keras's arguments, torch's fused kernels.

Anything that trains can be given as an optimizer: a name ("adam"), one of the objects below, a
`torch.optim` optimizer over the model's parameters, its class or a partial of it, a torch
learning-rate scheduler.
"""

from kerlite.optimizers import schedules as schedules
from kerlite.optimizers.adam import Adam as Adam
from kerlite.optimizers.adamw import AdamW as AdamW
from kerlite.optimizers.base import Optimizer as Optimizer
from kerlite.optimizers.lookup import deserialize as deserialize
from kerlite.optimizers.lookup import get as get
from kerlite.optimizers.lookup import serialize as serialize
from kerlite.optimizers.rmsprop import RMSprop as RMSprop
from kerlite.optimizers.sgd import SGD as SGD
from kerlite.optimizers.torch_optimizer import TorchOptimizer as TorchOptimizer

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "TorchOptimizer",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
