"""The weights of a model in Keras's HDF5 layout: what goes where, and whether it fits."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

from torch import Tensor

from kerlite.core.variable import storage_of
from kerlite.layers.base import Layer
from kerlite.layers.weights import own_weights
from kerlite.saving.h5_store import H5Reader, H5Writer, StoredArrays
from kerlite.saving.torch_state import TorchState
from kerlite.saving.walk import saved_objects

__all__ = ["read_weights", "report", "write_weights"]

# Written by some versions of Keras, needed by none: metrics start anew, seeds too.
_PASSED_OVER = {
    "_compile_loss", "_compile_metrics", "_loss_tracker", "_metrics", "compile_metrics",
    "metrics", "optimizer", "seed_generator",
}  # fmt: skip


def write_weights(model: Layer, file: Any) -> None:
    """Write all weights of a model, and the state of its optimizer, into an open `h5py.File`.

    Raises:
        ValueError: if a weight belongs to no layer, so that it would be lost.
    """
    writer = H5Writer(file)
    written: set[int] = set()
    for path, thing in saved_objects(model):
        name = getattr(thing, "name", None)
        thing.save_own_variables(writer.store(path, name if isinstance(name, str) else None))
        if isinstance(thing, (Layer, TorchState)):
            written.update(map(id, _tensors_of(thing)))
    lost = [weight for weight in model.weights if id(storage_of(weight)) not in written]
    if lost:
        raise ValueError(
            f"{len(lost)} weights of {model.name!r} belong to no layer, so the file would lack "
            f"them: {[weight.path for weight in lost[:10]]}. Make them with add_weight() in a "
            "Layer, or save a .safetensors or .pt file."
        )


def read_weights(model: Layer, reader: H5Reader, skip_mismatch: bool = False) -> None:
    """Set the weights of a model from a file; all of them, or none if anything does not fit.

    Args:
        model: a built model.
        reader: the open file.
        skip_mismatch: whether to set what fits, and warn of the rest.

    Raises:
        ValueError: listing all weights that are missing, of another shape, or unexpected.
    """
    problems: list[str] = []
    fitting: list[_Assignment] = []
    own_way: list[tuple[str, Any, StoredArrays]] = []
    visited = set()
    for path, thing in saved_objects(model):
        visited.add(path)
        store = reader.store(path)
        if _loads_plainly(thing):
            found, wrong = _matched(path, thing, store)
            fitting += found
            problems += wrong
        elif store or not _is_optimizer(path):
            own_way.append((path, thing, store))
    problems += _unexpected(reader, visited)
    if problems and not skip_mismatch:
        raise report(reader.label, model.name, problems)
    problems += _load_their_own_way(own_way, atomic=not skip_mismatch)
    if problems and not skip_mismatch:
        raise report(reader.label, model.name, problems)
    for weight, store, key in fitting:
        weight.assign(store[key])
    if problems:
        warnings.warn(str(report(reader.label, model.name, problems)), stacklevel=3)


def report(label: str, name: str, problems: list[str]) -> ValueError:
    """Return one error that lists everything that does not fit."""
    listed = "\n".join(f"- {problem}" for problem in problems)
    return ValueError(
        f"{label} does not fit the model {name!r}:\n{listed}\nBuild the same model, or pass "
        "skip_mismatch=True to load what fits."
    )


class _Assignment(NamedTuple):
    weight: Any
    store: StoredArrays
    key: str


def _loads_plainly(thing: Any) -> bool:
    return isinstance(thing, Layer) and type(thing).load_own_variables is Layer.load_own_variables


def _is_optimizer(path: str) -> bool:
    return path.split("/")[-1] == "optimizer"


def _tensors_of(thing: Any) -> list[Tensor]:
    if isinstance(thing, TorchState):
        return list(thing.tensors().values())
    if isinstance(thing, Layer) and type(thing).save_own_variables is Layer.save_own_variables:
        return [storage_of(weight) for weight in own_weights(thing)]
    return list(thing.parameters()) + list(thing.buffers())


def _matched(path: str, layer: Layer, store: StoredArrays) -> tuple[list[_Assignment], list[str]]:
    """Return what to assign to a layer's weights, and what does not fit."""
    where = path or layer.name
    weights = own_weights(layer)
    keys = [str(index) for index in range(len(weights))]
    problems = []
    found = []
    for weight, key in zip(weights, keys, strict=True):
        if key not in store:
            problems.append(f"missing: {where} has no {weight.name!r} {tuple(weight.shape)}")
        elif store.shape(key) != tuple(weight.shape):
            problems.append(
                f"other shape: {where}, {weight.name!r} is {tuple(weight.shape)}, the file has "
                f"{store.shape(key)}"
            )
        else:
            found.append(_Assignment(weight, store, key))
    extra = sorted(set(store) - set(keys))
    if extra:
        built = "" if layer.built else " (the layer has not been built)"
        shapes = [store.shape(key) for key in extra]
        problems.append(f"unexpected: {where} has {len(extra)} more weights, {shapes}{built}")
    return found, problems


def _unexpected(reader: H5Reader, visited: set[str]) -> list[str]:
    return [
        f"unexpected: {path} with weights {[store.shape(key) for key in store]}"
        for path, store in reader.stores.items()
        if len(store) and path not in visited and not _PASSED_OVER & set(path.split("/"))
    ]


def _load_their_own_way(things: list[tuple[str, Any, StoredArrays]], atomic: bool) -> list[str]:
    """Load objects with a `load_own_variables` of their own; undo it all if one fails."""
    layers = [thing for _, thing, _ in things if isinstance(thing, Layer)]
    before = [(layer, layer.get_weights()) for layer in layers] if atomic else []
    problems = []
    for path, thing, store in things:
        try:
            thing.load_own_variables(store)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            problems.append(f"{path or thing.name}: {error}")
    if problems:
        for layer, values in before:
            layer.set_weights(values)
    return problems
