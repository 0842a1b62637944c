"""Frames and Fourier transforms, held against real Keras and NumPy."""

import itertools

import numpy as np
import pytest
import torch

from kerlite.ops import signal
from tests.ops.support.compare import same
from tests.ops.support.elementwise import agrees, differentiable, everywhere

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 2, 3, 24)).astype("float32")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_transforms(dtype):
    pair = (X.astype(dtype), Y.astype(dtype))
    for name in ("fft", "fft2", "ifft2"):
        op = getattr(signal, name)
        agrees(op, name, pair, tolerance=1e-4)
        complexes = getattr(np.fft, name)(pair[0].astype(complex) + 1j * pair[1])
        same(op(pair), (complexes.real, complexes.imag), 1e-4, dtype=False)
        everywhere(op, pair)
    for length in (None, 20, 30, 7):
        agrees(signal.rfft, "rfft", pair[0], length, tolerance=1e-4)
        agrees(signal.irfft, "irfft", pair, length, tolerance=1e-4)
        everywhere(signal.rfft, pair[0], fft_length=length)
        everywhere(signal.irfft, pair, fft_length=length)


def test_transforms_of_whole_numbers():
    same(signal.fft(([1, 2], [0, 0])), (np.float32([3, -1]), np.float32([0, 0])))
    same(signal.rfft(np.array([1, 2])), (np.float32([3, -1]), np.float32([0, 0])))


def test_frames():
    for length, stride in [(4, 1), (4, 3), (24, 5), (1, 2)]:
        agrees(signal.extract_sequences, "extract_sequences", X, length, stride)
    agrees(signal.extract_sequences, "extract_sequences", np.arange(7), 3, 2)
    everywhere(signal.extract_sequences, X, sequence_length=5, sequence_stride=2)


WINDOW = np.hamming(8).astype("float32")
SETTINGS = list(itertools.product(["hann", "hamming", WINDOW, None], [(8, 2, 8), (8, 4, 10)],
                                  [True, False]))  # fmt: skip


@pytest.mark.parametrize("index", range(len(SETTINGS)))
def test_spectrograms(index):
    window, lengths, center = SETTINGS[index]
    options = {"window": window, "center": center}
    for x in (X, X[0], X[0, 0], X.astype("float64")):
        agrees(signal.stft, "stft", x, *lengths, **options, tolerance=1e-4)
        spectrum = signal.stft(x, *lengths, **options)
        for length in (None, 20):
            agrees(signal.istft, "istft", spectrum, *lengths, length=length, **options,
                   tolerance=1e-4)  # fmt: skip
    if not isinstance(window, np.ndarray):
        names = dict(
            zip(("sequence_length", "sequence_stride", "fft_length"), lengths, strict=True)
        )
        everywhere(signal.stft, X, **names, **options)
        real, imag = signal.stft(X, *lengths, **options)
        everywhere(signal.istft, (real.numpy(), imag.numpy()), **names, **options)


def test_the_inverse_gives_the_signal_back():
    same(signal.istft(signal.stft(X, 8, 2, 8), 8, 2, 8), X, 1e-4)
    same(signal.istft(signal.stft(X, 8, 2, 8), 8, 2, 8, length=40)[..., 28:], np.zeros((2, 3, 12)),
         dtype=False)  # fmt: skip
    assert torch.isfinite(signal.istft(signal.stft(X, 8, 8, 8), 8, 8, 8)).all()


def test_pairs_of_numbers_and_complex_ones():
    pairs = np.stack([X, Y], -1)
    same(signal.view_as_complex(pairs), (X + 1j * Y).astype("complex64"))
    same(signal.view_as_complex(pairs.astype("float64")), X.astype("float64") + 1j * Y)
    assert signal.view_as_complex(torch.ones(2).half()).dtype is torch.complex64
    same(signal.view_as_real((X + 1j * Y).astype("complex64")), pairs)
    same(signal.view_as_real(X), np.stack([X, 0 * X], -1))
    everywhere(signal.view_as_complex, pairs)
    everywhere(signal.view_as_real, X)


def test_gradients():
    x, y = X[0, :1, :6], Y[0, :1, :6]
    differentiable(lambda a, b: signal.fft((a, b)), x, y)
    differentiable(lambda a: signal.rfft(a, 5), x)
    differentiable(lambda a, b: signal.irfft((a, b)), x, y)
    differentiable(lambda a: signal.extract_sequences(a, 3, 1), x)
    differentiable(lambda a: signal.stft(a, 4, 2, 4), x)
    for center in (True, False):
        differentiable(lambda a, b, c=center: signal.istft((a, b), 4, 2, 10, center=c),
                       x.reshape(1, 1, 6), y.reshape(1, 1, 6))  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: signal.fft(X), "pair of tensors"),
        (lambda: signal.fft((X, Y[0])), "one shape"),
        (lambda: signal.extract_sequences(X, 25, 1), "sequence_length=25"),
        (lambda: signal.stft(X, 8, 0, 8), "positive integer"),
        (lambda: signal.stft(X, 8, 2, 4), "at least sequence_length"),
        (lambda: signal.stft(X, 8, 2, 8, window="box"), "hamming"),
        (lambda: signal.stft(X, 8, 2, 8, window=WINDOW[1:]), r"\(7,\)"),
        (lambda: signal.istft((X, Y), 4, 60, 46), "at most fft_length"),
        (lambda: signal.view_as_complex(X), "size 2"),
    ],
    ids=range(9),
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
