"""Every activation: values and gradients as in Keras, on arrays, odd types and symbolic tensors."""

import keras
import numpy as np
import pytest
import torch

from kerlite import activations
from kerlite.core.tensor import KerasTensor

CASES = [
    ("celu", {}),
    ("celu", {"alpha": 0.3}),
    ("elu", {}),
    ("elu", {"alpha": 0.3}),
    ("exponential", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("glu", {}),
    ("glu", {"axis": 0}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 0.1}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_swish", {}),
    ("hard_tanh", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("linear", {}),
    ("log_sigmoid", {}),
    ("log_softmax", {}),
    ("log_softmax", {"axis": 1}),
    ("log_softmax", {"axis": (0, 2)}),
    ("log_softmax", {"axis": None}),
    ("mish", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 1.5}),
    ("relu", {"max_value": 6}),
    ("relu", {"threshold": 0.5}),
    ("relu", {"threshold": -0.5}),
    ("relu", {"threshold": -0.5, "max_value": 1.0}),
    ("relu", {"negative_slope": 0.1, "max_value": 2.0}),
    ("relu", {"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.5}),
    ("relu6", {}),
    ("selu", {}),
    ("sigmoid", {}),
    ("silu", {}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 0.1}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": (1, 2)}),
    ("softmax", {"axis": (2, 0)}),
    ("softmax", {"axis": None}),
    ("softplus", {}),
    ("softsign", {}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 1}),
    ("swish", {}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("threshold", {"threshold": 0.3, "default_value": -7.0}),
]
IDS = [f"{name}-{options}" for name, options in CASES]


@pytest.fixture(scope="module")
def x():
    values = np.random.default_rng(7).normal(0, 3, (4, 3, 6)).astype("float32")
    values.flat[:8] = [-1, 0, 1, 6, 0.5, -0.5, -3, 3]  # where pieces meet
    return values


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_values_are_those_of_keras(name, options, x):
    expected = torch.as_tensor(getattr(keras.activations, name)(x, **options)).cpu()
    found = getattr(activations, name)(torch.tensor(x), **options)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_gradients_are_those_of_keras(name, options, x):
    weights = None  # x[2:] has no corners, where a gradient is a matter of convention
    gradients = []
    for namespace in (activations, keras.activations):
        inputs = torch.tensor(x[2:], dtype=torch.float64, requires_grad=True)
        outputs = getattr(namespace, name)(inputs, **options)
        if weights is None:
            weights = torch.linspace(-1, 2, outputs.numel(), dtype=torch.float64)
        (outputs.flatten() * weights).sum().backward()
        gradients.append(inputs.grad)
    torch.testing.assert_close(*gradients, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("name", "options"), [*CASES, ("sparsemax", {})], ids=[*IDS, "sparsemax"])
def test_symbolic_shape_is_the_eager_shape(name, options, x):
    function = getattr(activations, name)
    shape = function(torch.tensor(x), **options).shape
    symbolic = function(KerasTensor(x.shape, "float32"), **options)
    assert symbolic.shape == tuple(shape)
    assert symbolic.dtype == "float32"


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_number_type_is_kept(name, dtype, x):
    options = dict(CASES)[name] if name == "threshold" else {}
    function = getattr(activations, name)
    found = function(torch.tensor(x).to(dtype), **options)
    assert found.dtype == dtype
    exact = function(torch.tensor(x).to(dtype).double(), **options)
    tolerance = {"rtol": 2e-2, "atol": 1e-2} if dtype != torch.float64 else {}
    torch.testing.assert_close(found.double(), exact, **tolerance)


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_scalars_and_empty_tensors_pass(name):
    if name == "glu":
        return
    options = dict(CASES)[name] if name == "threshold" else {}
    function = getattr(activations, name)
    assert function(torch.tensor(0.5), **options).shape == ()
    assert function(torch.empty(0, 3), **options).shape == (0, 3)


def test_lists_and_arrays_become_tensors():
    assert activations.relu([-10, -5, 0.0, 5]).tolist() == [0, 0, 0, 5]
    assert activations.relu(np.array([-1.0, 2.0])).dtype == torch.float64
    assert activations.tanh(np.float32(0.0)).item() == 0


@pytest.mark.parametrize(("name", "options"), [*CASES, ("sparsemax", {})], ids=[*IDS, "sparsemax"])
def test_compiles_as_one_graph(name, options, x):
    torch.compiler.reset()
    function = getattr(activations, name)
    compiled = torch.compile(lambda t: function(t, **options), fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(torch.tensor(x)), function(torch.tensor(x), **options))
