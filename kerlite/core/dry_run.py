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
    FakeTensor,
    FakeTensorMode,
)
from torch.utils._pytree import tree_map_only

from kerlite.core import budget, config, dtypes, tree
from kerlite.core.assignable import Assignable
from kerlite.core.logs import silenced

__all__ = ["Spec", "describe", "dry_run", "may_be_unknown", "unknown_size"]

# Two stand-ins for every unknown dimension: the batch, and any other. Large enough for strided
# layers to keep telling them apart.
_BATCH_SIZES, _OTHER_SIZES = (12, 20), (192, 320)
# And for a size that values decide.
_RESULT_SIZES = (3, 5)


class Spec:
    """The shape, with None for what is unknown, and the type of a tensor in a dry run."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: Any, dtype: Any):
        self.shape, self.dtype = tuple(shape), dtype


def dry_run(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the shapes and types that a call would give, as `Spec`s.

    The code runs twice on tensors without data, with two sizes for each unknown dimension: those
    that come out different stay unknown.

    Raises:
        ValueError: if the code cannot run on the given shapes; it names both.
    """
    device = _device_of(target)
    results = []
    # Nothing is drawn at random here, so the user's generators stay as they were.
    quiet = silenced("torch._subclasses.fake_tensor")  # it logs what is raised below
    with _ShapesOnly(allow_non_fake_inputs=True) as mode, torch.no_grad(), quiet:
        for which in (0, 1):
            mode.which = which
            stand_in = partial(_stand_in, which=which, device=device)
            fake_args, fake_kwargs = tree.map_structure(stand_in, (args, kwargs))
            try:
                results.append(_call(target, fake_args, fake_kwargs))
            except (RuntimeError, IndexError, ValueError, TypeError) as error:
                raise _explained(error, target, args, kwargs) from error
    return tree.map_structure(_merge, *results)


def unknown_size(x: Any) -> int | None:
    """Return a stand-in for a size that the values of `x` decide; None if `x` has values.

    What is made with it in a dry run comes out with an unknown dimension.
    """
    mode = getattr(x, "fake_mode", None)
    return _RESULT_SIZES[mode.which] if isinstance(mode, _ShapesOnly) else None


def describe(target: Any) -> str:
    """Return a readable name of what a node calls."""
    name = getattr(target, "name", None) or getattr(target, "__name__", None) or str(target)
    return f"layer {name!r}" if isinstance(target, nn.Module) else f"{name}()"


class _ShapesOnly(FakeTensorMode):
    """Runs code on tensors without values; weights take part as the plain tensors they hold."""

    which = 0  # of the two runs

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args, kwargs = tree_map_only(Assignable, _plain_tensor, (args, kwargs or {}))
        budget.spend_results(func, args)
        if func._schema.is_mutable:  # counters and the like keep their values
            args, kwargs = tree_map_only(torch.Tensor, self._without_values, (args, kwargs))
        return super().__torch_dispatch__(func, types, args, kwargs)

    def _without_values(self, x: torch.Tensor) -> torch.Tensor:
        return x if isinstance(x, FakeTensor) else self.from_tensor(x)


def may_be_unknown(x: torch.Tensor, axis: int) -> bool:
    """Return whether a size may be a dry run's stand-in for None, which must fit everything."""
    return isinstance(x, FakeTensor) and x.shape[axis] in (*_BATCH_SIZES, *_OTHER_SIZES)


def _plain_tensor(weight: Any) -> torch.Tensor:
    return weight.as_subclass(torch.Tensor)


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


def _stand_in(leaf: Any, which: int, device: torch.device) -> Any:
    if not isinstance(leaf, Spec):
        return leaf
    sizes = [
        (_OTHER_SIZES if axis else _BATCH_SIZES)[which] if size is None else size
        for axis, size in enumerate(leaf.shape)
    ]
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
