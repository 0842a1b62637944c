"""An operation of ours beside real Keras's: on values, symbolically, and in files.

In a call's arguments NumPy arrays are the tensors; everything else is an option.
"""

import json

import keras
import numpy as np
import torch

import kerlite
from kerlite.models import model_from_json


def arrays_in(*args):
    """Return the arrays among (nested) arguments, in order."""
    found = []
    for arg in args:
        if isinstance(arg, np.ndarray):
            found.append(arg)
        elif isinstance(arg, (list, tuple)):
            found += arrays_in(*arg)
    return found


def replaced(args, make):
    """Return the arguments with every array replaced by what `make` makes of it."""
    if isinstance(args, np.ndarray):
        return make(args)
    if isinstance(args, (list, tuple)):
        return type(args)(replaced(arg, make) for arg in args)
    return args


def same(ours, theirs, tolerance=1e-5, dtype=True):
    """Check that two results are equal: structure, number type (unless told), shape and values."""
    if isinstance(ours, (list, tuple)):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            same(one, other, tolerance, dtype)
        return
    ours, theirs = _array(ours), _array(theirs)
    if dtype:
        assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    if ours.dtype.kind in "fc":
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(ours, theirs)


def model_of(k, op, /, *args, **kwargs):
    """Return the functional model, of either package, that is one call of the operation."""
    inputs = []

    def make(array):
        shape = (None, *array.shape[1:]) if array.ndim else ()
        inputs.append(k.Input(batch_shape=shape, dtype=array.dtype.name))
        return inputs[-1]

    return k.Model(inputs, op(*replaced(args, make), **kwargs))


def symbolic_is_eager(op, *args, **kwargs):
    """Check the recorded shapes and types, and the recorded call itself, against an eager call."""
    eager = op(*replaced(args, torch.tensor), **kwargs)
    spec = op(*replaced(args, _symbol), **kwargs)
    for one, given in zip(_listed(spec), _listed(eager), strict=True):
        assert len(one.shape) == given.ndim, (one.shape, given.shape)
        assert all(a in (None, b) for a, b in zip(one.shape, given.shape, strict=True))
        assert one.dtype == str(given.dtype).removeprefix("torch.")
    arrays = [torch.tensor(array) for array in arrays_in(*args)]
    same(_listed(model_of(kerlite, op, *args, **kwargs)(arrays)), _listed(eager))


def compiles(op, *args, **kwargs):
    """Check that `torch.compile` traces the call whole and computes the same."""
    args = replaced(args, torch.tensor)
    torch._dynamo.reset()
    compiled = torch.compile(
        lambda *given: op(*given, **kwargs), fullgraph=True, backend="eager", dynamic=False
    )
    same(compiled(*args), op(*args, **kwargs))


def file_form(k, op, /, *args, **kwargs):
    """Return the entry of the operation in the file of a model that is one call of it."""
    layers = json.loads(model_of(k, op, *args, **kwargs).to_json())["config"]["layers"]
    (entry,) = [entry for entry in layers if entry["class_name"] != "InputLayer"]
    return entry


def same_file_form(op, keras_op, *args, **kwargs):
    """Check that files name the call as real Keras's do; return the reread model's results.

    An option that we leave None may be filled in by Keras.
    """
    ours = file_form(kerlite, op, *args, **kwargs)
    theirs = file_form(keras, keras_op, *args, **kwargs)
    model = model_of(keras, keras_op, *args, **kwargs)
    for key in ("module", "class_name"):
        assert ours[key] == theirs[key]
    options, expected = ours["config"], theirs["config"]
    assert options.keys() - {"name"} == expected.keys() - {"name"}
    for key in options.keys() - {"name"}:
        assert options[key] is None or _plain(options[key]) == _plain(expected[key]), key
    return model_from_json(model.to_json())([torch.tensor(array) for array in arrays_in(*args)])


def _plain(value):
    """Return an option without the difference between tuples and lists."""
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        return _plain(value["items"])
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _symbol(array):
    shape = (None, *array.shape[1:]) if array.ndim else ()
    return kerlite.KerasTensor(shape, array.dtype.name)


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _array(value):
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return value.float().numpy() if value.dtype == torch.bfloat16 else value.numpy()
    return np.asarray(value)
