"""Dtype policies: in which number type a layer computes, and in which it keeps its weights.

Quantization is no policy here: it is a transform of a built model, which torchao does.

Source: keras.dtype_policies.
"""

from __future__ import annotations

from typing import Any

from kerlite.core.policy import DTypePolicy as DTypePolicy
from kerlite.core.policy import get_policy
from kerlite.core.policy_map import DTypePolicyMap as DTypePolicyMap
from kerlite.core.registry import register_public
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object

__all__ = [
    "DTypePolicy",
    "DTypePolicyMap",
    "FloatDTypePolicy",
    "Int4DTypePolicy",
    "deserialize",
    "get",
    "serialize",
]


class FloatDTypePolicy(DTypePolicy):
    """A `DTypePolicy` under the name that older files have for it.

    Args:
        name: see `DTypePolicy`.

    Example:
        >>> FloatDTypePolicy("mixed_float16") == DTypePolicy("mixed_float16")
        True

    Source: keras.dtype_policies.FloatDTypePolicy.
    """


class Int4DTypePolicy(DTypePolicy):
    """What a Keras file says of a layer whose weights are quantized to 4 bits.

    The policy can be read, compared and written; a layer refuses it and names torchao, which
    quantizes models that kerlite made.

    Args:
        mode: "int4/<block size>": how many weights share a scale; -1 for a scale per channel.
        source_name: the policy the layer was made with; None means the global one.

    Raises:
        ValueError: if `mode` is of another form.

    Example:
        >>> policy = Int4DTypePolicy("int4/128", "float32")
        >>> policy.name, policy.block_size
        ('int4/128_from_float32', 128)

    Source: keras.dtype_policies.Int4DTypePolicy.
    """

    quantization_mode: Any = "int4"

    def __init__(self, mode: str, source_name: str | None = None):
        super().__init__(source_name)
        kind, _, size = str(mode).partition("/")
        number = size.removeprefix("-")
        if kind != "int4" or not number.isdecimal() or int(size) < -1 or int(size) == 0:
            raise ValueError(
                "`mode` must be 'int4/<block size>', the size positive or -1 (a scale per "
                f"channel). Received: mode={mode!r}."
            )
        self.mode, self.block_size = kind, int(size)
        self.source_name, self.name = self.name, f"{mode}_from_{self.name}"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this policy again."""
        return {"mode": f"{self.mode}/{self.block_size}", "source_name": self.source_name}


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Return a policy as a plain dictionary that JSON can hold.

    Example:
        >>> serialize(DTypePolicy("mixed_bfloat16"))["config"]
        {'name': 'mixed_bfloat16'}
    """
    return serialize_keras_object(dtype_policy)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the policy that a dictionary stands for.

    Args:
        config: what `serialize` returned; "module" may be left out.
        custom_objects: name to class, for policies that are not registered.

    Raises:
        ValueError: if the dictionary names a class that is not known.

    Example:
        >>> deserialize({"class_name": "DTypePolicy", "config": {"name": "float32"}})
        <DTypePolicy "float32">
    """
    return deserialize_keras_object({"module": "keras.dtype_policies", **config}, custom_objects)


def get(identifier: Any) -> DTypePolicy:
    """Return a policy from a policy, its name, its config, a dtype, or None (the global one).

    Args:
        identifier: one of these.

    Raises:
        ValueError: for an unknown name, and for the name of a quantized policy.

    Example:
        >>> get("mixed_float16").compute_dtype
        'float16'
    """
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    return get_policy(identifier)


for _cls in (FloatDTypePolicy, Int4DTypePolicy):
    register_public(_cls, module="keras.dtype_policies")
