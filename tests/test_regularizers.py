import pickle

import keras
import numpy as np
import pytest
import torch

from kerlite import regularizers
from kerlite.core import registry
from kerlite.core.tensor import KerasTensor

CASES = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L1", {"l1": None}),
    ("L2", {}),
    ("L2", {"l2": 3}),
    ("L2", {"l2": None}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.3}),
    ("L1L2", {"l2": 0.3}),
    ("L1L2", {"l1": 0.3, "l2": 0.7}),
    ("L1L2", {"l1": None, "l2": None}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]
IDS = [f"{name}-{options}" for name, options in CASES]
W = np.random.default_rng(0).normal(0, 2, (5, 4))


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_values_and_gradients_are_those_of_keras(name, options):
    results = []
    for namespace in (regularizers, keras.regularizers):
        w = torch.tensor(W, dtype=torch.float32, requires_grad=True)
        penalty = getattr(namespace, name)(**options)(w)
        if penalty.requires_grad:  # in Keras a factor of 0 leaves no graph
            penalty.backward()
        results.append((penalty.detach(), torch.zeros(5, 4) if w.grad is None else w.grad))
    torch.testing.assert_close(*results, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_configs_are_those_of_keras(name, options):
    ours = getattr(regularizers, name)(**options)
    written = regularizers.serialize(ours)
    theirs = keras.regularizers.serialize(getattr(keras.regularizers, name)(**options))
    for config in (written["config"], theirs["config"]):  # Keras keeps some factors in float32
        config.update({k: round(v, 6) for k, v in config.items() if isinstance(v, float)})
    assert written == theirs
    again = regularizers.deserialize(theirs)
    assert type(again) is type(ours)
    assert regularizers.serialize(again) == theirs
    assert regularizers.serialize(pickle.loads(pickle.dumps(ours)))["class_name"] == name


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_number_types(name, options, dtype):
    penalty = getattr(regularizers, name)(**options)(torch.tensor(W, dtype=dtype))
    assert penalty.dtype == dtype
    exact = getattr(regularizers, name)(**options)(torch.tensor(W))
    torch.testing.assert_close(penalty.double(), exact, rtol=2e-2, atol=1e-3)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_symbolic_arrays_and_compiled(name, options):
    torch.compiler.reset()
    regularizer = getattr(regularizers, name)(**options)
    assert regularizer(KerasTensor((5, 4))).shape == ()
    w = torch.tensor(W)
    torch.testing.assert_close(regularizer(W), regularizer(w))
    compiled = torch.compile(regularizer.__call__, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(w), regularizer(w))


@pytest.mark.parametrize("name", ["L1", "L2", "L1L2"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3, 4)])
def test_shapes(name, shape):
    assert getattr(regularizers, name)()(torch.zeros(shape)).item() == 0


def test_orthogonal_rows_and_columns_cost_nothing():
    q = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64)).Q * 3
    for mode in ("rows", "columns"):
        assert regularizers.OrthogonalRegularizer(1.0, mode)(q) < 1e-12
    parallel = torch.ones(4, 3)
    assert regularizers.OrthogonalRegularizer(2.0)(parallel).item() == pytest.approx(2)


def test_a_single_vector_or_zeros_cost_nothing():
    w = torch.zeros(3, 4, requires_grad=True)
    penalty = regularizers.OrthogonalRegularizer()(w)
    penalty.backward()
    assert penalty == 0
    assert w.grad.isfinite().all()
    assert regularizers.OrthogonalRegularizer()(torch.ones(1, 4)) == 0


def test_orthogonal_takes_matrices():
    with pytest.raises(ValueError, match=r"takes a matrix; received an input of shape \(2, 3, 4\)"):
        regularizers.OrthogonalRegularizer()(torch.ones(2, 3, 4))


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), "0.1", [0.1], 1j])
@pytest.mark.parametrize("name", ["L1-l1", "L2-l2", "L1L2-l1", "L1L2-l2"])
def test_factors_are_checked(name, value):
    cls, argument = name.split("-")
    with pytest.raises(ValueError, match=rf"{argument} must be a finite number >= 0; received"):
        getattr(regularizers, cls)(**{argument: value})


def test_other_arguments_are_checked():
    with pytest.raises(ValueError, match="factor must be"):
        regularizers.OrthogonalRegularizer(None)
    with pytest.raises(ValueError, match="mode must be 'rows' or 'columns'; received 'diagonal'"):
        regularizers.OrthogonalRegularizer(mode="diagonal")
    with pytest.raises(TypeError):
        regularizers.Regularizer(3)


@pytest.mark.parametrize("name", sorted(keras.src.regularizers.ALL_OBJECTS_DICT))
def test_names(name):
    found = regularizers.get(name)
    assert type(found).__name__ == type(keras.regularizers.get(name)).__name__
    assert type(regularizers.deserialize({"class_name": name, "config": {}})) is type(found)


def test_public_names():
    public = {name for name in dir(keras.regularizers) if not name.startswith("_")}
    assert {*regularizers.__all__} == public
    assert isinstance(regularizers.get("l1_l2"), regularizers.L1L2)
    assert regularizers.l2 is regularizers.L2


def test_what_passes_and_what_does_not():
    def double(x):
        return 2 * x

    assert regularizers.get(None) is None
    assert regularizers.get(double) is double
    assert isinstance(regularizers.get(regularizers.L2), regularizers.L2)
    with pytest.raises(ValueError, match=r"Unknown regularizer: 'l3'\. Did you mean"):
        regularizers.get("l3")
    with pytest.raises(ValueError, match=r"Could not interpret 0\.1 as regularizer"):
        regularizers.get(0.1)


def test_a_class_of_the_user():
    @registry.register_keras_serializable("test_regularizers")
    class Spread(regularizers.Regularizer):
        def __init__(self, factor=1.0):
            self.factor = factor

        def __call__(self, x):
            return self.factor * (x.max() - x.min())

    again = regularizers.deserialize(regularizers.serialize(Spread(2.0)))
    assert again(torch.tensor([1.0, 4.0])) == 6
    assert regularizers.Regularizer()(torch.ones(2)) == 0
