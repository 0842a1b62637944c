"""Code run on tensors without values; a size that is not known yet fits any other."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.utils._pytree import tree_map_only

from kerlite.core import budget
from kerlite.core.assignable import Assignable

__all__ = ["ShapesOnly", "may_be_unknown", "unknown_size"]

# There are two stand-ins for every unknown dimension, odd multiples of this: for the batch, and for
# any other. They are large enough for strided layers to keep telling them apart.
_BATCH_UNIT, _OTHER_UNIT = 4, 64
# And for a size that values decide.
_RESULT_SIZES = (3, 5)
_aten = torch.ops.aten
# What torch refuses for these only once there are values.
_ON_BITS = {
    _aten.bitwise_and, _aten.bitwise_or, _aten.bitwise_xor, _aten.bitwise_not,
    _aten.bitwise_left_shift, _aten.bitwise_right_shift, _aten.__lshift__, _aten.__rshift__,
}  # fmt: skip


class ShapesOnly(FakeTensorMode):
    """Runs code on tensors without values; weights take part as the plain tensors they hold.

    `which` says in which of two runs, that differ in what stands in for unknown sizes.

    Args:
        known: sizes that must not stand in for others.
    """

    def __init__(self, known: Collection[int]):
        super().__init__(allow_non_fake_inputs=True)
        self.which = 0
        self._sizes = _two_multiples(_BATCH_UNIT, known), _two_multiples(_OTHER_UNIT, known)

    def stand_in(self, axis: int) -> int:
        """Return what stands in for the unknown size of an axis."""
        return self._sizes[min(axis, 1)][self.which]

    def stands_in(self, size: int) -> bool:
        """Return whether a size may be a stand-in, in either run."""
        return any(size in pair for pair in self._sizes)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args, kwargs = tree_map_only(Assignable, _plain_tensor, (args, kwargs or {}))
        budget.spend_results(func, args)
        if func.overloadpacket in _ON_BITS:
            _refuse_floats(args)
        if func._schema.is_mutable:  # counters and the like keep their values
            args, kwargs = tree_map_only(torch.Tensor, self._without_values, (args, kwargs))
        try:
            return super().__torch_dispatch__(func, types, args, kwargs)
        except (RuntimeError, ValueError):
            fitted = self._fitted(func, args)
            if fitted is None:
                raise
        return super().__torch_dispatch__(func, types, fitted, kwargs)

    def _without_values(self, x: Tensor) -> Tensor:
        return x if isinstance(x, FakeTensor) else self.from_tensor(x)

    def _fitted(self, func: Any, args: Any) -> Any:
        """Return operands that broadcast: where sizes clash, the unknown ones are taken to be 1.

        None if that is not what is wrong with them.
        """
        if func._schema.is_mutable or torch.Tag.pointwise not in func.tags:
            return None
        fitted = list(args)
        ranks = [x.ndim for x in fitted if isinstance(x, Tensor)]
        for axis in range(-max(ranks), 0):
            long = [
                (place, x)
                for place, x in enumerate(fitted)
                if isinstance(x, Tensor) and x.ndim >= -axis and x.shape[axis] != 1
            ]
            known = {x.shape[axis] for _, x in long if not self._is_unknown(x, axis)}
            if len(known) > 1:
                return None
            size = min(known or {x.shape[axis] for _, x in long}, default=1)
            for place, x in long:
                if x.shape[axis] != size:
                    fitted[place] = x.narrow(axis, 0, 1)
        return fitted

    def _is_unknown(self, x: Tensor, axis: int) -> bool:
        stand_ins = self.stand_in(0), self.stand_in(1)
        return isinstance(x, FakeTensor) and x.shape[axis] in stand_ins


def unknown_size(x: Any) -> int | None:
    """Return a stand-in for a size that the values of `x` decide; None if `x` has values.

    What is made with it in a dry run comes out with an unknown dimension.
    """
    mode = getattr(x, "fake_mode", None)
    return _RESULT_SIZES[mode.which] if isinstance(mode, ShapesOnly) else None


def may_be_unknown(x: Tensor, axis: int) -> bool:
    """Return whether a size may be a dry run's stand-in for None, which must fit everything."""
    mode = getattr(x, "fake_mode", None)
    return isinstance(mode, ShapesOnly) and mode.stands_in(x.shape[axis])


def _two_multiples(unit: int, known: Collection[int]) -> tuple[int, int]:
    free = (size for size in itertools.count(3 * unit, 2 * unit) if size not in known)
    return next(free), next(free)


def _plain_tensor(weight: Any) -> Tensor:
    return weight.as_subclass(torch.Tensor)


def _refuse_floats(args: Any) -> None:
    for x in args:
        kind = x.dtype if isinstance(x, Tensor) else None
        if isinstance(x, float) or (kind and (kind.is_floating_point or kind.is_complex)):
            name = str(kind or "float").removeprefix("torch.")
            raise TypeError(f"only integers and booleans have bits to work on, not {name}")
