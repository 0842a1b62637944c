"""The one door through which data enters: anything `fit` takes becomes `Batches`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.data import Subset

from kerlite.core import config
from kerlite.data.arrays import ArrayBatches
from kerlite.data.batches import Batches, Options
from kerlite.data.class_weight import ClassWeights
from kerlite.data.generator import GeneratorBatches
from kerlite.data.loaders import LoaderBatches, stream_batches
from kerlite.data.py_dataset import PyDatasetBatches
from kerlite.data.samples import SampleBatches, TableBatches
from kerlite.data.sources import is_batched, kind_of

__all__ = ["adapt"]


def adapt(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    seed: int = 0,
    class_weight: Any = None,
    steps: int | None = None,
    device: str | torch.device | None = None,
    output_names: list[str] | None = None,
) -> Batches:
    """Turn anything that `fit` takes into epochs of batches on the device.

    Args:
        x: arrays, frames or lists of numbers (in dicts, lists and tuples as well), a torch
            `Dataset`, `IterableDataset` or `DataLoader`, a Hugging Face dataset, a `PyDataset`, a
            generator or other iterable of batches, or `Batches`, which are returned as they are.
        y: the targets of arrays; for a Hugging Face dataset the name, or names, of the columns
            that are the targets. Other sources bring their own.
        sample_weight: the weights of arrays: one for each sample, or one array for each output.
        batch_size: samples in a batch, 32 by default; not for sources that make batches.
        shuffle: True for another order of samples in every epoch, "batch" to shuffle only within
            each batch. A `PyDataset`'s batches are shuffled as wholes. Generators, loaders and
            iterables come in their own order either way.
        seed: with the number of the epoch, it fixes the order.
        class_weight: class number -> weight; for several outputs one such dict each.
        steps: batches in an epoch; None for all there are.
        device: where the batches are wanted; None for `config.device()`.
        output_names: the outputs' names in the order of `y`, for `class_weight` by name.

    Raises:
        ValueError: if the data is empty, lengths differ, something holds no numbers, an argument
            does not go with the kind of source, or the source is of no known kind.

    Example:
        >>> batches = adapt([[1.0], [2.0], [3.0]], [0, 1, 0], batch_size=2, device="cpu")
        >>> batches.num_batches, [y.tolist() for x, y in batches.epoch(0)]
        (2, [[0, 1], [0]])
    """
    if isinstance(x, Batches):
        return x
    _check_arguments(batch_size, steps, shuffle)
    kind = kind_of(x)
    if kind not in ("arrays", "table"):
        _refuse_extra(kind, y=y, sample_weight=sample_weight)
    if is_batched(x):
        _refuse_batch_size(kind, batch_size)
    options = Options(
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        steps=steps,
        device=config.device() if device is None else torch.device(device),
        weigh=None if class_weight in (None, {}) else ClassWeights(class_weight, output_names),
    )
    return _MAKERS[kind](x, y, sample_weight, options)


def _check_arguments(batch_size: Any, steps: Any, shuffle: Any) -> None:
    for name, value in (("batch_size", batch_size), ("steps", steps)):
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and value > 0):
            raise ValueError(f"{name} must be a whole number above 0; received {value!r}.")
    if shuffle not in (True, False, "batch"):
        raise ValueError(f"shuffle must be True, False or 'batch'; received {shuffle!r}.")


def _refuse_extra(kind: str, **arguments: Any) -> None:
    for name, value in arguments.items():
        if value is not None:
            raise ValueError(
                f"{name} was passed although x is a {kind}, which brings its own. Let it give "
                "(x, y) or (x, y, sample_weight), and leave the argument out."
            )


def _refuse_batch_size(kind: str, batch_size: int | None) -> None:
    if batch_size is not None:
        raise ValueError(
            f"batch_size={batch_size} was passed although x is a {kind}, which makes its own "
            "batches. Set the size there, and leave the argument out."
        )


def _from_table(x: Any, y: Any, sample_weight: Any, options: Options) -> Batches:
    _refuse_extra("table", sample_weight=sample_weight)
    return TableBatches(x, options, y)


def _from_tensors(x: Any, y: Any, sample_weight: Any, options: Options) -> Batches:
    tensors = _tensors_of(x)
    if len(tensors) > 3:
        raise ValueError(
            f"The TensorDataset holds {len(tensors)} tensors; expected x, (x, y) or (x, y, "
            "sample_weight). Pass several inputs as x=[a, b], y=c instead."
        )
    x, y, sample_weight = (*tensors, None, None)[:3]
    return ArrayBatches(x, y, sample_weight, options)


def _tensors_of(dataset: Any) -> tuple[torch.Tensor, ...]:
    if isinstance(dataset, Subset):
        rows = torch.as_tensor(dataset.indices)
        return tuple(tensor[rows.to(tensor.device)] for tensor in _tensors_of(dataset.dataset))
    return dataset.tensors


_MAKERS: dict[str, Callable[[Any, Any, Any, Options], Batches]] = {
    "arrays": ArrayBatches,
    "TensorDataset": _from_tensors,
    "DataLoader": lambda x, y, w, options: LoaderBatches(x, options),
    "iterable": lambda x, y, w, options: LoaderBatches(x, options),
    "IterableDataset": lambda x, y, w, options: stream_batches(x, options),
    "table": _from_table,
    "Dataset": lambda x, y, w, options: SampleBatches(x, options),
    "PyDataset": lambda x, y, w, options: PyDatasetBatches(x, options),
    "generator": lambda x, y, w, options: GeneratorBatches(x, options),
}
