"""EfficientNet V2: S, M and L of torchvision's, B0 to B3 of Keras's."""

from __future__ import annotations

from typing import Any

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.efficientnet_names import efficientnet_names
from kerlite.applications.efficientnet_v2_b import EfficientNetV2B0 as EfficientNetV2B0
from kerlite.applications.efficientnet_v2_b import EfficientNetV2B1 as EfficientNetV2B1
from kerlite.applications.efficientnet_v2_b import EfficientNetV2B2 as EfficientNetV2B2
from kerlite.applications.efficientnet_v2_b import EfficientNetV2B3 as EfficientNetV2B3
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_none as preprocess_input
from kerlite.applications.registry import documented, get

__all__ = [
    "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
    "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S", "decode_predictions",
    "preprocess_input",
]  # fmt: skip

for _name, _size in {"s": 384, "m": 480, "l": 480}.items():
    add_architecture(
        Architecture(f"efficientnet_v2_{_name}", efficientnet_names, size=_size, scales=True)
    )


def _application(kind: str) -> Any:
    def make(
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        include_preprocessing: bool = True,
        name: str | None = f"efficientnetv2-{kind}",
    ) -> Any:
        return get(
            f"efficientnet_v2_{kind}", include_top=include_top, weights=weights,
            input_tensor=input_tensor, input_shape=input_shape, pooling=pooling, classes=classes,
            classifier_activation=classifier_activation, name=name,
            include_preprocessing=include_preprocessing,
        )  # fmt: skip

    says = f"EfficientNetV2-{kind.upper()}."
    return documented(make, f"EfficientNetV2{kind.upper()}", says, _MORE)


_MORE = """
        include_preprocessing: whether the model takes bytes, and begins with what scales them."""

EfficientNetV2S: Any = _application("s")
EfficientNetV2M: Any = _application("m")
EfficientNetV2L: Any = _application("l")
