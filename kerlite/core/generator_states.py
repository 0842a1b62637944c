"""The state of random generators that objects have of their own."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from kerlite.core.seeds import SeedGenerator

__all__ = ["generator_states", "set_generator_states"]

_KINDS = (
    SeedGenerator, torch.Generator, np.random.Generator, np.random.RandomState, random.Random,
)  # fmt: skip
_NO_GENERATOR = {type(None), bool, int, float, str}  # most of what there is, passed over at once
_OF_MODULES = set(vars(torch.nn.Module()))  # what every module has, and no generator is in


def generator_states(owners: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of each generator that is an attribute of an object, or in a list there.

    Args:
        owners: the objects, by name.

    Example:
        >>> from types import SimpleNamespace
        >>> layer = SimpleNamespace(seeds=SeedGenerator(7))
        >>> state = generator_states({"dropout": layer})
        >>> first = layer.seeds.next()
        >>> set_generator_states({"dropout": layer}, state)
        >>> layer.seeds.next() == first
        True
    """
    return {name: _state_of(generator) for name, generator in _generators(owners)}


def set_generator_states(owners: Mapping[str, Any], states: Mapping[str, Any]) -> None:
    """Put the generators of objects into the states that `generator_states` returned."""
    for name, generator in _generators(owners):
        if name in states:
            _set_state(generator, states[name])


def _generators(owners: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    seen: set[int] = set()
    for owner_name, owner in owners.items():
        for name, value in list(getattr(owner, "__dict__", {}).items()):
            if type(value) in _NO_GENERATOR or name in _OF_MODULES:
                continue
            for key, item in _items(value):
                if _is_generator(item.__class__) and id(item) not in seen:
                    seen.add(id(item))
                    yield f"{owner_name}/{name}{key}", item


@functools.lru_cache(maxsize=1024)
def _is_generator(cls: type) -> bool:
    return issubclass(cls, _KINDS)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"/{key}", item) for key, item in list(value.items()))
    elif isinstance(value, (list, tuple)):
        yield from ((f"/{index}", item) for index, item in enumerate(value))
    else:
        yield "", value


def _state_of(generator: Any) -> Any:
    if isinstance(generator, SeedGenerator):
        return [generator.seed, generator.state]
    if isinstance(generator, torch.Generator):
        return generator.get_state()
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.RandomState):
        return generator.get_state(legacy=True)
    return generator.bit_generator.state


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, SeedGenerator):
        generator.seed, generator.state = state
    elif isinstance(generator, torch.Generator):
        generator.set_state(state.cpu())
    elif isinstance(generator, random.Random):
        generator.setstate(state)
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state
