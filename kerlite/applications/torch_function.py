"""TorchFunction: a call of one of torch's functions as a layer that can be saved."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.applications.order import first, last
from kerlite.core import registry
from kerlite.layers.base import Layer

__all__ = ["TorchFunction", "function_name"]

_NAMES: dict[str, tuple[Any, str]] = {
    "operator": (operator, "add floordiv getitem matmul mul neg pow sub truediv"),
    "functional": (
        F,
        "adaptive_avg_pool2d adaptive_max_pool2d avg_pool2d batch_norm celu conv2d dropout elu "
        "gelu group_norm hardsigmoid hardswish hardtanh interpolate layer_norm leaky_relu linear "
        "log_softmax max_pool2d mish normalize pad relu relu6 scaled_dot_product_attention selu "
        "sigmoid silu softmax softplus tanh unfold",
    ),
    "torch": (
        torch,
        "abs add amax amin baddbmm bmm cat chunk clamp concat div einsum exp flatten flip log "
        "matmul max mean min mul neg permute pow relu reshape roll rsqrt sigmoid softmax split "
        "sqrt squeeze stack sub sum swapaxes tanh transpose unflatten unsqueeze where",
    ),
    "Tensor": (
        torch.Tensor,
        "abs add amax amin bmm chunk clamp div exp expand flatten flip log matmul mean mul "
        "narrow neg permute pow relu repeat reshape roll rsqrt select sigmoid softmax split sqrt "
        "squeeze sub sum swapaxes tanh transpose unbind unflatten unsqueeze view",
    ),
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    f"{space}.{name}": getattr(home, name)
    for space, (home, names) in _NAMES.items()
    for name in names.split()
}
_BY_FUNCTION = {function: name for name, function in reversed(_FUNCTIONS.items())}
# an image that was permuted is no view that other sizes can be given to
_FUNCTIONS["Tensor.view"] = torch.Tensor.reshape


@registry.register_keras_serializable(package="kerlite")
class TorchFunction(Layer):
    """A call of one of torch's functions as a layer.

    Args:
        function: its name ("functional.adaptive_avg_pool2d", "Tensor.permute").
        args, kwargs: its arguments, plain values: {"input": 0} stands for the first input,
            {"weight": name} for a weight of the layer, {"training": True} for whether a call
            trains, {"batch": True} for the batch's size, {"size": [0, 2]} for the first input's
            along axis 2; {"call": [function, args, kwargs]} for another call, on weights; slices
            and tuples are {"slice": [...]} and {"tuple": [...]}, ... is {"ellipsis": True}.
        shapes: the shapes of the layer's weights, by name.
        image_inputs, image_outputs: whether inputs and outputs of rank 4 have their channels last,
            where the function has them at axis 1.

    Shape:
        what the function makes of its inputs.

    Raises:
        ValueError: for a function that files have no name for.

    Example:
        >>> layer = TorchFunction("torch.flatten", [{"input": 0}, 1])
        >>> layer(torch.ones(2, 3, 4)).shape
        torch.Size([2, 12])

    Source: torch.
    """

    finds_training = True

    def __init__(
        self,
        function: str,
        args: list[Any],
        kwargs: dict[str, Any] | None = None,
        shapes: dict[str, Any] | None = None,
        image_inputs: bool = False,
        image_outputs: bool = False,
        **options: Any,
    ):
        super().__init__(**options)
        self.function = function
        self.image_inputs, self.image_outputs = image_inputs, image_outputs
        self._run = _named(function)
        self._args, self._kwargs = _read(args), _read(kwargs or {})

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        for name, shape in (self._init_arguments.get("shapes") or {}).items():
            setattr(self, name, self.add_weight(shape, "zeros", name=name))
        shapes = [input_shape] if _is_shape(input_shape) else input_shape
        images = all(len(shape) == 4 for shape in shapes)
        self.takes_channels_first = images and self.image_inputs and self.image_outputs

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the function's result."""
        tensors = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        if self.image_inputs:
            tensors = [first(x) for x in tensors]
        outputs = self._result(tensors, training)
        if not self.image_outputs:
            return outputs
        return [last(x) for x in outputs] if isinstance(outputs, (list, tuple)) else last(outputs)

    def call_channels_first(self, inputs: Any) -> Any:
        """Return the same for channels at axis 1."""
        return self._result([inputs] if isinstance(inputs, Tensor) else inputs, None)

    def _result(self, tensors: list[Tensor], training: bool | None) -> Any:
        def fill(value: Any) -> Any:
            if isinstance(value, _Slot):
                return value.of(self, tensors, training)
            if isinstance(value, _Inner):
                options = {key: fill(one) for key, one in value.kwargs.items()}
                return value.run(*map(fill, value.args), **options)
            if isinstance(value, tuple):
                return tuple([fill(one) for one in value])
            return [fill(one) for one in value] if isinstance(value, list) else value

        return self._run(*map(fill, self._args), **{k: fill(v) for k, v in self._kwargs.items()})


def function_name(target: Any) -> str | None:
    """Return the name that files have for a function, or for a method given by name.

    Example:
        >>> function_name(torch.flatten), function_name("permute"), function_name(print)
        ('torch.flatten', 'Tensor.permute', None)
    """
    if isinstance(target, str):
        target = target.removesuffix("_") if target.endswith("_") else target
        return f"Tensor.{target}" if f"Tensor.{target}" in _FUNCTIONS else None
    target = {operator.iadd: operator.add, operator.imul: operator.mul}.get(target, target)
    return _BY_FUNCTION.get(target)


def _named(function: str) -> Callable[..., Any]:
    if function not in _FUNCTIONS:
        raise ValueError(
            "A TorchFunction runs one of torch's functions that a file may name; received "
            f"{function!r}. The names are {sorted(_FUNCTIONS)}."
        )
    return _FUNCTIONS[function]


class _Inner:
    """A call, on weights, whose result is an argument."""

    def __init__(self, function: str, args: list[Any], kwargs: dict[str, Any]):
        self.run, self.args, self.kwargs = _named(function), _read(args), _read(kwargs)


class _Slot:
    """The place of an argument that is known at the call only."""

    def __init__(self, kind: str, which: Any):
        self.kind, self.which = kind, which

    def of(self, layer: Any, tensors: list[Tensor], training: bool | None) -> Any:
        if self.kind == "input":
            return tensors[self.which]
        if self.kind == "batch":
            return tensors[0].shape[0]
        if self.kind == "size":
            return tensors[self.which[0]].shape[self.which[1]]
        return getattr(layer, self.which) if self.kind == "weight" else layer._in_training(training)


def _read(value: Any) -> Any:
    """Return arguments from their plain form, with slots for those that come later."""
    if isinstance(value, (list, tuple)):
        return [_read(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1 or (key := next(iter(value))) not in _FORMS:
        return {key: _read(one) for key, one in value.items()}
    return _FORMS[key](value[key])


_FORMS: dict[str, Callable[[Any], Any]] = {
    "input": lambda which: _Slot("input", which),
    "weight": lambda which: _Slot("weight", which),
    "training": lambda which: _Slot("training", which),
    "batch": lambda which: _Slot("batch", which),
    "size": lambda which: _Slot("size", tuple(which)),
    "call": lambda parts: _Inner(*parts),
    "slice": lambda parts: slice(*_read(parts)),
    "tuple": lambda items: tuple(_read(items)),
    "ellipsis": lambda _: ...,
}


def _is_shape(value: Any) -> bool:
    return all(size is None or isinstance(size, int) for size in value)
