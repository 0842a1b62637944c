"""Gradients by rule: of the user's own making, and forward along a direction."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import tree
from kerlite.core.convert import as_tensor
from kerlite.core.tensor import any_symbolic, record
from kerlite.ops.closures import takes_functions

__all__ = ["custom_gradient", "jvp"]


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that brings its own gradient one that torch differentiates by it.

    Args:
        f: a function that returns its result and a function `grad(*args, upstream)`. That one is
            given the tensors among the arguments of `f` and the gradient of the result (a tuple,
            if the result is one), and returns the gradient of each of those arguments.

    Returns:
        A function that returns the result alone.

    Raises:
        TypeError: when called, if `f` does not return such a pair.

    Example:
        >>> @custom_gradient
        ... def doubled_gradient(x):
        ...     return x * 3, lambda x, upstream: upstream * 6
        >>> x = torch.tensor(1.0, requires_grad=True)
        >>> doubled_gradient(x).backward()
        >>> x.grad
        tensor(6.)

    Source: keras.ops.custom_gradient; a result may also be a tuple of tensors, and a function that
    brings no gradient is an error, where Keras gives NaN.
    """

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return record(call, args, kwargs)
        return _CustomGradient.apply(functools.partial(f, **kwargs), *args)

    return call


@takes_functions("JVP", module="linalg", inputs=3, options={"has_aux": False})
def jvp(
    fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> tuple[Any, ...]:
    """Return a function's result and its derivative in a direction: f(x) and f'(x) v.

    Args:
        fun: a function of the primals.
        primals: where to take the derivative: one value for each argument.
        tangents: the direction, of the same shapes.
        has_aux: whether the function returns a pair, the second of which is handed on as it is.

    Returns:
        The result, its derivative, and if `has_aux` what the function handed on.

    Raises:
        ValueError: if the tangents do not have the shapes of the primals.

    Example:
        >>> jvp(torch.square, (torch.tensor(3.0),), (torch.tensor(1.0),))
        (tensor(9.), tensor(6.))

    Source: keras.ops.jvp, by torch.func.jvp.
    """
    points = tuple(tree.map_structure(as_tensor, list(primals)))
    steps = tuple(tree.map_structure(as_tensor, list(tangents)))
    shapes, given = (
        [tuple(leaf.shape) for leaf in tree.flatten(values)] for values in (points, steps)
    )
    if shapes != given:
        raise ValueError(
            f"Expected tangents of the shapes of the primals, {shapes}; received {given}."
        )
    if not torch.compiler.is_compiling():
        _load_forward_mode()
    return torch.func.jvp(fun, points, steps, has_aux=has_aux)


@functools.cache
def _load_forward_mode() -> None:
    """Use it once: as it loads, torch warns of a function that torch itself calls."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        torch.func.jvp(torch.neg, (torch.zeros(()),), (torch.zeros(()),))


class _CustomGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, f: Callable[..., Any], *args: Any) -> Any:
        result = f(*args)
        if not isinstance(result, tuple) or len(result) != 2 or not callable(result[1]):
            raise TypeError(
                "A function with a custom gradient returns its result and a function "
                f"grad(*args, upstream); received {type(result).__name__}."
            )
        output, ctx.gradient = result
        ctx.are_tensors = [isinstance(arg, Tensor) for arg in args]
        ctx.save_for_backward(*[arg for arg in args if isinstance(arg, Tensor)])
        return tuple(output) if isinstance(output, list) else output

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Any:
        given = upstream[0] if len(upstream) == 1 else upstream
        found = ctx.gradient(*ctx.saved_tensors, upstream=given)
        found = iter(found if isinstance(found, (tuple, list)) else (found,))
        return (None, *[next(found, None) if one else None for one in ctx.are_tensors])
