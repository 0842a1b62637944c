"""Files of a model with 100 million parameters: beside safetensors itself, and beside Keras."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

import kerlite
from benchmarks.timing import by_turns, table

__all__ = ["main"]

os.environ.setdefault("KERAS_BACKEND", "torch")
_WIDTH, _DEPTH = 3162, 10  # 10 x 3162 x 3162, about 100 million


def main(rounds: int, with_keras: bool) -> None:
    """Print every table."""
    keras = importlib.import_module("keras") if with_keras else None
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        safetensors(Path(folder), rounds)
        keras_format(Path(folder), rounds, keras)


def safetensors(folder: Path, rounds: int) -> None:
    """`.safetensors`: at most 1.2 times safetensors' own functions, synced to the disk alike."""
    model = _model(kerlite)
    state = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    theirs, ours = folder / "theirs.safetensors", folder / "ours.safetensors"

    def save_by_hand() -> None:
        save_file(state, theirs)
        _sync(theirs)

    def load_by_hand() -> None:
        model.load_state_dict(load_file(theirs))

    saving: dict[str, Callable[[], object]] = {
        "safetensors": save_by_hand,
        "kerlite": lambda: model.save_weights(ours),
    }
    table("save: 100 million parameters, .safetensors", by_turns(saving, ["safetensors"], rounds))
    loading: dict[str, Callable[[], object]] = {
        "safetensors": load_by_hand,
        "kerlite": lambda: model.load_weights(ours),
    }
    title = "load: 100 million parameters, .safetensors"
    table(f"{title}, in memory", by_turns(loading, ["safetensors"], rounds))
    if hasattr(os, "posix_fadvise"):
        results = by_turns(loading, ["safetensors"], rounds, before=lambda: _forget(theirs, ours))
        table(f"{title}, from the disk", results)


def keras_format(folder: Path, rounds: int, keras: Any) -> None:
    """`.keras`: faster than Keras; kerlite syncs the file to the disk, Keras does not."""
    packages = {"kerlite": kerlite, **({"Keras, torch backend": keras} if keras else {})}
    models = {name: _model(package) for name, package in packages.items()}
    paths = {name: folder / f"{number}.keras" for number, name in enumerate(packages)}
    reference = list(packages)[-1:]
    saving = {name: _saving(model, paths[name]) for name, model in models.items()}
    # Keras leaves its bytes for the system to write, which the next one to sync would wait for.
    results = by_turns(saving, reference, rounds, before=os.sync)
    table("save: 100 million parameters, .keras", results)
    loading = {name: _loading(package, paths[name]) for name, package in packages.items()}
    table("load: 100 million parameters, .keras", by_turns(loading, reference, rounds))


def _model(k: Any) -> Any:
    layers = [k.layers.Dense(_WIDTH, use_bias=False) for _ in range(_DEPTH)]
    return k.Sequential([k.Input((_WIDTH,)), *layers])


def _saving(model: Any, path: Path) -> Callable[[], object]:
    return lambda: model.save(path)


def _loading(package: Any, path: Path) -> Callable[[], object]:
    return lambda: package.models.load_model(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _forget(*paths: Path) -> None:
    """Have the system drop what it holds of files in memory."""
    for path in paths:
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main(3, with_keras=True)
