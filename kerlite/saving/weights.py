"""The weights of a model in Keras's HDF5 layout: what goes where, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from torch import Tensor

from kerlite.core.undrawn import Undrawn
from kerlite.core.user_warning import warn
from kerlite.core.variable import storage_of
from kerlite.layers.base import Layer
from kerlite.layers.weights import own_weights
from kerlite.saving.h5_store import H5Reader, StoredArrays
from kerlite.saving.torch_state import TorchState
from kerlite.saving.walk import saved_objects

__all__ = ["Assignment", "read_weights", "report", "set_weights", "write_weights"]

# Written by some versions of Keras, needed by none: metrics start anew, seeds too.
_PASSED_OVER = {
    "_compile_loss", "_compile_metrics", "_loss_tracker", "_metrics", "compile_metrics",
    "metrics", "optimizer", "seed_generator",
}  # fmt: skip


def write_weights(model: Layer, writer: Any) -> None:
    """Write all weights of a model, and the state of its optimizer, with an `H5Writer`.

    Raises:
        ValueError: if a weight belongs to no layer, so that it would be lost.
    """
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


def read_weights(
    model: Layer,
    reader: H5Reader,
    skip_mismatch: bool = False,
    undrawn: Undrawn | None = None,
) -> None:
    """Set the weights of a model from a file; all of them, or none if anything does not fit.

    Args:
        model: a built model.
        reader: the open file.
        skip_mismatch: whether to set what fits, and warn of the rest.
        undrawn: of a model made for this file alone: its weights that have no values yet. It is
            of no use if anything fails.

    Raises:
        ValueError: listing all weights that are missing, of another shape, or unexpected.
    """
    problems: list[str] = []
    fitting: list[Assignment] = []
    own_way: list[tuple[str, Any, StoredArrays]] = []
    visited = set()
    for path, thing in saved_objects(model):
        visited.add(path)
        store = _store_for(reader, path, thing)
        if _loads_plainly(thing):
            found, wrong = _matched(path, thing, store)
            fitting += found
            problems += wrong
        elif store or not _is_optimizer(path):
            own_way.append((path, thing, store))
    problems += _unexpected(reader, visited)
    if undrawn is not None:
        undrawn.draw_all_but(storage_of(item.weight) for item in fitting)
    new = undrawn is not None
    set_weights(reader.label, model.name, fitting, problems, skip_mismatch, own_way, new)


def set_weights(
    label: str,
    name: str,
    fitting: list[Assignment],
    problems: list[str],
    skip_mismatch: bool,
    own_way: list[tuple[str, Any, StoredArrays]] | None = None,
    new: bool = False,
) -> None:
    """Set weights to what a file has for them: all of them, or none if there is any problem.

    Args:
        label: what to call the file.
        name: what to call the model.
        fitting: the weights for which something of the right shape is stored.
        problems: what does not fit.
        skip_mismatch: whether problems are warnings.
        own_way: (path, object, store) of those that load in a way of their own.
        new: whether the model is of no use if anything fails; then each weight is set as soon as
            it is read.

    Raises:
        ValueError: listing the problems, or naming what is damaged.
    """
    if problems and not skip_mismatch:
        raise report(label, name, problems)
    values: Iterable[Any] = (store.borrowed(key) for _, store, key in fitting)
    if not new:
        values = [store[key] for _, store, key in fitting]  # all are read before one is set
    own_way = sorted(own_way or [], key=lambda item: _is_optimizer(item[0]))
    problems = problems + _load_their_own_way(own_way, atomic=not skip_mismatch)
    if problems and not skip_mismatch:
        raise report(label, name, problems)
    for (weight, _, _), value in zip(fitting, values, strict=True):
        weight.assign(value)
    if problems:
        warn(str(report(label, name, problems)))


def report(label: str, name: str, problems: list[str]) -> ValueError:
    """Return one error that lists everything that does not fit."""
    listed = "\n".join(f"- {problem}" for problem in problems)
    return ValueError(
        f"{label} does not fit the model {name!r}:\n{listed}\nBuild the same model, or pass "
        "skip_mismatch=True to load what fits."
    )


class Assignment(NamedTuple):
    """A weight, and where its value is stored."""

    weight: Any
    store: StoredArrays
    key: str


def _loads_plainly(thing: Any) -> bool:
    return isinstance(thing, Layer) and type(thing).load_own_variables is Layer.load_own_variables


def _store_for(reader: H5Reader, path: str, thing: Any) -> StoredArrays:
    """Return what is stored for an object.

    For an optimizer in a `LossScaleOptimizer` that is what is inside: of a Sequential, Keras's
    config does not tell that there is one.
    """
    inner = reader.store(f"{path}/inner_optimizer")
    unwrapped = _is_optimizer(path) and not hasattr(thing, "inner_optimizer")
    return inner if unwrapped and len(inner) else reader.store(path)


def _is_optimizer(path: str) -> bool:
    return path.split("/")[-1] in ("optimizer", "inner_optimizer")


def _tensors_of(thing: Any) -> list[Tensor]:
    if isinstance(thing, TorchState):
        return list(thing.tensors().values())
    if isinstance(thing, Layer) and type(thing).save_own_variables is Layer.save_own_variables:
        return [storage_of(weight) for weight in own_weights(thing)]
    return list(thing.parameters()) + list(thing.buffers())


def _matched(path: str, layer: Layer, store: StoredArrays) -> tuple[list[Assignment], list[str]]:
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
            found.append(Assignment(weight, store, key))
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
