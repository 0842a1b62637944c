"""DTypePolicy against real Keras."""

import keras
import numpy as np
import pytest
import torch

from kerlite.core import config, policy
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object


@pytest.fixture(autouse=True)
def no_global_policy():
    yield
    policy.set_dtype_policy(None)


@pytest.mark.parametrize(
    "name", ["float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16", "int8"]
)
def test_types_are_those_of_keras(name):
    ours, theirs = policy.DTypePolicy(name), keras.DTypePolicy(name)
    assert (ours.name, ours.compute_dtype, ours.variable_dtype) == (
        theirs.name, theirs.compute_dtype, theirs.variable_dtype,
    )  # fmt: skip


def test_no_name_means_floatx():
    config.set_floatx("float64")
    assert policy.DTypePolicy().name == "float64"
    assert policy.dtype_policy().name == "float64"


@pytest.mark.parametrize("name", ["mixed_float32", "mixed_int8", "mixed_nothing", "f32"])
def test_unknown_name(name):
    with pytest.raises(ValueError, match="Unknown dtype"):
        policy.DTypePolicy(name)


def test_name_must_be_a_string():
    with pytest.raises(TypeError, match="string"):
        policy.DTypePolicy(32)


def test_config_is_that_of_keras_and_makes_the_policy_again():
    ours = policy.DTypePolicy("mixed_float16")
    serialized = serialize_keras_object(ours)
    theirs = keras.saving.serialize_keras_object(keras.DTypePolicy("mixed_float16"))
    for key in ("module", "class_name", "config", "registered_name"):
        assert serialized[key] == theirs[key]
    assert deserialize_keras_object(serialized) == ours
    assert deserialize_keras_object(theirs) == ours


def test_equality_and_hash_go_by_name():
    assert policy.DTypePolicy("float16") == policy.DTypePolicy("float16")
    assert len({policy.DTypePolicy("float16"), policy.DTypePolicy("float16")}) == 1
    assert policy.DTypePolicy("float16") != policy.DTypePolicy("mixed_float16")
    assert policy.DTypePolicy("float16") != "float16"


def test_set_dtype_policy_is_what_new_layers_take():
    policy.set_dtype_policy("mixed_bfloat16")
    assert policy.get_policy(None).compute_dtype == "bfloat16"
    policy.set_dtype_policy(None)
    assert policy.get_policy(None).name == "float32"


@pytest.mark.parametrize(
    "identifier",
    ["float16", torch.float16, np.float16, policy.DTypePolicy("float16"), {"name": "float16"},
     {"class_name": "DTypePolicy", "config": {"name": "float16"}}],
)  # fmt: skip
def test_get_policy(identifier):
    assert policy.get_policy(identifier) == policy.DTypePolicy("float16")


def test_convert_input():
    half = policy.DTypePolicy("float16")
    assert half.convert_input(torch.ones(2), True, "float16").dtype == torch.float16
    assert half.convert_input(torch.ones(2), False, "float16").dtype == torch.float32
    assert half.convert_input(torch.ones(2).int(), True, "float16").dtype == torch.int32
    assert half.convert_input([1.0, 2.0], True, "float16").dtype == torch.float16
