"""Callbacks: what `fit`, `evaluate` and `predict` call at fixed moments."""

from kerlite.callbacks.callback import Callback as Callback
from kerlite.callbacks.callback_list import CallbackList as CallbackList
from kerlite.callbacks.csv_logger import CSVLogger as CSVLogger
from kerlite.callbacks.early_stopping import EarlyStopping as EarlyStopping
from kerlite.callbacks.history import History as History
from kerlite.callbacks.lambda_callback import LambdaCallback as LambdaCallback
from kerlite.callbacks.learning_rate_scheduler import LearningRateScheduler as LearningRateScheduler
from kerlite.callbacks.logs import Logs as Logs
from kerlite.callbacks.model_checkpoint import ModelCheckpoint as ModelCheckpoint
from kerlite.callbacks.monitor import MonitorCallback as MonitorCallback
from kerlite.callbacks.progbar_logger import ProgbarLogger as ProgbarLogger
from kerlite.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau as ReduceLROnPlateau
from kerlite.callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "MonitorCallback",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
