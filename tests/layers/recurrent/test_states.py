import copy

import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.recurrent.states import output_size_of, state_shapes, zero_states
from tests.layers.recurrent.support import CELLS, LAYERS
from tests.layers.support import data, keras_scope, pair

MAKERS = {
    **{name: lambda name=name, **kw: LAYERS[name](4, **kw) for name in LAYERS},
    "stacked": lambda **kw: layers.RNN([CELLS["LSTM"](3), CELLS["GRU"](4)], **kw),
}


@pytest.mark.parametrize("name", sorted(MAKERS))
@pytest.mark.parametrize("unroll", [False, True])
def test_a_call_goes_on_where_the_last_one_ended(name, unroll):
    make, x = MAKERS[name], data(2, 6, 3)
    whole, parts = (
        make(return_sequences=True),
        make(return_sequences=True, stateful=True, unroll=unroll),
    )
    whole.build(x.shape)
    parts.build(x.shape)
    parts.set_weights(whole.get_weights())
    expected = whole(x)
    for _ in range(2):
        halves = [parts(x[:, :2]), parts(x[:, 2:])]
        torch.testing.assert_close(torch.cat(halves, 1), expected)
        sum(half.sum() for half in halves).backward()
        parts.reset_state()
    halves = [parts(x[:, :2]), parts.reset_states(), parts(x[:, :2])]
    torch.testing.assert_close(halves[0], halves[2])


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_like_keras(name):
    x = data(2, 5, 3)
    theirs, ours = pair(name, {"units": 4, "stateful": True}, x)
    with keras_scope():
        expected = [theirs(x).detach() for _ in range(3)]
    for one in expected:
        torch.testing.assert_close(ours(x).detach(), one)
    assert len(ours.states) == len(theirs.states)
    for mine, other in zip(ours.states, theirs.states, strict=True):
        torch.testing.assert_close(mine, other.value.detach())


def test_states_are_no_weights_and_move_along():
    layer = LAYERS["LSTM"](4, stateful=True)
    assert layer.states is None
    layer(data(2, 5, 3))
    assert len(layer.weights) == 3
    assert len(layer.state_dict()) == 4
    again = copy.deepcopy(layer).double()
    assert [state.dtype for state in again.states] == [torch.float64] * 2
    layer.reset_state()
    assert again.states[0].any()
    assert not layer.states[0].any()


def test_given_states_come_first():
    layer = LAYERS["GRU"](4, stateful=True)
    x, h = data(2, 5, 3), data(2, 4)
    layer(x)
    expected = layer(x, initial_state=h)
    torch.testing.assert_close(layer.states[0], expected)
    torch.testing.assert_close(layer(x, initial_state=h), expected)


def test_no_gradient_from_the_call_before():
    layer = LAYERS["LSTM"](4, stateful=True)
    x = data(2, 5, 3).requires_grad_()
    layer(x)
    layer(data(2, 5, 3)).sum().backward()
    assert x.grad is None


def test_the_batch_s_size_is_fixed():
    layer = LAYERS["GRU"](4, stateful=True, name="g")
    with pytest.raises(ValueError, match=r"GRU 'g' is stateful, so the size .* \(None, 5, 3\)"):
        layer(layers.Input((5, 3)))
    x = layers.Input(batch_shape=(2, 5, 3))
    model = kerlite.Model(x, LAYERS["GRU"](4, stateful=True, name="g")(x))
    assert not torch.equal(model(data(2, 5, 3)), model(data(2, 5, 3)))
    layer = LAYERS["GRU"](4, stateful=True, name="g")
    layer(data(2, 5, 3))
    with pytest.raises(ValueError, match="'g' is stateful for batches of 2; received one of 3"):
        layer(data(3, 5, 3))


def test_in_inference_mode():
    layer = LAYERS["LSTM"](4, stateful=True)
    with torch.inference_mode():
        layer(data(2, 5, 3))
    layer(data(2, 5, 3)).sum().backward()


def test_sizes():
    zeros = zero_states([2, [3, 4]], 5, torch.float16, "cpu")
    assert zeros[1][0].shape == (5, 3)
    assert zeros[0].dtype is torch.float16
    assert state_shapes([2, [3, 4]], None) == [(None, 2), [(None, 3), (None, 4)]]
    assert output_size_of(CELLS["LSTM"](4)) == 4
