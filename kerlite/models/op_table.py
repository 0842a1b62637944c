"""The functions and operators that a functional model can be saved with."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch.nn import functional as F

from kerlite.core import dtypes
from kerlite.core.op_forms import register_op

__all__: list[str] = []

_AXIS = {"dim": ("axis", None), "keepdim": ("keepdims", False)}

# Keras's class, Python's operator, torch's functions, names of tensor methods
_BINARY: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("Add", operator.add, (torch.add, "add")),
    ("Subtract", operator.sub, (torch.sub, torch.subtract, "sub", "subtract")),
    ("Multiply", operator.mul, (torch.mul, torch.multiply, "mul", "multiply")),
    ("TrueDivide", operator.truediv, (torch.true_divide, torch.div, "div", "true_divide")),
    ("FloorDivide", operator.floordiv, (torch.floor_divide, "floor_divide")),
    ("Mod", operator.mod, (torch.remainder, "remainder")),
    ("Power", operator.pow, (torch.pow, "pow")),
    ("Matmul", operator.matmul, (torch.matmul, "matmul")),
    ("LogicalAnd", operator.and_, (torch.logical_and, "logical_and")),
    ("LogicalOr", operator.or_, (torch.logical_or, "logical_or")),
    ("LogicalXor", operator.xor, (torch.logical_xor, "logical_xor")),
    ("Less", operator.lt, (torch.lt, torch.less, "lt", "less")),
    ("LessEqual", operator.le, (torch.le, torch.less_equal, "le", "less_equal")),
    ("Greater", operator.gt, (torch.gt, torch.greater, "gt", "greater")),
    ("GreaterEqual", operator.ge, (torch.ge, torch.greater_equal, "ge", "greater_equal")),
    ("Equal", operator.eq, (torch.eq, "eq")),
    ("NotEqual", operator.ne, (torch.ne, torch.not_equal, "ne", "not_equal")),
]

_UNARY: list[tuple[str, str, Any, tuple[Any, ...]]] = [
    ("numpy", "Negative", operator.neg, (torch.neg, torch.negative, "neg", "negative")),
    ("numpy", "Absolute", torch.abs, (torch.absolute, "abs", "absolute")),
    ("numpy", "LogicalNot", torch.logical_not, (operator.invert, "logical_not")),
    ("numpy", "Exp", torch.exp, ("exp",)),
    ("numpy", "Expm1", torch.expm1, ("expm1",)),
    ("numpy", "Log", torch.log, ("log",)),
    ("numpy", "Log1p", torch.log1p, ("log1p",)),
    ("numpy", "Sqrt", torch.sqrt, ("sqrt",)),
    ("numpy", "Square", torch.square, ("square",)),
    ("numpy", "Sin", torch.sin, ("sin",)),
    ("numpy", "Cos", torch.cos, ("cos",)),
    ("numpy", "Tanh", torch.tanh, (F.tanh, "tanh")),
    ("numpy", "Floor", torch.floor, ("floor",)),
    ("numpy", "Ceil", torch.ceil, ("ceil",)),
    ("numpy", "Sign", torch.sign, ("sign",)),
    ("numpy", "Reciprocal", torch.reciprocal, ("reciprocal",)),
    ("math", "Rsqrt", torch.rsqrt, ("rsqrt",)),
    ("math", "Erf", torch.erf, ("erf",)),
    ("nn", "Relu", F.relu, (torch.relu, "relu")),
    ("nn", "Sigmoid", torch.sigmoid, (F.sigmoid, "sigmoid")),
    ("nn", "Softplus", F.softplus, ()),
    ("nn", "Softsign", F.softsign, ()),
    ("nn", "Silu", F.silu, ()),
]

_WITH_OPTIONS: list[tuple[str, str, Any, dict[str, tuple[str, Any]], tuple[Any, ...]]] = [
    ("numpy", "Mean", torch.mean, _AXIS, ("mean",)),
    ("numpy", "Sum", torch.sum, _AXIS, ("sum",)),
    ("numpy", "Max", torch.amax, _AXIS, ("amax",)),
    ("numpy", "Min", torch.amin, _AXIS, ("amin",)),
    ("nn", "Softmax", torch.softmax, {"dim": ("axis", None)}, (F.softmax, "softmax")),
    ("nn", "LogSoftmax", torch.log_softmax, {"dim": ("axis", None)},
     (F.log_softmax, "log_softmax")),
    ("numpy", "ExpandDims", torch.unsqueeze, {"dim": ("axis", None)}, ("unsqueeze",)),
    ("numpy", "Squeeze", torch.squeeze, {"dim": ("axis", None)}, ("squeeze",)),
    ("numpy", "Concatenate", torch.cat, {"dim": ("axis", 0)}, (torch.concat, torch.concatenate)),
    ("numpy", "Stack", torch.stack, {"dim": ("axis", 0)}, ()),
]  # fmt: skip


def _get_item(x: Any, key: Any) -> Any:
    return x[tuple(key) if isinstance(key, list) else key]  # a file has lists for tuples


def _maximum(x: Any, y: Any) -> Any:
    return torch.maximum(x, y) if _are_tensors(x, y) else torch.clamp_min(*_tensor_first(x, y))


def _minimum(x: Any, y: Any) -> Any:
    return torch.minimum(x, y) if _are_tensors(x, y) else torch.clamp_max(*_tensor_first(x, y))


def _are_tensors(*values: Any) -> bool:
    return not any(isinstance(value, (bool, int, float)) for value in values)


def _tensor_first(x: Any, y: Any) -> tuple[Any, Any]:
    return (y, x) if isinstance(x, (bool, int, float)) else (x, y)


def _cast(x: Any, dtype: str) -> Any:
    return x.to(dtypes.to_torch_dtype(dtype))


def _transpose(x: Any, dims: Any = None) -> Any:
    return x.permute(*(dims or range(x.ndim)[::-1]))


for _class, _function, _targets in _BINARY:
    register_op(_function, _class, inputs=2, targets=_targets)
for _module, _class, _function, _targets in _UNARY:
    register_op(_function, _class, _module, targets=_targets)
for _module, _class, _function, _options, _targets in _WITH_OPTIONS:
    register_op(_function, _class, _module, options=_options, targets=_targets)
register_op(_get_item, "GetItem", inputs=2, targets=(operator.getitem,))
register_op(
    _maximum, "Maximum", inputs=2, targets=(torch.maximum, torch.clamp_min, "maximum", "clamp_min")
)
register_op(
    _minimum, "Minimum", inputs=2, targets=(torch.minimum, torch.clamp_max, "minimum", "clamp_max")
)
register_op(_cast, "Cast", "core", options={"dtype": ("dtype", None)}, targets=("to",))
register_op(
    torch.reshape, "Reshape", options={"shape": ("newshape", None)}, sequence=True,
    targets=("reshape", "view"),
)  # fmt: skip
register_op(
    _transpose, "Transpose", options={"dims": ("axes", None)}, sequence=True,
    targets=(torch.permute, "permute"),
)  # fmt: skip
