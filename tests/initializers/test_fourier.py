import keras
import numpy as np
import pytest
import torch

from kerlite import initializers

STFT = initializers.STFT


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize("scaling", ["density", "spectrum", None])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("window", ["hann", "blackmanharris", "boxcar", "triang", None])
def test_is_that_of_keras(side, scaling, periodic, window):
    arguments = {"side": side, "scaling": scaling, "periodic": periodic, "window": window}
    for shape in ((16, 1, 9), (13, 1, 20)):
        found = STFT(**arguments)(shape, "float64")
        expected = keras.initializers.STFT(**arguments)(shape, "float64").cpu()
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(STFT(**arguments)(shape), expected.float())


@pytest.mark.parametrize(
    "window", ["bartlett", "blackman", "blackmanharris", "boxcar", "cosine", "hamming", "nuttall"]
)
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("length", [1, 2, 9, 16])
def test_windows_are_those_of_scipy(window, periodic, length):
    signal = pytest.importorskip("scipy.signal")
    kernel = STFT("real", window, None, periodic)((length, 1, 1), "float64")
    expected = signal.get_window(window, length, periodic)
    np.testing.assert_allclose(kernel[:, 0, 0], expected, atol=1e-9)


@pytest.mark.parametrize("kind", [list, np.asarray, torch.tensor])
def test_window_by_its_values(kind):
    values = [0.5, 1.0, 1.5, 1.0]
    found = STFT("imag", kind(values))((4, 1, 3))
    expected = keras.initializers.STFT("imag", np.asarray(values))((4, 1, 3)).cpu()
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)


def test_it_is_the_fourier_transform():
    signal = torch.randn(32, dtype=torch.float64)
    spectrum = torch.fft.rfft(signal)
    for side, part in (("real", spectrum.real), ("imag", spectrum.imag)):
        kernel = STFT(side, window=None)((32, 1, 17), "float64")[:, 0]
        torch.testing.assert_close(signal @ kernel, part)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"side": "left"}, "side must be 'real' or 'imag'; received 'left'"),
        ({"scaling": "max"}, "scaling must be"),
        ({"window": "hanm"}, r"Unknown window: 'hanm'\. Did you mean 'hann'"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        STFT(**options)


def test_bad_shapes():
    with pytest.raises(ValueError, match=r"received shape=\(4, 3\)"):
        STFT()((4, 3))
    with pytest.raises(ValueError, match=r"each of the 4 steps.*shape \(3,\)"):
        STFT(window=[1.0, 1.0, 1.0])((4, 1, 3))


def test_one_bin_is_the_window():
    assert STFT(window=None)((3, 1, 1)).flatten().tolist() == [1, 1, 1]
