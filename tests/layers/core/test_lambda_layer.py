import copy
import json
import pickle

import keras
import pytest
import torch

from kerlite import layers
from kerlite.core import registry
from kerlite.core.errors import UnsafeFileError
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.layers import Lambda
from tests.layers.support import check_tools, data, keras_scope


def double(x):
    return 2 * x


def shape_of_pairs(shape):
    return (*shape, 2)


@registry.register_keras_serializable("tests")
def registered(x, factor=1.0):
    return x * factor


def test_runs_the_function_with_its_arguments():
    x = data(2, 3)
    torch.testing.assert_close(Lambda(double)(x), 2 * x)
    layer = Lambda(lambda x, power, shift=0: x**power + shift, arguments={"power": 2, "shift": 1})
    torch.testing.assert_close(layer(x), x**2 + 1)
    torch.testing.assert_close(Lambda(torch.sin)(x), x.sin())
    torch.testing.assert_close(Lambda(torch.nn.ReLU())(x), x.relu())


def test_several_inputs_and_outputs():
    layer = Lambda(lambda inputs: [inputs[0] + inputs[1], inputs[0]])
    a, b = layers.Input((3,)), layers.Input((3,))
    assert [out.shape for out in layer([a, b])] == [(None, 3), (None, 3)]
    total, first = layer([data(2, 3), data(2, 3, seed=1)])
    torch.testing.assert_close(total - first, data(2, 3, seed=1))


def test_function_is_handed_training_and_mask():
    layer = Lambda(lambda x, training: x * 3 if training else x)
    x = data(2, 3)
    torch.testing.assert_close(layer(x), x)
    torch.testing.assert_close(layer(x, training=True), 3 * x)
    layer.train()
    torch.testing.assert_close(layer(x), 3 * x)
    embedded = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 0]]))
    seen = []
    Lambda(lambda x, mask=None: seen.append(mask) or x)(embedded)
    assert seen[0].tolist() == [[True, False]]


def test_shapes():
    x = layers.Input((None, 3))
    assert Lambda(lambda x: x.sum(-1))(x).shape == (None, None)
    assert Lambda(lambda x: x.reshape(-1, 4), output_shape=(4,))(x).shape == (None, 4)
    paired = Lambda(lambda x: torch.stack([x, x], -1), output_shape=shape_of_pairs)
    assert paired(x).shape == (None, None, 3, 2)
    assert paired.compute_output_shape((2, 5, 3)) == (2, 5, 3, 2)
    assert Lambda(double).compute_output_shape((None, 3)) == (None, 3)
    whole = Lambda(lambda x: torch.nn.functional.one_hot(x, 4))(layers.Input((2,), dtype="int64"))
    assert (whole.shape, whole.dtype) == ((None, 2, 4), "int64")


def test_masks():
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 0]]))
    assert not hasattr(Lambda(double)(x), "_keras_mask")
    kept = Lambda(double, mask=lambda inputs, mask: mask)(x)
    assert kept._keras_mask.tolist() == [[True, False]]
    given = torch.tensor([[True, True]])
    assert Lambda(double, mask=given)(x)._keras_mask is given


def test_saved_by_name():
    layer = Lambda(registered, arguments={"factor": 3.0}, output_shape=(3,), name="l")
    serialized = json.loads(json.dumps(serialize_keras_object(layer)))
    again = deserialize_keras_object(serialized)
    assert again.function is registered
    assert again.arguments == {"factor": 3.0}
    assert json.loads(json.dumps(serialize_keras_object(again))) == serialized
    config = Lambda(double).get_config()
    assert set(config) == {"name", "trainable", "dtype", "function", "arguments"}
    with registry.CustomObjectScope({"double": double}):
        assert Lambda.from_config(config).function is double


def test_config_has_the_keys_of_keras():
    with keras_scope():
        theirs = keras.layers.Lambda(double, output_shape=(3,), arguments={"a": 1}).get_config()
    ours = Lambda(double, output_shape=(3,), arguments={"a": 1}).get_config()
    assert set(ours) == set(theirs)
    for key in ("output_shape", "arguments", "dtype", "trainable"):
        assert ours[key] == theirs[key]


def test_anonymous_functions_are_not_saved():
    with pytest.raises(TypeError, match="A lambda has no name"):
        Lambda(lambda x: x).get_config()


def test_byte_code_is_refused():
    """A config as Keras writes it for a lambda."""
    with keras_scope():
        config = keras.layers.Lambda(lambda x: x + 1, name="l").get_config()
    with pytest.raises(UnsafeFileError, match="'l' was saved with byte code as its function"):
        Lambda.from_config(config)


def test_unknown_function_name():
    with pytest.raises(ValueError, match="neither built in nor registered"):
        Lambda.from_config(Lambda(double).get_config())


def test_under_torchs_tools():
    check_tools(Lambda(double), data(2, 3))
    layer = copy.deepcopy(pickle.loads(pickle.dumps(Lambda(registered, arguments={"factor": 2}))))
    torch.testing.assert_close(layer(data(2, 3)), 2 * data(2, 3))
    assert not layer._modules


def test_bad_function():
    with pytest.raises(ValueError, match="'l' needs a function; received 'relu'"):
        Lambda("relu", name="l")


def test_function_that_fails_on_the_shape():
    with pytest.raises(
        ValueError, match=r"layer 'l' cannot run on inputs of shape \[\(None, 3\)\]"
    ):
        Lambda(lambda x: x @ torch.ones(4, 4), name="l")(layers.Input((3,)))
