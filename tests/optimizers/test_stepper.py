"""The parts of a step, their order, and what comes out wrong."""

import keras
import pytest
import torch

from kerlite import optimizers
from kerlite.core.variable import Variable, permuted
from kerlite.optimizers import schedules
from tests.optimizers.oracle import compare


def one(value=1.0):
    return torch.nn.Parameter(torch.full((1,), value))


def test_a_step_as_in_torch():
    module = torch.nn.Linear(3, 2)
    optimizer = optimizers.SGD(0.5, momentum=0.9)
    optimizer.build(module.parameters())
    twin = torch.nn.Linear(3, 2)
    twin.load_state_dict(module.state_dict())
    own = torch.optim.SGD(twin.parameters(), lr=0.5, momentum=0.9, fused=True)
    for _ in range(3):
        x = torch.randn(4, 3)
        for model, one_of_both in ((module, optimizer), (twin, own)):
            one_of_both.zero_grad()
            assert all(p.grad is None for p in model.parameters())
            model(x).square().sum().backward()
            one_of_both.step()
    assert torch.equal(module.weight, twin.weight)
    assert torch.equal(module.bias, twin.bias)


def test_frozen_variables_stay():
    a, b = one(), one()
    b.requires_grad_(False)
    optimizer = optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.build([a, b])
    (a * b).sum().backward()
    optimizer.step()
    assert b.item() == 1.0
    assert a.item() != 1.0


def test_no_gradient_at_all():
    optimizer = optimizers.Adam()
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.apply([None], [one()])
    with pytest.raises(ValueError, match=r"No gradients.*Call loss.backward\(\)"):
        optimizer.step()
    assert optimizer.iterations == 0


def test_missing_gradients_are_named():
    weight, bias = Variable(torch.ones(1), name="kernel"), Variable(torch.ones(1), name="bias")
    with pytest.warns(UserWarning, match=r"Gradients do not exist for variables \['bias'\]"):
        optimizers.Adam().apply([torch.ones(1), None], [weight, bias])


def test_numbers_of_gradients_and_unknown_variables():
    a, b = one(), one()
    optimizer = optimizers.SGD()
    optimizer.apply([], [a])
    optimizer.build([a])
    with pytest.raises(ValueError, match="Received 2 gradients for 1 variables"):
        optimizer.apply([torch.ones(1), torch.ones(1)])
    with pytest.raises(ValueError, match="Unknown variable: 'variable_0'"):
        optimizer.apply([torch.ones(1)], [b])
    with pytest.raises(ValueError, match=r"has shape \(2,\); expected the variable's, \(1,\)"):
        optimizer.apply([torch.ones(2)])
    assert a.item() == 1.0


@pytest.mark.parametrize(
    "options",
    [{}, {"clipnorm": 0.1}, {"loss_scale_factor": 2.0}, {"gradient_accumulation_steps": 2}],
)
def test_apply_leaves_gradients_as_they_are(options):
    weight, optimizer = one(), optimizers.SGD(0.5, **options)
    weight.grad = kept = torch.full((1,), 5.0)
    given = torch.full((1,), 4.0)
    optimizer.apply_gradients([(given, weight)])
    optimizer.apply_gradients([(given, weight)])
    assert given.item() == 4.0
    assert weight.grad is kept
    assert kept.item() == 5.0
    assert weight.item() < 1.0


def test_apply_takes_gradients_in_the_layout_of_the_variable_passed():
    def made():
        return Variable(torch.zeros(2, 3), name="kernel", layout=permuted(1, 0))

    gradient = torch.arange(6.0).reshape(2, 3)
    by_view, by_owner = made(), made()
    optimizers.SGD(1.0).apply([gradient], [by_view.keras_view()])
    optimizers.SGD(1.0).apply([gradient.t()], [by_owner])
    for variable in (by_view, by_owner):
        assert torch.equal(variable.detach(), -gradient.t())
    optimizer = optimizers.SGD(1.0)
    optimizer.build([by_view.keras_view()])
    optimizer.apply([gradient])
    assert torch.equal(by_view.detach(), -2 * gradient.t())


def test_gradients_of_another_memory_format_or_type():
    images = torch.nn.Parameter(torch.zeros(2, 3, 4, 4).to(memory_format=torch.channels_last))
    gradient = torch.randn(2, 3, 4, 4)
    optimizers.SGD(1.0).apply([gradient.double().numpy()], [images])
    assert torch.equal(images, -gradient)


def test_constraints_hold_after_every_step_in_keras_layout():
    def unit_columns(w):
        return w / w.norm(dim=0, keepdim=True)

    weight = Variable(
        torch.randn(3, 2), name="kernel", layout=permuted(1, 0), constraint=unit_columns
    )
    optimizer = optimizers.Adam(0.1)
    optimizer.apply([torch.randn(3, 2)], [weight.keras_view()])
    torch.testing.assert_close(weight.detach().norm(dim=1), torch.ones(2))


def test_the_loss_is_scaled_and_the_gradient_back():
    weight, optimizer = one(), optimizers.SGD(0.5, loss_scale_factor=1024.0)
    optimizer.build([weight])
    loss = optimizer.scale_loss(weight.sum())
    assert loss.item() == 1024.0
    loss.backward()
    optimizer.step()
    assert weight.item() == 0.5
    assert optimizers.SGD().scale_loss(loss) is loss


def test_averages_replace_variables_at_the_end():
    weight, optimizer = one(), optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    for _ in range(3):
        optimizer.apply([torch.ones(1)], [weight])
    assert weight.item() == -2.0
    with pytest.raises(ValueError, match=r"Received 2 variables to overwrite.*averages of 1"):
        optimizer.finalize_variable_values([weight, weight])
    optimizer.finalize_variable_values([weight])
    assert weight.item() == -1.25  # 0, then (0 - 1) / 2, then (-0.5 - 2) / 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: optimizers.Adam(0.1),
        lambda: optimizers.SGD(schedules.CosineDecay(0.1, 10), momentum=0.9, global_clipnorm=1.0),
        lambda: optimizers.RMSprop(clipnorm=1.0, use_ema=True, ema_overwrite_frequency=2),
        lambda: optimizers.AdamW(gradient_accumulation_steps=2, clipvalue=1.0, amsgrad=True),
    ],
)
def test_a_step_never_asks_the_device_for_a_number(make, monkeypatch):
    module = torch.nn.Linear(3, 3)
    optimizer = make()
    optimizer.build(module.parameters())

    def refuse(*_, **__):
        raise AssertionError("a step waited for the device")

    for _ in range(4):
        module(torch.ones(2, 3)).sum().backward()
        with monkeypatch.context() as patch:
            for name in ("item", "cpu", "numpy", "tolist", "__float__", "__int__", "__bool__"):
                patch.setattr(torch.Tensor, name, refuse)
            optimizer.step()
            optimizer.zero_grad()


def ours_and_keras():
    """Return a class over each package's Optimizer, from one text."""

    def written_over(base):
        class Heavy(base):
            def __init__(self, learning_rate=0.1, friction=0.5, **kwargs):
                super().__init__(learning_rate=learning_rate, **kwargs)
                self.friction = friction

            def build(self, variables):
                if self.built:
                    return
                super().build(variables)
                self.speeds = self.add_optimizer_variables(variables, "speed", "ones")

            def update_step(self, gradient, variable, learning_rate):
                speed = self.speeds[self._get_variable_index(variable)]
                self.assign(speed, speed * self.friction + gradient)
                self.assign_sub(variable, speed * learning_rate)

            def get_config(self):
                return {**super().get_config(), "friction": self.friction}

        return Heavy

    return written_over(optimizers.Optimizer), written_over(keras.optimizers.Optimizer)


@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1, "clipnorm": 1.0, "use_ema": True}])
def test_an_algorithm_written_for_keras(options):
    ours, theirs = ours_and_keras()
    made, *_ = compare(lambda: ours(**options), lambda: theirs(**options))
    again = ours.from_config(made.get_config())
    assert again.friction == 0.5
    assert again.clipnorm == options.get("clipnorm")


def test_an_override_of_a_built_in_update_step_is_called():
    class Signed(optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(torch.sign(gradient), variable, learning_rate)

    kernel = Variable(torch.ones(2, 3), name="kernel", layout=permuted(1, 0))
    signed, twin = Signed(0.1, weight_decay=0.1), Variable(torch.ones(2, 3))
    plain = optimizers.Adam(0.1, weight_decay=0.1)
    for _ in range(3):
        gradient = torch.randn(2, 3)
        signed.apply([gradient], [kernel.keras_view()])
        plain.apply([gradient.sign()], [twin])
    torch.testing.assert_close(kernel.detach().t(), twin.detach())


def test_an_optimizer_without_a_rule():
    with pytest.raises(NotImplementedError, match="Optimizer must override `update_step`"):
        optimizers.Optimizer(0.1).apply([torch.ones(1)], [one()])
