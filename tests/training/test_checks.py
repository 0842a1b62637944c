"""What is looked at once, before anything is trained; what users see is in test_bad_input.py."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.data import adapt
from kerlite.training import checks
from kerlite.training.compile import CompileLoss

X, Y = np.ones((10, 4), "float32"), np.zeros(10, "int64")


def functional():
    inputs = kerlite.Input((4,))
    return kerlite.Model(inputs, {"a": layers.Dense(2)(inputs), "b": layers.Dense(1)(inputs)})


class WithCall(kerlite.Model):
    """A functional model whose call does something else than its graph."""

    def call(self, inputs):
        return super().call(inputs[:, :4])


def test_first_batch_is_taken_from_arrays_alone():
    x, y = checks.first_batch(adapt(X, Y, batch_size=3))
    assert (x.shape, y.shape) == ((3, 4), (3,))
    generator = ((X, Y) for _ in range(2))
    assert checks.first_batch(adapt(generator)) is None
    assert checks.first_batch(kerlite.data.Batches()) is None


def test_output_shapes():
    assert checks.output_shapes(functional()) == {"a": (None, 2), "b": (None, 1)}
    assert checks.output_shapes(torch.nn.Linear(4, 2)) is None
    assert checks.output_shapes(torch.nn.Linear(4, 2), torch.ones(5, 2)) == (None, 2)
    assert checks.output_shapes(torch.nn.Linear(4, 2), torch.tensor(1.0)) is None
    assert checks.output_shapes(torch.nn.Linear(4, 2), [torch.ones(5, 2)] * 2) == [(None, 2)] * 2
    inputs = kerlite.Input((4,))
    own_call = WithCall(inputs, layers.Dense(2)(inputs))
    assert checks.output_shapes(own_call) is None


def test_inputs_are_held_against_the_graph_that_is_run():
    inputs = kerlite.Input((4,))
    outputs = layers.Dense(2)(inputs)
    with pytest.raises(ValueError, match="expects its input"):
        checks.check_inputs(kerlite.Model(inputs, outputs), torch.ones(2, 5))
    checks.check_inputs(WithCall(inputs, outputs), torch.ones(2, 5))
    checks.check_inputs(torch.nn.Linear(4, 2), torch.ones(2, 5))
    sequential = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(2)])
    with pytest.raises(ValueError, match="expects its input"):
        checks.check_inputs(sequential, torch.ones(2, 5))


def test_targets_are_looked_through():
    loss = CompileLoss("sparse_categorical_crossentropy")
    checks.check_targets(loss, adapt(X, Y), (None, 3))
    with pytest.raises(ValueError, match="holds 5 at position 9"):
        checks.check_targets(loss, adapt(X, np.array([*Y[:9], 5])), (None, 3))
    with pytest.raises(ValueError, match="holds 5 at position 9"):  # out of order, given in order
        checks.check_targets(loss, adapt(X, np.array([*Y[:9], 5]), shuffle=True), (None, 3))
    checks.check_targets(None, adapt(X, Y + 7), (None, 3))
    checks.check_targets(loss, adapt((X, Y + 7) for _ in range(2)), (None, 3))


def test_targets_in_a_file_are_left_there(tmp_path):
    mapped = np.memmap(tmp_path / "y", dtype="int64", mode="w+", shape=(10,))
    mapped[:] = 7
    loss = CompileLoss("sparse_categorical_crossentropy")
    checks.check_targets(loss, adapt(X, mapped), (None, 3))


def test_an_error_that_is_not_the_datas_fault_stays():
    trainer = kerlite.Trainer(torch.nn.Linear(4, 1))
    trainer.compile("sgd", "mse")
    data = torch.ones(3, 4), torch.ones(3, 1)
    checks.explain(trainer, data, RuntimeError("something else"))  # returns: nothing to say
    checks.explain(trainer, object(), RuntimeError("something else"))
    error = RuntimeError("the cause")
    with pytest.raises(ValueError, match="x has 3 samples, y has 2") as caught:
        checks.explain(trainer, (data[0], data[1][:2]), error)
    assert caught.value.__cause__ is error
