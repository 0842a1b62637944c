"""What LSTMCell, GRUCell and SimpleRNNCell share."""

import copy
import pickle

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from tests.layers.recurrent.support import CELLS, TWIN_CELLS
from tests.layers.support import TOLERANCE, data, keras, keras_scope, plain

NAMES = sorted(CELLS)
CONFIGS = [
    {},
    {"use_bias": False},
    {"activation": "relu", "recurrent_initializer": "glorot_uniform"},
    {"dropout": 0.3, "recurrent_dropout": 2.0, "seed": 3},
    {"kernel_regularizer": "l2", "bias_constraint": "non_neg", "trainable": False},
]


def both(name, arguments):
    with keras_scope():
        theirs = getattr(keras.layers, f"{name}Cell")(4, **arguments)
        ours = CELLS[name](4, **arguments)
        theirs.build((2, 3))
        ours.build((2, 3))
        ours.set_weights([data(*w.shape, seed=i).numpy() for i, w in enumerate(theirs.weights)])
        theirs.set_weights(ours.get_weights())
    return theirs, ours


@pytest.mark.parametrize("arguments", CONFIGS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_like_keras(name, arguments):
    theirs, ours = both(name, arguments)
    assert plain(ours.get_config()) == plain(theirs.get_config())
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert ours.count_params() == theirs.count_params()
    x, states = data(2, 3), [data(2, 4, seed=i) for i in (1, 2)][: 1 + (name == "LSTM")]
    with keras_scope():
        expected, expected_states = theirs(x, states)
    output, new_states = ours(x, states)
    for mine, other in zip([output, *new_states], [expected, *expected_states], strict=True):
        np.testing.assert_allclose(mine.detach(), other.detach(), **TOLERANCE)
    assert (ours.state_size, ours.output_size) == (theirs.state_size, theirs.output_size)


@pytest.mark.parametrize("name", NAMES)
def test_is_torch_s_cell(name):
    cell, twin = CELLS[name](4), TWIN_CELLS[name](3, 4)
    cell.build((None, 3))
    assert isinstance(cell, TWIN_CELLS[name])
    shapes = [(key, value.shape) for key, value in cell.state_dict().items()]
    assert shapes == [(key, value.shape) for key, value in twin.state_dict().items()]
    assert (cell.input_size, cell.hidden_size) == (3, 4)
    cell.load_state_dict(twin.state_dict())
    x, h = data(2, 3), data(2, 4)
    states = [h, data(2, 4, seed=1)] if name == "LSTM" else [h]
    expected = twin(x, tuple(states) if name == "LSTM" else h)
    output, new_states = cell(x, states)
    torch.testing.assert_close(output, expected[0] if name == "LSTM" else expected)
    if name == "LSTM":
        torch.testing.assert_close(new_states[1], expected[1])
    bare = TWIN_CELLS[name](3, 4, bias=False)
    cell = CELLS[name](4, use_bias=False)
    cell.build((None, 3))
    assert list(cell.state_dict()) == list(bare.state_dict())


@pytest.mark.parametrize("name", NAMES)
def test_copies_compile_and_types(name):
    cell, x = CELLS[name](4), data(2, 3)
    states = cell.get_initial_state(2)
    expected, _ = cell(x, states)
    for again in (copy.deepcopy(cell), pickle.loads(pickle.dumps(cell))):
        torch.testing.assert_close(again(x, states)[0], expected)
    compiled = torch.compile(copy.deepcopy(cell), fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x, states)[0], expected)
    torch._dynamo.reset()
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        other = copy.deepcopy(cell).to(dtype)
        output, _ = other(x.to(dtype), other.get_initial_state(2))
        assert output.dtype is dtype
        torch.testing.assert_close(output.float(), expected, rtol=0.05, atol=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_in_a_functional_model(name):
    cell = CELLS[name](4)
    x, states = layers.Input((3,)), [layers.Input((4,)) for _ in cell.get_initial_state(1)]
    output, new_states = cell(x, states)
    assert output.shape == (None, 4)
    model = kerlite.Model([x, *states], [output, *new_states])
    given = [data(2, 3), *[data(2, 4)] * len(states)]
    torch.testing.assert_close(model(given)[0], cell(given[0], given[1:])[0])


@pytest.mark.parametrize("name", NAMES)
def test_bad_arguments(name):
    for units in (0, -1, 2.5, None):
        with pytest.raises(ValueError, match=f"{name}Cell 'c' needs units"):
            CELLS[name](units, name="c")
    with pytest.raises(ValueError, match=r"last axis of its input; received the shape \(2, None\)"):
        CELLS[name](4).build((2, None))
    with pytest.raises(ValueError, match="recurrent_dropout to be a number"):
        CELLS[name](4, recurrent_dropout=None)
