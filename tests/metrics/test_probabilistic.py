"""Cross-entropy metrics against Keras, from probabilities, logits and activations."""

import keras
import numpy as np
import pytest
import torch

from kerlite import metrics
from kerlite.activations import softmax

RNG = np.random.default_rng(0)
SCORES = RNG.normal(size=(9, 4)).astype("float32")
LABELS = RNG.integers(0, 4, 9)
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
CHANCES = 1 / (1 + np.exp(-SCORES))
WEIGHT = RNG.uniform(size=9).astype("float32")

OPTIONS = [
    ("BinaryCrossentropy", {}),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
    ("CategoricalCrossentropy", {}),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
    ("SparseCategoricalCrossentropy", {}),
    ("SparseCategoricalCrossentropy", {"from_logits": True}),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 2}),
    ("KLDivergence", {}),
    ("Poisson", {}),
]


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_metric_matches_keras_batch_by_batch(name, options, weight):
    ours, theirs = getattr(metrics, name)(**options), getattr(keras.metrics, name)(**options)
    y_true = LABELS if name.startswith("Sparse") else ONE_HOT
    y_pred = SCORES if options.get("from_logits") else CHANCES
    for rows in (slice(0, 4), slice(4, 8), slice(8, 9)):
        batch_weight = None if weight is None else weight[rows]
        ours.update_state(y_true[rows], y_pred[rows], batch_weight)
        theirs.update_state(y_true[rows], y_pred[rows], batch_weight)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-5)
    assert ours.get_config() == theirs.get_config()


def test_softmax_is_computed_from_its_logits():
    metric = metrics.SparseCategoricalCrossentropy()
    loss = metric(torch.tensor([1]), softmax(torch.tensor([[200.0, -200.0]])))
    assert loss.item() == 400.0
