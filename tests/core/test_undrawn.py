"""Weights that wait for the values of a file; those that it does not set are drawn."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import Variable, initializers, layers, saving
from kerlite.core.first_values import first_values
from kerlite.core.layout import permuted
from kerlite.core.undrawn import reserve, undrawn_weights


@saving.register_keras_serializable("undrawn")
class StoresNothing(layers.Layer):
    """Keeps its weight out of files."""

    def build(self, shape):
        self.scale = self.add_weight(
            (64,), initializer=initializers.RandomUniform(1.0, 2.0), name="scale"
        )

    def call(self, inputs):
        return inputs * self.scale[0]

    def save_own_variables(self, store):
        pass

    def load_own_variables(self, store):
        pass


def test_a_weight_that_the_file_does_not_set_is_drawn(tmp_path):
    model = kerlite.Sequential([kerlite.Input((3,)), layers.Dense(4), StoresNothing()])
    model.save(tmp_path / "model.keras")
    loaded = saving.load_model(tmp_path / "model.keras")
    assert torch.equal(loaded.layers[0].kernel, model.layers[0].kernel)
    scale = loaded.layers[1].scale.detach().numpy()
    assert ((scale >= 1) & (scale < 2)).all()
    assert len(np.unique(scale)) > 32


def test_only_what_is_not_stored_is_drawn():
    free = initializers.RandomUniform(1.0, 2.0)
    with undrawn_weights() as undrawn:
        stored, other = Variable(free, (8,)), Variable(free, (8,))
    with torch.no_grad():
        stored.fill_(7.0)
    undrawn.draw_all_but([stored])
    assert (stored == 7).all()
    assert ((other >= 1) & (other < 2)).all()
    before = other.detach().clone()
    undrawn.draw_all_but([])  # nothing waits any more
    assert torch.equal(other, before)
    assert (stored == 7).all()


def test_seeded_and_constant_values_are_made_at_once():
    seeded = initializers.RandomUniform(1.0, 2.0, seed=3)
    expected = initializers.RandomUniform(1.0, 2.0, seed=3)((8,))
    with undrawn_weights():
        assert torch.equal(Variable(seeded, (8,)).detach(), expected)
        assert (Variable(initializers.Constant(4.0), (2,)) == 4).all()
        assert Variable([1.0, 2.0]).tolist() == [1.0, 2.0]


def test_after_an_error_weights_are_drawn_as_usual():
    free = initializers.RandomUniform(1.0, 2.0)
    with pytest.raises(ValueError, match="no model"), undrawn_weights():
        raise ValueError("no model")
    assert reserve(free, (2,), "float32", None) is None
    weight = Variable(free, (8,))
    assert ((weight >= 1) & (weight < 2)).all()


def test_drawn_later_in_the_layout_that_torch_stores():
    free = initializers.RandomUniform(1.0, 2.0)
    with undrawn_weights() as undrawn:
        weight = Variable(free, (2, 5), layout=permuted(1, 0))
    assert tuple(weight.shape) == (5, 2)
    undrawn.draw_all_but([])
    assert ((weight >= 1) & (weight < 2)).all()


def test_first_values_of_functions_and_of_values():
    ones = first_values(lambda shape, dtype: torch.ones(shape), (2, 3), "float64", None)
    assert (tuple(ones.shape), ones.dtype) == ((2, 3), torch.float64)
    given = torch.arange(6.0).reshape(2, 3)
    values = first_values(given, None, None, None)
    values += 1  # a copy
    assert torch.equal(given, torch.arange(6.0).reshape(2, 3))
    stored = first_values(given, (2, 3), None, permuted(1, 0))
    assert torch.equal(stored, given.T)


def test_first_values_that_cannot_be():
    with pytest.raises(ValueError, match="needs a shape"):
        first_values(initializers.Zeros(), None, None, None)
    with pytest.raises(ValueError, match=r"shape \(2,\); the variable's is \(3,\)"):
        first_values([1.0, 2.0], (3,), None, None)
