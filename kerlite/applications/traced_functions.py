"""What a traced module calls beside its modules: which layers these functions are."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.applications.torch_function import function_name
from kerlite.core import tree
from kerlite.core.tensor import KerasTensor
from kerlite.layers import Activation, Add, Concatenate, Multiply

__all__ = [
    "NOTHING_ASKED",
    "ArgumentWriter",
    "UnknownSize",
    "WeightCall",
    "evaluated",
    "plain_layer",
    "shape_question",
]

_ADD = (operator.add, operator.iadd, torch.add, "add", "add_")
_MULTIPLY = (operator.mul, operator.imul, torch.mul, "mul", "mul_")
_OF_SHAPES = ("size", "dim", "ndim", "shape")
NOTHING_ASKED = object()
_RELU = (nn.functional.relu, torch.relu, "relu", "relu_")


def plain_layer(
    target: Any, args: Any, kwargs: Any, tensors: list[Any], images: list[bool], name: str
) -> Any:
    """Return the layer of kerlite's that a function is; None if it is none.

    Args:
        target: the function, or a method's name.
        args: what it is called with.
        kwargs: what it is called with by name.
        tensors: the symbolic tensors among them.
        images: which of these are images with the channels last.
        name: a name for the layer.
    """
    ranks, image = {len(t.shape) for t in tensors}, any(images)
    alike = len(ranks) == 1 and len(set(images)) == 1
    if target in _RELU:
        return Activation("relu", name=name)
    if alike and len(args) == len(tensors) == 2 and not kwargs:
        if target in _ADD:
            return Add(name=name)
        if target in _MULTIPLY:
            return Multiply(name=name)
    if alike and target in (torch.cat, torch.concat) and len(tree.flatten(args[0])) == len(tensors):
        axis = args[1] if len(args) > 1 else kwargs.get("dim", 0)
        axis = (0, -1, 1, 2)[axis % 4] if image else axis
        return Concatenate(axis=axis, name=name)
    return None


def shape_question(target: Any, args: Any, image: bool) -> Any:
    """Return a size, rank or dtype asked of a symbolic tensor, as torch sees it.

    Args:
        target: the function, or a method's name.
        args: what it is called with.
        image: whether the first of them has the channels last, where torch has them at axis 1.
    """
    what = args[1] if target is getattr and len(args) > 1 else target
    if what not in _OF_SHAPES or not isinstance(args[0], KerasTensor):
        return getattr(torch, args[0].dtype) if what == "dtype" else NOTHING_ASKED
    shape = args[0].shape
    if what in ("dim", "ndim"):
        return len(shape)
    if image:
        shape = (shape[0], shape[3], *shape[1:3])
    sizes = tuple(
        UnknownSize(args[0], axis) if size is None else size for axis, size in enumerate(shape)
    )
    return sizes[args[1]] if target == "size" and len(args) > 1 else sizes


def evaluated(target: Any, args: Any, kwargs: Any) -> Any:
    """Return what a call of plain values gives, such as one that computes with sizes.

    What is computed from weights is left to the layer that uses it, which computes it at each call.

    Args:
        target: the function, or a method's name.
        args: what it is called with.
        kwargs: what it is called with by name.

    Raises:
        ValueError: if it computes from weights and files have no name for it.
    """
    values = tree.flatten((args, kwargs))
    if any(isinstance(one, WeightCall) or _is_weight(one) for one in values):
        return WeightCall(target, args, kwargs)
    if isinstance(target, str):
        return getattr(args[0], target)(*args[1:], **kwargs)
    return target(*args, **kwargs)


class WeightCall:
    """A call of a function on weights alone, still to be made.

    Args:
        target: the function, or a method's name.
        args: what it is called with.
        kwargs: what it is called with by name.

    Raises:
        ValueError: if files have no name for the function.
    """

    def __init__(self, target: Any, args: Any, kwargs: Any):
        self.function = function_name(target)
        if self.function is None:
            raise ValueError(
                f"The module computes {target!r} from weights alone, which is none of the "
                "functions that a layer can stand for. Put the part of it that does into a module "
                "whose forward does not trace, so that it is one layer."
            )
        self.args, self.kwargs = args, kwargs


class ArgumentWriter:
    """Writes a call's arguments as plain values, and gathers the tensors and weights among them.

    Args:
        own_names: names of weights, by `id`.
        grouped: `id` of an image with its channels in groups to the image as it was.
    """

    def __init__(self, own_names: dict[int, str], grouped: dict[int, KerasTensor]):
        self.own_names, self.grouped = own_names, grouped
        self.tensors: list[KerasTensor] = []
        self.weights: dict[str, Tensor] = {}

    def written(self, value: Any) -> Any:
        """Return the plain form of an argument, as `TorchFunction` takes it."""
        if isinstance(value, KerasTensor):
            self.tensors.append(value)
            return {"input": len(self.tensors) - 1}
        if isinstance(value, Tensor):
            return {"weight": self._noted(value)}
        if isinstance(value, WeightCall):
            options = {key: self.written(one) for key, one in value.kwargs.items()}
            return {"call": [value.function, self.written(list(value.args)), options]}
        if isinstance(value, tuple):
            return {"tuple": [self.written(one) for one in value]}
        if isinstance(value, list):
            return [self.written(one) for one in value]
        if isinstance(value, slice):
            return {"slice": [value.start, value.stop, value.step]}
        if isinstance(value, UnknownSize):
            return {"batch": True} if value.axis == 0 else self._size(value)
        return {"ellipsis": True} if value is ... else value

    def _noted(self, weight: Tensor) -> str:
        path = self.own_names[id(weight)]
        name = path.rpartition(".")[2]
        if self.weights.get(name, weight) is not weight:  # two of one name, from two modules
            name = path.replace(".", "_")
        self.weights[name] = weight
        return name

    def _size(self, size: UnknownSize) -> dict[str, Any]:
        """Return the form of a size that the layer asks for, if need be of one more input."""
        for index, tensor in enumerate(self.tensors):
            if tensor is size.tensor:
                return {"size": [index, size.axis]}
            if self.grouped.get(id(tensor)) is size.tensor and size.axis > 1:
                return {"size": [index, size.axis - len(size.tensor.shape)]}
        self.tensors.append(size.tensor)
        return {"size": [len(self.tensors) - 1, size.axis]}


class UnknownSize(int):
    """A size that is not known until the model runs: reshape takes it, nothing can be computed.

    Args:
        tensor: what has the size.
        axis: the size's axis, in torch's order of axes.
    """

    tensor: KerasTensor
    axis: int

    def __new__(cls, tensor: KerasTensor, axis: int) -> UnknownSize:
        """Make the number that `reshape` takes for an unknown size."""
        size = super().__new__(cls, -1)
        size.tensor, size.axis = tensor, axis
        return size

    def _refuse(self, *_: Any) -> Any:
        raise ValueError(
            "The module computes with a size that is unknown until the model runs. Pass an "
            "input_shape without None; if that is the batch's size, the module cannot be traced."
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = _refuse
    __truediv__ = __neg__ = _refuse


def _is_weight(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad
