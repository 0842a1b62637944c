"""LossScaleOptimizer, against real Keras and by hand."""

import copy

import keras
import numpy as np
import pytest
import torch

from kerlite import optimizers
from kerlite.core.variable import Variable
from kerlite.optimizers.loss_scale_optimizer import LossScaleOptimizer
from kerlite.optimizers.multi_optimizer import MultiOptimizer
from kerlite.optimizers.optimizer_map import OptimizerMap
from kerlite.optimizers.torch_optimizer import TorchOptimizer
from tests.optimizers.oracle import compare, gradients_of, kerlite_variables, values

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

INNER = {
    "sgd": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "adam": ("Adam", {"learning_rate": 0.05, "weight_decay": 0.1}),
    "ema": ("Adam", {"learning_rate": 0.05, "use_ema": True, "ema_overwrite_frequency": 3}),
    "accumulating": ("RMSprop", {"learning_rate": 0.05, "gradient_accumulation_steps": 2}),
    "nadam": ("Nadam", {"learning_rate": 0.05}),  # keeps a product on the host
    "clipping": ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.5}),
}


def with_overflows(step):
    """Gradients as the scale makes them; now and then one is infinite or not a number."""
    gradients = [gradient * 1024.0 for gradient in gradients_of(step)]
    if step in (0, 4):
        gradients[0][0, 0] = np.inf
    if step == 5:
        gradients[2][1, 1, 1] = np.nan
    return gradients


def pair(inner, **options):
    name, arguments = INNER[inner]
    options = {"initial_scale": 1024.0, "dynamic_growth_steps": 3, "name": "scaling", **options}
    return (
        lambda: LossScaleOptimizer(getattr(optimizers, name)(**arguments, name="inner"), **options),
        lambda: keras.optimizers.LossScaleOptimizer(
            getattr(keras.optimizers, name)(**arguments, name="inner"), **options
        ),
    )


@pytest.mark.parametrize("on_device", [False, True], ids=["skipped", "undone"])
@pytest.mark.parametrize("inner", INNER)
def test_ten_steps_with_overflows(inner, on_device, monkeypatch):
    if on_device:  # what an accelerator does, done by the CPU

        def run(self):
            self._settle()
            found = self._unscale()
            self._step_and_undo(found)
            torch._amp_update_scale_(self.dynamic_scale, self.step_counter, found, 2.0, 0.5, 3)

        monkeypatch.setattr(LossScaleOptimizer, "_run", run)
    ours, theirs, *_ = compare(*pair(inner), gradients=with_overflows)
    assert ours.dynamic_scale.item() == float(theirs.dynamic_scale)
    assert ours.step_counter.item() == int(theirs.step_counter)
    assert ours.iterations == int(theirs.iterations)
    if inner == "nadam":
        return  # here its product is saved with the rest
    assert [one.path for one in ours.variables] == [one.path for one in theirs.variables]
    for mine, other in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_allclose(values(mine), values(other), rtol=1e-5, atol=1e-6)


def test_overflow_skips_and_halves_then_the_scale_grows():
    optimizer = LossScaleOptimizer(optimizers.Adam(0.1), 64.0, dynamic_growth_steps=2)
    weight = Variable([1.0, 2.0])
    optimizer.apply([torch.tensor([1.0, float("nan")])], [weight])
    assert weight.tolist() == [1.0, 2.0]
    assert (optimizer.dynamic_scale.item(), optimizer.iterations) == (32.0, 0)
    optimizer.apply([torch.ones(2)], [weight])
    assert optimizer.dynamic_scale.item() == 32.0
    optimizer.apply([torch.ones(2)], [weight])
    assert (optimizer.dynamic_scale.item(), optimizer.iterations) == (64.0, 2)
    assert weight.tolist() != [1.0, 2.0]


def test_loss_and_gradient_go_together():
    optimizer = LossScaleOptimizer(optimizers.SGD(0.5), initial_scale=256.0)
    weight = Variable([3.0])
    assert optimizer.scale_loss(torch.tensor(2.0)).item() == 512.0
    optimizer.build([weight])
    optimizer.scale_loss((weight * 2.0).sum()).backward()
    assert weight.grad.item() == 512.0
    optimizer.step()
    assert weight.item() == 2.0


def test_a_torch_optimizer_inside():
    optimizer = LossScaleOptimizer(TorchOptimizer(torch.optim.Adam), initial_scale=2.0)
    weight = Variable([1.0])
    optimizer.apply([torch.tensor([float("inf")])], [weight])
    assert weight.item() == 1.0
    optimizer.apply([torch.ones(1)], [weight])
    assert weight.item() == pytest.approx(0.999)


def test_several_optimizers_inside():
    rest, first = optimizers.SGD(0.5), optimizers.SGD(0.25)
    chosen = MultiOptimizer(OptimizerMap(rest, {"w1": first}))
    optimizer, variables = LossScaleOptimizer(chosen, initial_scale=4.0), kerlite_variables()
    before = [variable.detach().clone() for variable in variables]
    for bad in (True, False):
        gradients = [torch.full(one.shape, 4.0 - 2.0 * (not bad)) for one in before]
        gradients[0][0] = np.inf if bad else 2.0
        optimizer.apply(gradients, variables)
    moved = [(one - two).mean().item() for one, two in zip(before, variables, strict=True)]
    assert moved == pytest.approx([0.5, 0.25, 0.5])


def test_rate_of_the_inner_optimizer_is_read_and_assigned():
    optimizer = LossScaleOptimizer(optimizers.SGD(0.5))
    optimizer.learning_rate = 0.25
    assert optimizer.inner_optimizer.learning_rate == optimizer.learning_rate == 0.25


def test_config_is_kerass():
    ours, theirs = (make() for make in pair("adam"))
    mine, other = ours.get_config(), theirs.get_config()
    assert mine.keys() == other.keys()
    assert mine["inner_optimizer"]["config"] == pytest.approx(other["inner_optimizer"]["config"])
    again = LossScaleOptimizer.from_config(mine)
    assert again.get_config() == mine


def test_state_is_saved_and_restored():
    make, _ = pair("adam")
    variables = kerlite_variables()
    optimizer = make()
    for step in range(3):
        optimizer.apply([torch.tensor(one) for one in with_overflows(step)], variables)
    state, store = copy.deepcopy(optimizer.state_dict()), {}
    optimizer.save_own_variables(store)
    for restore in ("state_dict", "store"):
        again = make()
        again.build(copy.deepcopy(variables))
        if restore == "store":
            again.load_own_variables(store)
        else:
            again.load_state_dict(state)
        assert again.dynamic_scale.item() == 512.0
        assert again.iterations == 2
        for one, other in zip(again.variables, optimizer.variables, strict=True):
            np.testing.assert_array_equal(values(one), values(other))


def test_check_finite():
    optimizer = LossScaleOptimizer(optimizers.SGD())
    assert optimizer.check_finite([torch.ones(2), None])
    assert not optimizer.check_finite([torch.ones(2), torch.tensor([np.inf])])


def test_refuses_bad_arguments():
    with pytest.raises(ValueError, match="does not take `clipnorm`"):
        LossScaleOptimizer(optimizers.SGD(), clipnorm=1.0)
    with pytest.raises(ValueError, match="does not take `speed`"):
        LossScaleOptimizer(optimizers.SGD(), speed=None)
    with pytest.raises(ValueError, match="dynamic=False"):
        LossScaleOptimizer(optimizers.SGD(), dynamic=False)
    with pytest.raises(ValueError, match="initial_scale"):
        LossScaleOptimizer(optimizers.SGD(), initial_scale=0.0)
    with pytest.raises(TypeError, match="TorchOptimizer"):
        LossScaleOptimizer(torch.optim.Adam)
    with pytest.raises(TypeError, match="does not scale the loss already"):
        LossScaleOptimizer(LossScaleOptimizer(optimizers.SGD()))
    assert LossScaleOptimizer(optimizers.SGD(), clipnorm=None, use_ema=False).name


def test_names_variables_without_gradients():
    optimizer = LossScaleOptimizer(optimizers.SGD())
    optimizer.build([Variable([1.0], name="alone")])
    with pytest.raises(ValueError, match="'alone'"):
        optimizer.step()
