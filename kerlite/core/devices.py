"""The device on which new weights are made and to which batches travel.

It is the first CUDA device, else Apple's MPS, else the CPU, unless `set_device` or a `device_scope`
says otherwise.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

from kerlite.core.settings import settings

__all__ = ["device", "device_scope", "set_device"]


def device() -> torch.device:
    """Return the device on which weights are made and steps run."""
    if settings.device is None:
        settings.device = _best_device()
    return settings.device


def set_device(name: str | torch.device | None) -> None:
    """Choose the device for new weights and for the data of every step.

    Args:
        name: "cpu", "cuda", "cuda:1", "mps", a `torch.device`; None means the best one present.

    Raises:
        ValueError: if this machine has no such device.

    Example:
        >>> set_device("cpu")
        >>> device()
        device(type='cpu')
    """
    settings.device = _best_device() if name is None else _checked_device(name)


@contextlib.contextmanager
def device_scope(device_name: str | torch.device) -> Iterator[torch.device]:
    """Within the `with` block, make weights and run steps on another device.

    Example:
        >>> with device_scope("cpu") as scoped:
        ...     scoped.type
        'cpu'
    """
    previous = settings.device
    set_device(device_name)
    try:
        yield device()
    finally:
        settings.device = previous


def _best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _checked_device(name: str | torch.device) -> torch.device:
    try:
        chosen = torch.device(name.replace("gpu", "cuda") if isinstance(name, str) else name)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"This machine cannot use the device {str(name)!r}: {error}. The best device here is "
            f"{str(_best_device())!r}."
        ) from error
    return chosen
