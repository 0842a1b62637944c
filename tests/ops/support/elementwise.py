"""Element-by-element operations, held against real Keras over shapes, number types and tools."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import importlib
import itertools
import warnings

import keras
import numpy as np
import torch

from tests.ops.support.compare import compiles, same, same_file_form, symbolic_is_eager

INTS = ("bool", "uint8", "int8", "int16", "int32", "int64")
FLOATS = ("float16", "bfloat16", "float32", "float64")
SPECIAL = [float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1.0, -1.0, 0.5, 1e-3, 88.0, -2.5]
PAIRS = [
    ("bool", "int32"), ("int32", "bool"), ("uint8", "int8"), ("int32", "int32"),
    ("int32", "float16"), ("int64", "float32"), ("float16", "bfloat16"), ("float16", "float16"),
    ("bfloat16", "bfloat16"), ("float32", "float32"), ("float32", "int16"),
]  # fmt: skip
_SHAPES = [(), (3,), (0, 3), (2, 3), (2, 1, 3), (2, 1, 2, 3)]
_BROADCAST = [((), ()), ((3,), ()), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0, 3), (3,)),
              ((2, 1, 3), (2, 2, 1, 3))]  # fmt: skip


def operation_of(module, name):
    """Return our operation of that name in kerlite.ops.numpy's module."""
    return getattr(importlib.import_module(f"kerlite.ops.numpy.{module}"), name)


def numbers(shape, dtype, low=-3.0, high=3.0, seed=0):
    """Return a tensor of random numbers in [low, high), negative ones for signed types only."""
    rng = np.random.default_rng(seed)
    low = max(low, 0.0) if dtype in ("bool", "uint8") else low
    values = torch.tensor(rng.uniform(low, high, shape))
    return values.round().to(getattr(torch, dtype)) if dtype in INTS else values.to(
        getattr(torch, dtype)
    )  # fmt: skip


def agrees(ours, name, *args, dtype=True, tolerance=1e-5, **kwargs):
    """Check that a call gives what real Keras's operation of that name gives."""
    with keras.device("cpu"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = getattr(keras.ops, name)(*args, **kwargs)
    same(ours(*args, **kwargs), theirs, tolerance, dtype)


def unary(ours, dtypes=INTS + FLOATS, low=-3.0, high=3.0, special=True, typed=True, **kwargs):
    """Check a function of one tensor: ranks, number types, NaN and infinities, layouts, lists."""
    name = ours.__name__
    for dtype, shape in itertools.product(dtypes, _SHAPES):
        x = numbers(shape, dtype, low, high)
        agrees(ours, name, x, dtype=typed or "64" not in dtype, **kwargs)
    strided = numbers((4, 6), dtypes[-1], low, high).T[::2]
    agrees(ours, name, strided, dtype=typed, **kwargs)
    agrees(ours, name, numbers((2, 3), dtypes[-2], low, high).tolist(), **kwargs)
    if special:
        for dtype in ("float16", "float32", "float64"):
            x = torch.tensor(SPECIAL, dtype=getattr(torch, dtype))
            agrees(ours, name, x, dtype=typed or dtype != "float64", **kwargs)


def binary(ours, pairs=None, low=-3.0, high=3.0, special=True, numbers_too=True):
    """Check a function of two tensors: pairs of types, broadcasting, numbers, NaN, infinities."""
    name = ours.__name__
    pairs = PAIRS if pairs is None else pairs
    for (first, second), (one, other) in itertools.product(pairs, _BROADCAST):
        x1, x2 = numbers(one, first, low, high), numbers(other, second, low, high, seed=1)
        if one and other:  # torch takes tensors without axes for Python's numbers
            agrees(ours, name, x1, x2)
    if numbers_too:
        for dtype in {pair[0] for pair in pairs} - {"bool"}:
            x = numbers((2, 3), dtype, low, high)
            agrees(ours, name, x, 2, dtype="64" not in dtype)
            agrees(ours, name, 2, x, dtype="64" not in dtype)
            same(ours(x.tolist(), 2), ours(torch.tensor(x.tolist()), 2), dtype=False)
    if special:
        x = torch.tensor(SPECIAL)
        agrees(ours, name, x[:, None], x[None])


def everywhere(ours, *args, file=True, **kwargs):
    """Check a call on symbols, under torch.compile and in files of models, ours and Keras's."""
    symbolic_is_eager(ours, *args, **kwargs)
    compiles(ours, *args, **kwargs)
    if file:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reread = same_file_form(ours, getattr(keras.ops, ours.__name__), *args, **kwargs)
        same(reread, ours(*args, **kwargs))


def differentiable(ours, *arrays):
    """Check the gradients by finite differences."""
    given = [torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in arrays]
    assert torch.autograd.gradcheck(ours, given)
