import keras
import numpy as np
import pytest
import torch

from kerlite import activations
from kerlite.core.tensor import KerasTensor


def project(row):
    """Project onto the simplex by bisection for tau in sum(max(row - tau, 0)) = 1."""
    low, high = row.min() - 1, row.max()
    for _ in range(200):
        tau = (low + high) / 2
        low, high = (tau, high) if np.maximum(row - tau, 0).sum() > 1 else (low, tau)
    return np.maximum(row - tau, 0)


@pytest.mark.parametrize("scale", [0.01, 0.3, 3.0])
@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_sparsemax_is_the_projection_onto_the_simplex(scale, axis):
    x = np.random.default_rng(1).normal(0, scale, (5, 6, 7))
    expected = np.apply_along_axis(project, axis, x)
    found = activations.sparsemax(torch.tensor(x), axis=axis)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-9)


def test_sparsemax_where_one_value_is_kept_is_keras():
    x = np.array([[1.0, 2.5, 4.0], [9.0, 0.0, -9.0]], dtype="float32")
    torch.testing.assert_close(
        activations.sparsemax(x), keras.activations.sparsemax(x).cpu(), atol=1e-6, rtol=0
    )


def test_sparsemax_of_large_inputs_sums_to_one():
    x = torch.tensor([[1e6, 1e6 + 0.5, 0.0]])
    torch.testing.assert_close(activations.sparsemax(x), torch.tensor([[0.25, 0.75, 0.0]]))


def test_sparsemax_gradient():
    x = torch.tensor([[0.3, 0.1, 0.35, -2.0], [2.0, 0.1, 0.0, -2.0]], dtype=torch.float64)
    assert torch.autograd.gradcheck(activations.sparsemax, x.requires_grad_())


def test_softmax_and_sigmoid_remember_their_logits():
    x = torch.randn(3, 4)
    assert activations.softmax(x)._keras_logits is x
    assert activations.softmax(x, axis=1)._keras_logits is x
    assert activations.sigmoid(x)._keras_logits is x


@pytest.mark.parametrize("axis", [0, -2, (0, 1), None])
def test_softmax_over_another_axis_remembers_none(axis):
    """A loss takes the softmax of logits over the last axis."""
    assert not hasattr(activations.softmax(torch.randn(3, 4), axis=axis), "_keras_logits")


def test_symbolic_outputs_carry_no_logits_and_their_graph_does():
    x = KerasTensor((None, 4))
    for function in (activations.softmax, activations.sigmoid):
        out = function(x)
        assert out.shape == (None, 4)
        assert not hasattr(out, "_keras_logits")
        assert out.producer.target is function


@pytest.mark.parametrize("name", ["softmax", "sigmoid"])
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_logits_pass_through_compiled_code(name, backend):
    function = getattr(activations, name)

    def loss(x):
        return function(x * 2)._keras_logits.sum()

    x = torch.randn(3, 4, requires_grad=True)
    torch.testing.assert_close(torch.compile(loss, fullgraph=True, backend=backend)(x), loss(x))


@pytest.mark.parametrize("name", ["softmax", "sigmoid"])
@pytest.mark.parametrize("strict", [True, False])
def test_exports(name, strict):
    class Module(torch.nn.Module):
        def forward(self, x):
            return getattr(activations, name)(x * 2)

    x = torch.randn(3, 4)
    exported = torch.export.export(Module(), (x,), strict=strict).module()
    torch.testing.assert_close(exported(x), Module()(x))


@pytest.mark.parametrize("name", ["softmax", "sigmoid", "log_softmax", "sparsemax", "relu"])
def test_fx_traces(name):
    function = getattr(activations, name)
    traced = torch.fx.symbolic_trace(lambda x: function(x))
    x = torch.randn(2, 3)
    torch.testing.assert_close(traced(x), function(x))


def test_softmax_over_an_axis_of_size_one_warns():
    with pytest.warns(UserWarning, match="Use sigmoid"):
        activations.softmax(torch.randn(3, 1))


def test_softmax_of_an_axis_that_is_not_there():
    with pytest.raises(IndexError, match="out of range"):
        activations.softmax(torch.randn(3, 4), axis=2)


def test_softmax_is_stable():
    x = torch.tensor([[1e4, 0.0], [-1e4, 0.0]])
    expected = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    torch.testing.assert_close(activations.softmax(x), expected)
    torch.testing.assert_close(activations.softmax(x[None], axis=(0, 2))[0], expected)


def test_glu_of_an_odd_size():
    with pytest.raises(RuntimeError, match="even"):
        activations.glu(torch.randn(3))
