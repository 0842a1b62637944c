"""Inputs for every loss: targets and predictions that suit it, and how it may be made."""

from typing import NamedTuple

import numpy as np

_random = np.random.default_rng(0)
SAMPLES, CLASSES = 6, 4
LABELS = np.array([0, 3, 1, 1, 2, 0])
ONE_HOT = np.eye(CLASSES, dtype="float32")[LABELS]
LOGITS = _random.normal(size=(SAMPLES, CLASSES)).astype("float32")
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(1, keepdims=True)
CHANCES = 1 / (1 + np.exp(-LOGITS))
NUMBERS = _random.uniform(size=(SAMPLES, CLASSES)).astype("float32")
EMBEDDINGS = LOGITS / np.linalg.norm(LOGITS, axis=1, keepdims=True)
MAPS = (_random.uniform(size=(SAMPLES, 3, 2, 2)) > 0.5).astype("float32")
MAP_CHANCES = _random.uniform(size=(SAMPLES, 3, 2, 2)).astype("float32")
WORDS = np.array([[1, 2, 0], [3, 3, 1], [2, 0, 0], [1, 1, 0], [0, 0, 0], [3, 2, 1]])
STEPS = _random.normal(size=(SAMPLES, 7, CLASSES)).astype("float32")
IMAGES = (1, 2, 3)  # the axes of one map


class Case(NamedTuple):
    """A class of losses, its arguments, and what it is called with."""

    name: str
    options: dict
    y_true: np.ndarray
    y_pred: np.ndarray

    def __str__(self):
        return "-".join([self.name, *(f"{key}={value}" for key, value in self.options.items())])


def _with_logits(name, y_true, probabilities, **options):
    return [
        Case(name, {"from_logits": logits, **options}, y_true, LOGITS if logits else probabilities)
        for logits in (False, True)
    ]


CASES = [
    *(
        Case(name, {}, NUMBERS, PROBABILITIES)
        for name in (
            "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
            "MeanSquaredLogarithmicError", "Huber", "LogCosh", "Poisson", "KLDivergence",
            "CosineSimilarity",
        )
    ),
    Case("CosineSimilarity", {"axis": 0}, NUMBERS, LOGITS),
    Case("Hinge", {}, ONE_HOT, LOGITS),
    Case("SquaredHinge", {}, 2 * ONE_HOT - 1, LOGITS),
    Case("CategoricalHinge", {}, ONE_HOT, LOGITS),
    *_with_logits("BinaryCrossentropy", ONE_HOT, CHANCES),
    *_with_logits("BinaryCrossentropy", ONE_HOT, CHANCES, label_smoothing=0.2),
    *_with_logits("CategoricalCrossentropy", ONE_HOT, PROBABILITIES),
    *_with_logits("CategoricalCrossentropy", ONE_HOT, PROBABILITIES, label_smoothing=0.2),
    *_with_logits("SparseCategoricalCrossentropy", LABELS, PROBABILITIES),
    *_with_logits("SparseCategoricalCrossentropy", LABELS, PROBABILITIES, ignore_class=1),
    *_with_logits("BinaryFocalCrossentropy", ONE_HOT, CHANCES),
    *_with_logits("BinaryFocalCrossentropy", ONE_HOT, CHANCES, gamma=0.0),
    *_with_logits(
        "BinaryFocalCrossentropy", ONE_HOT, CHANCES, apply_class_balancing=True, alpha=0.4, gamma=5
    ),
    *_with_logits("BinaryFocalCrossentropy", ONE_HOT, CHANCES, label_smoothing=0.2, gamma=0.5),
    *_with_logits("CategoricalFocalCrossentropy", ONE_HOT, PROBABILITIES),
    *_with_logits("CategoricalFocalCrossentropy", ONE_HOT, PROBABILITIES, alpha=[0.1, 0.2, 0.3, 2]),
    *_with_logits(
        "CategoricalFocalCrossentropy", ONE_HOT, PROBABILITIES, label_smoothing=0.2, gamma=0.5
    ),
    Case("CategoricalGeneralizedCrossEntropy", {}, LABELS, PROBABILITIES),
    Case("CategoricalGeneralizedCrossEntropy", {"q": 0.9}, LABELS, PROBABILITIES),
    Case("Circle", {}, LABELS, EMBEDDINGS),
    Case("Circle", {"gamma": 9.0, "margin": 0.2, "remove_diagonal": False}, LABELS, EMBEDDINGS),
    Case("Dice", {}, MAPS, MAP_CHANCES),
    Case("Dice", {"axis": IMAGES}, MAPS, MAP_CHANCES),
    Case("Tversky", {"alpha": 0.3, "beta": 0.9}, MAPS, MAP_CHANCES),
    Case("Tversky", {"alpha": 0.3, "beta": 0.9, "axis": IMAGES}, MAPS, MAP_CHANCES),
    Case("CTC", {}, WORDS, STEPS),
]  # fmt: skip
