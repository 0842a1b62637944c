"""What tests of metrics have in common: every public metric with data it takes, and splits."""

import numpy as np
import torch

from kerlite import metrics

ROWS = 12
PARTS = (slice(0, 5), slice(5, 10), slice(10, 12))  # a short last batch


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


LABELS = torch.arange(ROWS) % 3
ONE_HOT = torch.nn.functional.one_hot(LABELS, 3).float()
CHANCES = numbers(ROWS, 3, seed=1).softmax(-1)
REAL, GUESS = numbers(ROWS, 2, seed=2), numbers(ROWS, 2, seed=3)
YES_NO = (numbers(ROWS, 1, seed=4) > 0).float()
CHANCE = numbers(ROWS, 1, seed=5).sigmoid()
WEIGHT = numbers(ROWS, seed=6).abs() + 0.1

_REAL, _KINDS, _LABELS = (REAL, GUESS), (ONE_HOT, CHANCES), (LABELS, CHANCES)
_YES_NO, _MAPS = (YES_NO, CHANCE), (LABELS, (LABELS + LABELS // 2) % 3)
_MEAN_IOU = {"num_classes": 3, "dtype": "float32"}
_IOU = {**_MEAN_IOU, "target_class_ids": [0, 2]}

# Every public metric of (y_true, y_pred): its arguments, and data.
CASES = {
    "AUC": ({}, _YES_NO),
    "Accuracy": ({}, _MAPS),
    "BinaryAccuracy": ({}, _YES_NO),
    "BinaryCrossentropy": ({}, _YES_NO),
    "BinaryIoU": ({"dtype": "float32"}, _YES_NO),
    "CategoricalAccuracy": ({}, _KINDS),
    "CategoricalCrossentropy": ({}, _KINDS),
    "CategoricalHinge": ({}, _KINDS),
    "ConcordanceCorrelation": ({}, _REAL),
    "CosineSimilarity": ({}, _REAL),
    "F1Score": ({"average": "macro"}, _KINDS),
    "FBetaScore": ({"beta": 2.0, "threshold": 0.3}, _KINDS),
    "FalseNegatives": ({}, _YES_NO),
    "FalsePositives": ({}, _YES_NO),
    "Hinge": ({}, _YES_NO),
    "IoU": (_IOU, _MAPS),
    "KLDivergence": ({}, _KINDS),
    "LogCoshError": ({}, _REAL),
    "MeanAbsoluteError": ({}, _REAL),
    "MeanAbsolutePercentageError": ({}, _REAL),
    "MeanIoU": (_MEAN_IOU, _MAPS),
    "MeanSquaredError": ({}, _REAL),
    "MeanSquaredLogarithmicError": ({}, (REAL.abs(), GUESS.abs())),
    "OneHotIoU": (_IOU, _KINDS),
    "OneHotMeanIoU": (_MEAN_IOU, _KINDS),
    "PearsonCorrelation": ({}, _KINDS),
    "Poisson": ({}, (REAL.abs(), GUESS.abs())),
    "Precision": ({}, _YES_NO),
    "PrecisionAtRecall": ({"recall": 0.5}, _YES_NO),
    "R2Score": ({}, _REAL),
    "Recall": ({"top_k": 1}, _KINDS),
    "RecallAtPrecision": ({"precision": 0.5}, _YES_NO),
    "RootMeanSquaredError": ({}, _REAL),
    "SensitivityAtSpecificity": ({"specificity": 0.5}, _YES_NO),
    "SparseCategoricalAccuracy": ({}, _LABELS),
    "SparseCategoricalCrossentropy": ({}, _LABELS),
    "SparseTopKCategoricalAccuracy": ({"k": 2}, _LABELS),
    "SpecificityAtSensitivity": ({"sensitivity": 0.5}, _YES_NO),
    "SquaredHinge": ({}, _YES_NO),
    "TopKCategoricalAccuracy": ({"k": 2}, _KINDS),
    "TrueNegatives": ({}, _YES_NO),
    "TruePositives": ({}, _YES_NO),
}


def make(which, package=metrics, **arguments):
    """Return a metric of that class name, kerlite's or real Keras's."""
    return getattr(package, which)(**CASES[which][0], **arguments)


def seen(metric, y_true, y_pred, sample_weight=None, parts=(slice(None),)):
    """Return the metric after it has seen the data, part by part."""
    for rows in parts:
        weight = None if sample_weight is None else sample_weight[rows]
        metric.update_state(y_true[rows], y_pred[rows], sample_weight=weight)
    return metric


def close(metric, other, **tolerance):
    """Hold the result of a metric against that of another, or against a number."""
    expected = other.result() if hasattr(other, "result") else other
    tolerance = {"rtol": 1e-5, "atol": 1e-6, **tolerance}
    np.testing.assert_allclose(np.asarray(metric.result()), np.asarray(expected), **tolerance)
