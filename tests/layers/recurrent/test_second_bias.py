import pytest
import torch

from tests.layers.recurrent.support import CELLS, LAYERS, TWIN_CELLS, TWINS
from tests.layers.support import data


@pytest.mark.parametrize("name", ["LSTM", "SimpleRNN"])
def test_what_torch_has_in_the_second_goes_to_the_first(name):
    for layer, twin in (
        (LAYERS[name](4), TWINS[name](3, 4)),
        (CELLS[name](4), TWIN_CELLS[name](3, 4)),
    ):
        layer.build((2, 5, 3))
        model = torch.nn.Sequential(layer)  # under a prefix
        model.load_state_dict(torch.nn.Sequential(twin).state_dict())
        first, second = (getattr(twin, each) for each in layer.bias_names)
        torch.testing.assert_close(layer.weights[2].value.detach(), (first + second).detach())
        assert not getattr(layer, layer.bias_names[1]).any()
        before = layer.get_weights()[2]
        layer.load_state_dict(layer.state_dict())
        assert (layer.get_weights()[2] == before).all()


def test_what_is_missing_is_noticed():
    for name in LAYERS:
        layer = LAYERS[name](4)
        layer.build((2, 5, 3))
        state = layer.state_dict()
        del state["bias_hh_l0"]
        with pytest.raises(RuntimeError, match="Missing key"):
            layer.load_state_dict(state)


@pytest.mark.parametrize("reset_after", [True, False])
def test_two_rows_of_one_parameter(reset_after):
    for layer in (
        LAYERS["GRU"](4, reset_after=reset_after),
        CELLS["GRU"](4, reset_after=reset_after),
    ):
        layer.build((2, 5, 3))
        first, second = layer.bias_names
        state = {**layer.state_dict(), first: data(12), second: data(12, seed=1)}
        layer.load_state_dict(state)
        if not reset_after:  # Keras has one, which both are added to
            state.update({first: state[first] + state[second], second: torch.zeros(12)})
        for name in (first, second):
            torch.testing.assert_close(getattr(layer, name).detach(), state[name])
            torch.testing.assert_close(layer.state_dict()[name], state[name])
        kept = layer.state_dict(keep_vars=True)
        assert kept[first].requires_grad


def test_rows_take_their_place_in_one_piece_of_memory():
    layer = LAYERS["GRU"](4)
    layer.build((2, 5, 3))
    piece = torch.arange(30.0)
    with torch.no_grad():
        layer._flattened([piece, piece, piece[4:16], piece[16:28]])
    assert layer.biases_l0.data_ptr() == piece[4:].data_ptr()
    assert layer.bias_hh_l0.tolist() == list(range(16, 28))
