"""Limits of every `fit`, and what is switched on and off: moving bars, flash attention.

Source: keras.config.
"""

from __future__ import annotations

import warnings

from kerlite.core.settings import settings

__all__ = [
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]


def max_epochs() -> int | None:
    """Return the most epochs any `fit` runs (None: no limit; set by KERAS_MAX_EPOCHS too)."""
    return settings.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Limit the epochs of every `fit`; None lifts the limit."""
    settings.max_epochs = max_epochs


def max_steps_per_epoch() -> int | None:
    """Return the most steps of any epoch (None: no limit)."""
    return settings.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit the steps of every epoch of fit, evaluate and predict; None lifts the limit."""
    settings.max_steps_per_epoch = max_steps_per_epoch


def enable_interactive_logging() -> None:
    """Show progress bars (the default)."""
    settings.interactive_logging = True


def disable_interactive_logging() -> None:
    """Make `verbose="auto"` print one line an epoch rather than a moving bar."""
    settings.interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Return whether `verbose="auto"` shows a moving bar."""
    return settings.interactive_logging


def enable_traceback_filtering() -> None:
    """Accepted for Keras's sake: kerlite's tracebacks are short and always whole."""
    settings.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Accepted for Keras's sake: kerlite's tracebacks are always whole."""
    settings.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """Return the last choice made; tracebacks are whole either way."""
    return settings.traceback_filtering


def enable_flash_attention() -> None:
    """Let attention use torch's flash kernels where they apply (the default)."""
    settings.flash_attention = True


def disable_flash_attention() -> None:
    """Keep attention from torch's flash kernels."""
    settings.flash_attention = False


def is_flash_attention_enabled() -> bool:
    """Return whether attention may use torch's flash kernels."""
    return settings.flash_attention


def enable_unsafe_deserialization() -> None:
    """Warn that code in files is never run, whatever a program asks for.

    Example:
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     enable_unsafe_deserialization()

    Source: keras.config.enable_unsafe_deserialization, which lets files run code from then on.
    """
    warnings.warn(
        "kerlite runs no code from files, so there is nothing to enable. Register the functions "
        "and classes that your files need with kerlite.saving.register_keras_serializable(), or "
        "pass them as custom_objects.",
        stacklevel=2,
    )


def is_nnx_enabled() -> bool:
    """Return False: the modules here are PyTorch's, not those of JAX's NNX.

    Example:
        >>> is_nnx_enabled()
        False
    """
    return False
