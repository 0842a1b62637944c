"""kerlite's own layers for the torch modules that they are: Keras's names, torch's kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn

from kerlite import activations
from kerlite.applications.flattened_dense import FlattenedDense
from kerlite.applications.flattened_dense import flattened_layout as _layout
from kerlite.applications.padded_conv import PaddedConv2D
from kerlite.applications.torch_batch_norm import TorchBatchNormalization
from kerlite.core import config
from kerlite.core.tensor import KerasTensor
from kerlite.layers import Activation, Conv2D, Dense, Dropout, MaxPooling2D

__all__ = ["keeps_size", "native_layer", "takes_in"]

_ACTIVATIONS = {nn.ReLU: "relu", nn.ReLU6: "relu6", nn.SiLU: "silu"}


def native_layer(
    module: nn.Module, image: bool, x: KerasTensor, name: str, flattened: dict[int, Any]
) -> Any:
    """Return a built layer that computes as a torch module does, with its weights; None if none.

    Args:
        module: the module.
        image: whether its input has the channels last, where the module has them at axis 1.
        x: its input.
        name: a name for the layer.
        flattened: the shapes of the images, channels last, that flattened tensors hold, by `id`.
    """
    if type(module) is nn.Linear and id(x) in flattened:
        return _flattened_dense(module, flattened[id(x)], name)
    make = _MAKERS.get(type(module))
    return None if make is None else make(module, image, len(x.shape), name)


def keeps_size(module: nn.AdaptiveAvgPool2d, x: KerasTensor, image: bool) -> bool:
    """Return whether each mean is one of a single number."""
    size = module.output_size
    wanted = size if isinstance(size, tuple) else (size, size)
    return tuple(x.shape[1:3] if image else x.shape[2:]) == wanted


def takes_in(node: fx.Node, module: nn.Module, x: KerasTensor) -> bool:
    """Make a ReLU the activation of the layer that gave its input; return whether it could be."""
    layer: Any = getattr(x.producer, "target", None)
    only = isinstance(node.args[0], fx.Node) and len(node.args[0].users) == 1
    if not only or not isinstance(module, nn.ReLU) or not isinstance(layer, (Conv2D, Dense)):
        return False
    layer.activation = activations.get("relu")
    return True


def _conv(module: Any, image: bool, rank: int, name: str) -> Any:
    both = max(module.stride) > 1 and max(module.dilation) > 1  # Keras has no such layer
    if rank != 4 or both or module.padding_mode != "zeros" or isinstance(module.padding, str):
        return None
    layer: Any = _plain_conv(module, image, name)
    kernel, bias = module.weight.detach(), module.bias
    channels = module.in_channels
    _build_with(layer, (None, None, None, channels) if image else (None, channels, None, None), {
        "kernel": kernel.permute(2, 3, 1, 0),
        "bias": None if bias is None else bias.detach(),
    })  # fmt: skip
    return layer


def _plain_conv(module: Any, image: bool, name: str) -> Any:
    """Return Conv2D where it pads as the module does, else the one that takes numbers."""
    options: dict[str, Any] = {
        "strides": module.stride,
        "dilation_rate": module.dilation,
        "groups": module.groups,
        "use_bias": module.bias is not None,
        "data_format": "channels_last" if image else "channels_first",
        "kernel_initializer": "he_normal",
        "name": name,
    }
    size, filters = module.kernel_size, module.out_channels
    reach = [d * (k - 1) for d, k in zip(module.dilation, size, strict=True)]
    same = all(2 * p == r for p, r in zip(module.padding, reach, strict=True))
    if not any(module.padding):
        return Conv2D(filters, size, padding="valid", **options)
    if same and max(module.stride) == 1:
        return Conv2D(filters, size, padding="same", **options)
    return PaddedConv2D(filters, size, pads=module.padding, **options)


def _dense(module: Any, image: bool, rank: int, name: str) -> Any:
    if image:
        return None
    bias = module.bias
    layer = Dense(module.out_features, use_bias=bias is not None, name=name)
    _build_with(layer, (None,) * (rank - 1) + (module.in_features,), {
        "kernel": module.weight.detach().T,
        "bias": None if bias is None else bias.detach(),
    })  # fmt: skip
    return layer


def _flattened_dense(module: Any, shape: tuple[int, ...], name: str) -> Any:
    bias = module.bias
    layer = FlattenedDense(module.out_features, shape, use_bias=bias is not None, name=name)
    _build_with(layer, (None, module.in_features), {
        "kernel": _layout(shape).to_keras(module.weight.detach()),
        "bias": None if bias is None else bias.detach(),
    })  # fmt: skip
    return layer


def _batch_norm(module: Any, image: bool, rank: int, name: str) -> Any:
    if module.momentum is None or not module.track_running_stats or rank != 4:
        return None
    layer: Any = TorchBatchNormalization(
        axis=-1 if image else 1, momentum=1 - module.momentum, epsilon=module.eps,
        scale=module.affine, center=module.affine, name=name,
    )  # fmt: skip
    channels = module.num_features
    layer.build((None, None, None, channels) if image else (None, channels, None, None))
    with torch.no_grad():
        for stored in ("weight", "bias", "running_mean", "running_var"):
            value = getattr(module, stored)
            if value is not None and not value.is_meta:
                getattr(layer, stored).copy_(value)
    return layer


def _dropout(module: Any, image: bool, rank: int, name: str) -> Any:
    return Dropout(module.p, name=name)


def _activation(module: Any, image: bool, rank: int, name: str) -> Any:
    return Activation(_ACTIVATIONS[type(module)], name=name)


def _max_pooling(module: Any, image: bool, rank: int, name: str) -> Any:
    plain = not _numbers(module.padding, 0) and not module.ceil_mode and not module.return_indices
    if rank != 4 or not plain or _numbers(module.dilation, 1):
        return None
    return MaxPooling2D(
        module.kernel_size, module.stride, name=name,
        data_format="channels_last" if image else "channels_first",
    )  # fmt: skip


def _numbers(value: Any, usual: int) -> bool:
    """Return whether any of the numbers is not the usual one."""
    return any(one != usual for one in (value if isinstance(value, (list, tuple)) else (value,)))


def _build_with(layer: Any, shape: tuple[int | None, ...], values: dict[str, Any]) -> None:
    """Build a layer whose weights begin with the values given, which then need not be drawn."""
    kept = {name: getattr(layer, f"{name}_initializer") for name in values}
    for name, value in values.items():
        setattr(layer, f"{name}_initializer", _giving(value))
    try:
        layer.build(shape)
    finally:
        for name, initializer in kept.items():
            setattr(layer, f"{name}_initializer", initializer)


def _giving(value: Tensor | None) -> Callable[..., Any]:
    def initializer(shape: Any, dtype: Any = None) -> Any:
        assert value is not None
        if value.is_meta and config.device().type != "meta":
            return torch.zeros(value.shape)  # what is loaded comes later
        return value.clone(memory_format=torch.preserve_format)

    return initializer


_MAKERS: dict[type, Callable[..., Any]] = {
    nn.Conv2d: _conv,
    nn.Linear: _dense,
    nn.BatchNorm2d: _batch_norm,
    nn.Dropout: _dropout,
    nn.MaxPool2d: _max_pooling,
    **dict.fromkeys(_ACTIVATIONS, _activation),
}
