"""ConvNeXt. Its layers have torchvision's names; its largest has no weights of torchvision's."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_none as preprocess_input
from kerlite.applications.registry import documented, get

__all__ = [
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge",
    "decode_predictions", "preprocess_input",
]  # fmt: skip


def _xlarge(num_classes: int) -> nn.Module:
    from torchvision.models import convnext

    widths, depths = (256, 512, 1024, 2048, None), (3, 3, 27, 3)
    blocks = [
        convnext.CNBlockConfig(widths[i], widths[i + 1], depth)  # type: ignore[arg-type]
        for i, depth in enumerate(depths)
    ]
    return convnext.ConvNeXt(blocks, stochastic_depth_prob=0.5, num_classes=num_classes)


for _name in ("tiny", "small", "base", "large"):
    add_architecture(Architecture(f"convnext_{_name}", scales=True))
add_architecture(Architecture("convnext_xlarge", scales=True, make=_xlarge))


def _application(kind: str, public_name: str, note: str = "") -> Any:
    def make(
        include_top: bool = True,
        include_preprocessing: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = f"convnext_{kind}",
    ) -> Any:
        return get(
            f"convnext_{kind}", include_top=include_top, weights=weights,
            input_tensor=input_tensor, input_shape=input_shape, pooling=pooling, classes=classes,
            classifier_activation=classifier_activation, name=name,
            include_preprocessing=include_preprocessing,
        )  # fmt: skip

    return documented(make, public_name, f"{public_name}.{note}", _MORE)


_UNPUBLISHED = """

    torchvision publishes no weights for it: `weights` is None, or the path of a file."""
_MORE = """
        include_preprocessing: whether the model takes bytes, and begins with what scales them."""

ConvNeXtTiny: Any = _application("tiny", "ConvNeXtTiny")
ConvNeXtSmall: Any = _application("small", "ConvNeXtSmall")
ConvNeXtBase: Any = _application("base", "ConvNeXtBase")
ConvNeXtLarge: Any = _application("large", "ConvNeXtLarge")
ConvNeXtXLarge: Any = _application("xlarge", "ConvNeXtXLarge", _UNPUBLISHED)
