"""Optimizers: Keras's arguments, torch's fused kernels.

Anything that trains can be given as an optimizer: a name ("adam"), one of the objects below, a
`torch.optim` optimizer over the model's parameters, its class or a partial of it, a torch
learning-rate scheduler.
"""

from kerlite.optimizers import schedules as schedules
from kerlite.optimizers.adadelta import Adadelta as Adadelta
from kerlite.optimizers.adafactor import Adafactor as Adafactor
from kerlite.optimizers.adagrad import Adagrad as Adagrad
from kerlite.optimizers.adam import Adam as Adam
from kerlite.optimizers.adamax import Adamax as Adamax
from kerlite.optimizers.adamw import AdamW as AdamW
from kerlite.optimizers.base import Optimizer as Optimizer
from kerlite.optimizers.ftrl import Ftrl as Ftrl
from kerlite.optimizers.lamb import Lamb as Lamb
from kerlite.optimizers.lion import Lion as Lion
from kerlite.optimizers.lookup import deserialize as deserialize
from kerlite.optimizers.lookup import get as get
from kerlite.optimizers.lookup import serialize as serialize
from kerlite.optimizers.loss_scale_optimizer import LossScaleOptimizer as LossScaleOptimizer
from kerlite.optimizers.multi_optimizer import MultiOptimizer as MultiOptimizer
from kerlite.optimizers.muon import Muon as Muon
from kerlite.optimizers.nadam import Nadam as Nadam
from kerlite.optimizers.optimizer_map import OptimizerMap as OptimizerMap
from kerlite.optimizers.rmsprop import RMSprop as RMSprop
from kerlite.optimizers.schedule_free_adamw import ScheduleFreeAdamW as ScheduleFreeAdamW
from kerlite.optimizers.sgd import SGD as SGD
from kerlite.optimizers.torch_optimizer import TorchOptimizer as TorchOptimizer

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "TorchOptimizer",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
