"""DTypePolicyMap: which dtype policy the layer of a path takes.

Source: keras.dtype_policies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from kerlite.core import registry
from kerlite.core.policy import DTypePolicy, get_policy
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object

__all__ = ["DTypePolicyMap"]


class DTypePolicyMap(DTypePolicy, MutableMapping[str, Any]):
    """A dictionary from layer paths, or patterns of them, to dtype policies.

    A path is looked up as it is, then among the keys as regular expressions that must match all of
    it; the default policy holds where none does. Given as a layer's `dtype`, the map is bound to
    the layer: `layer.dtype_policy.compute_dtype` is then that of the policy for `layer.path`.

    Args:
        default_policy: for the paths that no key matches; None means the global policy.
        policy_map: path or regular expression -> policy.

    Raises:
        TypeError: if `policy_map` is no dictionary.
        ValueError: if the default is a map itself; when looking up, if several patterns match.

    Example:
        >>> policies = DTypePolicyMap("float32", {"encoder/.*": DTypePolicy("mixed_bfloat16")})
        >>> policies["encoder/dense"].name, policies["decoder/dense"].name
        ('mixed_bfloat16', 'float32')

    Source: keras.dtype_policies.DTypePolicyMap.
    """

    def __init__(
        self, default_policy: Any = None, policy_map: dict[str, DTypePolicy] | None = None
    ):
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("`default_policy` cannot be a `DTypePolicyMap` itself.")
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(
                "`policy_map` must be a dict from paths to policies, or None. Received: "
                f"policy_map={policy_map!r} of type {type(policy_map).__name__}."
            )
        self._given = default_policy
        self._default = get_policy(default_policy)
        self._policies = {} if policy_map is None else policy_map
        self._path: str | None = None

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy for the paths that no key matches."""
        return self._default

    @property
    def name(self) -> str:  # type: ignore[override]
        """A name for it: "map_" and that of the default policy."""
        return f"map_{self._default.name}"

    @property
    def compute_dtype(self) -> str:  # type: ignore[override]
        """In which number type the layer it is bound to computes; unbound, the default's."""
        return self._bound().compute_dtype

    @property
    def variable_dtype(self) -> str:  # type: ignore[override]
        """In which number type the layer it is bound to keeps its weights, likewise."""
        return self._bound().variable_dtype

    def at(self, path: str) -> DTypePolicyMap:
        """Return this map, bound to a layer's path; the two share their policies."""
        bound = type(self)(self._given, self._policies)
        bound._default, bound._path = self._default, path
        return bound

    def _bound(self) -> DTypePolicy:
        return self._default if self._path is None else self[self._path]

    def __getitem__(self, key: str) -> DTypePolicy:
        """Return the policy for a path."""
        if key in self._policies:
            return self._policies[key]
        matches = [pattern for pattern in self._policies if re.fullmatch(pattern, key)]
        if len(matches) > 1:
            raise ValueError(
                f"The path {key!r} matches several keys of the DTypePolicyMap: {matches}. Let each "
                "path match one key only."
            )
        return self._policies[matches[0]] if matches else self._default

    def __setitem__(self, key: str, policy: Any) -> None:
        """Add a policy for a path or a pattern."""
        if key in self._policies:
            raise ValueError(
                f"{key!r} is in the DTypePolicyMap already, as {self._policies[key]!r}. Delete it "
                "first (`del policies[key]`)."
            )
        self._policies[key] = get_policy(policy)

    def __delitem__(self, key: str) -> None:
        """Take a key out."""
        del self._policies[key]

    def __contains__(self, key: object) -> bool:
        """Return whether a key is there, as it is written."""
        return key in self._policies

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._policies)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._policies)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DTypePolicyMap):
            return False
        return (self._default, self._policies) == (other._default, other._policies)

    def __hash__(self) -> int:
        return hash((self.name, *self._policies))

    def __repr__(self) -> str:
        pairs = [(key, policy.name) for key, policy in self._policies.items()]
        return f"<DTypePolicyMap default_policy={self._default.name}, mapping={pairs}>"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this map again."""
        config = {"default_policy": self._given, "policy_map": self._policies}
        return serialize_keras_object(config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicyMap:
        """Make a map from what `get_config` returned."""
        return cls(**deserialize_keras_object(config))


registry.register_public(DTypePolicyMap, module="keras.dtype_policies")
