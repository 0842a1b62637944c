"""Weights that another library named, into a model: names are mapped, all misfits reported."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.saving.archive import existing_file
from kerlite.saving.state_dicts import read_pt, read_safetensors, set_state

__all__ = ["from_state_dict"]

Rename = Mapping[str, str | None] | Callable[[str], str | None]


def from_state_dict(
    model: nn.Module,
    state: str | os.PathLike[str] | Mapping[str, Any],
    rename: Rename | None = None,
    skip_mismatch: bool = False,
) -> None:
    r"""Set a model's weights from a state dict of PyTorch's; all of them, or none.

    Weights are in PyTorch's layout: those of `model.state_dict()`, and of the torch.nn twin of each
    layer. Of tied weights, one name is enough.

    Args:
        model: a built model, or any `nn.Module`.
        state: the state dict, or the path of a ".safetensors" file or of one by `torch.save`.
        rename: how the names become the model's: a dictionary of regular expressions and what to
            put for them (tried in order, each wherever it matches; None leaves the weight out), or
            a function of a name that returns one, or None.
        skip_mismatch: whether to load what fits, with a warning that lists the rest.

    Raises:
        FileNotFoundError: if there is no such file.
        UnsafeFileError: if the file holds more than tensors.
        ValueError: listing all that is missing, unexpected, of another shape, or named twice.

    Example:
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2, name="head")])
        >>> twin = torch.nn.Sequential(torch.nn.Linear(4, 2))
        >>> from_state_dict(model, twin.state_dict(), rename={r"^0\.": "head."})
        >>> torch.equal(model(torch.ones(1, 4)), twin(torch.ones(1, 4)))
        True
    """
    label = "The state dict" if isinstance(state, Mapping) else str(state)
    given = _read(state, label)
    named: dict[str, Tensor] = {}
    origins: dict[str, str] = {}
    for old, tensor in given.items():
        new = _renamed(old, rename)
        if new is None:
            continue
        if new in named:
            raise ValueError(
                f"{label} has two weights that `rename` calls {new!r}: {origins[new]!r} and "
                f"{old!r}. Make the patterns more specific."
            )
        named[new], origins[new] = tensor, old
    set_state(model, _with_ties(model, named), label, skip_mismatch)


def _read(state: Any, label: str) -> dict[str, Tensor]:
    if not isinstance(state, Mapping):
        path = existing_file(state)
        read = read_safetensors if label.endswith(".safetensors") else read_pt
        return read(path, label)
    wrong = [name for name, value in state.items() if not hasattr(value, "__array__")]
    if wrong:
        raise ValueError(f"A state dict holds tensors by name; those of {wrong[:5]} are none.")
    return {str(name): torch.as_tensor(value) for name, value in state.items()}


def _renamed(name: str, rename: Rename | None) -> str | None:
    if callable(rename):
        return rename(name)
    for pattern, replacement in (rename or {}).items():
        if replacement is None:
            if re.search(pattern, name):
                return None
        else:
            name = re.sub(pattern, replacement, name)
    return name


def _with_ties(model: nn.Module, named: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the state with the other names of tied weights beside the one it has."""
    places: dict[tuple[Any, ...], list[str]] = {}
    for name, tensor in model.state_dict().items():
        if tensor.numel():
            key = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype)
            places.setdefault(key, []).append(name)
    tied = dict(named)
    for names in places.values():
        present = [name for name in names if name in named]
        if present:
            tied.update({name: named[present[0]] for name in names if name not in named})
    return tied
