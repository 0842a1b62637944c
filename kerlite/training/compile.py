"""What `compile` makes of its losses and metrics."""

from kerlite.training.compile_loss import CompileLoss as CompileLoss
from kerlite.training.compile_metrics import CompileMetrics as CompileMetrics

__all__ = ["CompileLoss", "CompileMetrics"]
