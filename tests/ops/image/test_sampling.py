"""Values between pixels: as in real Keras and in SciPy."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.image.sampling import map_coordinates
from tests.ops.image.support import IMAGES, RNG, everywhere
from tests.ops.support.compare import file_form, same

MODES = ["constant", "nearest", "wrap", "mirror", "reflect"]
ARRAYS = [
    IMAGES[0, :, :, 0],
    IMAGES[0],
    IMAGES,
    RNG.random(5),
    (RNG.random((4, 6)) * 99).astype(int),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("order", [0, 1])
def test_every_mode_is_keras_s(mode, order):
    for array in ARRAYS:
        places = RNG.uniform(-9, 14, (array.ndim, 4, 5)).astype("float32")
        args = (places, order, mode, 3)
        same(map_coordinates(array, *args), keras.ops.image.map_coordinates(array, *args))
        same(map_coordinates(array, list(places), *args[1:]), map_coordinates(array, *args))


@pytest.mark.parametrize("mode", ["nearest", "mirror", "reflect"])
def test_scipy_agrees(mode):
    ndimage = pytest.importorskip("scipy.ndimage")
    array, places = RNG.random((5, 6)), RNG.uniform(-4, 9, (2, 50))
    expected = ndimage.map_coordinates(array, places, order=1, mode=mode)
    same(map_coordinates(array, places, 1, mode), expected)


def test_an_axis_of_one():
    for mode in MODES[1:]:
        same(map_coordinates([4.0], [[-2.0, 0.0, 0.5, 3.0]], 1, mode), np.full(4, 4, "float32"))


def test_every_way_to_call():
    places = list(RNG.uniform(-2, 9, (3, 4)).astype("float32"))
    array = np.ascontiguousarray(IMAGES[0])
    everywhere(map_coordinates, array, places, order=1, fill_mode="wrap", file=False)
    entry = file_form(kerlite, map_coordinates, array, places, order=1)
    assert (entry["module"], entry["class_name"]) == ("keras.src.ops.image", "MapCoordinates")
    assert entry["config"].keys() - {"name"} == {"order", "fill_mode", "fill_value"}
    fixed = torch.tensor(np.stack(places), dtype=torch.float64, requires_grad=True)
    x = torch.tensor(array, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *args: map_coordinates(*args, 1, "reflect"), [x, fixed])


@pytest.mark.parametrize(
    ("args", "complaint"),
    [((IMAGES[0, 0], [[0.0]], 1), "as many as it has axes"),
     ((IMAGES[0, 0], [[0.0], [0.0]], 3), "order=3"),
     ((IMAGES[0, 0], [[0.0], [0.0]], 1, "around"), "fill_mode='around'")],
)  # fmt: skip
def test_bad_arguments_are_refused(args, complaint):
    with pytest.raises(ValueError, match=complaint):
        map_coordinates(*args)
