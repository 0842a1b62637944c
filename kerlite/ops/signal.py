"""Signals: frames of a sequence, Fourier transforms, and complex numbers as pairs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating

__all__ = [
    "extract_sequences",
    "fft",
    "fft2",
    "ifft2",
    "irfft",
    "istft",
    "rfft",
    "stft",
    "view_as_complex",
    "view_as_real",
]

_WINDOWS = {"hann": torch.hann_window, "hamming": torch.hamming_window}
_TINY = 1e-11


@operation("math")
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """Return the windows of the last axis, one every so many steps, as a view of `x`.

    Args:
        x: a tensor.
        sequence_length: steps in a window.
        sequence_stride: steps from the begin of one to that of the next.

    Shape:
        (..., n) to (..., 1 + (n - sequence_length) // sequence_stride, sequence_length).

    Raises:
        ValueError: if a window is longer than the axis.

    Example:
        >>> extract_sequences([1, 2, 3, 4, 5], 3, 2)
        tensor([[1, 2, 3],
                [3, 4, 5]], dtype=torch.int32)

    Source: keras.ops.extract_sequences.
    """
    return as_tensor(x).unfold(-1, sequence_length, sequence_stride)


@operation("math", "FFT")
def fft(x: Any) -> tuple[Tensor, Tensor]:
    """Return the Fourier transform along the last axis: X[k] = sum of x[n] exp(-2i pi k n / N).

    Args:
        x: a pair of tensors: the real and the imaginary part.

    Returns:
        The real and the imaginary part.

    Raises:
        ValueError: if `x` is no pair, or its parts differ in shape.

    Example:
        >>> fft(([1.0, 2.0], [0.0, 0.0]))
        (tensor([ 3., -1.]), tensor([0., 0.]))

    Source: keras.ops.fft.
    """
    return _pair(torch.fft.fft(_complex(x)))


@operation("math", "FFT2")
def fft2(x: Any) -> tuple[Tensor, Tensor]:
    """Return the Fourier transform along the last two axes.

    Args:
        x: a pair of tensors: the real and the imaginary part.

    Returns:
        The real and the imaginary part.

    Raises:
        ValueError: if `x` is no pair, or its parts differ in shape.

    Example:
        >>> fft2(([[1.0, 2.0]], [[0.0, 0.0]]))
        (tensor([[ 3., -1.]]), tensor([[0., 0.]]))

    Source: keras.ops.fft2.
    """
    return _pair(torch.fft.fft2(_complex(x)))


@operation("math", "IFFT2")
def ifft2(x: Any) -> tuple[Tensor, Tensor]:
    """Return what `fft2` was taken of: its inverse.

    Args:
        x: a pair of tensors: the real and the imaginary part.

    Returns:
        The real and the imaginary part.

    Raises:
        ValueError: if `x` is no pair, or its parts differ in shape.

    Example:
        >>> ifft2(([[3.0, -1.0]], [[0.0, 0.0]]))
        (tensor([[1., 2.]]), tensor([[0., 0.]]))

    Source: keras.ops.ifft2.
    """
    return _pair(torch.fft.ifft2(_complex(x)))


@operation("math", "RFFT")
def rfft(x: Any, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """Return the Fourier transform of real numbers along the last axis, its first half.

    Args:
        x: a real tensor.
        fft_length: the length it is cut or padded with zeros to; by default as it is.

    Shape:
        (..., n) to two of (..., fft_length // 2 + 1): the real and the imaginary part.

    Example:
        >>> rfft([1.0, 2.0, 3.0, 4.0])
        (tensor([10., -2., -2.]), tensor([0., 2., 0.]))

    Source: keras.ops.rfft.
    """
    return _pair(torch.fft.rfft(as_floating(x), n=fft_length))


@operation("math", "IRFFT")
def irfft(x: Any, fft_length: int | None = None) -> Tensor:
    """Return the real numbers that `rfft` was taken of: its inverse.

    Args:
        x: a pair of tensors: the real and the imaginary part.
        fft_length: the length of the result; by default 2 * (n - 1).

    Shape:
        two of (..., n) to (..., fft_length).

    Raises:
        ValueError: if `x` is no pair, or its parts differ in shape.

    Example:
        >>> irfft(([10.0, -2.0, -2.0], [0.0, 2.0, 0.0]))
        tensor([1., 2., 3., 4.])

    Source: keras.ops.irfft.
    """
    return torch.fft.irfft(_complex(x), n=fft_length)


@operation("math", "STFT")
def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> tuple[Tensor, Tensor]:
    """Return the Fourier transforms of windows of a signal: its spectrogram.

    Args:
        x: a real tensor.
        sequence_length: steps in a window.
        sequence_stride: steps from one window to the next.
        fft_length: the length of the transforms, at least that of a window.
        window: "hann", "hamming", a tensor of `sequence_length` weights, or None for ones.
        center: whether a window lies around its step, the signal being mirrored at its ends.

    Shape:
        (..., n) to two of (..., frames, fft_length // 2 + 1): the real and the imaginary part.

    Raises:
        ValueError: for lengths, strides or windows that do not fit.

    Example:
        >>> real, imag = stft(torch.ones(16), 4, 2, 4)
        >>> real.shape
        torch.Size([9, 3])

    Source: keras.ops.stft.
    """
    x = as_floating(x)
    _check_lengths(sequence_length, sequence_stride, fft_length)
    weights = _window(window, sequence_length, x)
    frames = torch.stft(
        x.reshape(-1, x.shape[-1]),
        n_fft=fft_length,
        hop_length=sequence_stride,
        win_length=sequence_length,
        window=x.new_ones(sequence_length) if weights is None else weights,
        center=center,
        return_complex=True,
    )
    return _pair(frames.mT.reshape(*x.shape[:-1], frames.shape[-1], frames.shape[-2]))


@operation("math", "ISTFT")
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """Return the signal that `stft` was taken of: its inverse, up to the ends of the signal.

    Args:
        x: a pair of tensors: the real and the imaginary part.
        sequence_length: steps in a window.
        sequence_stride: steps from one window to the next.
        fft_length: the length of the transforms.
        length: the length of the result; by default what the windows give.
        window: "hann", "hamming", a tensor of `sequence_length` weights, or None.
        center: whether a window lay around its step.

    Shape:
        two of (..., frames, fft_length // 2 + 1) to (..., length).

    Raises:
        ValueError: for lengths, strides or windows that do not fit.

    Example:
        >>> istft(stft(torch.arange(8.0), 4, 2, 4), 4, 2, 4).round()
        tensor([0., 1., 2., 3., 4., 5., 6., 7.])

    Source: keras.ops.istft; no step is divided by a window of zero, where Keras raises.
    """
    spectrum = _complex(x)
    _check_lengths(sequence_length, sequence_stride, fft_length)
    weights = _window(window, sequence_length, spectrum.real)
    *batch, count, bins = spectrum.shape
    spectrum = spectrum.reshape(-1, count, bins)
    frames = torch.fft.irfft(spectrum, n=fft_length)
    exact = center and sequence_length == fft_length
    signal = _overlapped(frames, weights, sequence_stride, exact)
    begin = fft_length // 2 if center else 0
    signal = signal[:, begin : signal.shape[-1] - begin if length is None else begin + length]
    if length is not None:
        signal = F.pad(signal, (0, length - signal.shape[-1]))
    return signal.reshape(*batch, signal.shape[-1])


@operation("math")
def view_as_complex(x: Any) -> Tensor:
    """Return the complex numbers whose real and imaginary parts the last axis holds; a copy.

    Shape:
        (..., 2) to (...); complex128 for float64, complex64 for everything else.

    Raises:
        ValueError: if the last axis does not hold two numbers.

    Example:
        >>> view_as_complex([[1.0, 2.0], [3.0, -1.0]])
        tensor([1.+2.j, 3.-1.j])

    Source: keras.ops.view_as_complex; Keras gives complex64 for float64 too.
    """
    x = as_floating(x)
    if not x.ndim or x.shape[-1] != 2:
        raise ValueError(
            f"Expected a last axis of size 2, real and imaginary; received shape {tuple(x.shape)}."
        )
    if x.dtype is not torch.float64:
        x = x.float()
    return torch.complex(x[..., 0], x[..., 1])


@operation("math")
def view_as_real(x: Any) -> Tensor:
    """Return the real and the imaginary part of each element, in a new last axis; a copy.

    Shape:
        (...) to (..., 2).

    Example:
        >>> view_as_real(torch.tensor([1 + 2j]))
        tensor([[1., 2.]])

    Source: keras.ops.view_as_real.
    """
    x = as_tensor(x)
    parts = (x.real, x.imag) if x.is_complex() else (x, torch.zeros_like(x))
    return torch.stack(parts, -1)


def _complex(x: Any) -> Tensor:
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"Expected a pair of tensors, real and imaginary part; received {x!r}.")
    real, imag = as_floating(x[0]), as_floating(x[1])
    if real.shape != imag.shape:
        raise ValueError(
            "Expected a real and an imaginary part of one shape; received "
            f"{tuple(real.shape)} and {tuple(imag.shape)}."
        )
    return torch.complex(real, imag)


def _pair(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.real, x.imag


def _check_lengths(length: int, stride: int, fft_length: int) -> None:
    if not isinstance(stride, int) or stride <= 0:
        raise ValueError(f"Expected a positive integer as sequence_stride; received {stride!r}.")
    if fft_length < length:
        raise ValueError(
            f"Expected fft_length to be at least sequence_length; received {fft_length} < {length}."
        )


def _window(window: Any, length: int, like: Tensor) -> Tensor | None:
    if window is None:
        return None
    if isinstance(window, str):
        if window not in _WINDOWS:
            raise ValueError(f"Unknown window {window!r}. Expected one of {sorted(_WINDOWS)}.")
        return _WINDOWS[window](length, periodic=True, dtype=like.dtype, device=like.device)
    weights = as_tensor(window).to(like)
    if weights.shape != (length,):
        raise ValueError(
            f"Expected a window of shape ({length},), sequence_length; received "
            f"{tuple(weights.shape)}."
        )
    return weights


def _overlapped(frames: Tensor, weights: Tensor | None, stride: int, exact: bool) -> Tensor:
    """Return the sum of the frames, each a stride after the one before, with the window undone.

    Exactly, that is by the windows that lie above each step; else as if the signal had no ends.
    """
    if stride > frames.shape[-1]:
        raise ValueError(
            "Expected sequence_stride to be at most fft_length; received "
            f"{stride} > {frames.shape[-1]}."
        )
    if weights is None:
        return _sum_of_frames(frames, stride)
    if not exact:
        return _sum_of_frames(frames * _undoing(weights, stride, frames.shape[-1]), stride)
    above = _sum_of_frames(weights.square().expand(1, *frames.shape[1:]), stride)
    return _sum_of_frames(frames * weights, stride) / torch.where(above > _TINY, above, 1)


def _sum_of_frames(frames: Tensor, stride: int) -> Tensor:
    count, length = frames.shape[1:]
    total = length + stride * (count - 1)
    return F.fold(frames.mT, (1, total), (1, length), stride=(1, stride))[:, 0, 0]


def _undoing(weights: Tensor, stride: int, length: int) -> Tensor:
    """Return the window over the sum of the squares of all windows that could lie above a step."""
    before = (length - weights.shape[0]) // 2
    window = F.pad(weights, (before, length - weights.shape[0] - before))
    squares = F.pad(window.square(), (0, -length % stride)).view(-1, stride).sum(0)
    return window / squares.repeat(-(-length // stride))[:length]
