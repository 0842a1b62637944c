"""Callbacks: what `fit`, `evaluate` and `predict` call at fixed moments."""

from kerlite.callbacks.backup_and_restore import BackupAndRestore as BackupAndRestore
from kerlite.callbacks.callback import Callback as Callback
from kerlite.callbacks.callback_list import CallbackList as CallbackList
from kerlite.callbacks.csv_logger import CSVLogger as CSVLogger
from kerlite.callbacks.early_stopping import EarlyStopping as EarlyStopping
from kerlite.callbacks.experiment_logger import ExperimentLogger as ExperimentLogger
from kerlite.callbacks.fine_tune import FineTune as FineTune
from kerlite.callbacks.gradient_monitor import GradientMonitor as GradientMonitor
from kerlite.callbacks.history import History as History
from kerlite.callbacks.lambda_callback import LambdaCallback as LambdaCallback
from kerlite.callbacks.learning_rate_scheduler import LearningRateScheduler as LearningRateScheduler
from kerlite.callbacks.logs import Logs as Logs
from kerlite.callbacks.lr_finder import LRFinder as LRFinder
from kerlite.callbacks.model_checkpoint import ModelCheckpoint as ModelCheckpoint
from kerlite.callbacks.monitor import MonitorCallback as MonitorCallback
from kerlite.callbacks.one_cycle import OneCycle as OneCycle
from kerlite.callbacks.optuna_pruning import OptunaPruning as OptunaPruning
from kerlite.callbacks.plot_history import PlotHistory as PlotHistory
from kerlite.callbacks.profiler import Profiler as Profiler
from kerlite.callbacks.progbar_logger import ProgbarLogger as ProgbarLogger
from kerlite.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau as ReduceLROnPlateau
from kerlite.callbacks.remote_monitor import RemoteMonitor as RemoteMonitor
from kerlite.callbacks.state_keeper import StateKeeper as StateKeeper
from kerlite.callbacks.swap_ema_weights import SwapEMAWeights as SwapEMAWeights
from kerlite.callbacks.tensorboard import TensorBoard as TensorBoard
from kerlite.callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN
from kerlite.callbacks.throughput import Throughput as Throughput
from kerlite.callbacks.time_limit import TimeLimit as TimeLimit
from kerlite.callbacks.timer import Timer as Timer

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "ExperimentLogger",
    "FineTune",
    "GradientMonitor",
    "History",
    "LRFinder",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "MonitorCallback",
    "OneCycle",
    "OptunaPruning",
    "PlotHistory",
    "Profiler",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "StateKeeper",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
    "Throughput",
    "TimeLimit",
    "Timer",
]
