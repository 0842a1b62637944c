"""Weights in the layout of Keras's legacy `.h5` files: by layer, in order, under their names.

Source: the HDF5 format of Keras 1 to 3: a group for each layer, with an attribute "weight_names";
"layer_names" says in which order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from kerlite.core.variable import storage_of
from kerlite.layers.base import Layer
from kerlite.layers.weights import own_weights
from kerlite.saving.h5_store import ArrayWriter, StoredArrays
from kerlite.saving.weights import Assignment, set_weights

__all__ = ["read_legacy_weights", "stored_names", "write_legacy_weights", "write_named"]

_TOP = "top_level_model_weights"
_MOST_IN_ATTRIBUTE = 64_512  # what HDF5 lets an attribute have, in bytes


def write_legacy_weights(model: Any, group: Any, version: str) -> None:
    """Write the weights of a model into an open HDF5 group.

    Raises:
        ValueError: if a weight belongs to no layer, so that it would be lost.
    """
    group.attrs["backend"] = "torch"
    group.attrs["keras_version"] = version
    _write_strings(group, "layer_names", [layer.name for layer in model.layers])
    written: set[int] = set()
    for layer in sorted(model.layers, key=lambda one: one.name):
        weights = _in_order(layer)
        write_named(group.create_group(layer.name), weights)
        written.update(id(storage_of(weight)) for weight in weights)
    own = own_weights(model)
    write_named(group.create_group(_TOP), own)
    written.update(id(storage_of(weight)) for weight in own)
    lost = [weight.path for weight in model.weights if id(storage_of(weight)) not in written]
    if lost:
        raise ValueError(
            f"{len(lost)} weights of {model.name!r} belong to no layer, so a legacy file would "
            f"lack them: {lost[:10]}. Save a .keras or .safetensors file."
        )


def write_named(group: Any, weights: Iterable[Any]) -> None:
    """Write weights into a group under their paths, which an attribute lists in order."""
    writer, counts, names = ArrayWriter(group), Counter[str](), []
    for weight in weights:
        counts[weight.path] += 1
        number = counts[weight.path]
        names.append(weight.path if number == 1 else f"{weight.path}_{number - 1}")
        writer[names[-1]] = weight.numpy()
    _write_strings(group, "weight_names", names)


def read_legacy_weights(
    model: Any, group: Any, label: str, skip_mismatch: bool = False, by_name: bool = False
) -> None:
    """Set the weights of a model from an HDF5 group that was found to hold arrays only.

    Args:
        model: a built model.
        group: the group with "layer_names".
        label: what to call the file in errors.
        skip_mismatch: whether to set what fits, and warn of the rest.
        by_name: whether layers are found by their names, and those of other names are left alone;
            by default the layers with weights are taken in order.

    Raises:
        ValueError: listing all that does not fit; nothing is changed then.
    """
    stored = {name: _store(group, name, label) for name in stored_names(group, "layer_names")}
    pairs = _by_name(model, stored) if by_name else _by_order(model, stored, label)
    if _TOP in group:
        pairs.append((model, _TOP, _store(group, _TOP, label)))
    fitting: list[Assignment] = []
    problems: list[str] = []
    for layer, name, store in pairs:
        weights = own_weights(layer) if layer is model else _in_order(layer)
        found, wrong = _matched(layer, name, weights, store)
        fitting += found
        problems += wrong
    set_weights(label, model.name, fitting, problems, skip_mismatch)


def stored_names(group: Any, attribute: str) -> list[str]:
    """Return the names that an attribute lists; a long list is spread over several attributes."""
    parts = [attribute] if attribute in group.attrs else []
    while not parts or parts[-1] != attribute:
        following = f"{attribute}{len(parts)}"
        if following not in group.attrs:
            break
        parts.append(following)
    names = [name for part in parts for name in np.atleast_1d(group.attrs[part]).tolist()]
    return [name.decode("utf-8") if isinstance(name, bytes) else str(name) for name in names]


def _write_strings(group: Any, attribute: str, strings: list[str]) -> None:
    encoded = np.array([one.encode() for one in strings] or [], dtype="S")
    if encoded.nbytes <= _MOST_IN_ATTRIBUTE:
        group.attrs[attribute] = encoded if strings else np.array([], dtype="S1")
        return
    count = _MOST_IN_ATTRIBUTE // encoded.itemsize
    for number, start in enumerate(range(0, len(encoded), count)):
        group.attrs[f"{attribute}{number}"] = encoded[start : start + count]


def _in_order(layer: Layer) -> list[Any]:
    """Return a layer's weights as legacy files order them: those to be trained first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


class _Named(StoredArrays):
    """The arrays of a layer in the order of its "weight_names"."""

    def __init__(self, group: Any, label: str):
        super().__init__(group, label)
        self.names = stored_names(group, "weight_names")
        missing = [name for name in self.names if not _is_array(group, name)]
        if missing:
            raise ValueError(f"{label} is damaged: {group.name} lacks the arrays {missing}.")


def _is_array(group: Any, name: str) -> bool:
    import h5py

    return name in group and isinstance(group[name], h5py.Dataset)


def _store(group: Any, name: str, label: str) -> _Named:
    if name not in group or _is_array(group, name):
        raise ValueError(f"{label} is damaged: it lists the layer {name!r}, and holds no such one.")
    return _Named(group[name], label)


def _by_name(model: Any, stored: dict[str, _Named]) -> list[tuple[Any, str, _Named]]:
    return [
        (layer, layer.name, stored[layer.name]) for layer in model.layers if layer.name in stored
    ]


def _by_order(model: Any, stored: dict[str, _Named], label: str) -> list[tuple[Any, str, _Named]]:
    layers = [layer for layer in model.layers if layer.weights]
    filled = {name: store for name, store in stored.items() if store.names}
    if len(layers) != len(filled):
        raise ValueError(
            f"{label} does not fit the model {model.name!r}: it has weights of {len(filled)} "
            f"layers, {list(filled)}, and the model has {len(layers)} with weights, "
            f"{[layer.name for layer in layers]}. Build the same model, or pass by_name=True to "
            "load the layers whose names agree."
        )
    return [(layer, *item) for layer, item in zip(layers, filled.items(), strict=True)]


def _matched(
    layer: Any, name: str, weights: list[Any], store: _Named
) -> tuple[list[Assignment], list[str]]:
    """Return what to assign to a layer's weights, and what does not fit."""
    where = layer.name if layer.name == name else f"{layer.name} (in the file: {name})"
    if len(weights) != len(store.names):
        return [], [
            f"other number: {where} has {len(weights)} weights, "
            f"{[tuple(weight.shape) for weight in weights]}, the file has {len(store.names)}, "
            f"{[store.shape(key) for key in store.names]}"
        ]
    wrong = [
        f"other shape: {where}, {weight.name!r} is {tuple(weight.shape)}, the file has "
        f"{store.shape(key)}"
        for weight, key in zip(weights, store.names, strict=True)
        if store.shape(key) != tuple(weight.shape)
    ]
    fitting = [
        Assignment(weight, store, key)
        for weight, key in zip(weights, store.names, strict=True)
        if store.shape(key) == tuple(weight.shape)
    ]
    return fitting, wrong
