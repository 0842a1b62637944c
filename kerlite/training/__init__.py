"""Training: what `compile`, `fit`, `evaluate` and `predict` do."""

from kerlite.training.trainer import Trainer as Trainer

__all__ = ["Trainer"]
