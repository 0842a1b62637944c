"""The dry run of a call: the shapes and types of its results, from those of its arguments."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
)

from kerlite.core import config, dtypes, tree
from kerlite.core.logs import silenced
from kerlite.core.shapes_only import ShapesOnly

__all__ = ["Spec", "describe", "dry_run"]


class Spec:
    """The shape, with None for what is unknown, and the type of a tensor in a dry run."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: Any, dtype: Any):
        self.shape, self.dtype = tuple(shape), dtype


def dry_run(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the shapes and types that a call would give, as `Spec`s.

    The code runs twice on tensors without data, with two sizes for each unknown dimension: those
    that come out different stay unknown. One that clashes with a known size is taken to be that,
    or 1.

    Raises:
        ValueError: if the code cannot run on the given shapes; it names both.
    """
    device = _device_of(target)
    results = []
    # Nothing is drawn at random here, so the user's generators stay as they were.
    quiet = silenced("torch._subclasses.fake_tensor")  # it logs what is raised below
    specs = [leaf for leaf in tree.flatten((args, kwargs)) if isinstance(leaf, Spec)]
    known = {size for spec in specs for size in spec.shape}
    with ShapesOnly(known) as mode, torch.no_grad(), quiet:
        for which in (0, 1):
            mode.which = which
            stand_in = partial(_stand_in, mode=mode, device=device)
            fake_args, fake_kwargs = tree.map_structure(stand_in, (args, kwargs))
            try:
                results.append(_call(target, fake_args, fake_kwargs))
            except (RuntimeError, IndexError, ValueError, TypeError) as error:
                raise _explained(error, target, args, kwargs) from error
    return tree.map_structure(_merge, *results)


def describe(target: Any) -> str:
    """Return a readable name of what a node calls."""
    name = getattr(target, "name", None) or getattr(target, "__name__", None) or str(target)
    return f"layer {name!r}" if isinstance(target, nn.Module) else f"{name}()"


def _call(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if isinstance(target, str):
        return getattr(args[0], target)(*args[1:], **kwargs)
    if isinstance(target, nn.Module):
        return target.forward(*args, **kwargs)
    return target(*args, **kwargs)


def _device_of(target: Any) -> torch.device:
    if isinstance(target, nn.Module):
        for weight in itertools.chain(target.parameters(), target.buffers()):
            return weight.device
    return config.device()


def _stand_in(leaf: Any, mode: ShapesOnly, device: torch.device) -> Any:
    if not isinstance(leaf, Spec):
        return leaf
    sizes = [mode.stand_in(axis) if size is None else size for axis, size in enumerate(leaf.shape)]
    return torch.empty(sizes, dtype=dtypes.to_torch_dtype(leaf.dtype), device=device)


def _merge(first: Any, second: Any) -> Any:
    if isinstance(first, torch.Tensor):
        shape = [a if a == b else None for a, b in zip(first.shape, second.shape, strict=True)]
        return Spec(shape, first.dtype)
    if type(first) is int and first != second:
        return None
    return first


def _explained(error: Exception, target: Any, args: Any, kwargs: Any) -> Exception:
    shapes = [leaf.shape for leaf in tree.flatten((args, kwargs)) if isinstance(leaf, Spec)]
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, (DataDependentOutputException, DynamicOutputShapeException)):
        reason = (
            "it depends on the values of its inputs, which do not exist while the model is built. "
            "Compute it with torch functions such as torch.where, or in a layer that has a "
            "compute_output_shape() method"
        )
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(f"{describe(target)} cannot run on inputs of shape {shapes}: {reason}")
