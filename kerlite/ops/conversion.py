"""Values as tensors, as NumPy arrays, and as other number types."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core import config, dtypes, tree
from kerlite.core.convert import as_tensor
from kerlite.core.op_forms import register_op
from kerlite.core.operation import operation
from kerlite.core.tensor import KerasTensor, record

__all__ = [
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "dtype",
    "is_tensor",
    "saturate_cast",
    "shape",
    "stop_gradient",
]


_ENDS: dict[tuple[torch.dtype, torch.dtype], tuple[Any, Any]] = {}


def cast(x: Any, dtype: Any) -> Any:
    """Return `x` with another number type; of the type already, it is returned as it is.

    Args:
        x: a tensor, an array, a list or a number.
        dtype: a name such as "float16", or a torch or NumPy type.

    Raises:
        ValueError: if the type is not known.

    Example:
        >>> cast([1.7, -1.7], "int32")
        tensor([ 1, -1], dtype=torch.int32)

    Source: keras.ops.cast.
    """
    if isinstance(x, KerasTensor):  # files spell the type Keras's way
        return record(cast, (x, dtypes.standardize_dtype(dtype)), {})
    kind = dtypes.to_torch_dtype(dtype)
    return (x if isinstance(x, Tensor) else as_tensor(x)).to(kind)


def saturate_cast(x: Any, dtype: Any) -> Any:
    """Return `x` with another number type; what lies outside of its range becomes the nearest end.

    Args:
        x: a tensor, an array, a list or a number.
        dtype: a name such as "uint8", or a torch or NumPy type.

    Raises:
        ValueError: if the type is not known.

    Example:
        >>> saturate_cast([-3.0, 99.5, 300.0], "uint8")
        tensor([  0,  99, 255], dtype=torch.uint8)

    Source: keras.ops.saturate_cast.
    """
    if isinstance(x, KerasTensor):
        return record(saturate_cast, (x, dtypes.standardize_dtype(dtype)), {})
    x, kind = as_tensor(x), dtypes.to_torch_dtype(dtype)
    if x.dtype is kind or x.dtype is torch.bool or x.is_complex() or kind.is_complex:
        return x.to(kind)
    if (x.dtype, kind) not in _ENDS:
        _ENDS[x.dtype, kind] = _ends(x.dtype, kind)
    return x.clamp(*_ENDS[x.dtype, kind]).to(kind)


def convert_to_tensor(
    x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None
) -> Any:
    """Return `x` as a tensor on the current device; what is one already is returned as it is.

    Args:
        x: a tensor, a variable, an array, a (nested) list or a number.
        dtype: the number type; by default that of `x`, floatx for Python's floats, int32 for its
            integers.
        sparse: must not be True; tensors are dense here.
        ragged: must not be True.

    Raises:
        ValueError: for sparse or ragged tensors, or an unknown type.

    Example:
        >>> convert_to_tensor([1, 2]), convert_to_tensor([1, 2], dtype="float16")
        (tensor([1, 2], dtype=torch.int32), tensor([1., 2.], dtype=torch.float16))

    Source: keras.ops.convert_to_tensor; a variable comes back as itself, being a tensor.
    """
    if sparse or ragged:
        raise ValueError(
            f"Tensors are dense here; received sparse={sparse}, ragged={ragged}. Convert to a "
            "dense array first, and leave these arguments out."
        )
    if isinstance(x, KerasTensor):
        name = None if dtype is None else dtypes.standardize_dtype(dtype)
        return record(convert_to_tensor, (x, name), {"sparse": sparse, "ragged": ragged})
    kind = None if dtype is None else dtypes.to_torch_dtype(dtype)
    if not isinstance(x, Tensor):
        # The array keeps the precision that Python's own numbers have, until the cast.
        traced = torch.compiler.is_compiling()  # and NumPy's arrays cannot be
        as_is = kind is None or traced or any(isinstance(v, Tensor) for v in tree.flatten(x))
        x = as_tensor(x if as_is else np.asarray(x))
    return x.to(config.device(), kind or x.dtype)


def convert_to_numpy(x: Any) -> np.ndarray:
    """Return the values of `x` as a NumPy array of their own, out of the gradient's reach.

    Args:
        x: a tensor, a variable, a list of them, or whatever NumPy takes.

    Raises:
        TypeError: if it is symbolic.

    Example:
        >>> convert_to_numpy(torch.tensor([1.0, 2.0]))
        array([1., 2.], dtype=float32)

    Source: keras.ops.convert_to_numpy; bfloat16, which NumPy lacks, becomes float32.
    """
    if isinstance(x, Tensor):
        x = x.detach().cpu().resolve_conj().resolve_neg()
        return (x.float() if x.dtype is torch.bfloat16 else x).numpy().copy()
    if isinstance(x, (list, tuple)):
        return np.array([convert_to_numpy(item) for item in x])
    return np.array(x)


def shape(x: Any) -> tuple[int | None, ...]:
    """Return the sizes of `x`; of a symbolic tensor those not known yet are None.

    Example:
        >>> shape(torch.zeros(2, 3)), shape(KerasTensor((None, 3)))
        ((2, 3), (None, 3))

    Source: keras.ops.shape.
    """
    return tuple(x.shape if hasattr(x, "shape") else as_tensor(x).shape)


def dtype(x: Any) -> str:
    """Return Keras's name of the number type of `x`.

    Example:
        >>> dtype(torch.zeros(2, dtype=torch.float16))
        'float16'

    Source: keras.ops.dtype.
    """
    return dtypes.standardize_dtype((x if hasattr(x, "dtype") else as_tensor(x)).dtype)


def is_tensor(x: Any) -> bool:
    """Return whether `x` is a tensor with values: a `torch.Tensor`, variables among them.

    Example:
        >>> is_tensor(torch.zeros(2)), is_tensor([0.0]), is_tensor(KerasTensor((2,)))
        (True, False, False)

    Source: keras.ops.is_tensor.
    """
    return isinstance(x, Tensor)


@operation("core")
def stop_gradient(variable: Any) -> Tensor:
    """Return the values without their history, so that no gradient flows back through them.

    The result shares the memory of its argument.

    Example:
        >>> x = torch.tensor(3.0, requires_grad=True)
        >>> (x * stop_gradient(x)).backward()
        >>> x.grad
        tensor(3.)

    Source: keras.ops.stop_gradient.
    """
    return as_tensor(variable).detach()


def _ends(source: torch.dtype, target: torch.dtype) -> tuple[Any, Any]:
    """Return the range of both types, in numbers that the source type has."""
    low = max(_limits(source)[0], _limits(target)[0])
    high = min(_limits(source)[1], _limits(target)[1])
    if not source.is_floating_point:
        return int(low), int(high)
    digits = 1 - round(np.log2(torch.finfo(source).eps))
    return float(_cut(low, digits)), float(_cut(high, digits))


def _limits(kind: torch.dtype) -> tuple[int, int]:
    if kind is torch.bool:
        return 0, 1
    info = torch.finfo(kind) if kind.is_floating_point else torch.iinfo(kind)
    return int(info.min), int(info.max)


def _cut(limit: int, digits: int) -> int:
    """Return the integer cut to its leading binary digits, so that it is not rounded outwards."""
    spare = max(abs(limit).bit_length() - digits, 0)
    cut = abs(limit) >> spare << spare
    return -cut if limit < 0 else cut


for _function, _class, _options in [
    (cast, "Cast", ("dtype",)),
    (saturate_cast, "SaturateCast", ("dtype",)),
    (convert_to_tensor, "ConvertToTensor", ("dtype", "sparse", "ragged")),
]:
    register_op(_function, _class, "core", options={name: (name, None) for name in _options})
