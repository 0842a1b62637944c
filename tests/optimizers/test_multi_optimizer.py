"""MultiOptimizer and OptimizerMap, against real Keras."""

import copy

import keras
import numpy as np
import pytest
import torch

from kerlite import optimizers
from kerlite.core.variable import Variable
from kerlite.optimizers.multi_optimizer import MultiOptimizer
from kerlite.optimizers.optimizer_map import OptimizerMap
from tests.optimizers.oracle import compare, gradients_of, kerlite_variables, values

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def ours(**options):
    rest, first = optimizers.SGD(0.1, momentum=0.9, name="rest"), optimizers.Adam(0.05, name="adam")
    return MultiOptimizer(OptimizerMap(rest, {"w[02]": first}), name="multi", **options)


def theirs(**options):
    package = keras.optimizers
    rest, first = package.SGD(0.1, momentum=0.9, name="rest"), package.Adam(0.05, name="adam")
    chosen = package.OptimizerMap(rest, {"w[02]": first})
    return package.MultiOptimizer(chosen, name="multi", **options)


@pytest.mark.parametrize("options", [{}, {"loss_scale_factor": 8.0}], ids=["plain", "scaled"])
def test_ten_steps(options):
    mine, other, *_ = compare(lambda: ours(**options), lambda: theirs(**options))
    assert mine.iterations == int(other.iterations) == 10
    assert [one.path for one in mine.variables] == [one.path for one in other.variables]
    for one, two in zip(mine.variables, other.variables, strict=True):
        np.testing.assert_allclose(values(one), values(two), rtol=1e-5, atol=1e-6)


def test_a_function_is_asked_once_for_each_variable():
    asked = []

    def choose(variable):
        asked.append(variable.path)
        return optimizers.SGD(0.5 if variable.path == "w0" else 0.25)

    optimizer, variables = MultiOptimizer(choose), kerlite_variables()
    optimizer.build(variables)
    optimizer.build(variables)
    assert asked == ["w0", "w1", "w2"]
    assert len(optimizer.optimizers) == 3
    before = [variable.detach().clone() for variable in variables]
    optimizer.apply([torch.ones_like(one) for one in before], variables)
    moved = [(one - two).mean().item() for one, two in zip(before, variables, strict=True)]
    assert moved == pytest.approx([0.5, 0.25, 0.25])


def test_a_member_without_gradients_rests():
    optimizer, variables = ours(), kerlite_variables()
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        optimizer.apply([None, torch.ones(4), None], variables)
    assert [one.iterations for one in optimizer.optimizers] == [0, 1]


def test_learning_rates_belong_to_the_members():
    optimizer = ours()
    assert not hasattr(optimizer, "learning_rate")
    with pytest.raises(AttributeError, match="`optimizers`"):
        optimizer.learning_rate = 0.5
    optimizer.loss_scale_factor = 4.0
    assert [one.loss_scale_factor for one in optimizer.optimizers] == [4.0, 4.0]
    assert optimizer.scale_loss(torch.tensor(2.0)).item() == 8.0


def test_config_is_kerass():
    mine, other = ours().get_config(), theirs().get_config()
    assert mine.keys() == other.keys()
    for key in ("module", "class_name"):
        assert mine["optimizer_map"][key] == other["optimizer_map"][key]
    again = MultiOptimizer.from_config(mine)
    assert again.get_config() == mine


def test_state_is_saved_and_restored():
    optimizer, variables = ours(), kerlite_variables()
    for step in range(3):
        optimizer.apply([torch.tensor(one) for one in gradients_of(step)], variables)
    state = copy.deepcopy(optimizer.state_dict())
    again, copies = ours(), copy.deepcopy(variables)
    again.build(copies)
    again.load_state_dict(state)
    weights = [values(one) for one in optimizer.variables]
    third, more = ours(), copy.deepcopy(variables)
    third.build(more)
    third.set_weights(weights)
    gradients = [torch.tensor(one) for one in gradients_of(9)]
    for one, trained in ((optimizer, variables), (again, copies), (third, more)):
        one.apply(gradients, trained)
    for one, two, three in zip(variables, copies, more, strict=True):
        assert torch.equal(one, two)
        assert torch.equal(one, three)


def test_map_is_a_dictionary_of_patterns():
    rest, first, second = optimizers.SGD(), optimizers.Adam(), optimizers.Adam()
    chosen = OptimizerMap(rest, {"a/b": first})
    chosen["a/.*"] = second
    assert chosen["a/b"] is first
    assert chosen["a/c"] is second
    assert chosen["a"] is rest
    chosen[".*/c"] = first
    with pytest.raises(ValueError, match="Multiple optimizers"):
        chosen["a/c"]
    with pytest.raises(ValueError, match="already"):
        chosen["a/b"] = first
    del chosen["a/b"]
    assert list(chosen) == ["a/.*", ".*/c"]
    assert len(chosen) == 2


def test_refuses_what_is_no_optimizer():
    with pytest.raises(TypeError, match="`default_optimizer`"):
        OptimizerMap("sgd")
    with pytest.raises(TypeError, match="must be a dictionary"):
        OptimizerMap(optimizers.SGD(), [])
    with pytest.raises(ValueError, match="MultiOptimizer"):
        OptimizerMap(optimizers.SGD(), {"a": ours()})
    with pytest.raises(TypeError, match="function of a variable"):
        MultiOptimizer({"a": optimizers.SGD()})
    with pytest.raises(ValueError, match="The optimizer for alone"):
        MultiOptimizer(lambda _: None).build([Variable([1.0], name="alone")])
    optimizer = ours()
    optimizer.build(kerlite_variables())
    with pytest.raises(ValueError, match="'w0', 'w1', 'w2'"):
        optimizer.step()
