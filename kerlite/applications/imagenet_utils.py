"""Keras's name for the helpers of ImageNet's networks."""

from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_input as preprocess_input

__all__ = ["decode_predictions", "preprocess_input"]
