"""Kullback-Leibler divergence and Poisson loss against torch and scipy's formula."""

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Categorical, Poisson, kl_divergence

from kerlite import losses
from tests.losses.cases import NUMBERS, PROBABILITIES


def test_divergence_is_that_of_distributions():
    targets = NUMBERS / NUMBERS.sum(-1, keepdims=True)
    expected = kl_divergence(
        Categorical(torch.tensor(targets)), Categorical(torch.tensor(PROBABILITIES))
    )
    torch.testing.assert_close(losses.kl_divergence(targets, PROBABILITIES), expected)
    assert losses.kl_divergence(targets, targets).abs().max() < 1e-6


def test_divergence_clips_to_probabilities():
    assert losses.kl_divergence([[2.0, -1.0]], [[1.0, 0.0]]).item() == 0.0
    y_pred = torch.tensor([[1.0, 0.5, 0.0, 2.0]], requires_grad=True)
    y_true = torch.tensor([[0.25, 0.75, 0.5, 1.0]])
    gradients = [
        torch.autograd.grad(loss(y_true, y_pred), y_pred)[0]
        for loss in (losses.KLDivergence(), keras.losses.KLDivergence())
    ]
    assert torch.equal(*gradients)


def test_poisson_is_the_likelihood_of_counts():
    rates, counts = torch.tensor(NUMBERS) + 0.5, torch.arange(24.0).reshape(6, 4) % 5
    likelihood = Poisson(rates).log_prob(counts) + torch.lgamma(counts + 1)
    torch.testing.assert_close(losses.poisson(counts, rates), -likelihood.mean(-1))


def test_poisson_default_reduction_is_one_fused_kernel(monkeypatch):
    calls, kernel = [], F.poisson_nll_loss
    monkeypatch.setattr(F, "poisson_nll_loss", lambda *a, **k: calls.append(k) or kernel(*a, **k))
    loss = losses.Poisson()(NUMBERS, PROBABILITIES)
    assert [call["reduction"] for call in calls] == ["mean"]
    torch.testing.assert_close(loss, losses.poisson(NUMBERS, PROBABILITIES).mean())


@pytest.mark.parametrize("cls", [losses.KLDivergence, losses.Poisson])
def test_shapes(cls):
    torch.testing.assert_close(
        cls()(NUMBERS[:, 0], PROBABILITIES[:, :1]), cls()(NUMBERS[:, :1], PROBABILITIES[:, :1])
    )
    with pytest.raises(ValueError, match="cannot be compared"):
        cls()(NUMBERS[:, :3], PROBABILITIES)
    with pytest.raises(ValueError, match="value by value"):
        cls().check_targets(np.zeros((5, 3)), (None, 4))
