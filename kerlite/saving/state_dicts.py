"""Weights under the names that PyTorch gives them: `.safetensors` and `.pt` files."""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core.errors import UnsafeFileError
from kerlite.saving.weights import report

__all__ = ["read_pt", "read_safetensors", "set_state", "write_pt", "write_safetensors"]

_TIED = "kerlite_tied"


def write_safetensors(model: nn.Module, path: Path) -> None:
    """Write a module's state dict; a tensor that has several names is stored once."""
    from safetensors.torch import save_file

    state, tied = _untied(model.state_dict())
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    save_file(tensors, path, {"format": "pt", **({_TIED: json.dumps(tied)} if tied else {})})


def read_safetensors(path: Path, label: str) -> dict[str, Tensor]:
    """Return the tensors of a `.safetensors` file by name.

    Raises:
        ValueError: if it is truncated or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            tied = json.loads((file.metadata() or {}).get(_TIED, "{}"))
            state.update({name: state[kept] for name, kept in tied.items() if name not in state})
    except (SafetensorError, OSError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise ValueError(
            f"{label} is truncated or damaged, or no safetensors file at all: {error}."
        ) from error
    return state


def write_pt(model: nn.Module, path: Path) -> None:
    """Write a module's state dict with `torch.save`."""
    torch.save({name: tensor.detach() for name, tensor in model.state_dict().items()}, path)


def read_pt(path: Path, label: str) -> dict[str, Tensor]:
    """Return the tensors of a file that `torch.save` wrote; no code in it is run.

    Raises:
        UnsafeFileError: if it holds anything but tensors and plain values.
        ValueError: if it is truncated or damaged, or is no state dict.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickles of another kind, which are refused below
            state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UnsafeFileError(
            f"{label} holds pickled objects other than tensors, which are never loaded. Save "
            f"module.state_dict() alone. ({str(error).splitlines()[0]})"
        ) from error
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{label} is truncated or damaged, or no torch.save file at all: {error}."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(one, Tensor) for one in state.values()):
        raise ValueError(
            f"{label} holds no state dict (names of tensors). Save module.state_dict() itself."
        )
    return state


def set_state(model: nn.Module, state: dict[str, Tensor], label: str, skip_mismatch: bool) -> None:
    """Copy a state dict into a module; all of it, or nothing if anything does not fit.

    Raises:
        ValueError: listing all names that are missing, unexpected, or of another shape.
    """
    own = model.state_dict()
    problems = [f"missing: {name} {tuple(own[name].shape)}" for name in own if name not in state]
    problems += [
        f"unexpected: {name} {tuple(state[name].shape)}"
        for name in sorted(state.keys() - own.keys())
    ]
    other = {name for name in own if name in state and own[name].shape != state[name].shape}
    problems += [
        f"other shape: {name} is {tuple(own[name].shape)}, the file has {tuple(state[name].shape)}"
        for name in own if name in other
    ]  # fmt: skip
    error = report(label, getattr(model, "name", type(model).__name__), problems)
    if problems and not skip_mismatch:
        raise error
    fitting = {name: tensor for name, tensor in state.items() if name in own and name not in other}
    model.load_state_dict(fitting, strict=False)
    if problems:
        warnings.warn(str(error), stacklevel=3)


def _untied(state: dict[str, Any]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors, each once, and for every further name the one that was kept."""
    kept: dict[Any, str] = {}
    tied: dict[str, str] = {}
    for name, tensor in state.items():
        key = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype, tensor.device)
        first = kept.setdefault(key if tensor.numel() else name, name)
        if first != name:
            tied[name] = first
    return {name: tensor for name, tensor in state.items() if name not in tied}, tied
