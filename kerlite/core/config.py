"""Settings of the process: number format and image layout; devices, limits and switches besides.

`floatx`, `epsilon` and `image_data_format` mean what they mean in Keras.

Source: keras.config; `set_device` and `device_scope` are kerlite's.
"""

from __future__ import annotations

from kerlite.core.devices import device as device
from kerlite.core.devices import device_scope as device_scope
from kerlite.core.devices import set_device as set_device
from kerlite.core.settings import settings
from kerlite.core.switches import disable_flash_attention as disable_flash_attention
from kerlite.core.switches import disable_interactive_logging as disable_interactive_logging
from kerlite.core.switches import disable_traceback_filtering as disable_traceback_filtering
from kerlite.core.switches import enable_flash_attention as enable_flash_attention
from kerlite.core.switches import enable_interactive_logging as enable_interactive_logging
from kerlite.core.switches import enable_traceback_filtering as enable_traceback_filtering
from kerlite.core.switches import enable_unsafe_deserialization as enable_unsafe_deserialization
from kerlite.core.switches import is_flash_attention_enabled as is_flash_attention_enabled
from kerlite.core.switches import is_interactive_logging_enabled as is_interactive_logging_enabled
from kerlite.core.switches import is_nnx_enabled as is_nnx_enabled
from kerlite.core.switches import is_traceback_filtering_enabled as is_traceback_filtering_enabled
from kerlite.core.switches import max_epochs as max_epochs
from kerlite.core.switches import max_steps_per_epoch as max_steps_per_epoch
from kerlite.core.switches import set_max_epochs as set_max_epochs
from kerlite.core.switches import set_max_steps_per_epoch as set_max_steps_per_epoch

__all__ = [
    "backend",
    "device",
    "device_scope",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "set_backend",
    "set_device",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]

_FLOATS = ("float16", "bfloat16", "float32", "float64")
_FORMATS = ("channels_last", "channels_first")


def backend() -> str:
    """Return "torch": kerlite has one engine.

    Example:
        >>> backend()
        'torch'
    """
    return "torch"


def set_backend(backend: str) -> None:
    """Accept "torch" and refuse every other backend.

    Raises:
        ValueError: for any name but "torch".
    """
    if backend != "torch":
        raise ValueError(
            f"kerlite runs on PyTorch only; received backend={backend!r}. Remove the call or pass "
            "'torch'."
        )


def floatx() -> str:
    """Return the name of the default floating-point type, such as "float32"."""
    return settings.floatx


def set_floatx(value: str) -> None:
    """Set the default floating-point type.

    Args:
        value: "float16", "bfloat16", "float32" or "float64".

    Raises:
        ValueError: for any other name.
    """
    if value not in _FLOATS:
        raise ValueError(f"Unknown floatx: {value!r}. Expected one of {_FLOATS}.")
    settings.floatx = value


def epsilon() -> float:
    """Return the small number that keeps divisions and logarithms finite (1e-7 at first)."""
    return settings.epsilon


def set_epsilon(value: float) -> None:
    """Set the small number that keeps divisions and logarithms finite."""
    settings.epsilon = float(value)


def image_data_format() -> str:
    """Return where images keep their channels: "channels_last" or "channels_first"."""
    return settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set where images keep their channels.

    Args:
        data_format: "channels_last" (N, H, W, C) or "channels_first" (N, C, H, W).

    Raises:
        ValueError: for any other name.
    """
    settings.image_data_format = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """Return a valid data format; None stands for the process's default.

    Raises:
        ValueError: for an unknown format.
    """
    if data_format is None:
        return settings.image_data_format
    lowered = str(data_format).lower()
    if lowered not in _FORMATS:
        raise ValueError(f"Unknown data_format: {data_format!r}. Expected one of {_FORMATS}.")
    return lowered


def reset() -> None:
    """Put every setting back to what a fresh process has."""
    settings.reset()
