"""KerasTensor: the shape, type and origin of a value that does not exist yet.

Whatever is done to one is recorded as a `Node`: an operator, any torch function, a layer. A chain
of nodes between two KerasTensors is a graph (`kerlite.core.graph`).
"""

from __future__ import annotations

import itertools
import operator
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from kerlite.core import config, dtypes, tree
from kerlite.core.dry_run import Spec, dry_run

__all__ = [
    "KerasHistory", "KerasTensor", "Node", "any_symbolic", "infer", "is_keras_tensor", "record",
]  # fmt: skip

_creation = itertools.count()
_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "mod": "remainder",
    "floordiv": "floor_divide", "pow": "power", "matmul": "matmul", "and": "bitwise_and",
    "or": "bitwise_or", "xor": "bitwise_xor", "lshift": "left_shift", "rshift": "right_shift",
}  # fmt: skip
_COMPARISONS = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal",
}  # fmt: skip
_TENSOR_PROPERTIES = ("T", "mT", "H", "mH", "real", "imag")
_VALUES = ("item", "tolist", "numpy")


class KerasHistory(NamedTuple):
    """Where a KerasTensor comes from, as Keras tells it."""

    operation: Any
    node_index: int
    tensor_index: int


class Node:
    """One recorded call: what was called, with what, and what came out.

    `target` is a module, a function, or the name of a tensor method. `index` grows with every node
    made, so sorting by it puts any set of nodes in an order in which they can run.
    """

    __slots__ = ("__weakref__", "args", "index", "kwargs", "outputs", "target")

    def __init__(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any):
        self.target, self.args, self.kwargs = target, args, kwargs
        self.index = next(_creation)
        self.outputs = outputs
        for position, tensor in enumerate(tree.flatten(outputs)):
            if isinstance(tensor, KerasTensor):
                tensor.producer, tensor.output_index = self, position

    @property
    def inputs(self) -> list[KerasTensor]:
        """The KerasTensors among the arguments, in order."""
        leaves = tree.flatten((self.args, self.kwargs))
        return [leaf for leaf in leaves if isinstance(leaf, KerasTensor)]


class KerasTensor:
    """A value of a functional model while the model is written down.

    Args:
        shape: dimensions; None for those that are not known yet.
        dtype: Keras's name of the number type.
        sparse: must be False; torch's sparse tensors have no symbolic form here.
        ragged: must be False.
        record_history: whether calls on it are recorded; only True.
        name: a name, for `summary` and errors.

    Raises:
        ValueError: for sparse or ragged tensors.

    Example:
        >>> x = KerasTensor((None, 8))
        >>> (x * 2 + 1).shape
        (None, 8)
        >>> torch.cat([x, x], dim=1).shape
        (None, 16)

    Source: keras.KerasTensor.
    """

    sparse = ragged = False
    ragged_rank = row_splits_dtype = None
    shape: tuple[int | None, ...] = ()
    dtype = "float32"
    producer: Node | None = None
    output_index = 0

    def __init__(
        self,
        shape: Any,
        dtype: Any = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
    ):
        if sparse or ragged or not record_history:
            raise ValueError(
                f"A KerasTensor is dense and recorded; received sparse={sparse}, ragged={ragged}, "
                f"record_history={record_history}. Leave these arguments out."
            )
        self.shape = tuple(None if size is None else int(size) for size in shape)
        self.dtype = dtypes.standardize_dtype(dtype)
        self.name = name or f"keras_tensor_{next(_creation)}"
        self._keras_mask: KerasTensor | None = None

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def _keras_history(self) -> KerasHistory:
        if self.producer is None:
            raise AttributeError  # `__getattr__` words it
        nodes = getattr(self.producer.target, "_inbound_nodes", [self.producer])
        index = next((i for i, node in enumerate(nodes) if node is self.producer), 0)
        return KerasHistory(self.producer.target, index, self.output_index)

    def reshape(self, *shape: Any) -> KerasTensor:
        """Record a reshape; -1 for one size that follows from the rest, None to keep a size."""
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (list, tuple)) else shape
        if None in sizes:  # x.reshape(x.shape[0], -1), with a batch of unknown size
            return record(_reshaped, (self, tuple(sizes)), {})
        return record("reshape", (self, *sizes), {})

    def view(self, *shape: Any) -> KerasTensor:
        """Record a reshape, or a view as another number type."""
        if isinstance(shape[0], torch.dtype):
            return record("view", (self, *shape), {})
        return self.reshape(*shape)

    def squeeze(self, axis: int | tuple[int, ...] | None = None) -> KerasTensor:
        """Record the removal of dimensions of size one."""
        return record("squeeze", (self,) if axis is None else (self, axis), {})

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Record any torch function that is called on a KerasTensor."""
        return record(func, args, kwargs or {})

    def __getattr__(self, name: str) -> Any:
        """Return a recorder for any method of `torch.Tensor`."""
        if name in _TENSOR_PROPERTIES:
            return record(getattr, (self, name), {})
        if name in _VALUES:
            return self._no_value
        if name.startswith("_") or not callable(getattr(torch.Tensor, name, None)):
            raise AttributeError(f"A KerasTensor has no attribute {name!r}.")
        return lambda *args, **kwargs: record(name, (self, *args), kwargs)

    def __getitem__(self, key: Any) -> KerasTensor:
        return record(operator.getitem, (self, key), {})

    def __iter__(self) -> Any:
        if not self.shape or self.shape[0] is None:
            raise TypeError(
                f"Cannot iterate over a KerasTensor of shape {self.shape}: its first dimension is "
                "not known while the model is built. Use torch or kerlite.ops functions on it."
            )
        return (self[i] for i in range(self.shape[0]))

    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            raise TypeError(f"A KerasTensor of shape {self.shape} has no length.")
        return self.shape[0]

    def __neg__(self) -> KerasTensor:
        return record(operator.neg, (self,), {})

    def __abs__(self) -> KerasTensor:
        return record(torch.abs, (self,), {})

    def __invert__(self) -> KerasTensor:
        return record(operator.invert, (self,), {})

    def __hash__(self) -> int:
        return id(self)

    def _no_value(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            f"The KerasTensor {self.name!r} of shape {self.shape} has no values while the model is "
            "built, so Python's if, while, float(), int() and NumPy functions cannot use it. Put "
            "the computation into a Layer's call(), or use torch or kerlite.ops functions."
        )

    __bool__ = __float__ = __int__ = __index__ = __array__ = _no_value

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Record an operator with a NumPy array on its left; nothing else of NumPy's."""
        if method != "__call__" or kwargs or ufunc.__name__ not in _UFUNCS:
            self._no_value()
        return record(_UFUNCS[ufunc.__name__], inputs, {})

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


def _recorder(function: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    if reflected:
        return lambda self, other: record(function, (other, self), {})
    return lambda self, other: record(function, (self, other), {})


_UFUNCS = {}
for _name, _ufunc in (_OPERATORS | _COMPARISONS).items():
    _function = getattr(operator, f"__{_name}__")
    _UFUNCS[_ufunc] = _function
    setattr(KerasTensor, f"__{_name}__", _recorder(_function, reflected=False))
    if _name in _OPERATORS:
        setattr(KerasTensor, f"__r{_name}__", _recorder(_function, reflected=True))


def is_keras_tensor(x: Any) -> bool:
    """Return whether `x` is symbolic.

    Example:
        >>> is_keras_tensor(KerasTensor((2,)))
        True
    """
    return isinstance(x, KerasTensor)


def any_symbolic(*structures: Any) -> bool:
    """Return whether any leaf of the structures is a KerasTensor."""
    return any(isinstance(leaf, KerasTensor) for leaf in tree.flatten(structures))


def record(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record the call of a function or of a tensor method; return what it will give, symbolic.

    What does not depend on values (`x.dim()`, say) is returned at once.

    Raises:
        TypeError: if a bare torch module was called on a KerasTensor.
    """
    _refuse_bare_module()
    args, kwargs = tree.map_structure(as_constant, (args, kwargs))
    outputs = infer(target, args, kwargs)
    if any_symbolic(outputs):
        Node(target, args, kwargs, outputs)
    return outputs


def as_constant(leaf: Any) -> Any:
    """Return a NumPy array as a tensor, double precision as floatx; anything else as it is."""
    if not isinstance(leaf, np.ndarray):
        return leaf
    dtype = dtypes.to_torch_dtype(None) if leaf.dtype == np.float64 else None
    return torch.tensor(leaf, dtype=dtype, device=config.device())


def infer(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the shapes and types that a call would give, as KerasTensors; see `dry_run`.

    Raises:
        ValueError: if the code cannot run on the given shapes; it names both.
    """
    given = tree.map_structure(
        lambda leaf: Spec(leaf.shape, leaf.dtype) if isinstance(leaf, KerasTensor) else leaf,
        (args, kwargs),
    )
    return tree.map_structure(
        lambda leaf: KerasTensor(leaf.shape, leaf.dtype) if isinstance(leaf, Spec) else leaf,
        dry_run(target, *given),
    )


def _refuse_bare_module() -> None:
    """Look for an `nn.Module` among the callers: its weights and mode would not be recorded."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code is nn.Module._call_impl.__code__:
            module = type(frame.f_locals["self"]).__name__
            raise TypeError(
                f"The torch module {module} was called on a KerasTensor. Wrap it as a layer: "
                f"kerlite.layers.TorchModuleWrapper({module}(...))(x)."
            )
        frame = frame.f_back


def _reshaped(x: torch.Tensor, sizes: tuple[int | None, ...]) -> torch.Tensor:
    return x.reshape([x.shape[i] if size is None else size for i, size in enumerate(sizes)])
