"""Whether the values of a tensor can be looked at."""

from __future__ import annotations

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor

__all__ = ["has_no_values", "is_readable"]


def is_readable(x: Tensor) -> bool:
    """Return whether the values of a tensor can be looked at for free: real ones, on the CPU."""
    return (
        x.device.type == "cpu"
        and type(x) is Tensor
        and not torch.compiler.is_compiling()
        and not torch._C._are_functorch_transforms_active()
    )


def has_no_values(x: Tensor) -> bool:
    """Return whether only shapes are asked for, as in a dry run."""
    return x.is_meta or (isinstance(x, FakeTensor) and x.fake_mode.shape_env is None)
