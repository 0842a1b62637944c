import pytest
import torch

from kerlite.layers.recurrent.simple_rnn import SimpleRNN
from tests.layers.recurrent.support import compare, mask_named
from tests.layers.support import check_layer, data


@pytest.mark.parametrize(
    "arguments",
    [
        {"activation": None},
        {"activation": "relu", "return_sequences": True, "use_bias": False},
        {"dropout": 0.4, "recurrent_dropout": 0.2},
        {"seed": 3, "bias_initializer": "ones"},
    ],
    ids=str,
)
def test_like_keras(arguments):
    check_layer("SimpleRNN", {"units": 4, **arguments}, data(3, 5, 3))
    mask = mask_named("middle")
    compare("SimpleRNN", {"units": 4, "return_state": True, **arguments}, data(3, 5, 3), mask=mask)


def test_relu_is_torch_s():
    layer = SimpleRNN(4, activation="relu", return_sequences=True)
    twin = torch.nn.RNN(3, 4, nonlinearity="relu", batch_first=True)
    layer.build((None, None, 3))
    assert (layer.mode, layer.nonlinearity) == (twin.mode, twin.nonlinearity)
    layer.load_state_dict(twin.state_dict())
    torch.testing.assert_close(layer(data(2, 5, 3)), twin(data(2, 5, 3))[0])


def test_the_penalty_on_the_output_counts():
    layer = SimpleRNN(4, activity_regularizer="l2")
    y = layer(data(2, 5, 3))
    torch.testing.assert_close(sum(layer.losses), 0.01 * y.square().sum() / 2)
