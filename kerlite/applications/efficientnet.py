"""EfficientNet B0 to B7. As Keras's, the functions make models that take bytes, 0 to 255."""

from __future__ import annotations

from typing import Any

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.efficientnet_names import efficientnet_names
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_none as preprocess_input
from kerlite.applications.registry import application

__all__ = [
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4",
    "EfficientNetB5", "EfficientNetB6", "EfficientNetB7", "decode_predictions", "preprocess_input",
]  # fmt: skip

for _number, _size in enumerate((224, 240, 260, 300, 380, 456, 528, 600)):
    add_architecture(
        Architecture(f"efficientnet_b{_number}", efficientnet_names, size=_size, scales=True)
    )


def _application(number: int) -> Any:
    name = f"b{number}"
    return application(
        f"efficientnet_{name}", f"EfficientNet{name.upper()}", f"efficientnet{name}",
        f"EfficientNet-{name.upper()}.",
    )  # fmt: skip


EfficientNetB0: Any = _application(0)
EfficientNetB1: Any = _application(1)
EfficientNetB2: Any = _application(2)
EfficientNetB3: Any = _application(3)
EfficientNetB4: Any = _application(4)
EfficientNetB5: Any = _application(5)
EfficientNetB6: Any = _application(6)
EfficientNetB7: Any = _application(7)
