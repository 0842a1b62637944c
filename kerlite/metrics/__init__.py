"""What training reports: values accumulated over batches, on the device.

Names work as strings wherever a metric is wanted ("mse", "MeanSquaredError"); "accuracy" and
"crossentropy" in `compile` take the kind that the shapes ask for. A plain function is called with
(y_true, y_pred), as in Keras. torchmetrics are taken as they are.
"""

from kerlite.losses.classification import binary_crossentropy as binary_crossentropy
from kerlite.losses.classification import categorical_crossentropy as categorical_crossentropy
from kerlite.losses.classification import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from kerlite.losses.regression import huber as huber
from kerlite.losses.regression import log_cosh as log_cosh
from kerlite.losses.regression import mean_absolute_error as mean_absolute_error
from kerlite.losses.regression import (
    mean_absolute_percentage_error as mean_absolute_percentage_error,
)
from kerlite.losses.regression import mean_squared_error as mean_squared_error
from kerlite.losses.regression import (
    mean_squared_logarithmic_error as mean_squared_logarithmic_error,
)
from kerlite.metrics.accuracy import Accuracy as Accuracy
from kerlite.metrics.accuracy import BinaryAccuracy as BinaryAccuracy
from kerlite.metrics.accuracy import CategoricalAccuracy as CategoricalAccuracy
from kerlite.metrics.accuracy import SparseCategoricalAccuracy as SparseCategoricalAccuracy
from kerlite.metrics.accuracy import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
from kerlite.metrics.accuracy import TopKCategoricalAccuracy as TopKCategoricalAccuracy
from kerlite.metrics.accuracy import binary_accuracy as binary_accuracy
from kerlite.metrics.accuracy import categorical_accuracy as categorical_accuracy
from kerlite.metrics.accuracy import sparse_categorical_accuracy as sparse_categorical_accuracy
from kerlite.metrics.accuracy import (
    sparse_top_k_categorical_accuracy as sparse_top_k_categorical_accuracy,
)
from kerlite.metrics.accuracy import top_k_categorical_accuracy as top_k_categorical_accuracy
from kerlite.metrics.base import Metric as Metric
from kerlite.metrics.lookup import deserialize as deserialize
from kerlite.metrics.lookup import get as get
from kerlite.metrics.lookup import serialize as serialize
from kerlite.metrics.probabilistic import BinaryCrossentropy as BinaryCrossentropy
from kerlite.metrics.probabilistic import CategoricalCrossentropy as CategoricalCrossentropy
from kerlite.metrics.probabilistic import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from kerlite.metrics.reduction import Mean as Mean
from kerlite.metrics.reduction import MeanMetricWrapper as MeanMetricWrapper
from kerlite.metrics.reduction import Sum as Sum
from kerlite.metrics.regression import LogCoshError as LogCoshError
from kerlite.metrics.regression import MeanAbsoluteError as MeanAbsoluteError
from kerlite.metrics.regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from kerlite.metrics.regression import MeanSquaredError as MeanSquaredError
from kerlite.metrics.regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from kerlite.metrics.regression import RootMeanSquaredError as RootMeanSquaredError

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "Sum",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]
