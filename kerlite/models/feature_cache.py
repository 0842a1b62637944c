"""Model.cache_features: the outputs of a frozen part computed once, and the rest to train."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from kerlite.core import tree
from kerlite.core.generator_states import generator_states, set_generator_states
from kerlite.core.random_state import random_state, set_random_state
from kerlite.data import Batches, adapt
from kerlite.data.cached_features import CachedFeatures
from kerlite.data.columns import path_name
from kerlite.data.row_store import RowStore
from kerlite.models.features import features, split
from kerlite.training.modes import in_mode
from kerlite.utils.pack import pack_x_y_sample_weight, unpack_x_y_sample_weight

__all__ = ["FeatureCache", "cache_features"]

_COLUMNS = ("features", "targets", "sample_weight")


class FeatureCache(NamedTuple):
    """What `cache_features` returns.

    Attributes:
        data: a torch dataset of the features, with the targets and sample weights, for `head.fit`.
        head: the model of the layers above, from features to outputs; it shares the layers.
    """

    data: CachedFeatures
    head: Any


def cache_features(
    model: Any,
    data: Any,
    upto: Any,
    batch_size: int | None = None,
    steps: int | None = None,
    threshold: int = 2**30,
    folder: str | os.PathLike[str] | None = None,
) -> FeatureCache:
    """Compute the outputs of a frozen part once; return them, and the model of what lies above.

    Training the head on them gives the numbers that training the whole model would give, without
    running the frozen part in every epoch. The layers are shared: the model has what the head has
    learned. Augmentation, in the data, is computed once, too. What the frozen part adds to the
    loss (activity regularizers) is left out.

    Args:
        model: a functional model, or a Sequential one whose input shape is known.
        data: (x, y), (x, y, sample_weight), or what else `fit` takes as `x`.
        upto: the last layer of the frozen part: the layer, its name, or a path into nested models.
        batch_size: samples a step, 32 by default; not for data that comes in batches.
        steps: batches to compute, for data without an end.
        threshold: bytes above which features and targets go to files, mapped into memory.
        folder: where these files are to be, and to stay (features.npy, targets.npy); by default in
            a temporary folder that goes with the data returned.

    Returns:
        `(data, head)`: a torch dataset for `head.fit(data, batch_size=...)` or a `DataLoader`, and
        the model above, to be compiled.

    Raises:
        ValueError: if the part is not frozen, or gives something else in training than in
            inference (dropout), or if nothing lies above it, or more than its output goes there.

    Example:
        >>> import kerlite
        >>> from kerlite.layers import Dense
        >>> base = kerlite.Sequential([kerlite.Input((4,)), Dense(8, activation="relu")], name="b")
        >>> base.trainable = False
        >>> model = kerlite.Sequential([base, Dense(1)])
        >>> data, head = model.cache_features((torch.ones(6, 4), torch.zeros(6, 1)), upto="b")
        >>> data.features.shape
        torch.Size([6, 8])
        >>> head.compile("adam", "mse")
        >>> history = head.fit(data, batch_size=2, epochs=3, verbose=0)

    Source: kerlite's own.
    """
    base, head = _split(model, upto)
    _require_frozen(base)
    x, y, sample_weight = unpack_x_y_sample_weight(data if isinstance(data, tuple) else (data,))
    batches = adapt(
        x, y, sample_weight, batch_size=batch_size, steps=steps, device=base._device()
    )  # fmt: skip
    store = RowStore(threshold, folder)
    try:
        structure = _fill(store, base, batches)
    except BaseException:
        store.discard()
        raise
    finally:
        batches.close()
    rows = store.finish()
    tensors = tree.map_structure(lambda name: None if name is None else rows[name], structure)
    where = store.folder if store.files else None
    return FeatureCache(CachedFeatures(*tensors, folder=where, temporary=folder is None), head)


def _split(model: Any, upto: Any) -> tuple[Any, Any]:
    """Return the models below and above a layer."""
    path = upto if isinstance(upto, str) else upto.name
    if any(tensor._keras_mask is not None for tensor in features(model, path).outputs):
        raise ValueError(
            f"The output of {path!r} has a mask, which kept features would lose. Cut below the "
            "layer that makes the mask."
        )
    try:
        base, head = split(model, path)
    except ValueError as error:
        raise ValueError(
            f"The model {model.name!r} cannot be cut at {path!r}: what lies above needs more than "
            "its output (a connection goes around it). Cut at a layer that everything goes through."
        ) from error
    if not head.layers[len(head.inputs) :]:
        raise ValueError(
            f"Nothing lies above {path!r}, the last layer of {model.name!r}: there would be no "
            "head to train. Cut at a layer further down."
        )
    return base, head


def _require_frozen(base: Any) -> None:
    trained = [weight.path for weight in base.trainable_weights]
    if trained:
        raise ValueError(
            f"The part to be cached has {len(trained)} weights that are to be trained "
            f"({', '.join(trained[:3])}{', ...' if trained[3:] else ''}), so its outputs would "
            "change. Freeze it first: set trainable = False on its layers."
        )


def _fill(store: RowStore, base: Any, batches: Batches) -> Any:
    """Run everything through the base; return the names of the columns, packed like a batch."""
    structure: Any = None
    with torch.no_grad(), in_mode(base, training=False):
        for batch in batches.epoch(0):
            x, y, sample_weight = unpack_x_y_sample_weight(batch)
            if structure is None:
                _require_same_in_training(base, x)
            packed = pack_x_y_sample_weight(base(x), y, sample_weight)
            packed = packed if isinstance(packed, tuple) else (packed,)
            named = list(_named(packed))
            structure = structure or _with_names(packed, [name for name, _ in named])
            store.add({name: leaf for name, leaf in named if leaf is not None})
    return structure


def _named(packed: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a batch with a name that may be that of a file."""
    for column, part in zip(_COLUMNS, packed, strict=False):
        for path, leaf in tree.flatten_with_path(part):
            name = path_name(column, path)
            yield re.sub(r"\W+", "_", name).strip("_"), leaf


def _with_names(packed: Any, names: list[str]) -> Any:
    remaining = iter(names)

    def name(leaf: Any) -> str | None:
        own = next(remaining)
        return None if leaf is None else own

    return tree.map_structure(name, packed)


def _require_same_in_training(base: Any, x: Any) -> None:
    """Run two samples in both modes, leave no trace, and refuse a base that cares for the mode."""
    x = tree.map_structure(lambda part: None if part is None else part[:2], x)
    in_inference = list(_watched(base, x))
    modules = {str(index): part for index, part in enumerate(base.modules())}
    buffers = {buffer: buffer.clone() for buffer in base.buffers()}
    host, own = random_state(), generator_states(modules)
    try:
        with in_mode(base, training=True):
            in_training = list(_watched(base, x))
    finally:
        set_random_state(host)
        set_generator_states(modules, own)
        for buffer, value in buffers.items():
            buffer.copy_(value)
    pairs = zip(in_inference, in_training, strict=True)
    culprit = next((layer for (layer, a), (_, b) in pairs if _differ(a, b)), None)
    if culprit is not None:
        kind, name = type(culprit).__name__, getattr(culprit, "name", "")
        raise ValueError(
            f"The {kind} {name!r} gives something else in training than in inference, even "
            "frozen, so there is no one output to keep. Call the base with training=False, or cut "
            "below this layer."
        )


def _watched(base: nn.Module, x: Any) -> list[tuple[nn.Module, list[Tensor]]]:
    """Run a batch; return the innermost modules in the order they ran, with their outputs' sums."""
    seen: list[tuple[nn.Module, list[Tensor]]] = []

    def note(module: nn.Module, args: Any, outputs: Any) -> None:
        tensors = [leaf for leaf in tree.flatten(outputs) if isinstance(leaf, Tensor)]
        seen.append((module, [sum_ for tensor in tensors for sum_ in _sums(tensor)]))

    leaves = [part for part in base.modules() if not any(True for _ in part.children())]
    handles = [leaf.register_forward_hook(note) for leaf in leaves]
    try:
        note(base, (), base(x))
    finally:
        for handle in handles:
            handle.remove()
    return seen


def _sums(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Return a sum that tells values and their places, and what rounding may change in it.

    The outputs of every layer of a large network themselves would not fit into memory.
    """
    values = tensor.detach().double().flatten()
    places = torch.arange(len(values), device=values.device, dtype=values.dtype).sin()
    return (values * places).sum(), 1e-4 * values.abs().sum() / max(len(values), 1) ** 0.5


def _differ(one: list[Tensor], other: list[Tensor]) -> bool:
    pairs = zip(one[::2], other[::2], one[1::2], strict=True)
    return any(bool((a - b).abs() > rounding) for a, b, rounding in pairs)
