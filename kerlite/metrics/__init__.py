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
from kerlite.losses.focal import binary_focal_crossentropy as binary_focal_crossentropy
from kerlite.losses.focal import categorical_focal_crossentropy as categorical_focal_crossentropy
from kerlite.losses.margin import categorical_hinge as categorical_hinge
from kerlite.losses.margin import hinge as hinge
from kerlite.losses.margin import squared_hinge as squared_hinge
from kerlite.losses.probabilistic import kl_divergence as kl_divergence
from kerlite.losses.probabilistic import poisson as poisson
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
from kerlite.metrics.auc import AUC as AUC
from kerlite.metrics.base import Metric as Metric
from kerlite.metrics.confusion import FalseNegatives as FalseNegatives
from kerlite.metrics.confusion import FalsePositives as FalsePositives
from kerlite.metrics.confusion import Precision as Precision
from kerlite.metrics.confusion import Recall as Recall
from kerlite.metrics.confusion import TrueNegatives as TrueNegatives
from kerlite.metrics.confusion import TruePositives as TruePositives
from kerlite.metrics.correlation import ConcordanceCorrelation as ConcordanceCorrelation
from kerlite.metrics.correlation import PearsonCorrelation as PearsonCorrelation
from kerlite.metrics.correlation import concordance_correlation as concordance_correlation
from kerlite.metrics.correlation import pearson_correlation as pearson_correlation
from kerlite.metrics.f_score import F1Score as F1Score
from kerlite.metrics.f_score import FBetaScore as FBetaScore
from kerlite.metrics.iou import BinaryIoU as BinaryIoU
from kerlite.metrics.iou import IoU as IoU
from kerlite.metrics.iou import MeanIoU as MeanIoU
from kerlite.metrics.iou import OneHotIoU as OneHotIoU
from kerlite.metrics.iou import OneHotMeanIoU as OneHotMeanIoU
from kerlite.metrics.lookup import deserialize as deserialize
from kerlite.metrics.lookup import get as get
from kerlite.metrics.lookup import serialize as serialize
from kerlite.metrics.margin import CategoricalHinge as CategoricalHinge
from kerlite.metrics.margin import Hinge as Hinge
from kerlite.metrics.margin import SquaredHinge as SquaredHinge
from kerlite.metrics.probabilistic import BinaryCrossentropy as BinaryCrossentropy
from kerlite.metrics.probabilistic import CategoricalCrossentropy as CategoricalCrossentropy
from kerlite.metrics.probabilistic import KLDivergence as KLDivergence
from kerlite.metrics.probabilistic import Poisson as Poisson
from kerlite.metrics.probabilistic import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from kerlite.metrics.reduction import Mean as Mean
from kerlite.metrics.reduction import MeanMetricWrapper as MeanMetricWrapper
from kerlite.metrics.reduction import Sum as Sum
from kerlite.metrics.regression import CosineSimilarity as CosineSimilarity
from kerlite.metrics.regression import LogCoshError as LogCoshError
from kerlite.metrics.regression import MeanAbsoluteError as MeanAbsoluteError
from kerlite.metrics.regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from kerlite.metrics.regression import MeanSquaredError as MeanSquaredError
from kerlite.metrics.regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from kerlite.metrics.regression import R2Score as R2Score
from kerlite.metrics.regression import RootMeanSquaredError as RootMeanSquaredError
from kerlite.metrics.thresholds import PrecisionAtRecall as PrecisionAtRecall
from kerlite.metrics.thresholds import RecallAtPrecision as RecallAtPrecision
from kerlite.metrics.thresholds import SensitivityAtSpecificity as SensitivityAtSpecificity
from kerlite.metrics.thresholds import SpecificityAtSensitivity as SpecificityAtSensitivity

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]
