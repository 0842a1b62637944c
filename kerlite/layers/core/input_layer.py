"""InputLayer and Input: where a functional model begins."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.arguments import is_whole
from kerlite.core.names import auto_name
from kerlite.core.tensor import KerasTensor, Node
from kerlite.layers.base import Layer

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """The entry of a graph: it gives back what it is fed.

    Args:
        shape: shape of one sample, None for sizes that vary.
        batch_size: the batch's size; None if it varies.
        dtype: number type of the input; by default floatx.
        sparse: must be falsy: torch's sparse tensors have no symbolic form here.
        ragged: must be falsy.
        batch_shape: the whole shape, instead of `shape` and `batch_size`.
        input_tensor: a KerasTensor to stand for, instead of a shape.
        optional: whether None may be fed.
        name: a name; a dict of data is matched by it.

    Raises:
        ValueError: if no shape is given, or two are.

    Example:
        >>> InputLayer(shape=(28, 28, 1)).batch_shape
        (None, 28, 28, 1)

    Source: keras.layers.InputLayer.
    """

    batch_shape: tuple[int | None, ...] = ()

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        input_tensor: KerasTensor | None = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ):
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        super().__init__(name=name or auto_name("input_layer"), dtype=None, **kwargs)
        if sparse or ragged:
            raise ValueError(
                f"Inputs are dense tensors (see x.to_dense()); received {sparse=}, {ragged=}."
            )
        if input_tensor is not None:
            batch_shape, dtype = input_tensor.shape, dtype or input_tensor.dtype
        self.batch_shape = _whole_shape(shape, batch_size, batch_shape)
        self.input_dtype_name = dtypes.standardize_dtype(dtype)
        self.sparse, self.ragged, self.optional, self.built = False, False, optional, True
        output = input_tensor
        if output is None or output.producer is not None:
            output = KerasTensor(self.batch_shape, self.input_dtype_name, name=self.name)
        self._inbound_nodes.append(Node(self, (), {}, output))

    def call(self, inputs: Tensor) -> Tensor:
        """Return the input."""
        return inputs

    @property
    def dtype(self) -> str:
        """The number type of the input."""
        return self.input_dtype_name

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        names = ("batch_shape", "dtype", "sparse", "ragged", "name", "optional")
        return {name: getattr(self, name) for name in names}


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: KerasTensor | None = None,
    optional: bool = False,
) -> KerasTensor:
    """Return the symbolic tensor with which a functional model begins.

    Args:
        shape: shape of one sample, None for sizes that vary.
        batch_size: the batch's size; None if it varies.
        dtype: number type; by default floatx.
        sparse: must be falsy.
        ragged: must be falsy.
        batch_shape: the whole shape, instead of `shape` and `batch_size`.
        name: a name; a dict of data is matched by it.
        tensor: a KerasTensor to stand for, instead of a shape.
        optional: whether None may be fed.

    Raises:
        ValueError: if no shape is given, or two are.

    Example:
        >>> Input((32,), name="features")
        <KerasTensor shape=(None, 32), dtype=float32, name=features>

    Source: keras.Input.
    """
    layer = InputLayer(
        shape=shape, batch_size=batch_size, dtype=dtype, sparse=sparse, ragged=ragged,
        batch_shape=batch_shape, input_tensor=tensor, name=name, optional=optional,
    )  # fmt: skip
    return layer.output


def _whole_shape(shape: Any, batch_size: int | None, batch_shape: Any) -> tuple[int | None, ...]:
    if (shape is None) == (batch_shape is None) or (batch_shape is not None and batch_size):
        raise ValueError(
            "An input needs either shape (of one sample, with an optional batch_size) or "
            f"batch_shape; received shape={shape!r}, batch_size={batch_size!r}, "
            f"batch_shape={batch_shape!r}."
        )
    sizes = batch_shape if batch_shape is not None else (batch_size, *_as_tuple(shape))
    for size in sizes:
        whole = is_whole(size)
        if size is not None and not (whole and size >= 0):
            raise ValueError(f"A shape holds whole numbers >= 0 and None; received {sizes!r}.")
    return tuple(None if size is None else int(size) for size in sizes)


def _as_tuple(shape: Any) -> tuple[int | None, ...]:
    if isinstance(shape, int):
        raise ValueError(f"shape is a tuple such as ({shape},); received the number {shape}.")
    return tuple(shape)
