"""Python's operators and torch's functions as files name them: as operations of `kerlite.ops`."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch.nn import functional as F

import kerlite.ops  # noqa: F401 - registers the operations themselves
from kerlite.core.op_forms import write_as

__all__: list[str] = []

_DIM: dict[str, tuple[str, Any]] = {"dim": ("axis", None)}
_AXIS = {**_DIM, "keepdim": ("keepdims", False)}
_FROM_0: dict[str, tuple[str, Any]] = {"dim": ("axis", 0)}

# Keras's class -> Python's operator, torch's functions, names of tensor methods
_PLAIN: dict[str, tuple[Any, ...]] = {
    "Add": (operator.add, torch.add, "add"),
    "Subtract": (operator.sub, torch.sub, torch.subtract, "sub", "subtract"),
    "Multiply": (operator.mul, torch.mul, torch.multiply, "mul", "multiply"),
    "TrueDivide": (operator.truediv, torch.true_divide, torch.div, "div", "true_divide"),
    "FloorDivide": (operator.floordiv, torch.floor_divide, "floor_divide"),
    "Mod": (operator.mod, torch.remainder, "remainder"),
    "Power": (operator.pow, torch.pow, "pow"),
    "Matmul": (operator.matmul, torch.matmul, "matmul"),
    "LogicalAnd": (operator.and_, torch.logical_and, "logical_and"),
    "LogicalOr": (operator.or_, torch.logical_or, "logical_or"),
    "LogicalXor": (operator.xor, torch.logical_xor, "logical_xor"),
    "Less": (operator.lt, torch.lt, torch.less, "lt", "less"),
    "LessEqual": (operator.le, torch.le, torch.less_equal, "le", "less_equal"),
    "Greater": (operator.gt, torch.gt, torch.greater, "gt", "greater"),
    "GreaterEqual": (operator.ge, torch.ge, torch.greater_equal, "ge", "greater_equal"),
    "Equal": (operator.eq, torch.eq, "eq"),
    "NotEqual": (operator.ne, torch.ne, torch.not_equal, "ne", "not_equal"),
    "GetItem": (operator.getitem,),
    "Maximum": (torch.maximum, torch.clamp_min, "maximum", "clamp_min"),
    "Minimum": (torch.minimum, torch.clamp_max, "minimum", "clamp_max"),
    "Negative": (operator.neg, torch.neg, torch.negative, "neg", "negative"),
    "Absolute": (torch.abs, torch.absolute, "abs", "absolute"),
    "LogicalNot": (operator.invert, torch.logical_not, "logical_not"),
    "Exp": (torch.exp, "exp"),
    "Expm1": (torch.expm1, "expm1"),
    "Log": (torch.log, "log"),
    "Log1p": (torch.log1p, "log1p"),
    "Sqrt": (torch.sqrt, "sqrt"),
    "Square": (torch.square, "square"),
    "Sin": (torch.sin, "sin"),
    "Cos": (torch.cos, "cos"),
    "Tanh": (torch.tanh, F.tanh, "tanh"),
    "Floor": (torch.floor, "floor"),
    "Ceil": (torch.ceil, "ceil"),
    "Sign": (torch.sign, "sign"),
    "Reciprocal": (torch.reciprocal, "reciprocal"),
    "Rsqrt": (torch.rsqrt, "rsqrt"),
    "Erf": (torch.erf, "erf"),
    "Relu": (F.relu, torch.relu, "relu"),
    "Sigmoid": (torch.sigmoid, F.sigmoid, "sigmoid"),
    "Softplus": (F.softplus,),
    "Softsign": (F.softsign,),
    "Silu": (F.silu,),
}

for _class, _targets in _PLAIN.items():
    write_as(_class, *_targets)
write_as("Mean", torch.mean, "mean", options=_AXIS)
write_as("Sum", torch.sum, "sum", options=_AXIS)
write_as("Max", torch.amax, "amax", options=_AXIS)
write_as("Min", torch.amin, "amin", options=_AXIS)
write_as("Softmax", torch.softmax, F.softmax, "softmax", options=_DIM)
write_as("LogSoftmax", torch.log_softmax, F.log_softmax, "log_softmax", options=_DIM)
write_as("ExpandDims", torch.unsqueeze, "unsqueeze", options=_DIM)
write_as("Squeeze", torch.squeeze, "squeeze", options=_DIM)
write_as("Concatenate", torch.cat, torch.concat, torch.concatenate, options=_FROM_0)
write_as("Stack", torch.stack, options=_FROM_0)
write_as("Cast", "to", options={"dtype": ("dtype", None)})
write_as(
    "Reshape", torch.reshape, "reshape", "view",
    options={"shape": ("newshape", None)}, sequence=True,
)  # fmt: skip
write_as("Transpose", torch.permute, "permute", options={"dims": ("axes", None)}, sequence=True)
