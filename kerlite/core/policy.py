"""DTypePolicy: in which number type a layer computes, and in which it keeps its weights.

Source: keras.dtype_policies.
"""

from __future__ import annotations

from typing import Any

import torch

from kerlite.core import config, dtypes, registry, serialize

__all__ = ["DTypePolicy", "dtype_policy", "get_policy", "set_dtype_policy"]

_QUANTIZED = ("int8", "int4", "float8", "gptq", "awq")


class DTypePolicy:
    """The number types of a layer: one it computes in, one it keeps its weights in.

    Args:
        name: a number type ("float32"), for both; or "mixed_float16" / "mixed_bfloat16": compute
            in 16 bits, keep the weights in float32. None means the global policy's.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> policy = DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')

    Source: keras.DTypePolicy.
    """

    name = compute_dtype = variable_dtype = "float32"
    quantization_mode = None

    def __init__(self, name: str | None = None):
        self.name = dtype_policy().name if name is None else name
        if not isinstance(self.name, str):
            raise TypeError(f"A policy's name is a string; received {name!r}.")
        if "_from_" in self.name and self.name.startswith(_QUANTIZED):
            raise _quantized(self.name)
        if self.name.startswith("mixed_"):
            self.compute_dtype = dtypes.standardize_dtype(self.name.removeprefix("mixed_"))
            self.variable_dtype = "float32"
            if self.compute_dtype not in ("float16", "bfloat16"):
                raise ValueError(
                    f"Unknown dtype policy: {name!r}. Expected 'mixed_float16', 'mixed_bfloat16' "
                    "or a dtype."
                )
        else:
            self.name = dtypes.standardize_dtype(self.name)
            self.compute_dtype = self.variable_dtype = self.name

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """Return `x` as a tensor; a floating tensor is cast to `dtype` when `autocast` is set."""
        target = dtypes.to_torch_dtype(dtype)
        if not isinstance(x, torch.Tensor):
            return torch.as_tensor(x, dtype=target, device=config.device())
        return x.to(target) if autocast and x.is_floating_point() else x

    def at(self, path: str) -> DTypePolicy:
        """Return the policy for the layer of a path: this one; a `DTypePolicyMap` looks it up."""
        return self

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this policy again."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Make a policy from what `get_config` returned."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


_global_policy: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """Return the policy that new layers take: floatx, unless `set_dtype_policy` chose another."""
    return _global_policy or DTypePolicy(config.floatx())


def set_dtype_policy(policy: str | DTypePolicy | None) -> None:
    """Set the policy that new layers take; None goes back to floatx."""
    global _global_policy
    _global_policy = None if policy is None else get_policy(policy)


def get_policy(identifier: Any) -> DTypePolicy:
    """Return a policy from a policy, its name, its config, a dtype, or None (the global one).

    Raises:
        ValueError: for an unknown name, and for quantization, which is no policy of a layer's.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, dict):
        if "class_name" in identifier:
            identifier = serialize.deserialize_keras_object(_with_module(identifier))
        else:
            identifier = DTypePolicy(**identifier.get("config", identifier))
    if isinstance(identifier, DTypePolicy):
        if identifier.quantization_mode is not None:
            raise _quantized(identifier.name)
        return identifier
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    return DTypePolicy(dtypes.standardize_dtype(identifier))


def _with_module(identifier: dict[str, Any]) -> dict[str, Any]:
    """Return a config that says where its class is, as those written by hand may not."""
    named = {"module": "keras.dtype_policies", **identifier}
    return {**named, "config": dict(identifier.get("config") or {})}


def _quantized(name: str) -> ValueError:
    return ValueError(
        f"The dtype policy {name!r} asks for quantized weights, which no layer makes by itself: "
        "make the model in 'float32' or 'bfloat16', then quantize it with torchao "
        "(`torchao.quantization.quantize_(model, ...)`)."
    )


registry.register_public(DTypePolicy, module="keras")
registry.register_public(DTypePolicy, module="keras.dtype_policies")
