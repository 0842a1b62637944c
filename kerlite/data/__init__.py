"""Data of every kind, as epochs of batches on the device."""

from kerlite.core.random import permutation as permutation
from kerlite.data.adapt import adapt as adapt
from kerlite.data.batches import Batches as Batches
from kerlite.data.sources import is_batched as is_batched
from kerlite.data.split import train_validation_split as train_validation_split

__all__ = ["Batches", "adapt", "is_batched", "permutation", "train_validation_split"]
