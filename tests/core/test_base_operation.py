"""Operations of one's own: computing, recorded, in files."""

import pytest
import torch

import kerlite
from kerlite.core.base_operation import Operation


@kerlite.saving.register_keras_serializable("tests")
class Scaled(Operation):
    def __init__(self, factor, name=None):
        super().__init__(name=name)
        self.factor = factor

    def call(self, x, plus=0.0):
        return x * self.factor + plus


class Halves(Operation):
    def call(self, x):
        return torch.chunk(x, 2, dim=-1)


def test_it_computes_on_tensors():
    assert torch.equal(Scaled(3.0)(torch.ones(2), plus=1.0), torch.full((2,), 4.0))


def test_it_is_recorded_on_symbolic_tensors():
    operation, inputs = Halves(), kerlite.Input((6,))
    left, right = operation(inputs)
    assert left.shape == right.shape == (None, 3)
    assert operation.input is inputs
    assert operation.output == [left, right]
    model = kerlite.Model(inputs, left + right)
    x = torch.randn(4, 6)
    assert torch.equal(model(x), x[:, :3] + x[:, 3:])


def test_a_model_with_operations_survives_a_file(tmp_path):
    inputs = kerlite.Input((3,))
    scaled = Scaled(2.0, name="twice")
    x = Scaled(0.5)(scaled(scaled(inputs, plus=1.0)))
    model = kerlite.Model(inputs, kerlite.layers.Dense(2)(x))
    model.save(tmp_path / "model.keras")
    again = kerlite.models.load_model(tmp_path / "model.keras")
    data = torch.randn(4, 3)
    assert torch.equal(again(data), model(data))
    assert "twice" in model.to_json()


def test_every_layer_is_an_operation():
    assert isinstance(kerlite.layers.Dense(2), kerlite.Operation)
    assert kerlite.Operation is Operation


def test_config():
    again = Scaled.from_config(Scaled(3, name="s").get_config())
    assert (again.factor, again.name) == (3, "s")


def test_bad_input():
    with pytest.raises(ValueError, match="without a slash"):
        Scaled(1, name="a/b")
    with pytest.raises(NotImplementedError, match="defines no call"):
        Operation()(1)
    with pytest.raises(AttributeError, match="not been called"):
        _ = Scaled(1).input
