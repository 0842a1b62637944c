"""What turns a plain function over torch into one of Keras's operations."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor
from torch.nn import Parameter

from kerlite.core.op_forms import register_op
from kerlite.core.tensor import KerasTensor, record

__all__ = ["operation"]

P = ParamSpec("P")
R = TypeVar("R")

# The errors of torch's argument checks. Their subclasses (no memory left, a singular matrix, a
# value that a dry run does not have) speak for themselves.
_ARGUMENT_ERRORS = (RuntimeError, IndexError, NotImplementedError)
# The usual arguments, none of them symbolic; asking for their type is the quickest check.
_PLAIN = frozenset((Tensor, Parameter, int, float, bool, str, type(None), torch.dtype))
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def operation(
    module: str | None,
    class_name: str | None = None,
    *,
    inputs: int = 1,
    options: Mapping[str, tuple[str, Any]] | None = None,
    settled: Mapping[str, Callable[[Any], Any]] | None = None,
    free: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function one of Keras's operations.

    Called on symbolic tensors it is recorded as one call, which files name as Keras does; torch's
    complaints about arguments become a ValueError or TypeError with the arguments in it. On
    tensors the function runs as it is.

    Args:
        module: Keras's module of the operation below `keras.src.ops`: "numpy", "nn", ...; None if
            Keras has no operation for it, so that no file can name it.
        class_name: Keras's class of it; by default the function's name in camel case.
        inputs: how many leading arguments belong to a call; the others are options of the class.
        options: the function's name of an option -> Keras's name and default; by default the same.
        settled: the name of an option -> what gives the value that is recorded for it: defaults
            that are settings of the process (`data_format`) must not change with a file's reader.
        free: whether keyword arguments that are no options belong to the call.

    Example:
        >>> import torch
        >>> @operation("numpy")
        ... def twice(x):
        ...     return x * 2
        >>> twice(torch.tensor(3)), twice(KerasTensor((None, 4))).shape
        (tensor(6), (None, 4))
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if _any_symbolic(args) or (kwargs and _any_symbolic(kwargs.values())):
                return record(call, *_as_recorded(function, inputs, settled, args, kwargs))
            try:
                return function(*args, **kwargs)  # type: ignore[call-arg]
            except _ARGUMENT_ERRORS as error:
                _explain(function, args, kwargs, error)
                raise

        if module is not None:
            name = class_name or "".join(map(str.title, function.__name__.split("_")))
            found = dict(_options_of(function, inputs)) if options is None else options
            register_op(call, name, module, inputs, found, free)
        return call

    return decorate


def _any_symbolic(values: Any) -> bool:
    for value in values:
        if type(value) in _PLAIN:
            continue
        if isinstance(value, (tuple, list)):
            if _any_symbolic(value):
                return True
        elif isinstance(value, KerasTensor):
            return True
    return False


def _as_recorded(
    function: Callable[..., Any],
    inputs: int,
    settled: Mapping[str, Callable[[Any], Any]] | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a call's arguments as files want them: its inputs by position, its options settled."""
    signature = inspect.signature(function)
    signature.bind(*args, **kwargs)  # a TypeError for what the function does not take
    names = [name for name, one in signature.parameters.items() if one.kind in _BY_PLACE]
    given, named = list(args), dict(kwargs)
    for name in names[len(given) : inputs]:  # all of them: some of Keras's classes need each
        given.append(named.pop(name, signature.parameters[name].default))
    for name, settle in (settled or {}).items():
        position = names.index(name)
        if position < len(given):
            given[position] = settle(given[position])
        else:
            named[name] = settle(named.get(name, signature.parameters[name].default))
    return tuple(given), named


def _options_of(function: Callable[..., Any], inputs: int) -> list[tuple[str, tuple[str, Any]]]:
    parameters = list(inspect.signature(function).parameters.values())
    return [(one.name, (one.name, one.default)) for one in parameters[inputs:]]


def _explain(
    function: Callable[..., Any], args: Any, kwargs: dict[str, Any], error: Exception
) -> None:
    """Raise torch's complaint about arguments again, in Keras's type and with the arguments."""
    if type(error) not in _ARGUMENT_ERRORS:
        return
    given = inspect.signature(function).bind(*args, **kwargs).arguments
    described = ", ".join(f"{name}={_described(value)}" for name, value in given.items())
    reason = str(error).strip().splitlines()[0].removesuffix(".")
    kind = TypeError if "not implemented for" in reason else ValueError
    raise kind(f"{function.__name__}({described}) cannot be computed: {reason}.") from error


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"<{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}>"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"<array {tuple(value.shape)} {value.dtype}>"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(_described, value[:8])) + (", ..." if len(value) > 8 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    return repr(value)
