import pickle

import keras
import numpy as np
import pytest
import torch

from kerlite import constraints
from kerlite.core import config, registry
from kerlite.core.tensor import KerasTensor

CASES = [
    ("Constraint", {}),
    ("NonNeg", {}),
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("MaxNorm", {"max_value": 3, "axis": [0, 1, 2]}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": (0, 1)}),
    ("UnitNorm", {"axis": -1}),
    ("UnitNorm", {"axis": None}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 2.5, "max_value": 4.0, "rate": 0.3, "axis": [0, 1, 2]}),
    ("MinMaxNorm", {"min_value": 1.0, "max_value": 2.0, "axis": 3}),
]
IDS = [f"{name}-{options}" for name, options in CASES]
W = np.random.default_rng(0).normal(0, 1, (3, 2, 4, 5)).astype("float32")
W[:, 0, 0, 0] = 0  # a vector without a direction


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_values_are_those_of_keras(name, options):
    expected = torch.as_tensor(getattr(keras.constraints, name)(**options)(W)).cpu()
    found = getattr(constraints, name)(**options)(torch.tensor(W))
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(torch.as_tensor(getattr(constraints, name)(**options)(W)), found)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_configs_are_those_of_keras(name, options):
    ours = getattr(constraints, name)(**options)
    theirs = keras.constraints.serialize(getattr(keras.constraints, name)(**options))
    assert constraints.serialize(ours) == theirs
    again = constraints.deserialize(theirs)
    assert type(again) is type(ours)
    assert constraints.serialize(again) == theirs
    assert constraints.serialize(pickle.loads(pickle.dumps(ours))) == theirs


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_number_types(name, options, dtype):
    w = torch.tensor(W).to(dtype)
    found = getattr(constraints, name)(**options)(w)
    assert found.dtype == dtype
    exact = getattr(constraints, name)(**options)(w.double())
    torch.testing.assert_close(found.double(), exact, rtol=2e-2, atol=1e-3)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_symbolic_and_compiled(name, options):
    torch.compiler.reset()
    constraint = getattr(constraints, name)(**options)
    assert constraint(KerasTensor(W.shape)).shape == W.shape
    w = torch.tensor(W)
    compiled = torch.compile(constraint.__call__, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(w), constraint(w))


@pytest.mark.parametrize("axis", [0, 1, (0, 1)])
def test_norms(axis):
    w = torch.randn(6, 5, dtype=torch.float64) * 3
    norm = torch.linalg.vector_norm
    torch.testing.assert_close(
        norm(constraints.UnitNorm(axis)(w), dim=axis), norm(w, dim=axis) * 0 + 1, rtol=0, atol=1e-6
    )
    assert norm(constraints.MaxNorm(1.5, axis)(w), dim=axis).max() <= 1.5
    lengths = norm(constraints.MinMaxNorm(1.0, 2.0, 1.0, axis)(w), dim=axis)
    assert lengths.min() >= 1 - 1e-6
    assert lengths.max() <= 2
    halfway = norm(constraints.MinMaxNorm(1.0, 2.0, 0.5, axis)(w), dim=axis)
    expected = (norm(w, dim=axis) + norm(w, dim=axis).clamp(1, 2)) / 2
    torch.testing.assert_close(halfway, expected, rtol=1e-6, atol=0)


def test_epsilon_is_that_of_the_settings():
    config.set_epsilon(1.0)
    w = constraints.UnitNorm()(torch.tensor([3.0, 4.0]))
    torch.testing.assert_close(w, torch.tensor([3 / 6, 4 / 6]))


def test_nothing_is_changed_in_place():
    for name, options in CASES:
        w = torch.tensor(W)
        getattr(constraints, name)(**options)(w)
        assert torch.equal(w, torch.tensor(W))


def test_an_axis_that_is_not_there():
    with pytest.raises(IndexError, match="out of range"):
        constraints.UnitNorm(axis=2)(torch.ones(2, 2))


@pytest.mark.parametrize("name", sorted(keras.src.constraints.ALL_OBJECTS_DICT))
def test_names(name):
    found = constraints.get(name)
    assert type(found).__name__ == type(keras.constraints.get(name)).__name__
    assert type(constraints.deserialize({"class_name": name, "config": {}})) is type(found)


def test_public_names():
    public = {name for name in dir(keras.constraints) if not name.startswith("_")}
    assert {*constraints.__all__} == public
    assert constraints.max_norm is constraints.MaxNorm


def test_what_passes_and_what_does_not():
    assert constraints.get(None) is None
    assert constraints.get(torch.abs) is torch.abs
    assert isinstance(constraints.get(constraints.NonNeg), constraints.NonNeg)
    with pytest.raises(
        ValueError, match=r"Unknown constraint: 'max_nrm'\. Did you mean 'max_norm'"
    ):
        constraints.get("max_nrm")
    with pytest.raises(ValueError, match="Could not interpret 3 as constraint"):
        constraints.get(3)
    with pytest.raises(TypeError):
        constraints.NonNeg(3)


def test_a_class_of_the_user():
    @registry.register_keras_serializable("test_constraints")
    class AtMost(constraints.Constraint):
        def __init__(self, limit):
            self.limit = limit

        def __call__(self, w):
            return w.clamp(max=self.limit)

    again = constraints.deserialize(constraints.serialize(AtMost(2.0)))
    assert again(torch.tensor([1.0, 4.0])).tolist() == [1, 2]
