"""Cosine similarity and Circle: zero vectors, references, the definition in loops."""

import math

import keras
import numpy as np
import pytest
import torch

from kerlite import losses
from tests.losses.cases import EMBEDDINGS, LABELS, LOGITS, NUMBERS


def test_cosine_is_from_minus_one_to_one():
    loss = losses.cosine_similarity([[1.0, 0.0]] * 3, [[5.0, 0.0], [-5.0, 0.0], [0.0, 2.0]])
    assert loss.tolist() == [-1.0, 1.0, 0.0]


def test_zero_vectors_have_no_direction_and_finite_gradients():
    y_pred = torch.zeros(2, 3, requires_grad=True)
    loss = losses.CosineSimilarity()(torch.ones(2, 3), y_pred)
    loss.backward()
    assert loss.item() == 0
    assert y_pred.grad.isfinite().all()


@pytest.mark.parametrize("axis", [-1, 0, 1, -2])
def test_cosine_axis(axis):
    result = losses.cosine_similarity(NUMBERS, LOGITS, axis=axis)
    expected = keras.losses.cosine_similarity(NUMBERS, LOGITS, axis=axis)
    torch.testing.assert_close(result, expected)
    again = losses.deserialize(losses.serialize(losses.CosineSimilarity(axis)))
    assert again.axis == axis
    with pytest.raises(ValueError, match="axis must be an integer"):
        losses.CosineSimilarity(axis=(0, 1))


def in_loops(labels, embeddings, gamma, margin):
    for i, label in enumerate(labels):
        far = 1 - embeddings @ embeddings[i]
        same = [d for j, d in enumerate(far) if labels[j] == label and j != i]
        other = [d for j, d in enumerate(far) if labels[j] != label]
        attraction = sum(math.exp(gamma * (margin + d) * (d - margin)) for d in same)
        repulsion = sum(math.exp(gamma * max(1 + margin - d, 0) * (1 - margin - d)) for d in other)
        yield math.log1p(attraction * repulsion)


@pytest.mark.parametrize(("gamma", "margin"), [(2.0, 0.4), (5.0, 0.1)])
def test_circle_is_its_definition(gamma, margin):
    loss = losses.circle(LABELS, EMBEDDINGS, gamma=gamma, margin=margin)
    expected = list(in_loops(LABELS, EMBEDDINGS.astype("float64"), gamma, margin))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


@pytest.mark.parametrize("remove_diagonal", [False, True])
def test_circle_with_references_matches_keras(remove_diagonal):
    references = EMBEDDINGS[::-1].copy()[:4]
    options = {
        "ref_labels": LABELS[::-1].copy()[:4], "ref_embeddings": references,
        "remove_diagonal": remove_diagonal, "gamma": 20,
    }  # fmt: skip
    result = losses.circle(LABELS, EMBEDDINGS, **options)
    torch.testing.assert_close(result, keras.losses.circle(LABELS, EMBEDDINGS, **options))


@pytest.mark.parametrize("dtype", ["int64", "int32", "float32"])
def test_circle_labels(dtype):
    expected = losses.Circle()(LABELS, EMBEDDINGS)
    for labels in (LABELS.astype(dtype), LABELS.astype(dtype)[:, None]):
        assert losses.Circle()(labels, EMBEDDINGS) == expected


def test_samples_without_a_pair_do_not_count():
    embeddings = torch.tensor(EMBEDDINGS, requires_grad=True)
    for labels in (torch.arange(6), torch.zeros(6, dtype=torch.long)):
        loss = losses.Circle()(labels, embeddings)
        loss.backward()
        assert loss.item() == 0
        assert not embeddings.grad.any()
    one_pair = losses.Circle(reduction="none")([0, 0, 1, 2, 3, 4], EMBEDDINGS)
    mean = losses.Circle()([0, 0, 1, 2, 3, 4], EMBEDDINGS)
    np.testing.assert_allclose(mean, one_pair[:2].mean(), rtol=1e-6)


def test_circle_is_computed_in_full_precision_under_autocast():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = losses.Circle()(LABELS, torch.tensor(EMBEDDINGS))
    assert inside == losses.Circle()(LABELS, EMBEDDINGS)


def test_bad_circles_say_so():
    with pytest.raises(
        ValueError, match=r"embeddings of shape \(6, 4\) and labels of shape \(5,\)"
    ):
        losses.Circle()(LABELS[:5], EMBEDDINGS)
    with pytest.raises(ValueError, match=r"embeddings of shape \(6,\)"):
        losses.Circle()(LABELS, EMBEDDINGS[:, 0])
    with pytest.raises(
        ValueError, match=r"embeddings of shape \(3, 4\) and labels of shape \(6,\)"
    ):
        losses.circle(LABELS, EMBEDDINGS, ref_embeddings=EMBEDDINGS[:3])
    with pytest.raises(ValueError, match="gamma must be above 0; received gamma=0"):
        losses.Circle(gamma=0)
    with pytest.raises(ValueError, match=r"margin must be from 0 to 1; received margin=1\.5"):
        losses.Circle(margin=1.5)
