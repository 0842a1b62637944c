"""Inputs and masks for the tests of recurrent layers, and Keras's layer beside ours."""

import numpy as np
import torch

from kerlite.core import tree
from kerlite.layers.recurrent.gru import GRU
from kerlite.layers.recurrent.gru_cell import GRUCell
from kerlite.layers.recurrent.lstm import LSTM
from kerlite.layers.recurrent.lstm_cell import LSTMCell
from kerlite.layers.recurrent.simple_rnn import SimpleRNN
from kerlite.layers.recurrent.simple_rnn_cell import SimpleRNNCell
from tests.layers.support import TOLERANCE, data, keras_scope, pair

LAYERS = {"LSTM": LSTM, "GRU": GRU, "SimpleRNN": SimpleRNN}
CELLS = {"LSTM": LSTMCell, "GRU": GRUCell, "SimpleRNN": SimpleRNNCell}
TWINS = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU, "SimpleRNN": torch.nn.RNN}
TWIN_CELLS = {
    "LSTM": torch.nn.LSTMCell,
    "GRU": torch.nn.GRUCell,
    "SimpleRNN": torch.nn.RNNCell,
}
MASKS = {
    "end": [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]],
    "middle": [[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 0, 1]],
    "start": [[0, 0, 1, 1, 1], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
    "empty": [[0, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 1, 1]],
    "full": [[1, 1, 1, 1, 1]] * 3,
}


def mask_named(name):
    return torch.tensor(MASKS[name]).bool()


def compare(name, arguments, x, states=None, **call):
    """Hold all outputs and states, and all gradients, against Keras's; return our layer."""
    theirs, ours = pair(name, arguments, x)
    with keras_scope():
        expected, expected_grads = _run(theirs, x, states, call)
    result, grads = _run(ours, x, states, call)
    assert len(result) == len(expected)
    for mine, other in zip(result + grads, expected + expected_grads, strict=True):
        np.testing.assert_allclose(mine, other, **TOLERANCE)
    return ours


def _run(layer, x, states, call):
    x = x.clone().requires_grad_()
    states = None if states is None else [state.clone().requires_grad_() for state in states]
    outputs = tree.flatten(layer(x, initial_state=states, **call))
    loss = sum((y * data(*y.shape, seed=i)).sum() for i, y in enumerate(outputs))
    loss.backward()
    weights = [getattr(w, "value", w) for w in layer.trainable_weights]
    grads = [leaf.grad for leaf in (x, *(states or []), *weights)]
    return [y.detach().numpy() for y in outputs], [grad.numpy() for grad in grads]
