"""Holding a layer against real Keras with the same weights, and against itself under tools."""

import contextlib
import copy
import os
import pickle
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch

import kerlite
from kerlite.core import tree
from kerlite.core.tensor import KerasTensor

TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}


def data(*shape, seed=0, low=None, dtype="float32"):
    """Return normal random numbers, or whole ones in [0, low)."""
    rng = np.random.default_rng(seed)
    if low is not None:
        return torch.from_numpy(rng.integers(0, low, shape).astype("int64"))
    return torch.from_numpy(rng.normal(size=shape).astype(dtype))


@contextlib.contextmanager
def keras_scope():
    """Run Keras on the CPU, and let it warn about what it likes."""
    with keras.device("cpu"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def random_values(layer):
    """Return values for the weights of Keras's layer; variances are positive."""
    values = []
    for seed, weight in enumerate(layer.weights):
        value = np.random.default_rng(seed).normal(size=weight.shape).astype("float32")
        positive = "variance" in weight.name or "stddev" in weight.name
        values.append(np.abs(value) + 0.5 if positive else value)
    return values


def pair(name, arguments, inputs):
    """Return Keras's layer and ours, built, with the same random weights."""
    with keras_scope():
        theirs = getattr(keras.layers, name)(**arguments)
        ours = getattr(kerlite.layers, name)(**arguments)
        assert plain(ours.get_config()) == plain(theirs.get_config())
        shape = tree.map_structure(lambda x: tuple(x.shape), inputs)
        if not theirs.built:
            theirs.build(shape)
        ours.build(shape)
        theirs.set_weights(random_values(theirs))
        ours.set_weights(theirs.get_weights())
    return theirs, ours


def plain(config):
    """Return a config without what differs for a good reason: the name, float32's rounding."""
    rounded = tree.map_structure(lambda x: round(x, 6) if isinstance(x, float) else x, config)
    return {key: value for key, value in rounded.items() if key != "name"}


def check_layer(name, arguments, inputs, training=None, tools=False, **call):
    """Hold a layer against Keras: config, shapes, outputs, gradients, weights."""
    theirs, ours = pair(name, arguments, inputs)
    assert plain(ours.get_config()) == plain(theirs.get_config())
    assert ours.count_params() == theirs.count_params()
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    call = call if training is None else {**call, "training": training}
    with keras_scope():
        expected, expected_grads = run(theirs, inputs, call)
        their_weights = theirs.get_weights()
    result, grads = run(ours, inputs, call)
    np.testing.assert_allclose(result, expected, **TOLERANCE)
    assert len(grads) == len(expected_grads)
    for grad, wanted in zip(grads, expected_grads, strict=True):
        np.testing.assert_allclose(grad, wanted, **TOLERANCE)
    for mine, other in zip(ours.get_weights(), their_weights, strict=True):
        np.testing.assert_allclose(mine, other, **TOLERANCE)
    check_shapes(ours, theirs, inputs, result.shape)
    if tools:
        check_tools(ours, inputs, **call)
    return ours


def run(layer, inputs, call):
    """Return the output, and the gradients of inputs and trainable weights, as arrays."""
    inputs = tree.map_structure(
        lambda x: x.clone().requires_grad_() if x.is_floating_point() else x, inputs
    )
    output = layer(inputs, **call)
    if output.requires_grad:
        (output * data(*output.shape, seed=9)).sum().backward()
    grads = [x.grad for x in tree.flatten(inputs) if x.requires_grad]
    grads += [getattr(w, "value", w).grad for w in layer.trainable_weights]
    return output.detach().numpy(), [grad.numpy() for grad in grads if grad is not None]


def check_shapes(ours, theirs, inputs, shape):
    """Compare symbolic shapes, with unknown sizes too, to Keras's and to the real output's."""
    known = tree.map_structure(lambda x: tuple(x.shape), inputs)
    batches = tree.map_structure(lambda x: (None, *x.shape[1:]), inputs)
    lists = isinstance(inputs, list)
    for given in (known, batches):
        expected = tuple(theirs.compute_output_shape(given))
        assert ours.compute_output_shape(given) == expected
        symbolic = [KerasTensor(s) for s in given] if lists else KerasTensor(given)
        assert ours.symbolic_call(symbolic).shape == expected
    assert ours.compute_output_shape(known) == shape


def check_tools(layer, inputs, **call):
    """A layer gives the same after deepcopy and pickle, compiled, and on strided inputs."""
    expected = copy.deepcopy(layer)(inputs, **call)
    same = {"rtol": 1e-5, "atol": 1e-6}
    again = pickle.loads(pickle.dumps(layer))
    torch.testing.assert_close(again(inputs, **call), expected, **same)
    assert [w.path for w in again.weights] == [w.path for w in layer.weights]
    strided = tree.map_structure(lambda x: torch.stack([x, x], -1)[..., 0], inputs)
    torch.testing.assert_close(copy.deepcopy(layer)(strided, **call), expected, **same)
    compiled = torch.compile(copy.deepcopy(layer), fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(inputs, **call), expected, **same)
    torch._dynamo.reset()


def check_number_types(make, inputs, tolerance=0.05, **call):
    """A layer of each number type gives that type, and nearly the values of float32."""
    reference = make(dtype="float32")
    expected = reference(inputs, **call)
    for dtype in ("float64", "bfloat16", "float16", "mixed_bfloat16"):
        layer = make(dtype=dtype)
        if reference.weights:
            layer.build(tree.map_structure(lambda x: tuple(x.shape), inputs))
            layer.set_weights(reference.get_weights())
        output = layer(inputs, **call)
        assert output.dtype is getattr(torch, dtype.removeprefix("mixed_"))
        torch.testing.assert_close(output.float(), expected, rtol=tolerance, atol=tolerance)
        if output.requires_grad:
            output.float().sum().backward()
