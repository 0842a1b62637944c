"""Images scaled and moved: as in real Keras."""

import keras
import numpy as np
import pytest
import torch

from kerlite.ops.image.resampling import scale_and_translate
from tests.ops.image.support import BYTES, IMAGES, everywhere
from tests.ops.support.compare import same

METHODS = [
    "linear", "bilinear", "trilinear", "cubic", "bicubic", "tricubic", "lanczos3", "lanczos5",
]  # fmt: skip
SCALE, MOVE = np.array([0.5, 1.7], "float32"), np.array([0.3, -2.0], "float32")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_keras_s(method):
    for antialias in (True, False):
        for x in (IMAGES, BYTES, IMAGES.astype("float64")):
            args = (x, (2, 5, 12, 3), SCALE, MOVE, (1, 2), method, antialias)
            same(scale_and_translate(*args), keras.ops.image.scale_and_translate(*args))


def test_other_axes_and_names():
    for dims in ((-3, -2), (1, 2)):
        args = (IMAGES, (2, 5, 12, 3), SCALE, MOVE, dims)
        same(scale_and_translate(*args, "triangle"), scale_and_translate(*args, "linear"))
    volume = torch.tensor(IMAGES)
    same(scale_and_translate(volume, volume.shape, [1.0], [0.0], (3,), "cubic"), volume)
    same(scale_and_translate(volume, volume.shape, [1.0], [1.0], (1,), "linear")[:, 1:],
         volume[:, :-1])  # fmt: skip


def test_every_way_to_call():
    everywhere(
        scale_and_translate, IMAGES, (2, 5, 12, 3), SCALE, MOVE, spatial_dims=(1, 2),
        method="linear", file=False,
    )  # fmt: skip
    x = torch.tensor(IMAGES[:1, :4, :4, :1], dtype=torch.float64, requires_grad=True)
    scale, move = (torch.tensor(one, dtype=torch.float64, requires_grad=True)
                   for one in (SCALE, MOVE))  # fmt: skip
    assert torch.autograd.gradcheck(
        lambda *args: scale_and_translate(args[0], (1, 3, 6, 1), *args[1:], (1, 2), "cubic"),
        [x, scale, move],
    )


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="Unknown method: 'area'"):
        scale_and_translate(IMAGES, (2, 5, 12, 3), SCALE, MOVE, (1, 2), "area")
