"""Dtype policies, their map, and the namespace of mixed precision."""

import keras
import pytest
import torch

import kerlite
from kerlite import dtype_policies, layers, mixed_precision, models
from kerlite.dtype_policies import DTypePolicy, DTypePolicyMap, FloatDTypePolicy, Int4DTypePolicy

NAMES = ["float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"]


@pytest.fixture(autouse=True)
def _restored():
    yield
    mixed_precision.set_global_policy(None)


@pytest.mark.parametrize("name", NAMES)
def test_policies_are_kerass(name):
    ours, theirs = dtype_policies.get(name), keras.dtype_policies.get(name)
    assert (ours.compute_dtype, ours.variable_dtype) == (
        theirs.compute_dtype,
        theirs.variable_dtype,
    )
    written = keras.dtype_policies.serialize(theirs)
    assert dtype_policies.serialize(ours) == written
    assert dtype_policies.deserialize(written) == ours
    assert dtype_policies.get(written) == ours == FloatDTypePolicy(name)


def test_global_policy():
    assert mixed_precision.global_policy().name == "float32"
    mixed_precision.set_global_policy("mixed_bfloat16")
    assert mixed_precision.dtype_policy() == mixed_precision.Policy("mixed_bfloat16")
    assert DTypePolicy().name == "mixed_bfloat16"
    assert kerlite.layers.Dense(1).dtype_policy.name == "mixed_bfloat16"


def test_unknown_names():
    with pytest.raises(ValueError, match="float"):
        dtype_policies.get("mixed_float64")
    with pytest.raises(ValueError, match="torchao"):
        dtype_policies.get("int8_from_float32")
    with pytest.raises(ValueError, match="neither built in nor registered"):
        dtype_policies.get({"class_name": "GPTQDTypePolicy", "config": {"mode": "gptq/4/128"}})


def test_int4_policy_is_read_and_written_but_not_used():
    ours = Int4DTypePolicy("int4/128", "mixed_bfloat16")
    theirs = keras.dtype_policies.Int4DTypePolicy("int4/128", "mixed_bfloat16")
    assert (ours.name, ours.quantization_mode) == (theirs.name, theirs.quantization_mode)
    assert (ours.compute_dtype, ours.block_size) == (theirs.compute_dtype, theirs.block_size)
    assert ours.get_config() == theirs.get_config()
    assert dtype_policies.get(keras.dtype_policies.serialize(theirs)) == ours
    with pytest.raises(ValueError, match="torchao"):
        layers.Dense(1, dtype=ours)
    for mode in ("int4", "int4/0", "int4/-2", "int4/x", "int8/4"):
        with pytest.raises(ValueError, match="block size"):
            Int4DTypePolicy(mode)


def test_map_looks_up_as_kerass_does():
    entries = {"encoder/a": "bfloat16", "encoder/.*": "float16", "decoder": "mixed_float16"}
    ours, theirs = DTypePolicyMap("float32"), keras.dtype_policies.DTypePolicyMap("float32")
    for key, name in entries.items():
        ours[key] = name
        theirs[key] = name
    for path in ("encoder/a", "encoder/b/c", "decoder", "decoder/x", "encoder"):
        assert ours[path].name == theirs[path].name
    assert (ours.name, ours.compute_dtype, list(ours)) == (
        theirs.name,
        theirs.compute_dtype,
        list(theirs),
    )
    ours[".*/b"] = "float64"
    with pytest.raises(ValueError, match="several keys"):
        ours["encoder/b"]
    with pytest.raises(ValueError, match="already"):
        ours["decoder"] = "float32"
    del ours["decoder"]
    assert "decoder" not in ours
    assert len(ours) == 3


def test_map_in_configs():
    theirs = keras.dtype_policies.DTypePolicyMap(
        "mixed_bfloat16", {"a/.*": keras.DTypePolicy("float32")}
    )
    written = keras.dtype_policies.serialize(theirs)
    ours = dtype_policies.deserialize(written)
    assert dtype_policies.serialize(ours) == written
    assert ours == DTypePolicyMap("mixed_bfloat16", {"a/.*": DTypePolicy("float32")})
    layer = layers.Dense(2, dtype=ours)
    assert layers.Dense.from_config(layer.get_config()).dtype_policy == ours


def test_map_refuses_other_arguments():
    with pytest.raises(ValueError, match="itself"):
        DTypePolicyMap(DTypePolicyMap())
    with pytest.raises(TypeError, match="must be a dict"):
        DTypePolicyMap("float32", [])


def test_map_gives_layers_their_policies():
    policies = DTypePolicyMap("float32", {".*half": DTypePolicy("mixed_bfloat16")})
    model = models.Sequential([
        layers.Input((4,)),
        layers.Dense(3, name="half", dtype=policies),
        layers.Dense(2, name="full", dtype=policies),
    ])  # fmt: skip
    half, full = model.layers
    assert (half.compute_dtype, half.kernel.dtype) == ("bfloat16", torch.float32)
    assert full.compute_dtype == "float32"
    assert half(torch.ones(1, 4)).dtype == torch.bfloat16
    assert model(torch.ones(1, 4)).dtype == torch.float32


class Block(layers.Layer):
    def __init__(self, policies):
        super().__init__(name="block", dtype=policies)
        self.inner = layers.Dense(3, name="inner", dtype=policies)

    def call(self, x):
        return self.inner(x)


@pytest.mark.parametrize("name", ["bfloat16", "mixed_bfloat16"])
def test_map_knows_layers_inside_layers(name):
    policies = DTypePolicyMap("float32", {"block/inner": DTypePolicy(name)})
    block = Block(policies)
    assert block(torch.ones(2, 4)).dtype == torch.bfloat16
    assert (block.compute_dtype, block.inner.compute_dtype) == ("float32", "bfloat16")
    assert block(torch.ones(2, 4)).dtype == torch.bfloat16
