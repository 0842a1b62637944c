import pytest
import torch

from kerlite.core.variable import Variable, VariableView, permuted
from kerlite.optimizers.references import Reference


def kernel():
    return Variable(torch.arange(6.0).reshape(2, 3), name="kernel", layout=permuted(1, 0))


def test_layouts():
    stored = kernel()
    assert stored.shape == (3, 2)
    view = stored.keras_view()
    for variable in (stored, view):
        reference = Reference.to(variable)
        assert reference.param is stored
        assert reference.variable().shape == (2, 3)
        assert reference.name == "kernel"
    assert Reference.given(stored).layout is None
    assert Reference.given(view).layout is view._layout


def test_a_plain_parameter_gets_a_name_and_a_view_to_assign_to():
    parameter = torch.nn.Parameter(torch.zeros(2))
    reference = Reference.to(parameter, 3)
    assert (reference.name, reference.path) == ("variable_3", "variable_3")
    with torch.no_grad():
        reference.variable().assign([1.0, 2.0])
    assert parameter.tolist() == [1.0, 2.0]


def test_stored_gives_strides_and_type_of_the_parameter():
    view = kernel().keras_view()
    seen = torch.arange(6, dtype=torch.float64).reshape(2, 3)
    stored = Reference.to(view).stored(seen)
    assert torch.equal(stored, seen.t().float())
    assert stored.stride() == view.owner.stride()
    images = torch.nn.Parameter(torch.zeros(4, 3, 2, 2).to(memory_format=torch.channels_last))
    gradient = torch.randn(4, 3, 2, 2)
    stored = Reference.to(images).stored(gradient)
    assert stored.stride() == images.stride()
    assert torch.equal(stored, gradient)
    assert Reference.to(images).stored(stored) is stored


def test_variables_that_share_a_parameter():
    owner = torch.nn.Parameter(torch.zeros(4, 2))
    halves = [permuted(0, 1)._replace(to_keras=lambda x, i=i: x[2 * i : 2 * i + 2]) for i in (0, 1)]
    views = [VariableView.of(owner, layout, f"half{i}", "h") for i, layout in enumerate(halves)]
    one = Reference.to(views[0]).stored(torch.ones(2, 2))
    both = Reference.to(views[1]).stored(torch.full((2, 2), 2.0), into=one)
    assert both.sum(1).tolist() == [2.0, 2.0, 4.0, 4.0]


def test_bad_variables_and_gradients():
    with pytest.raises(ValueError, match=r"received 'w' of type str at position 2.*trainable_var"):
        Reference.to("w", 2)
    with pytest.raises(ValueError, match=r"'kernel' has shape \(3, 2\); expected .* \(2, 3\)"):
        Reference.to(kernel().keras_view()).stored(torch.zeros(3, 2))
