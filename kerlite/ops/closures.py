"""Operations that take functions: how they are recorded, and what such a function may hold."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar

from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor

from kerlite.core import tree
from kerlite.core.op_forms import register_op
from kerlite.core.tensor import KerasTensor, record

__all__ = ["has_no_value", "spec_of", "takes_functions"]

P = ParamSpec("P")
R = TypeVar("R")


def takes_functions(
    class_name: str | None = None,
    *,
    module: str = "core",
    inputs: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function that is given functions one of Keras's operations.

    As `operation` does, but what goes wrong in the user's functions is raised as it is, and, when
    called on symbolic tensors, the functions are refused what a recorded call would not see.

    Args:
        class_name: Keras's class; None if files have no form for it.
        module: Keras's module of it below `keras.src.ops`.
        inputs: how many leading arguments belong to a call.
        options: Keras's options -> their defaults.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if not _holds_symbolic(args) and not (kwargs and _holds_symbolic(kwargs)):
                return function(*args, **kwargs)
            for leaf in tree.flatten((args, kwargs)):
                _check_captured(leaf, function.__name__)
            bound = signature.bind(*args, **kwargs)  # files tell arguments by their places
            return record(call, bound.args, bound.kwargs)

        if class_name is not None:
            found = {name: (name, default) for name, default in (options or {}).items()}
            register_op(call, class_name, module, inputs, found)
        return call

    return decorate


def has_no_value(*values: Any) -> bool:
    """Return whether any leaf is a tensor of a dry run: of a shape and a type only."""
    return any(isinstance(leaf, FakeTensor) for leaf in tree.flatten(values))


def spec_of(structure: Any) -> Any:
    """Return the structure with (shape, type) in place of its tensors, to compare two of them.

    Example:
        >>> import torch
        >>> spec_of({"a": torch.zeros(2)})
        {'a': ('tensor', (2,), torch.float32)}
    """
    return tree.map_structure(
        lambda leaf: (
            ("tensor", tuple(leaf.shape), leaf.dtype) if isinstance(leaf, Tensor) else type(leaf)
        ),
        structure,
    )


def _holds_symbolic(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_holds_symbolic, value))
    if isinstance(value, dict):
        return any(map(_holds_symbolic, value.values()))
    return isinstance(value, KerasTensor)


def _check_captured(function: Any, name: str) -> None:
    """Refuse modules, and functions that hold symbolic tensors or modules.

    Raises:
        ValueError: naming what cannot be recorded.
    """
    for held in _held_by(function):
        if isinstance(held, nn.Module):
            raise ValueError(
                f"The function given to {name}() uses the layer {type(held).__name__}, whose "
                "weights would not belong to the model. Do this in the call() of a Layer that "
                "has it."
            )
        if _holds_symbolic(held):
            raise ValueError(
                f"The function given to {name}() uses the symbolic tensor {held} from outside. "
                f"Hand it to {name}() as an argument, or do this in the call() of a Layer."
            )


def _held_by(function: Any) -> Iterator[Any]:
    """Yield what a function reads besides its arguments; a module yields itself."""
    waiting, seen = [function], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, functools.partial):
            held = [one.func, *one.args, *one.keywords.values()]
        elif isinstance(one, types.FunctionType):
            held = _read_by(one)
        else:
            held = [one] if isinstance(one, nn.Module) else []
        yield from held
        waiting += [other for other in held if callable(other) and other is not one]


def _read_by(function: types.FunctionType) -> list[Any]:
    """Return the defaults of a function, and the values of the outer names that it uses."""
    found = inspect.getclosurevars(function)
    wrapped = getattr(function, "__wrapped__", None)
    names = {} if wrapped is not None else found.globals  # a decorator's are not the user's
    return [*(function.__defaults__ or ()), *found.nonlocals.values(), *names.values()]
