"""Real Keras and kerlite, given the same variables and the same gradients."""

import contextlib
import warnings

import keras
import numpy as np
import torch

from kerlite.core.variable import Variable

SHAPES = ((3, 4), (4,), (2, 3, 2))


@contextlib.contextmanager
def float64():
    """Keras's variables, rates included, in double precision."""
    keras.config.set_floatx("float64")
    try:
        yield
    finally:
        keras.config.set_floatx("float32")


def first_values(dtype="float32"):
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape).astype(dtype) for shape in SHAPES]


def gradients_of(step, dtype="float32"):
    rng = np.random.default_rng(100 + step)
    return [rng.normal(size=shape).astype(dtype) for shape in SHAPES]


def kerlite_variables(dtype="float32"):
    return [Variable(v, dtype=dtype, name=f"w{i}") for i, v in enumerate(first_values(dtype))]


def keras_variables(dtype="float32"):
    return [keras.Variable(v, dtype=dtype, name=f"w{i}") for i, v in enumerate(first_values(dtype))]


def values(variable):
    """Return a variable's values, Keras's or kerlite's, as an array."""
    found = variable.value
    return np.array(found.detach().numpy() if isinstance(found, torch.Tensor) else found)


def apply(optimizer, gradients, variables):
    """Update, on either side; gradients may be None."""
    tensors = [None if g is None else torch.tensor(g) for g in gradients]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Gradients do not exist")
        optimizer.apply(tensors, variables)


def compare(
    make_ours, make_keras, steps=10, dtype="float32", tolerance=1e-5, gradients=None, at=None
):
    """Take steps on both sides and compare all variables after each.

    `at(step, optimizer)` is called before each step, with either optimizer.
    """
    gradients = gradients or (lambda step: gradients_of(step, dtype))
    ours, keras_own = make_ours(), make_keras()
    mine, theirs = kerlite_variables(dtype), keras_variables(dtype)
    ours.build(mine)
    keras_own.build(theirs)
    for step in range(steps):
        if at is not None:
            at(step, ours)
            at(step, keras_own)
        apply(ours, gradients(step), mine)
        apply(keras_own, gradients(step), theirs)
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(values(one), values(other), rtol=tolerance, atol=tolerance)
    return ours, keras_own, mine, theirs
