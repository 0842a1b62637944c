"""Branches and loops that depend on values.

On tensors that have values they are Python's own; inside `torch.compile` they become torch's
`cond` and `while_loop`; where shapes alone are known, every branch runs once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._higher_order_ops.while_loop import while_loop as compiled_loop
from torch._subclasses.fake_tensor import FakeTensor

from kerlite.core import tree
from kerlite.core.convert import as_tensor
from kerlite.ops.closures import has_no_value, spec_of, takes_functions

__all__ = ["cond", "fori_loop", "switch", "while_loop"]


@takes_functions("Cond", inputs=3)
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return what `true_fn` returns if `pred` is true, else what `false_fn` does.

    Args:
        pred: a boolean, or a tensor of one element. For a Python boolean that is Python's `if`.
        true_fn: a function without arguments.
        false_fn: likewise. Inside `torch.compile`, and while a model is built, both must return
            tensors of the same shapes and types.

    Raises:
        ValueError: if `pred` has several elements, or the results differ where they must not.

    Example:
        >>> x = torch.tensor(3.0)
        >>> cond(x > 2, lambda: x * 10, lambda: x)
        tensor(30.)

    Source: keras.ops.cond.
    """
    if not isinstance(pred, Tensor):
        return true_fn() if pred else false_fn()
    if pred.numel() != 1:
        raise ValueError(f"Expected `pred` to have one element; received {tuple(pred.shape)}.")
    return _branch(pred, true_fn, false_fn)


@takes_functions("Switch", inputs=sys.maxsize)
def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Return what one of several functions returns on the operands.

    Args:
        index: which function; below zero the first, too large the last.
        branches: the functions. Inside `torch.compile`, and while a model is built, all must
            return tensors of the same shapes and types.
        *operands: their arguments.

    Raises:
        ValueError: if there are no functions, or the results differ where they must not.

    Example:
        >>> switch(1, [torch.sin, torch.square], torch.tensor(3.0))
        tensor(9.)

    Source: keras.ops.switch.
    """
    if not branches:
        raise ValueError("Expected at least one function in `branches`; received none.")
    last = len(branches) - 1
    if torch.compiler.is_compiling() or has_no_value(index):
        if isinstance(index, Tensor) and last:
            first, rest = branches[0], branches[1:]
            return _branch(
                index <= 0,
                lambda: first(*operands),
                lambda: switch(index - 1, rest, *operands),
            )
        index = 0 if isinstance(index, Tensor) else index
    return branches[min(max(int(index), 0), last)](*operands)


@takes_functions()
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Return the loop variables after `body` has been applied to them while `cond` holds.

    Args:
        cond: a function of the loop variables that returns whether to go on.
        body: a function of the loop variables that returns their next values. Inside
            `torch.compile`, and while a model is built, it must keep their shapes and types.
        loop_vars: a tuple or list of tensors or structures of them, or one tensor.
        maximum_iterations: where to stop at the latest.

    Raises:
        ValueError: if the shapes or types change where they must not.

    Example:
        >>> while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (0, torch.tensor(1)))
        (tensor(3, dtype=torch.int32), tensor(8))

    Source: keras.ops.while_loop.
    """
    several = isinstance(loop_vars, (tuple, list))
    state = tuple(loop_vars) if several else (loop_vars,)
    state = tree.map_structure(as_tensor, state)
    if torch.compiler.is_compiling():
        state = _compiled(cond, body, state, maximum_iterations)
    elif has_no_value(state):
        state = _kept(state, _as_tuple(body(*state)))
    else:
        steps = 0
        while (maximum_iterations is None or steps < maximum_iterations) and cond(*state):
            state = _as_tuple(body(*state))
            steps += 1
    return state if several else state[0]


@takes_functions()
def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """Return the value after `body_fun(i, value)` for every i from `lower` to `upper` - 1.

    Args:
        lower: the first i.
        upper: where to stop; i does not reach it.
        body_fun: a function of i and the value that returns the next value.
        init_val: the first value: a tensor, or a structure of them.

    Example:
        >>> fori_loop(1, 5, lambda i, total: total + i, torch.tensor(0))
        tensor(10)

    Source: keras.ops.fori_loop. Inside `torch.compile`, bounds that are tensors make i one.
    """
    tensors = isinstance(lower, Tensor) or isinstance(upper, Tensor)
    if tensors and (torch.compiler.is_compiling() or has_no_value(lower, upper)):
        _, value = while_loop(
            lambda i, _: i < upper, lambda i, value: (i + 1, body_fun(i, value)), (lower, init_val)
        )
        return value
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def _branch(pred: Tensor, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    if torch.compiler.is_compiling():
        pred = pred.reshape(()).bool()
        # What torch.cond returns may not be a tensor that it was given.
        return torch.cond(pred, lambda: _copied(true_fn()), lambda: _copied(false_fn()), ())
    if not isinstance(pred, FakeTensor):
        return true_fn() if pred else false_fn()
    first, second = true_fn(), false_fn()
    if spec_of(first) != spec_of(second):
        raise ValueError(
            "Expected the branches to return tensors of the same shapes and types; received "
            f"{spec_of(first)} and {spec_of(second)}."
        )
    return first


def _copied(structure: Any) -> Any:
    return tree.map_structure(lambda leaf: as_tensor(leaf).clone(), structure)


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, (list, tuple)) else (values,)


def _kept(before: Any, after: Any) -> Any:
    after = tree.map_structure(as_tensor, after)
    if spec_of(before) != spec_of(after):
        raise ValueError(
            "Expected `body` to keep the shapes and types of the loop variables, as it may run "
            f"any number of times; they went from {spec_of(before)} to {spec_of(after)}."
        )
    return after


def _compiled(cond: Any, body: Any, state: Any, maximum: int | None) -> Any:
    """Run torch's own loop; it carries a flat tuple of tensors, here with the steps in front."""

    def goes_on(steps: Tensor, *flat: Tensor) -> Tensor:
        held = as_tensor(cond(*tree.pack_sequence_as(state, flat))).reshape(()).bool()
        return held if maximum is None else held & (steps < maximum)

    def step(steps: Tensor, *flat: Tensor) -> tuple[Tensor, ...]:
        after = _as_tuple(body(*tree.pack_sequence_as(state, flat)))
        return (steps + 1, *map(torch.clone, tree.flatten(after)))

    flat = tree.flatten(state)
    start = torch.zeros((), dtype=torch.int64, device=flat[0].device)
    _, *found = compiled_loop(goes_on, step, (start, *flat))
    return tree.pack_sequence_as(state, found)
