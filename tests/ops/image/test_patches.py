"""Images cropped, padded and cut into patches: as in real Keras."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.image.patches import crop_images, extract_patches, extract_patches_3d, pad_images
from tests.ops.image.support import BYTES, IMAGES, RNG, agrees, everywhere
from tests.ops.support.compare import same

WINDOWS = [
    {"size": 2}, {"size": (3, 2), "strides": (1, 2)}, {"size": 3, "strides": 2, "padding": "same"},
    {"size": 3, "strides": 1, "dilation_rate": 2}, {"size": (2, 4), "strides": 3,
     "padding": "same"}, {"size": 2, "strides": 1, "padding": "same", "dilation_rate": 2},
]  # fmt: skip
VOLUMES = RNG.random((2, 5, 6, 7, 2)).astype("float32")
EDGES = {
    pad_images: [(1, 2, 1, 0), (1, None, None, 2, 11, 12), (None, 3, 2, None, 9, 12)],
    crop_images: [(1, 2, 1, 0), (1, None, None, 2, 3, 4), (None, 3, 2, None, 5, 6)],
}


@pytest.mark.parametrize("options", WINDOWS, ids=str)
def test_patches_are_keras_s(options):
    agrees(extract_patches, **options)
    if "dilation_rate" not in options:
        agrees(extract_patches, images=(BYTES,), **options)
    everywhere(extract_patches, IMAGES, file=not isinstance(options["size"], int), **options)
    x = torch.tensor(IMAGES[:1, :, :5, :1], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: extract_patches(x, **options), [x])


def test_patches_of_volumes_are_keras_s():
    for options in (
        {"size": (2, 2, 2)},
        {"size": (3, 2, 2), "strides": (1, 2, 3)},
        {"size": (3, 3, 3), "strides": 2, "padding": "same"},
    ):
        for x in (VOLUMES, VOLUMES[0]):
            theirs = keras.ops.image.extract_patches_3d(x, **options)
            same(extract_patches_3d(x, **options), theirs)
            same(extract_patches(x, **options), theirs)
            first = np.moveaxis(x, -1, -4).copy()
            same(
                extract_patches_3d(first, data_format="channels_first", **options),
                keras.ops.image.extract_patches_3d(first, data_format="channels_first", **options),
            )
    everywhere(extract_patches_3d, VOLUMES, 2)


@pytest.mark.parametrize("op", EDGES, ids=lambda op: op.__name__)
def test_edges_are_keras_s(op):
    for args in EDGES[op]:
        agrees(op, *args)
        agrees(op, *args, images=(BYTES,))
        everywhere(op, IMAGES, *args)
    x = torch.tensor(IMAGES[:1, :, :, :1], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: op(x, *EDGES[op][0]), [x])


@pytest.mark.parametrize("op", EDGES, ids=lambda op: op.__name__)
def test_sizes_unknown_while_the_model_is_built(op):
    height, width = (224, 230) if op is pad_images else (5, 400)
    x = kerlite.Input((None, None, 3))
    if op is crop_images:
        y = op(x, 0, 0, target_height=height, target_width=width)
        with pytest.raises(ValueError, match="width 9"):
            kerlite.Model(x, y)(torch.tensor(IMAGES))
    else:
        y = op(x, 0, 0, target_height=height, target_width=width)
        theirs = keras.ops.image.pad_images(IMAGES, 0, 0, None, None, height, width)
        same(kerlite.Model(x, y)(torch.tensor(IMAGES)), theirs)
    assert y.shape == (None, height, width, 3)


@pytest.mark.parametrize(
    ("op", "args", "complaint"),
    [(pad_images, (1, 1), "Exactly two of"), (pad_images, (1, 1, 1, 1, 9, None), "Exactly two of"),
     (pad_images, (-1, 1, 1, 1), "may be negative"), (crop_images, (6, 0, 2, 0), "height 7"),
     (pad_images, (1, 1, None, 1, 3), "height 7"), (crop_images, (5, 0, 4, 0), "height 7"),
     (crop_images, (3, 0, None, 0, 6), "height 7"), (extract_patches, (2, 0), "strides must be"),
     (extract_patches, ((2, 2, 2, 2),), "size of two numbers"),
     (extract_patches, (2, 1, 1, "full"), "Unknown padding"), (extract_patches, (8,), "computed"),
     (extract_patches, ((2, 2, 2), (1, 1)), "strides must be")],
)  # fmt: skip
def test_bad_arguments_are_refused(op, args, complaint):
    with pytest.raises(ValueError, match=complaint):
        op(IMAGES, *args)
