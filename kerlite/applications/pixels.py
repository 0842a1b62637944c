"""What networks take for pixels."""

from __future__ import annotations

from typing import Any, NamedTuple

from kerlite.core import config

__all__ = ["MINUS_1_TO_1", "STANDARDIZED", "ZERO_TO_255", "Pixels"]

_USUAL_SIZE = 224
_MIDDLE = 0.875  # of height and width, as networks are evaluated on ImageNet


class Pixels(NamedTuple):
    """What a network takes: pixels in [0, 1], less a mean, divided by a deviation.

    Args:
        mean: of each channel.
        std: of each channel.

    Example:
        >>> MINUS_1_TO_1.transform(224)["resize"]
        256
    """

    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def transform(self, size: int | None) -> dict[str, Any]:
        """Return the arguments of `Preprocess` for images of a size; None for the usual one."""
        size = size or _USUAL_SIZE
        return {
            "crop": size, "resize": round(size / _MIDDLE), "mean": list(self.mean),
            "std": list(self.std), "data_format": config.image_data_format(),
        }  # fmt: skip


MINUS_1_TO_1 = Pixels((0.5,) * 3, (0.5,) * 3)
ZERO_TO_255 = Pixels((0.0,) * 3, (1 / 255,) * 3)
STANDARDIZED = Pixels((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
