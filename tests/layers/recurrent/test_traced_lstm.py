"""The LSTM as one operation: its numbers and gradients are torch's, compiled or not."""

import pytest
import torch

import kerlite
from kerlite.layers.recurrent.traced_lstm import run_traced, takes

B, T, SIZE, H = 4, 6, 3, 5


def operands(batch=B, bias=True):
    torch.manual_seed(0)
    shapes = [(4 * H, SIZE), (4 * H, H), *([(4 * H,), (4 * H,)] if bias else [])]
    weights = [torch.nn.Parameter(torch.randn(shape) * 0.3) for shape in shapes]
    x, h, c = torch.randn(batch, T, SIZE), torch.randn(batch, H), torch.randn(batch, H)
    return [one.requires_grad_() for one in (x, h, c)], weights


def by_torch(x, h, c, weights):
    states = (h.unsqueeze(0), c.unsqueeze(0))
    has_biases = len(weights) > 2
    outputs, h, c = torch._VF.lstm(x, states, weights, has_biases, 1, 0.0, True, False, True)
    return outputs, [h[0], c[0]]


def result_and_gradients(function, inputs, weights):
    outputs, (h, c) = function(*inputs, weights)
    loss = outputs.sin().sum() + 2 * h.sum() + 3 * (c * c).sum()
    return [outputs, h, c, *torch.autograd.grad(loss, [*inputs, *weights])]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("compiled", [True, False])
def test_it_is_torchs_lstm(bias, compiled):
    def ours(x, h, c, weights):
        return run_traced(x, [h, c], weights)

    run = torch.compile(ours, backend="aot_eager", fullgraph=True) if compiled else ours
    for batch in (B, 7, 2, 1):  # the second size makes the batch a symbol
        inputs, weights = operands(batch, bias)
        assert takes(inputs[0], weights[0])
        found = result_and_gradients(run, inputs, weights)
        expected = result_and_gradients(by_torch, inputs, weights)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)


def test_only_the_last_state_is_wanted():
    inputs, weights = operands()
    ours = torch.autograd.grad(run_traced(inputs[0], inputs[1:], weights)[1][1].sum(), weights[0])
    theirs = torch.autograd.grad(by_torch(*inputs, weights)[1][1].sum(), weights[0])
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("mask", [False, True])
def test_a_layer_that_is_compiled_for_training_keeps_its_numbers(mask):
    layer = kerlite.layers.LSTM(H, return_sequences=True)
    x = torch.randn(B, T, SIZE)
    seen = torch.rand(B, T) > 0.3 if mask else None
    layer(x, mask=seen)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    weights = list(layer.parameters())
    ours = torch.autograd.grad(compiled(x, mask=seen).sin().sum(), weights)
    theirs = torch.autograd.grad(layer(x, mask=seen).sin().sum(), weights)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


def test_other_types_are_left_to_the_steps():
    assert not takes(torch.ones(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64))
    with torch.autocast("cpu", torch.bfloat16):
        assert not takes(torch.ones(1), torch.ones(1))
