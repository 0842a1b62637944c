"""Generalized cross-entropy: shapes of labels, softmax, the two losses that it lies between."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kerlite import losses
from kerlite.activations import softmax
from tests.losses.cases import LABELS, LOGITS, ONE_HOT, PROBABILITIES


@pytest.mark.parametrize("shape", [(6,), (6, 1)])
@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32"])
def test_labels_in_all_forms(shape, dtype):
    labels = LABELS.reshape(shape).astype(dtype)
    loss = losses.CategoricalGeneralizedCrossEntropy(0.3, reduction="none")
    right = (PROBABILITIES * ONE_HOT).sum(-1)
    np.testing.assert_allclose(loss(labels, PROBABILITIES), (1 - right**0.3) / 0.3, rtol=1e-6)


def test_sequences_and_single_samples():
    function = losses.categorical_generalized_cross_entropy
    flat = function(LABELS, PROBABILITIES, 0.5)
    folded = function(LABELS.reshape(3, 2), PROBABILITIES.reshape(3, 2, 4), 0.5)
    torch.testing.assert_close(folded.flatten(), flat)
    torch.testing.assert_close(function(LABELS[1], PROBABILITIES[1], 0.5), flat[1])


def test_it_lies_between_cross_entropy_and_absolute_error():
    logits, labels = torch.tensor(LOGITS), torch.tensor(LABELS)
    function = losses.categorical_generalized_cross_entropy
    near_zero, near_one = (function(labels, softmax(logits), q) for q in (1e-5, 1 - 1e-6))
    torch.testing.assert_close(
        near_zero, F.cross_entropy(logits, labels, reduction="none"), rtol=1e-3, atol=1e-4
    )
    error = (softmax(logits) - torch.tensor(ONE_HOT)).abs().sum(-1) / 2
    torch.testing.assert_close(near_one, error, rtol=1e-4, atol=1e-5)


def test_softmax_is_computed_from_its_logits():
    logits = torch.tensor([[300.0, -300.0]], requires_grad=True)
    loss = losses.CategoricalGeneralizedCrossEntropy()([1], softmax(logits))
    loss.backward()
    assert loss.item() == 2.0
    assert logits.grad.tolist() == [[0.0, 0.0]]
    logits = torch.tensor(LOGITS)
    loss = losses.CategoricalGeneralizedCrossEntropy(reduction="none")
    torch.testing.assert_close(loss(LABELS, softmax(logits)), loss(LABELS, logits.softmax(-1)))


def test_bad_input_says_so():
    loss = losses.CategoricalGeneralizedCrossEntropy()
    with pytest.raises(ValueError, match=r"Labels are from 0 to 3"):
        loss([4], PROBABILITIES[:1])
    with pytest.raises(
        ValueError, match=r"from 0 to 1; received .*\. End the model with .*softmax"
    ):
        loss(LABELS, LOGITS)
    with pytest.raises(ValueError, match=r"shape \(5,\).*\(6, 4\)"):
        loss(LABELS[:5], PROBABILITIES)
    with pytest.raises(ValueError, match="holds 7"):
        loss.check_targets(np.array([0, 7]), (None, 4))
    for q in (0, 1, -1, 2.0, float("nan")):
        with pytest.raises(ValueError, match=f"q must be between 0 and 1.*received q={q}"):
            losses.CategoricalGeneralizedCrossEntropy(q)
