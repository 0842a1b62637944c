"""A function applied along an axis: row by row, all rows at once, or carrying a result along."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import tree
from kerlite.core.convert import as_tensor
from kerlite.ops.closures import takes_functions

__all__ = ["associative_scan", "map", "scan", "vectorized_map"]


@takes_functions("Map", inputs=2)
def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return the results of `f` on each row of `xs`, stacked; one row after the other.

    `vectorized_map` is faster wherever it can be used.

    Args:
        f: a function of a row; it returns tensors, in any structure.
        xs: a tensor, or a structure of tensors with first axes of one size.

    Raises:
        ValueError: if there is no row.

    Example:
        >>> map(lambda row: row.sum(), torch.tensor([[1, 2], [3, 4]]))
        tensor([3, 7])

    Source: keras.ops.map.
    """
    return _stacked([f(x) for x in _rows(xs, None)])


@takes_functions("Scan", inputs=3, options={"length": None, "reverse": False, "unroll": 1})
def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Return the last carry and all outputs of `carry, output = f(carry, row)`, row after row.

    Args:
        f: a function of the carry and a row; it returns the next carry and an output. Outputs of
            None stand for zeros like the carry.
        init: the first carry: a tensor, or a structure of them.
        xs: a tensor, or a structure of tensors with first axes of one size; None for no rows.
        length: how many steps; by default one for each row.
        reverse: whether to begin with the last row; outputs keep the order of the rows.
        unroll: a hint, which torch does not need: inside `torch.compile` all steps are unrolled.

    Raises:
        TypeError: if `f` is no function.
        ValueError: if there is no step, or the number of steps is not known.

    Example:
        >>> total = lambda carry, x: (carry + x, carry + x)
        >>> scan(total, torch.tensor(0), torch.tensor([1, 2, 3]))
        (tensor(6), tensor([1, 3, 6]))

    Source: keras.ops.scan.
    """
    _check_callable(f)
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"Expected `unroll` to be a boolean or at least 1; received {unroll!r}.")
    if xs is None and length is None:
        raise ValueError("Expected `xs` or `length`, to know the number of steps; received none.")
    carry = tree.map_structure(as_tensor, init)
    unused = [x.new_zeros(()).expand_as(x) for x in tree.flatten(carry)]
    rows = [None] * int(length or 0) if xs is None else _rows(xs, length)
    outputs = []
    for row in reversed(rows) if reverse else rows:
        carry, output = f(carry, row)
        outputs.append(unused if output is None else output)
    return carry, _stacked(outputs[::-1] if reverse else outputs)


@takes_functions("AssociativeScan", inputs=2, options={"reverse": False, "axis": 0})
def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """Return all partial results of an associative function: y[i] = f(... f(x[0], x[1]) ..., x[i]).

    Neighbours are joined pairwise, so `f` is called about 2 log2(n) times on whole tensors, not n
    times.

    Args:
        f: an associative function of two tensors (or structures) that joins them element by
            element along the axis; the earlier comes first.
        elems: a tensor, or a structure of tensors of one size along the axis.
        reverse: whether to go from the end to the beginning.
        axis: the axis to go along.

    Raises:
        TypeError: if `f` is no function.
        ValueError: if the sizes differ.

    Example:
        >>> associative_scan(torch.add, torch.tensor([1, 2, 3, 4]))
        tensor([ 1,  3,  6, 10])

    Source: keras.ops.associative_scan.
    """
    _check_callable(f)
    flat = [as_tensor(elem) for elem in tree.flatten(elems)]
    if len({elem.shape[axis] for elem in flat}) > 1:
        raise ValueError(
            f"Expected elements of one size along axis {axis}; received shapes "
            f"{[tuple(elem.shape) for elem in flat]}."
        )

    def joined(first: list[Tensor], second: list[Tensor]) -> list[Tensor]:
        pack = tree.pack_sequence_as
        return tree.flatten(f(pack(elems, first), pack(elems, second)))

    if reverse:
        flat = [elem.flip(axis) for elem in flat]
    flat = [elem.movedim(axis, 0) for elem in flat]
    scanned = _prefixes(_moved(joined, axis), flat)
    scanned = [elem.movedim(0, axis) for elem in scanned]
    if reverse:
        scanned = [elem.flip(axis) for elem in scanned]
    return tree.pack_sequence_as(elems, scanned)


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Return the results of a function on each row, computed on all rows at once.

    Args:
        function: a function of a row, without data-dependent Python; it returns tensors, in any
            structure.
        elements: a tensor, or a structure of tensors with first axes of one size.

    Example:
        >>> vectorized_map(lambda row: row.sum(), torch.tensor([[1, 2], [3, 4]]))
        tensor([3, 7])

    Source: keras.ops.vectorized_map, by torch.vmap; random numbers differ from row to row.
    """
    return _vectorized(elements, function)


@takes_functions("VectorizedMap", inputs=1, options={"function": None})
def _vectorized(elements: Any, function: Callable[[Any], Any]) -> Any:
    rows = tree.map_structure(as_tensor, elements)
    return torch.vmap(function, randomness="different")(rows)


def _check_callable(f: Any) -> None:
    if not callable(f):
        raise TypeError(f"Expected `f` to be a function; received {f!r}.")


def _rows(xs: Any, length: int | None) -> list[Any]:
    """Return the rows of a structure of tensors, each in that structure."""
    # One unbind: its gradient is one stack, where that of n selections is n padded tensors.
    columns = [as_tensor(x).unbind(0) for x in tree.flatten(xs)]
    sizes = {len(column) for column in columns}
    if len(sizes) != 1 or (length is not None and int(length) > min(sizes)):
        raise ValueError(
            f"Expected tensors with first axes of one size, of at least length={length}; received "
            f"sizes {sorted(sizes)}."
        )
    rows = [tree.pack_sequence_as(xs, row) for row in zip(*columns, strict=True)]
    return rows if length is None else rows[: int(length)]


def _stacked(results: list[Any]) -> Any:
    if not results:
        raise ValueError("Expected at least one row or step; there is nothing to stack.")
    return tree.map_structure(lambda *one: torch.stack([as_tensor(x) for x in one]), *results)


def _moved(joined: Callable[..., list[Tensor]], axis: int) -> Callable[..., list[Tensor]]:
    """Return the function for tensors whose axis has been moved to the front."""

    def call(first: list[Tensor], second: list[Tensor]) -> list[Tensor]:
        one, other = ([x.movedim(0, axis) for x in side] for side in (first, second))
        return [x.movedim(axis, 0) for x in joined(one, other)]

    return call


def _prefixes(joined: Callable[..., list[Tensor]], elems: list[Tensor]) -> list[Tensor]:
    """Return the partial results along the first axis.

    Those of joined pairs are the results at odd places; one more join gives the even ones.
    """
    size = elems[0].shape[0]
    if size < 2:
        return elems
    pairs = joined([x[0 : size - 1 : 2] for x in elems], [x[1::2] for x in elems])
    odd = _prefixes(joined, pairs)
    even = [x[:1] for x in elems]
    if size > 2:
        later = joined([x[: (size - 1) // 2] for x in odd], [x[2::2] for x in elems])
        even = [torch.cat(both) for both in zip(even, later, strict=True)]
    return list(builtins.map(_interleaved, even, odd))


def _interleaved(even: Tensor, odd: Tensor) -> Tensor:
    size = odd.shape[0]
    both = torch.stack([even[:size], odd], 1).flatten(0, 1)
    return both if even.shape[0] == size else torch.cat([both, even[size:]])
