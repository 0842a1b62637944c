"""Torch modules whose code does not trace, as ones that do, of the same parts."""

from __future__ import annotations

import copy
from typing import Any

from torch import Tensor, nn

from kerlite.applications.leaves import ClassToken, InceptionInput

__all__ = ["parts_of", "traceable"]


def traceable(module: nn.Module) -> nn.Module:
    """Return a module that computes the same, of the same weights, and traces better.

    Args:
        module: any; torchvision's VisionTransformer, Inception3 and GoogLeNet come out as others.

    Example:
        >>> layer = nn.Linear(2, 2)
        >>> traceable(layer) is layer
        True
    """
    kind = type(module)
    if not kind.__module__.startswith("torchvision.models."):
        return module
    if kind.__name__ == "VisionTransformer":
        return _Transformer(module)
    if getattr(module, "transform_input", False):
        return _with_input_leaf(module)
    return module


def parts_of(module: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return the modules, with endings for their names, that a module calls one after another.

    Args:
        module: any; one that is batch normalization and an activation (timm's) is two.

    Example:
        >>> parts_of(nn.ReLU())
        [('', ReLU())]
    """
    followed = isinstance(module, nn.BatchNorm2d) and type(module) is not nn.BatchNorm2d
    if not followed or list(module._modules) != ["drop", "act"]:
        return [("", module)]
    norm = copy.copy(module)  # of the same weights
    norm.__class__, norm.__dict__["_modules"] = nn.BatchNorm2d, {}
    return [("", norm), *((f"_{name}", part) for name, part in module.named_children())]


class _Transformer(nn.Module):
    """torchvision's VisionTransformer without the checks, the class token in a module."""

    def __init__(self, module: Any):
        super().__init__()
        self.conv_proj = module.conv_proj
        self.class_token = ClassToken(module.hidden_dim)
        self.class_token.token = module.class_token
        self.encoder, self.heads = module.encoder, module.heads

    def forward(self, x: Tensor) -> Tensor:
        x = self.encoder(self.class_token(self.conv_proj(x)))
        return self.heads(x[:, 0])


def _with_input_leaf(module: Any) -> nn.Module:
    """Return a copy, of the same parts, whose change of the input's range is one of them."""
    changed = copy.copy(module)
    changed.__dict__["_modules"] = dict(module._modules)
    leaf = InceptionInput()
    changed._modules["transform_input_range"] = leaf
    changed.__dict__["_transform_input"] = leaf
    return changed
