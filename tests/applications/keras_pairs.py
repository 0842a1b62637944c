"""The networks that only Keras has, with real Keras's beside them."""

import functools
from typing import Any, NamedTuple

import keras
import numpy as np
import torch
from keras.src.applications import nasnet as keras_nasnet

import kerlite
from kerlite.applications import (
    efficientnet_v2_b,
    inception_resnet_v2,
    mobilenet,
    mobilenet_v3,
    nasnet,
    resnet_v2,
    xception,
)


class Pair(NamedTuple):
    """Ours, Keras's, the smallest image, and how many parameters the whole network has."""

    ours: Any
    theirs: Any
    smallest: int
    parameters: int


def _keras_nasnet_mobile(input_shape=None, include_top=True, **kwargs):
    # the public function refuses to run on torch
    if input_shape is None and not include_top:
        input_shape = (224, 224, 3)
    return keras_nasnet.NASNet(
        input_shape, penultimate_filters=1056, num_blocks=4, stem_block_filters=32,
        skip_reduction=False, default_size=224, name="nasnet_mobile",
        include_top=include_top, **kwargs,
    )  # fmt: skip


def _minimalistic(function):
    return functools.partial(function, minimalistic=True)


_keras = keras.applications
PAIRS = {
    "MobileNet": Pair(mobilenet.MobileNet, _keras.MobileNet, 32, 4_253_864),
    "MinimalisticSmall": Pair(
        _minimalistic(mobilenet_v3.MobileNetV3Small),
        _minimalistic(_keras.MobileNetV3Small), 32, 2_056_848,
    ),
    "MinimalisticLarge": Pair(
        _minimalistic(mobilenet_v3.MobileNetV3Large),
        _minimalistic(_keras.MobileNetV3Large), 32, 3_948_688,
    ),
    "Xception": Pair(xception.Xception, _keras.Xception, 71, 22_910_480),
    "ResNet50V2": Pair(resnet_v2.ResNet50V2, _keras.ResNet50V2, 32, 25_613_800),
    "NASNetMobile": Pair(nasnet.NASNetMobile, _keras_nasnet_mobile, 32, 5_326_716),
    "EfficientNetV2B0": Pair(
        efficientnet_v2_b.EfficientNetV2B0, _keras.EfficientNetV2B0, 32, 7_200_312
    ),
    "ResNet101V2": Pair(resnet_v2.ResNet101V2, _keras.ResNet101V2, 32, 44_675_560),
    "ResNet152V2": Pair(resnet_v2.ResNet152V2, _keras.ResNet152V2, 32, 60_380_648),
    "InceptionResNetV2": Pair(
        inception_resnet_v2.InceptionResNetV2, _keras.InceptionResNetV2, 75, 55_873_736
    ),
    "EfficientNetV2B1": Pair(
        efficientnet_v2_b.EfficientNetV2B1, _keras.EfficientNetV2B1, 32, 8_212_124
    ),
    "EfficientNetV2B2": Pair(
        efficientnet_v2_b.EfficientNetV2B2, _keras.EfficientNetV2B2, 32, 10_178_374
    ),
    "EfficientNetV2B3": Pair(
        efficientnet_v2_b.EfficientNetV2B3, _keras.EfficientNetV2B3, 32, 14_467_622
    ),
    "NASNetLarge": Pair(nasnet.NASNetLarge, _keras.NASNetLarge, 32, 88_949_818),
}  # fmt: skip


def both(name, **options):
    """Return our model and Keras's, whose layers without a name are counted from 0."""
    keras.utils.clear_session()
    kerlite.utils.clear_session()
    return (PAIRS[name].ours(weights=None, **options), PAIRS[name].theirs(weights=None, **options))


def shaken(model):
    """Give what begins as zeros and ones in a Keras model other values."""
    rng = np.random.default_rng(0)
    for variable in model.variables:
        if variable.path.endswith(("moving_variance", "gamma")):
            variable.assign(rng.uniform(0.7, 1.3, variable.shape))
        elif variable.path.endswith(("moving_mean", "beta", "bias")):
            variable.assign(rng.normal(0, 0.1, variable.shape))
    return model


def images(model, count=2):
    """Return a batch that the model takes, with values from -1 to 1, or of bytes."""
    shape = (count, *(33 if size is None else size for size in model.input_shape[1:]))
    x = torch.rand(shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    bytes_in = "efficientnetv2" in model.name or "MobileNetV3" in model.name
    return x * 127.5 + 127.5 if bytes_in else x


def names(model):
    return [layer.name for layer in model.layers]
