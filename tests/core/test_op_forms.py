"""The written form of functions: every one is a class that real Keras has."""

import importlib
import inspect

import pytest
import torch

import kerlite
import kerlite.models
from kerlite.core import op_forms
from kerlite.core.op_forms import form_named, form_of

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
FORMS = sorted(op_forms._by_name.values(), key=lambda form: form.class_name)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.class_name)
def test_keras_has_the_class_with_these_options(form):
    operation = getattr(importlib.import_module(form.module), form.class_name)
    parameters = inspect.signature(operation.__init__).parameters
    variadic = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    for name, _ in form.options.values():
        assert name in parameters or variadic
    wanted = {name for name, one in parameters.items() if one.default is one.empty}
    wanted -= {name for name, one in parameters.items() if one.kind in _VARIADIC} | {"self"}
    assert wanted <= {name for name, _ in form.options.values()}


def test_a_form_is_found_by_what_was_called_and_by_name():
    read = form_named("keras.src.ops.numpy", "Mean")
    assert read.function is kerlite.ops.mean
    for target in (torch.mean, "mean", kerlite.ops.mean):
        written = form_of(target)
        assert (written.module, written.class_name) == (read.module, read.class_name)
        assert [name for name, _ in written.options.values()] == ["axis", "keepdims"]
    assert form_of(torch.cumsum) is None
    assert form_of([]) is None
    assert form_named("keras.layers", "Add") is None
    assert form_named(None, "Add") is None


def test_arguments_are_split_into_those_of_the_call_and_options():
    form = form_of(torch.mean)
    assert form.split(("x", 1), {"keepdim": True}) == (("x",), {}, {"axis": 1, "keepdims": True})
    assert form.split(("x",), {}) == (("x",), {}, {"axis": None, "keepdims": False})
    assert form_of("reshape").split(("x", 2, 3), {}) == (("x",), {}, {"newshape": (2, 3)})
    assert form_of("reshape").split(("x", (2, 3)), {}) == (("x",), {}, {"newshape": (2, 3)})
    with pytest.raises(TypeError, match="rounding_mode"):
        form_of(torch.div).split(("x", 2), {"rounding_mode": "floor"})
    with pytest.raises(TypeError, match="arguments"):
        form_of(torch.exp).split(("x", 2), {})
    assert kerlite.models is not None
