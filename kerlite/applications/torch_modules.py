"""The torch modules that a file may name: their classes' names, and their arguments."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.applications.leaves import ClassToken, InceptionInput

__all__ = ["describe_module", "is_known", "make_module"]

_NN = frozenset((
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "AlphaDropout", "AvgPool1d", "AvgPool2d",
    "AvgPool3d", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "CELU", "ChannelShuffle",
    "ConstantPad2d", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d",
    "ConvTranspose3d", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "ELU", "Embedding",
    "Flatten", "GELU", "GLU", "GroupNorm", "Hardsigmoid", "Hardswish", "Hardtanh", "InstanceNorm1d",
    "InstanceNorm2d", "InstanceNorm3d", "LayerNorm", "LeakyReLU", "Linear", "LocalResponseNorm",
    "LogSigmoid", "LogSoftmax", "MaxPool1d", "MaxPool2d", "MaxPool3d", "Mish", "MultiheadAttention",
    "PReLU", "PixelShuffle", "PixelUnshuffle", "RMSNorm", "ReLU", "ReLU6", "ReflectionPad2d",
    "ReplicationPad2d", "SELU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign", "Tanh",
    "Unflatten", "Upsample", "ZeroPad2d",
))  # fmt: skip
_TORCHVISION = {
    "LayerNorm2d": "torchvision.models.convnext",
    "PatchMerging": "torchvision.models.swin_transformer",
    "PatchMergingV2": "torchvision.models.swin_transformer",
    "Permute": "torchvision.ops",
    "RelativePositionalMultiHeadAttention": "torchvision.models.maxvit",
    "ShiftedWindowAttention": "torchvision.models.swin_transformer",
    "ShiftedWindowAttentionV2": "torchvision.models.swin_transformer",
    "StochasticDepth": "torchvision.ops",
    "SwapAxes": "torchvision.models.maxvit",
    "WindowDepartition": "torchvision.models.maxvit",
    "WindowPartition": "torchvision.models.maxvit",
}
_OWN: dict[str, type[nn.Module]] = {"ClassToken": ClassToken, "InceptionInput": InceptionInput}
_PLAIN = (str, int, float, bool, type(None))
#: arguments that say where and how a module is made, not what it is
_LEFT_OUT = frozenset(("self", "device", "dtype", "inplace"))


def is_known(module: nn.Module) -> bool:
    """Return whether files have a name for the module's class.

    Example:
        >>> is_known(nn.GELU()), is_known(nn.Sequential())
        (True, False)
    """
    kind = type(module).__name__
    known = kind in _NN or kind in _TORCHVISION or kind in _OWN
    return known and type(module).__module__.startswith(_home(kind))


def describe_module(module: nn.Module) -> tuple[str, dict[str, Any]] | None:
    """Return the name of a module's class and the arguments that make it again, if files may.

    Example:
        >>> describe_module(nn.Dropout(0.2))
        ('Dropout', {'p': 0.2})
    """
    if not is_known(module):
        return None
    kind = type(module).__name__
    read = _READERS.get(kind, _by_signature)
    arguments = {key: _as_plain(value) for key, value in read(module).items()}
    return kind, arguments


def make_module(kind: str, arguments: dict[str, Any]) -> nn.Module:
    """Make the module that `describe_module` described.

    Raises:
        ValueError: for a class that files have no name for.

    Example:
        >>> make_module("LeakyReLU", {"negative_slope": 0.3})
        LeakyReLU(negative_slope=0.3)
    """
    if kind in _OWN:
        return _OWN[kind](**_with_tuples(arguments))
    if kind not in _NN and kind not in _TORCHVISION:
        raise ValueError(
            f"There is no torch module {kind!r} that a model's file may name; the names are "
            f"{sorted([*_NN, *_TORCHVISION, *_OWN])}."
        )
    if kind in _NN:
        return getattr(nn, kind)(**_with_tuples(arguments))
    return getattr(importlib.import_module(_TORCHVISION[kind]), kind)(**arguments)


def _home(kind: str) -> str:
    if kind in _OWN:
        return "kerlite."
    return "torch.nn." if kind in _NN else "torchvision."


def _by_signature(module: nn.Module) -> dict[str, Any]:
    """Return the arguments that the module keeps under their own names, as torch's do."""
    names = [name for name in inspect.signature(type(module)).parameters if name not in _LEFT_OUT]
    found = {name: getattr(module, name) for name in names if hasattr(module, name)}
    if "bias" in found:
        found["bias"] = found["bias"] is not None
    for name in ("_weight", "_freeze"):
        found.pop(name, None)
    return found


def _attention(module: Any) -> dict[str, Any]:
    return {
        "embed_dim": module.embed_dim,
        "num_heads": module.num_heads,
        "dropout": module.dropout,
        "bias": module.in_proj_bias is not None,
        "kdim": module.kdim,
        "vdim": module.vdim,
        "batch_first": module.batch_first,
    }


def _window_attention(module: Any) -> dict[str, Any]:
    return {
        "dim": module.qkv.in_features,
        "window_size": module.window_size,
        "shift_size": module.shift_size,
        "num_heads": module.num_heads,
        "qkv_bias": module.qkv.bias is not None,
        "proj_bias": module.proj.bias is not None,
        "attention_dropout": module.attention_dropout,
        "dropout": module.dropout,
    }


def _relative_attention(module: Any) -> dict[str, Any]:
    return {
        "feat_dim": module.to_qkv.in_features,
        "head_dim": module.head_dim,
        "max_seq_len": module.max_seq_len,
    }


_READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "MultiheadAttention": _attention,
    "PReLU": lambda module: {"num_parameters": module.num_parameters},
    "PatchMerging": lambda module: {"dim": module.dim},
    "PatchMergingV2": lambda module: {"dim": module.dim},
    "RelativePositionalMultiHeadAttention": _relative_attention,
    "ShiftedWindowAttention": _window_attention,
    "ShiftedWindowAttentionV2": _window_attention,
    "SwapAxes": lambda module: {"a": module.a, "b": module.b},
}


def _as_plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_as_plain(one) for one in value]
    if not isinstance(value, _PLAIN):
        raise TypeError(f"{value!r} is not a plain value.")
    return value


def _with_tuples(arguments: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in arguments.items()}
