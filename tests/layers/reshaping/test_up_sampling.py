import numpy as np
import pytest
import torch

from kerlite import layers
from kerlite.layers.reshaping.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from tests.layers.support import check_layer, check_number_types, check_tools, data

FIRST = {"data_format": "channels_first"}
CONFIGS = [
    ("UpSampling1D", {}, (2, 4, 3)),
    ("UpSampling1D", {"size": 3}, (1, 4, 3)),
    ("UpSampling2D", {}, (2, 4, 3, 5)),
    ("UpSampling2D", {"size": 1}, (2, 4, 3, 5)),
    ("UpSampling2D", {"size": [3, 2]}, (2, 4, 3, 5)),
    ("UpSampling2D", {"size": (1, 3), **FIRST}, (2, 3, 4, 5)),
    ("UpSampling2D", {"size": (3, 2), "interpolation": "bilinear"}, (2, 4, 3, 5)),
    ("UpSampling2D", {"interpolation": "Bilinear", **FIRST}, (1, 3, 4, 5)),
    ("UpSampling2D", {"size": (2, 4), "interpolation": "bicubic"}, (2, 4, 3, 5)),
    ("UpSampling2D", {"size": 3, "interpolation": "bicubic", **FIRST}, (1, 3, 4, 5)),
    ("UpSampling3D", {}, (2, 2, 3, 4, 5)),
    ("UpSampling3D", {"size": (1, 3, 2)}, (2, 2, 3, 4, 5)),
    ("UpSampling3D", {"size": 2, **FIRST}, (1, 3, 2, 3, 4)),
]
MAKERS = [
    (lambda **k: UpSampling1D(3, **k), (2, 4, 3)),
    (lambda **k: UpSampling2D((2, 3), **k), (2, 4, 3, 5)),
    (lambda **k: UpSampling2D(2, interpolation="bilinear", **k), (2, 4, 3, 5)),
    (lambda **k: UpSampling2D(2, interpolation="bicubic", **k), (2, 4, 3, 5)),
    (lambda **k: UpSampling2D(2, interpolation="lanczos3", **k), (2, 4, 3, 5)),
    (lambda **k: UpSampling3D(2, **k), (2, 2, 3, 4, 5)),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), CONFIGS)
def test_like_keras(name, arguments, shape):
    assert check_layer(name, arguments, data(*shape)).built


def lanczos(line, factor, radius):
    """Enlarge a line as TensorFlow defines it, pixel by pixel."""
    result = []
    for i in range(len(line) * factor):
        centre = (i + 0.5) / factor
        weights = []
        for j in range(len(line)):
            x = abs(j + 0.5 - centre)
            if x < 1e-3:
                weights.append(1.0)
            elif x > radius:
                weights.append(0.0)
            else:
                bump = radius * np.sin(np.pi * x) * np.sin(np.pi * x / radius)
                weights.append(bump / (np.pi * x) ** 2)
        result.append(np.dot(weights, line) / sum(weights))
    return result


@pytest.mark.parametrize(("interpolation", "radius"), [("lanczos3", 3), ("lanczos5", 5)])
@pytest.mark.parametrize("size", [(2, 3), (1, 2)])
def test_lanczos_by_its_definition(interpolation, radius, size):
    x = data(1, 6, 9, 2)
    layer = UpSampling2D(size, interpolation=interpolation)
    rows = np.apply_along_axis(lanczos, 1, x.double().numpy(), size[0], radius)
    expected = np.apply_along_axis(lanczos, 2, rows, size[1], radius)
    np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-4, atol=1e-5)
    first = UpSampling2D(size, "channels_first", interpolation)
    torch.testing.assert_close(first(x.movedim(-1, 1)).movedim(1, -1), layer(x))
    exact = layer(torch.ones(1, 3, 3, 1))
    torch.testing.assert_close(exact, torch.ones_like(exact))


@pytest.mark.parametrize(("make", "shape"), MAKERS)
def test_under_torchs_tools(make, shape):
    check_tools(make(), data(*shape))


@pytest.mark.parametrize(("make", "shape"), MAKERS)
def test_number_types(make, shape):
    check_number_types(make, data(*shape))


@pytest.mark.parametrize(("make", "shape"), MAKERS)
def test_channels_first_form_is_the_same(make, shape):
    x, layer = data(*shape), make()
    assert layer.takes_channels_first
    out = layer.call_channels_first(x.movedim(-1, 1)).movedim(1, -1)
    torch.testing.assert_close(out, layer(x))


@pytest.mark.parametrize("factor", [7, 41, 47, 49, 55])
def test_repeats_exactly_with_factors_that_do_not_divide_well(factor):
    x = torch.arange(12.0).reshape(1, 12, 1)
    expected = x.repeat_interleave(factor, 1)
    torch.testing.assert_close(UpSampling1D(factor)(x), expected, rtol=0, atol=0)
    torch.testing.assert_close(UpSampling1D(factor)(x.int()), expected.int())


def test_whole_numbers_stay_whole_when_repeated():
    whole = torch.arange(12).reshape(1, 2, 3, 2)
    symbolic = layers.Input((2, 3, 2), dtype="int64")
    for dtype in (torch.int64, torch.uint8):
        out = UpSampling2D(2)(whole.to(dtype))
        assert out.dtype is dtype
        torch.testing.assert_close(out[:, ::2, 1::2], whole.to(dtype))
    assert UpSampling2D(2)(symbolic).dtype == "int64"
    smooth = UpSampling2D(2, interpolation="bilinear")
    assert smooth(whole).dtype is torch.float32
    assert smooth(symbolic).dtype == "float32"


def test_channels_last_memory_stays():
    assert UpSampling2D(2)(data(2, 4, 4, 3)).is_contiguous()


def test_unknown_sizes():
    assert UpSampling1D(3)(layers.Input((None, 4))).shape == (None, None, 4)
    assert UpSampling2D((2, 3))(layers.Input((None, 4, 1))).shape == (None, None, 12, 1)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: UpSampling1D(2.0, name="u"), TypeError, "'u' needs size to be a whole number"),
        (lambda: UpSampling1D(True), TypeError, "received size=True"),
        (lambda: UpSampling1D(0), ValueError, "received size=0"),
        (lambda: UpSampling2D((1, 2, 3)), ValueError, r"or 2 of them; received size=\(1, 2, 3\)"),
        (lambda: UpSampling2D(0), ValueError, "received size=0"),
        (lambda: UpSampling3D((1, 0, 1)), ValueError, r"received size=\(1, 0, 1\)"),
        (lambda: UpSampling2D(interpolation="area"), ValueError, "'nearest'.* received 'area'"),
        (lambda: UpSampling2D(interpolation=None), ValueError, "received None"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_wrong_rank(data_format):
    layer = UpSampling2D(2, data_format, name="u")
    for shape in ((2, 4, 3), (2, 4, 3, 2, 2)):
        with pytest.raises(ValueError, match="'u' does not fit: expected ndim=4"):
            layer(data(*shape))
