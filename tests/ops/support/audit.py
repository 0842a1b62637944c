"""Makes the calls of the audit out of its table, and judges what an operation gives."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import inspect
import itertools
import random
import warnings

import keras
import numpy as np
import torch

from kerlite import ops
from tests.ops.support.audit_calls import BINARY, CALLS, REDUCTIONS, UNARY, T, call, t

__all__ = ["attempt", "base_calls", "compare", "made", "variants"]

DTYPES = ("float32", "int32", "float64", "float16", "bfloat16", "bool", "int64", "uint8", "int8")
SHAPES = [(2, 3), (3,), (), (2, 3, 4), (2, 1, 3, 2), (0, 3), (2, 0)]
PAIRS = [((2, 3), (2, 3)), ((2, 1), (1, 3)), ((3,), (2, 2, 3)), ((0, 3), (3,)), ((2, 3), (2, 1))]
AXES = {1: [0, -1], 2: [1, -2, (0, 1)], 3: [1, -1, (0, 2), (-1, 1)], 4: [2, (1, -1), (0, 1, 2)]}
ONE_AXIS = ("argmax", "argmin", "nanargmax", "nanargmin")
KINDS = ("tensor", "strided", "array", "list", "special")
INTEGERS = ("int32", "int64", "bool", "uint8", "int8")
# Where Keras on torch is known to be wrong (docs/guides/operations.md), or both are right.
BY_NUMPY = {"clip", "correlate", "count_nonzero", "heaviside", "nancumprod", "nancumsum",
            "nanmedian", "nextafter", "pad", "sign", "size"}  # fmt: skip
EXCUSED = {
    "median": ["special"],  # test_quantiles.py has the infinities
    "argpartition": ["any"], "nonzero": ["any"], "sparsemax": ["any"], "unique": ["any"],
    "average_pool": INTEGERS, "layer_normalization": INTEGERS, "log_softmax": INTEGERS,
    "rms_normalization": INTEGERS, "softmax": INTEGERS, "einsum": INTEGERS, "polar": ["float16"],
    "bitwise_left_shift": ["bool"], "bitwise_right_shift": ["bool"], "left_shift": ["bool"],
    "right_shift": ["bool"], "get_item": ["list"], "saturate_cast": ["special"],
    "geomspace": ["special"], "sparse_plus": ["uint8"], "sparse_sigmoid": ["uint8"],
    "correlate": ["bool"], "hypot": ["bool"], "nextafter": INTEGERS,
    "conv_transpose": ["float16"], "sparse_categorical_crossentropy": ["float16"],
}  # fmt: skip
NOT_NUMPYS = {"where", "unique", "select"}  # of another meaning there
_SPECIAL = (float("nan"), float("inf"), -float("inf"), -0.0)
_REFUSALS = (ValueError, TypeError, OverflowError, torch.linalg.LinAlgError)
_LOOSE = {"float16": 2e-3, "bfloat16": 2e-2}


def base_calls(name):
    """Return the calls of an operation, of all shapes and options in the table."""
    if name in UNARY:
        return [call(t(*shape, low=UNARY[name][0], high=UNARY[name][1])) for shape in SHAPES]
    if name in BINARY:
        return [call(t(*one), t(*other)) for one, other in PAIRS] + [call(t(2, 3), 2)]
    if name in REDUCTIONS:
        return [call(t(2, 3)), call(t()), call(t(2, 3, 4)), *_reductions(name)]
    return CALLS[name]


def _reductions(name):
    keepdims = "keepdims" in inspect.signature(getattr(ops, name)).parameters
    for shape in ((3,), (2, 3), (2, 3, 4), (2, 1, 3, 2), (2, 0, 3)):
        for number, axis in enumerate(AXES[len(shape)]):
            if not (isinstance(axis, tuple) and (name in ONE_AXIS or 0 in shape)):
                yield call(
                    t(*shape), axis=axis, **({"keepdims": number % 2 == 0} if keepdims else {})
                )


def variants(name, sample=None):
    """Return (call, number type, kind of argument); `sample` of them, the same ones every time."""
    found = [
        (one, dtype, kind)
        for one, dtype, kind in itertools.product(base_calls(name), DTYPES, KINDS)
        if kind == "tensor" or _is_worth(one, dtype, kind)
    ]
    if sample is None or len(found) <= sample:
        return found
    return random.Random(name).sample(found, sample)


def _is_worth(one, dtype, kind):
    shapes = [leaf.shape for leaf in _stand_ins(one.args)]
    if kind == "strided":
        return any(len(shape) > 1 for shape in shapes)
    if kind == "special":
        return "float" in dtype and all(0 not in shape for shape in shapes)
    return dtype in ("float32", "int32", "bool") and dtype != "bfloat16" and bool(shapes)


def _stand_ins(args):
    if isinstance(args, T):
        return [args]
    if isinstance(args, (list, tuple)):
        return [leaf for arg in args for leaf in _stand_ins(arg)]
    return []


def made(args, dtype, kind="tensor", seed=0, make=None):
    """Return a call's arguments with tensors, or what `make` makes of them, for the stand-ins."""
    rng = np.random.default_rng(seed)

    def one(arg):
        if isinstance(arg, T):
            x = _numbers(arg, dtype, kind, rng)
            return make(x) if make else x
        if type(arg) in (list, tuple):
            return type(arg)(one(item) for item in arg)
        return arg

    return one(args)


def _numbers(stand_in, dtype, kind, rng):
    dtype = stand_in.dtype or dtype
    unsigned = dtype in ("bool", "uint8") and stand_in.high > 0
    low = max(stand_in.low, 0) if unsigned else stand_in.low
    values = rng.uniform(low, stand_in.high, stand_in.shape)
    if stand_in.form == "sorted":
        values = np.sort(values)
    if stand_in.form == "spd":
        values = values @ values.swapaxes(-1, -2) + 3 * np.eye(values.shape[-1])
    x = torch.tensor(np.floor(values) if stand_in.dtype == "int32" else values)
    if not getattr(torch, dtype).is_floating_point and not getattr(torch, dtype).is_complex:
        x = x.floor() if stand_in.dtype else x.round()
    x = x.to(getattr(torch, dtype))
    if kind == "special" and x.is_floating_point() and stand_in.form is None and x.numel():
        x.view(-1)[: len(_SPECIAL)] = torch.tensor(_SPECIAL, dtype=x.dtype)[: x.numel()]
    if kind == "strided" and x.ndim > 1:
        x = torch.stack([x.mT, x.mT], -1)[..., 0].mT
    if kind in ("array", "list"):
        return x.numpy() if kind == "array" else x.tolist()
    return x


def compare(name, one, dtype, kind):
    """Return what is wrong with a call, None if nothing is.

    It gives what real Keras gives, or where that fails or is known to be wrong, what NumPy gives;
    what is refused is refused with a ValueError or a TypeError.
    """
    args = made(one.args, dtype, kind)
    theirs, failure = attempt(getattr(keras.ops, name), args, one.kwargs)
    ours, error = attempt(getattr(ops, name), args, one.kwargs)
    if error is not None:
        if not isinstance(error, _REFUSALS):
            return f"raises {type(error).__name__}: {error}"
        return None if failure is not None else f"refuses: {str(error)[:150]}"
    if {"any", dtype, kind} & set(EXCUSED.get(name, ())):
        return None
    if failure is not None or name in BY_NUMPY:
        return _unlike_numpy(name, args, one.kwargs, ours)
    return _difference(ours, theirs, dtype)


def _unlike_numpy(name, args, kwargs, ours):
    """Return how the values differ from NumPy's, in whose other number types lie no fault."""
    function = getattr(np, name, None)
    if function is None or name in NOT_NUMPYS or "bfloat16" in str(args):
        return None
    args = _plain(args)
    theirs, failure = attempt(function, args, {k: v for k, v in kwargs.items() if k != "dtype"})
    return None if failure is not None else _difference(ours, theirs, None)


def _plain(args):
    if isinstance(args, torch.Tensor):
        return args.numpy()
    return type(args)(map(_plain, args)) if type(args) in (list, tuple) else args


def attempt(function, args, kwargs):
    """Return (what a call gives, None), or (None, the error)."""
    with keras.device("cpu"), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*args, **kwargs), None
        except Exception as error:  # any: whatever Keras raises, it has no answer
            return None, error


def _difference(ours, theirs, dtype):
    if isinstance(ours, (list, tuple)):
        if not isinstance(theirs, (list, tuple)) or len(ours) != len(theirs):
            return f"structure {type(ours).__name__}, Keras {type(theirs).__name__}"
        found = (_difference(one, other, dtype) for one, other in zip(ours, theirs, strict=True))
        return next((one for one in found if one), None)
    ours, theirs = (
        torch.as_tensor(np.array(x) if isinstance(x, np.ndarray) else x).detach()
        for x in (ours, theirs)
    )
    if ours.shape != theirs.shape:
        return f"shape {tuple(ours.shape)}, Keras {tuple(theirs.shape)}"
    typed = dtype is None or ours.dtype == theirs.dtype
    if not typed and not _kept_wide(ours.dtype, theirs.dtype, dtype):
        return f"dtype {ours.dtype}, Keras {theirs.dtype}"
    tolerance = _LOOSE.get(str(ours.dtype).removeprefix("torch."), 2e-5)
    if ours.is_complex() or theirs.is_complex():
        ours, theirs = ours.to(torch.complex128), theirs.to(torch.complex128)
    ours, theirs = (x if x.is_complex() else x.double() for x in (ours, theirs))
    if torch.allclose(ours, theirs, tolerance, tolerance, equal_nan=True):
        return None
    return f"values {ours.flatten()[:6].tolist()}, Keras {theirs.flatten()[:6].tolist()}"


def _tensor(x):
    # NumPy's results may be views that cannot be written to
    return torch.as_tensor(np.array(x) if isinstance(x, np.ndarray) else x).detach()


def _kept_wide(ours, theirs, dtype):
    """Return whether 64 bits stayed 64 bits, where Keras cuts them."""
    alike = ours.is_floating_point == theirs.is_floating_point
    return alike and "64" in dtype and ours.itemsize == 8 and theirs.itemsize <= 4
