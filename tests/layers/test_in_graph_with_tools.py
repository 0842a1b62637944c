"""What tools do to a model's layers counts in the graph too: hooks, replacements, copies."""

import copy
import pickle

import pytest
import torch
from torch import nn

from tests.layers.graphs import (
    IMAGES,
    assert_same,
    block,
    chain,
    functional,
    one_by_one,
    run,
)
from tests.layers.support import data


@pytest.mark.parametrize("name", ["conv", "norm", "relu", "pool", "all"])
def test_hooks_see_channels_last_data(name):
    model, x = functional(chain()), data(*IMAGES)
    expected, layer, seen = run(model, model, x), model.get_layer(name), []
    symbols = layer.input.shape[1:], layer.output.shape[1:]
    handles = [
        layer.register_forward_pre_hook(lambda _, args: seen.append(args[0].shape[1:])),
        layer.register_forward_hook(lambda _, args, out: seen.append(out.shape[1:])),
    ]
    assert_same(run(model, model, x), expected, exactly=False)
    assert tuple(seen) == symbols
    for handle in handles:
        handle.remove()
    layer.register_forward_hook(lambda _, args, out: 0 * out)
    torch.testing.assert_close(model.eval()(x), model(torch.zeros_like(x)))


def test_backward_hooks_and_hooks_on_all_modules():
    model, x, seen = functional(chain()), data(*IMAGES), []
    expected = run(model, model, x)
    hook = model.get_layer("conv").register_full_backward_hook(
        lambda _, grad_in, grad_out: seen.append(grad_out[0].shape)
    )
    assert_same(run(model, model, x), expected, exactly=False)
    assert seen == [(2, 4, 4, 4)]
    hook.remove()
    names = []
    everywhere = nn.modules.module.register_module_forward_hook(
        lambda module, args, out: names.append(getattr(module, "name", None))
    )
    try:
        assert_same(run(model, model, x), expected, exactly=False)
    finally:
        everywhere.remove()
    assert [name for name in names if name != model.name][-7:] == [x.name for x in chain()]


def test_a_module_in_a_layer_s_place():
    model, x = functional(chain()), data(*IMAGES)

    class Doubled(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, inputs):
            assert inputs.shape[-1] in (3, 4)  # channels last, as the layer itself is called
            return 2 * self.inner(inputs)

    stack = model.layers[1:]
    for name in ("conv", "relu"):
        setattr(model, name, Doubled(getattr(model, name)))
    expected = one_by_one([lambda x: 2 * stack[0](x), stack[1], lambda x: 2 * stack[2](x)], x)
    torch.testing.assert_close(model(x), one_by_one(stack[3:], expected))


def test_copies_compute_the_same():
    model, x = functional(chain()), data(*IMAGES)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(again(x), model(x), rtol=0, atol=0)


@pytest.mark.parametrize("make", [lambda: functional(chain()), block])
def test_compiled_and_exported(make):
    model, x = make(), data(*IMAGES)
    expected = model(x)
    torch._dynamo.reset()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x), expected)
    torch._dynamo.reset()
    exported = torch.export.export(model, (x,)).module()
    torch.testing.assert_close(exported(x), expected)


@pytest.mark.parametrize("name", ["conv", "norm", "relu"])
def test_a_forward_that_a_tool_has_replaced(name):
    model, x = functional(chain()), data(*IMAGES)
    layer = model.get_layer(name)
    seen, original = [], layer.forward

    def forward(inputs):
        seen.append(tuple(inputs.shape[1:]))
        return 0 * original(inputs)

    layer.forward = forward
    torch.testing.assert_close(model(x), model(torch.zeros_like(x)))
    assert seen == [layer.input.shape[1:]] * 2
