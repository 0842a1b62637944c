"""VGG16, under Keras's name for its module."""

from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_caffe as preprocess_input
from kerlite.applications.vgg import VGG16 as VGG16

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]
