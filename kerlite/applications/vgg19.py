"""VGG19, under Keras's name for its module."""

from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_caffe as preprocess_input
from kerlite.applications.vgg import VGG19 as VGG19

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]
