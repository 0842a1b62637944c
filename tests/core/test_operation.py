"""The decorator of operations: recorded once, named in files, clear about bad arguments."""

import re

import pytest
import torch

import kerlite
from kerlite.core.op_forms import form_named, form_of
from kerlite.core.operation import operation


@operation(None, inputs=2)
def scaled_sum(x, y, scale=1.0):
    return (x + y) * scale


def test_tensors_are_computed():
    assert torch.equal(scaled_sum(torch.ones(2), 1.0, scale=3.0), torch.full((2,), 6.0))
    assert scaled_sum.__name__ == "scaled_sum"


@pytest.mark.parametrize("where", ["first", "second", "keyword", "list", "listed"])
def test_a_symbolic_argument_makes_one_leaf(where):
    inputs = kerlite.Input((3,))
    outputs = {
        "first": lambda: scaled_sum(inputs, 1.0),
        "second": lambda: scaled_sum(torch.ones(3), inputs),
        "keyword": lambda: scaled_sum(x=inputs, y=2.0, scale=0.5),
        "list": lambda: kerlite.ops.concatenate([inputs, inputs]),
        "listed": lambda: kerlite.ops.concatenate(xs=(torch.ones(1, 3), inputs), axis=0),
    }[where]()
    model = kerlite.Model(inputs, outputs)
    assert len(model._graph.nodes) == 1
    assert model(torch.zeros(2, 3)).shape[-1] == 3


def test_without_a_module_no_file_names_it():
    assert form_of(scaled_sum) is None
    inputs = kerlite.Input((3,))
    model = kerlite.Model(inputs, scaled_sum(inputs, 1.0))
    with pytest.raises(TypeError, match="cannot be saved"):
        model.to_json()


def test_options_are_those_of_the_signature():
    form = form_named("keras.src.ops.numpy", "Mean")
    assert form.options == {"axis": ("axis", None), "keepdims": ("keepdims", False)}


def test_torchs_complaint_comes_with_the_arguments():
    message = "scaled_sum(x=<(2, 3) float32>, y=<(4,) float32>) cannot be computed: The size"
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        scaled_sum(torch.ones(2, 3), torch.ones(4))
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_other_errors_pass():
    @operation(None)
    def failing(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        failing(torch.ones(1))
    with pytest.raises(torch.linalg.LinAlgError):
        kerlite.ops.inv(torch.zeros(2, 2))


def test_it_compiles_in_one_piece():
    compiled = torch.compile(
        lambda x: scaled_sum(x, 2.0, scale=3.0), backend="eager", fullgraph=True
    )
    assert torch.equal(compiled(torch.ones(2)), torch.full((2,), 9.0))
