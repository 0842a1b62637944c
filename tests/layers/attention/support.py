"""Holding a layer of several arguments (query, value, key) against real Keras."""

import keras
import numpy as np

import kerlite
from kerlite.layers.calls import state
from tests.layers.support import TOLERANCE, data, keras_scope, plain, random_values


def made(name, arguments, inputs):
    """Return Keras's layer and ours, built for the inputs, with the same random weights.

    They are small: a sharp softmax makes much of float32's rounding.
    """
    arguments = {"name": "attention", **arguments}
    with keras_scope():
        theirs = getattr(keras.layers, name)(**arguments)
        ours = getattr(kerlite.layers, name)(**arguments)
        assert plain(ours.get_config()) == plain(theirs.get_config())
        shapes = [(None, *x.shape[1:]) for x in inputs]
        theirs.build(*shapes)
        ours.build(*shapes)
        theirs.set_weights([0.4 * value for value in random_values(theirs)])
        ours.set_weights(theirs.get_weights())
    assert plain(ours.get_config()) == plain(theirs.get_config())
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    return theirs, ours


def carrying(x, mask):
    """Return a tensor that carries a mask, as the output of an Embedding would."""
    state.eager_masks = True
    x = x.clone()
    x._keras_mask = mask
    return x


def results(call, inputs, arguments, layer, counts=None):
    """Return outputs, scores perhaps, gradients of inputs and weights, and added losses.

    Steps that do not count have no part in the loss.
    """
    given = [copied(x) for x in inputs]
    outputs = call(*given, **arguments)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    parts = [x * data(*x.shape, seed=9 + i) for i, x in enumerate(outputs)]
    if counts is not None:
        parts[0] = parts[0] * counts[(..., *[None] * (parts[0].ndim - 2))]
    sum(part.sum() for part in parts).backward()
    grads = [x.grad for x in given] + [getattr(w, "value", w).grad for w in layer.weights]
    found = [*outputs, *(grad for grad in grads if grad is not None), *layer.losses]
    return [x.detach().numpy() for x in found]


def copied(x):
    """Return a new leaf with the values, and the mask, of a tensor."""
    leaf = x.detach().clone().requires_grad_()
    if getattr(x, "_keras_mask", None) is not None:
        leaf._keras_mask = x._keras_mask
    return leaf


def check_attention(name, arguments, inputs, **call):
    """Hold a layer against Keras: config, weights, outputs, scores, gradients, losses.

    With torch's flash kernels Keras's gradients are wrong for steps that may attend to none: these
    are left out of the loss. Their scores are 0.
    """
    theirs, ours = made(name, arguments, inputs)
    with keras_scope():
        _, scores = theirs(
            *(copied(x) for x in inputs), **{**call, "return_attention_scores": True}
        )
        counts = (scores.sum(-1) > 0).all(1) if scores.ndim == 4 else None
        expected = results(theirs, inputs, call, theirs, counts)
    found = results(ours, inputs, call, ours, counts)
    assert len(found) == len(expected)
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, **TOLERANCE)
    return ours
