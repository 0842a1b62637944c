"""Kernels that make a convolution a short-time Fourier transform."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch.signal import windows

from kerlite.core import config
from kerlite.core.dtypes import to_torch_dtype
from kerlite.core.errors import unknown_name
from kerlite.initializers.base import Initializer

__all__ = ["STFT"]

_WINDOWS: dict[str, Callable[..., torch.Tensor]] = {
    "bartlett": windows.bartlett,
    "blackman": windows.blackman,
    "blackmanharris": partial(windows.general_cosine, a=(0.35875, 0.48829, 0.14128, 0.01168)),
    "boxcar": partial(windows.general_cosine, a=(1.0,)),
    "cosine": windows.cosine,
    "hamming": windows.hamming,
    "hann": windows.hann,
    "nuttall": windows.nuttall,
}


class STFT(Initializer):
    """Makes the real or the imaginary part of a Fourier kernel, for a Conv1D.

    kernel[t, 0, f] = window[t] * cos(-2 pi t f / F) / scale, with sin for the imaginary part and
    F = 2 * (bins - 1). The kernel is computed in float64, then cast.

    Args:
        side: "real" or "imag".
        window: a window's name ("hann", "hamming", "blackman", "bartlett", "boxcar", ..., and any
            other of `scipy.signal` where SciPy is installed), its values, or None for none.
        scaling: "density" divides by the window's L2 norm, "spectrum" by its L1 norm, None by
            nothing. Without a window there is nothing to divide by.
        periodic: whether a named window is periodic rather than symmetric.

    Shape:
        (frame length, 1, bins).

    Raises:
        ValueError: for an unknown side, window or scaling, or for window values of another length
            than the frame's.

    Example:
        >>> STFT("real", window=None)((4, 1, 3))[:, 0, 2]
        tensor([ 1., -1.,  1., -1.])

    Source: keras.initializers.STFT.
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ):
        if side not in ("real", "imag"):
            raise ValueError(f"side must be 'real' or 'imag'; received {side!r}.")
        if scaling not in ("density", "spectrum", None):
            raise ValueError(
                f"scaling must be 'density', 'spectrum' or None; received {scaling!r}."
            )
        if isinstance(window, str):
            _named_window(window, 1, periodic)  # an unknown name shows here, not in `build`
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return the kernel."""
        if len(shape) != 3:
            raise ValueError(f"STFT makes (frame, 1, bins) kernels; received shape={tuple(shape)}.")
        frame, _, bins = shape
        time = torch.arange(frame, dtype=torch.float64)[:, None, None]
        angle = (-2 * math.pi / max(2 * (bins - 1), 1)) * time * torch.arange(bins)
        kernel = angle.cos() if self.side == "real" else angle.sin()
        if self.window is not None:
            kernel = kernel * self._scaled_window(frame)[:, None, None]
        return kernel.to(config.device(), to_torch_dtype(dtype))

    def _scaled_window(self, frame: int) -> torch.Tensor:
        if isinstance(self.window, str):
            values = _named_window(self.window, frame, self.periodic)
        else:
            values = torch.as_tensor(self.window, dtype=torch.float64, device="cpu")
        if values.shape != (frame,):
            raise ValueError(
                f"The window must have one value for each of the {frame} steps of a frame; "
                f"received values of shape {tuple(values.shape)}."
            )
        if self.scaling is None:
            return values
        return values / torch.linalg.vector_norm(values, 2 if self.scaling == "density" else 1)


def _named_window(name: str, length: int, periodic: bool) -> torch.Tensor:
    make = _WINDOWS.get(name)
    if make is not None:
        return make(length, sym=not periodic, dtype=torch.float64, device="cpu")
    try:
        from scipy.signal import get_window

        return torch.from_numpy(get_window(name, length, periodic))
    except (ImportError, ValueError) as error:
        raise unknown_name("window", name, _WINDOWS) from error
