"""Images turned, stretched and bent: as in real Keras, where it does what it says."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.image.geometry import affine_transform, elastic_transform, perspective_transform
from kerlite.ops.image.sampling import map_coordinates
from tests.ops.image.support import BYTES, IMAGES, RNG, agrees, everywhere
from tests.ops.support.compare import compiles, same, same_file_form

MODES = ["constant", "nearest", "wrap", "mirror", "reflect"]
START = np.array([[0, 0], [8, 0], [0, 6], [8, 6]], "float32")
END = np.array([[1, 1], [7, 0], [0, 5], [8, 6]], "float32")


def maps(count):
    found = RNG.normal(0, 1, (count, 8)).astype("float32")
    found[:, [2, 5]] *= 4
    found[:, 6:] = 0
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_affine_maps_are_keras_s(mode, interpolation):
    for images, count in (((IMAGES, IMAGES.astype("float64"), BYTES), 2), ((IMAGES[0],), 1)):
        transform = maps(count)
        for x in images:
            for data_format in ("channels_last", "channels_first"):
                y = x if data_format == "channels_last" else np.moveaxis(x, -1, -3).copy()
                args = (interpolation, mode, 0.5, data_format)
                theirs = keras.ops.image.affine_transform(y, transform.copy(), *args)
                same(affine_transform(y, transform, *args), theirs, 1e-4)


def test_affine_maps_divide_by_their_depth_and_keep_their_argument():
    transform = torch.tensor([[0.9, 0.1, 1.0, 0.2, 1.1, -0.5, 0.03, -0.02]])
    before = transform.clone()
    found = affine_transform(IMAGES, transform)
    assert torch.equal(transform, before)
    a0, a1, a2, b0, b1, b2, c0, c1 = transform[0].double().tolist()
    y, x = np.mgrid[:7, :9].astype("float64")
    depth = c0 * x + c1 * y + 1
    places = np.stack([(b0 * x + b1 * y + b2) / depth, (a0 * x + a1 * y + a2) / depth])
    for image in range(2):
        for channel in range(3):
            expected = map_coordinates(IMAGES[image, :, :, channel], places, 1)
            same(found[image, :, :, channel], expected)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_perspective_is_keras_s(interpolation):
    agrees(perspective_transform, START, END, interpolation, 1, tolerance=1e-4)
    many = np.stack([START, START + 1]), np.stack([END, END])
    options = {"interpolation": interpolation, "fill_value": 1}
    theirs = keras.ops.image.perspective_transform(IMAGES, *many, **options)
    same(perspective_transform(IMAGES, *many, **options), theirs, 1e-4)
    theirs = keras.ops.image.perspective_transform(BYTES, START, END, **options)
    same(perspective_transform(BYTES, START, END, **options), theirs)


def test_every_way_to_call():
    transform = maps(2)
    everywhere(affine_transform, IMAGES, transform, fill_mode="wrap")
    everywhere(perspective_transform, IMAGES, np.stack([START] * 2), np.stack([END] * 2))
    x = torch.tensor(IMAGES[:, :4, :4], dtype=torch.float64, requires_grad=True)
    fixed = torch.tensor(transform, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *args: affine_transform(*args), [x, fixed])


def test_elastic_maps_are_seeded():
    first = elastic_transform(IMAGES, seed=3)
    state = torch.get_rng_state()
    same(elastic_transform(IMAGES, seed=3), first)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(elastic_transform(IMAGES, seed=4), first)
    stream = kerlite.random.SeedGenerator(3)
    assert not torch.equal(
        elastic_transform(IMAGES, seed=stream), elastic_transform(IMAGES, seed=stream)
    )


def test_elastic_maps_move_pixels_smoothly():
    same(elastic_transform(IMAGES, alpha=0.0, seed=1), IMAGES)
    ramp = np.broadcast_to(np.arange(40, dtype="float64")[:, None, None], (40, 40, 1)).copy()
    moved = elastic_transform(ramp, alpha=2.0, sigma=4.0, fill_mode="nearest", seed=1)
    moved = moved - torch.tensor(ramp)
    assert 0.01 < moved.abs().max() < 8
    assert moved[1:].sub(moved[:-1]).abs().max() < 0.5 * moved.abs().max()
    for images in (IMAGES, IMAGES[0], BYTES, np.moveaxis(IMAGES, -1, 1)):
        data_format = "channels_first" if images.shape[1] == 3 else None
        found = elastic_transform(images, seed=1, data_format=data_format)
        assert found.shape == images.shape
        assert str(found.dtype).endswith(images.dtype.name)
    compiles(elastic_transform, IMAGES, seed=1)


def test_elastic_maps_in_models_and_files():
    stream = kerlite.random.SeedGenerator(3)
    x = kerlite.Input((7, 9, 3))
    y = elastic_transform(x, seed=stream)
    assert y.shape == (None, 7, 9, 3)
    assert stream.state == 0
    reread = same_file_form(elastic_transform, keras.ops.image.elastic_transform, IMAGES, seed=3)
    same(reread, elastic_transform(IMAGES, seed=3))


@pytest.mark.parametrize(
    ("call", "complaint"),
    [(lambda: affine_transform(IMAGES, maps(3)), "for 2 images"),
     (lambda: affine_transform(IMAGES, np.zeros(6)), r"shape \(1, 6\)"),
     (lambda: affine_transform(IMAGES, maps(2), "cubic"), "Unknown interpolation"),
     (lambda: affine_transform(IMAGES, maps(2), fill_mode="around"), "fill_mode='around'"),
     (lambda: perspective_transform(IMAGES, START[:3], END[:3]), r"\(4, 2\)"),
     (lambda: elastic_transform(IMAGES[0, 0]), "received the shape")],
    ids=["count", "numbers", "interpolation", "mode", "points", "rank"],
)  # fmt: skip
def test_bad_arguments_are_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()
