"""Which calls the fused kernels compute."""

import pytest
import torch

from kerlite.layers.recurrent import fused
from tests.layers.recurrent.support import LAYERS, mask_named
from tests.layers.support import data


@pytest.fixture
def kernels(monkeypatch):
    """Return the list of the kernels that were called."""
    called = []

    def noting(mode, kernel):
        def run(*args):
            called.append(mode)
            return kernel(*args)

        return run

    noted = {mode: noting(mode, kernel) for mode, kernel in fused.KERNELS.items()}
    monkeypatch.setattr(fused, "KERNELS", noted)
    return called


@pytest.mark.parametrize(
    ("name", "arguments", "call", "used"),
    [
        ("LSTM", {}, {}, True),
        ("GRU", {"use_bias": False}, {}, True),
        ("SimpleRNN", {"activation": "relu"}, {}, True),
        ("SimpleRNN", {"activation": "selu"}, {}, False),
        ("LSTM", {"activation": "relu"}, {}, False),
        ("GRU", {"recurrent_activation": "hard_sigmoid"}, {}, False),
        ("GRU", {"reset_after": False}, {}, False),
        ("LSTM", {"unroll": True}, {}, False),
        ("LSTM", {"use_cudnn": False}, {}, False),
        ("LSTM", {"use_cudnn": True, "dropout": 0.5}, {"training": True}, True),
        ("GRU", {"dropout": 0.5, "implementation": 1}, {"training": True}, False),
        ("LSTM", {"recurrent_dropout": 0.5}, {"training": True}, False),
        ("LSTM", {"recurrent_dropout": 0.5}, {}, True),
        ("LSTM", {}, {"mask": mask_named("middle")}, True),
        ("LSTM", {"return_state": True}, {"mask": mask_named("empty")}, True),
        ("GRU", {"go_backwards": True}, {"mask": mask_named("end")}, True),
    ],
    ids=str,
)
def test_what_is_fused(kernels, name, arguments, call, used):
    layer = LAYERS[name](4, **arguments)
    layer(data(3, 5, 3), **call)
    assert bool(kernels) is used


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("LSTM", {"activation": "relu"}),
        ("LSTM", {"recurrent_dropout": 0.5}),
        ("GRU", {"reset_after": False}),
        ("GRU", {"unroll": True}),
    ],
)
def test_what_cannot_be_fused_is_refused_if_it_has_to_be(name, arguments):
    with pytest.raises(ValueError, match=f"{name} 'r' cannot use a fused kernel"):
        LAYERS[name](4, use_cudnn=True, name="r", **arguments)
    with pytest.raises(ValueError, match="'auto', True or False; received 'yes'"):
        LAYERS[name](4, use_cudnn="yes")


def test_padding_is_never_looked_at():
    """Values behind the mask change nothing, wherever they are."""
    for name in LAYERS:
        layer = LAYERS[name](4, return_sequences=True, return_state=True)
        for mask in ("middle", "end", "empty"):
            mask = mask_named(mask)
            x = data(3, 5, 3)
            other = torch.where(mask.unsqueeze(-1), x, 100 + x)
            torch.testing.assert_close(layer(x, mask=mask), layer(other, mask=mask))


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_traced_with_a_mask(name):
    layer = LAYERS[name](4, return_sequences=True)
    x, mask = data(3, 5, 3), mask_named("end")
    expected = layer(x, mask=mask)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x, mask=mask), expected)
    torch._dynamo.reset()


def test_without_gradients():
    for name in LAYERS:
        layer = LAYERS[name](4)
        expected = layer(data(2, 5, 3)).detach()
        with torch.inference_mode():
            torch.testing.assert_close(layer(data(2, 5, 3)), expected)
