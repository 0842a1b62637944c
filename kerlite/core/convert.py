"""Arrays, lists and numbers as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from kerlite.core import config, dtypes

__all__ = ["as_tensor"]


def as_tensor(x: Any) -> Any:
    """Return `x` as a tensor on the current device.

    Tensors, symbolic tensors and torch.fx proxies come back as they are. Arrays keep their number
    type; Python's floats become floatx and its integers int32, as in Keras.

    Example:
        >>> as_tensor([1.5, 2.0])
        tensor([1.5000, 2.0000])
    """
    if hasattr(type(x), "__torch_function__"):
        return x
    array = np.asarray(x)
    own = array.dtype if hasattr(x, "dtype") else {"f": float, "i": int}.get(array.dtype.kind)
    return torch.tensor(
        array, dtype=dtypes.to_torch_dtype(own or array.dtype), device=config.device()
    )
