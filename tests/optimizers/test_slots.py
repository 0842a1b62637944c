"""What an optimizer keeps, through copies, files and other programs."""

import copy
import io
import pickle

import numpy as np
import pytest
import torch

from kerlite import optimizers
from kerlite.core.variable import Variable, permuted
from tests.optimizers.oracle import apply, gradients_of, kerlite_variables

MAKERS = {
    "sgd": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.1, amsgrad=True, use_ema=True),
    "adamw": lambda: optimizers.AdamW(0.1, gradient_accumulation_steps=2),
    "rmsprop": lambda: optimizers.RMSprop(0.1, momentum=0.5, centered=True),
}


def trained(name, steps=3):
    variables, optimizer = kerlite_variables(), MAKERS[name]()
    for step in range(steps):
        apply(optimizer, gradients_of(step), variables)
    return optimizer, variables


def continued(optimizer, variables):
    for step in range(3, 6):
        apply(optimizer, gradients_of(step), variables)
    return [v.numpy() for v in variables] + [v.numpy() for v in optimizer.variables]


def assert_same(some, others):
    assert len(some) == len(others)
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("way", ["deepcopy", "pickle"])
def test_copies_train_on_alike_and_apart(name, way):
    optimizer, variables = trained(name)
    if way == "deepcopy":
        again, others = copy.deepcopy((optimizer, variables))
    else:
        again, others = pickle.loads(pickle.dumps((optimizer, variables)))
    before = [v.numpy() for v in others]
    expected = continued(optimizer, variables)
    assert_same([v.numpy() for v in others], before)
    assert_same(continued(again, others), expected)
    assert again.torch_optimizer.driver is again


@pytest.mark.parametrize("name", MAKERS)
def test_state_dict_through_a_file(name):
    optimizer, variables = trained(name)
    file = io.BytesIO()
    torch.save((optimizer.state_dict(), [v.numpy() for v in variables]), file)
    file.seek(0)
    state, values = torch.load(file, weights_only=False)
    others, again = (
        [Variable(value, name=f"w{i}") for i, value in enumerate(values)],
        MAKERS[name](),
    )
    again.learning_rate = 0.7
    again.build(others)
    again.load_state_dict(state)
    assert again.learning_rate == 0.1
    assert_same(continued(again, others), continued(optimizer, variables))


@pytest.mark.parametrize("name", MAKERS)
def test_own_variables_through_a_store(name):
    optimizer, variables = trained(name)
    store = {}
    optimizer.save_own_variables(store)
    assert list(store) == [str(i) for i in range(len(optimizer.variables))]
    others, again = [Variable(v.numpy(), name=v.name) for v in variables], MAKERS[name]()
    again.build(others)
    again.load_own_variables(store)
    mine, theirs = continued(again, others), continued(optimizer, variables)
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_weights_are_checked_before_any_is_set():
    optimizer, _ = trained("adam")
    weights = [v.numpy() for v in optimizer.variables]
    with pytest.raises(ValueError, match=r"received 2 values; the optimizer .* has"):
        optimizer.set_weights(weights[:2])
    wrong = [*weights[:-1], np.zeros((9, 9))]
    wrong[0] = np.array(77)
    with pytest.raises(ValueError, match=r"'.*velocity_hat' has shape .* shape \(9, 9\)"):
        optimizer.set_weights(wrong)
    assert optimizer.iterations == 3
    with pytest.raises(ValueError, match=r"is not built. Call `optimizer.build"):
        optimizers.Adam().set_weights([])


def test_a_store_of_another_optimizer_is_skipped_with_a_warning():
    optimizer, _ = trained("adam")
    with pytest.warns(UserWarning, match=r"Skipping variable loading .* has 14 variables .* has 1"):
        optimizer.load_own_variables({"0": np.array(3)})
    assert optimizer.iterations == 3


def test_a_store_from_before_the_first_step_has_no_slots():
    store = {}
    optimizers.Adam(0.5).save_own_variables(store)
    optimizer = optimizers.Adam()
    optimizer.build([Variable([1.0])])
    optimizer.load_own_variables(store)
    assert (optimizer.iterations, optimizer.learning_rate) == (0, 0.5)


def test_states_that_do_not_fit_change_nothing():
    optimizer, _ = trained("adam")
    before = [v.numpy() for v in optimizer.variables]
    other = optimizers.Adam()
    other.build([Variable(np.ones(3))])
    with pytest.raises(ValueError, match=r"groups of \[1\] parameters; this .* groups of \[3\]"):
        optimizer.load_state_dict(other.state_dict())
    plain = optimizers.SGD(momentum=0.5)
    plain.build(kerlite_variables())
    with pytest.raises(ValueError, match=r"parameter 0 has 'momentum_buffer' of shape \(3, 4\)"):
        optimizer.load_state_dict(plain.state_dict())
    assert_same([v.numpy() for v in optimizer.variables], before)


def test_slots_are_seen_and_written_in_keras_layout():
    kernel = Variable(torch.zeros(2, 3), name="kernel", layout=permuted(1, 0))
    for optimizer in (optimizers.Adam(), optimizers.SGD(momentum=0.5)):
        optimizer.build([kernel.keras_view()])
        slot = optimizer.variables[2]
        assert slot.shape == (2, 3)
        assert slot.path == f"{optimizer.name}/kernel_momentum"
        slot.assign(np.arange(6.0).reshape(2, 3))
        optimizer.variables[2].assign_add(np.ones((2, 3)))
        optimizer.variables[2].assign_sub(np.full((2, 3), 2.0))
        np.testing.assert_allclose(optimizer.variables[2].numpy(), np.arange(6).reshape(2, 3) - 1)
        key = "exp_avg" if isinstance(optimizer, optimizers.Adam) else "momentum_buffer"
        assert optimizer.torch_optimizer.state[kernel][key].shape == (3, 2)


def test_own_variables_of_an_algorithm():
    class Counting(optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.count = self.add_variable((), name="count", dtype="float32")
            self.first, self.second = self.add_optimizer_variables(
                variables, ["first", "second"], ["zeros", "ones"]
            )

        def update_step(self, gradient, variable, learning_rate):
            self.assign_add(self.count, 1.0)

    variables, optimizer = kerlite_variables(), Counting(0.1)
    apply(optimizer, gradients_of(0), variables)
    assert optimizer.count.item() == 3.0
    assert [v.name for v in optimizer.variables[:4]] == [
        "iteration",
        "learning_rate",
        "count",
        "w0_first",
    ]
    assert optimizer.second[1].numpy().tolist() == [1.0] * 4
    optimizer.build(variables)
    assert optimizer.count.item() == 3.0
    again = Counting(0.1)
    again.build(kerlite_variables())
    again.load_state_dict(optimizer.state_dict())
    assert (again.count.item(), again.iterations) == (3.0, 1)
    with pytest.raises(ValueError, match="number of provided names must match"):
        optimizer.add_optimizer_variables(variables, ["a", "b"], ["zeros"])
