"""vectorize: a function of numbers, made one of tensors."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor

__all__ = ["vectorize"]

_ARGUMENT = r"\((?:\w+(?:,\w+)*)?\)"
_SIGNATURE = re.compile(rf"{_ARGUMENT}(?:,{_ARGUMENT})*->{_ARGUMENT}(?:,{_ARGUMENT})*")


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Collection[int] | None = None,
    signature: str | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """Return a function that applies another to every element of tensors, which are broadcast.

    The elements are taken together (`torch.vmap`): the function runs once for each axis.

    Args:
        pyfunc: a function of tensors without axes, or of those that the signature says.
        excluded: numbers of positional arguments that it gets as they are.
        signature: the last axes that it takes and gives, by name: "(m,n),(n)->(m)" for a product
            of a matrix and a vector. By default none.

    Raises:
        ValueError: if `pyfunc` is no function, or the signature does not read as above; when
            called, if the arguments do not fit the signature.

    Example:
        >>> vectorize(lambda a, b: a + b)([1, 2, 3], 2)
        tensor([3, 4, 5], dtype=torch.int32)
        >>> vectorize(torch.dot, signature="(n),(n)->()")(torch.ones(2, 3), torch.ones(3))
        tensor([3., 3.])

    Source: keras.ops.vectorize.
    """
    if not callable(pyfunc):
        raise ValueError(f"vectorize() takes a function; received {pyfunc!r}.")
    left_out = set(excluded or ())
    ranks = None if signature is None else _ranks(signature)

    @functools.wraps(pyfunc)
    def over_all(*args: Any, **kwargs: Any) -> Any:
        places = [place for place in range(len(args)) if place not in left_out]
        given = [as_tensor(args[place]) for place in places]
        cores = [0] * len(given) if ranks is None else ranks
        if len(cores) != len(given):
            raise ValueError(
                f"The signature {signature!r} is for {len(cores)} arguments; received {len(given)}."
            )

        def of_elements(*elements: Tensor) -> Any:
            passed = list(args)
            for place, element in zip(places, elements, strict=True):
                passed[place] = element
            return pyfunc(*passed, **kwargs)

        return _mapped(of_elements, given, cores)

    return over_all


def _ranks(signature: str) -> list[int]:
    """Return how many axes the function takes of each argument."""
    text = signature.replace(" ", "")
    if not _SIGNATURE.fullmatch(text):
        raise ValueError(f"Expected a signature such as '(m,n),(n)->(m)'; received {signature!r}.")
    arguments = re.findall(_ARGUMENT, text.split("->")[0])
    return [len(re.findall(r"\w+", argument)) for argument in arguments]


def _mapped(function: Callable[..., Any], given: list[Tensor], cores: list[int]) -> Any:
    """Apply a function along all axes in front of those that it takes."""
    if any(x.ndim < core for x, core in zip(given, cores, strict=True)):
        raise ValueError(
            f"Expected arguments of at least {cores} axes; received the shapes "
            f"{[tuple(x.shape) for x in given]}."
        )
    outer = [x.shape[: x.ndim - core] for x, core in zip(given, cores, strict=True)]
    shape = torch.broadcast_shapes(*outer)
    spread = [
        x.expand(shape + x.shape[x.ndim - core :]) for x, core in zip(given, cores, strict=True)
    ]
    for _ in shape:
        function = torch.vmap(function)
    return function(*spread)
