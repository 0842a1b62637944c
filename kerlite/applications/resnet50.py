"""ResNet50, under Keras's other name for its module."""

from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_caffe as preprocess_input
from kerlite.applications.resnet import ResNet50 as ResNet50

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
