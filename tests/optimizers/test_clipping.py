import math

import pytest
import torch

from kerlite.optimizers import clipping


def test_by_value():
    gradients = [torch.tensor([-3.0, 0.5]), torch.tensor([[2.0]])]
    clipping.clip_by_value_(gradients, 1.0)
    assert [g.tolist() for g in gradients] == [[-1.0, 0.5], [[1.0]]]


def test_by_norm_leaves_short_ones_and_zeros_alone():
    gradients = [torch.tensor([3.0, 4.0]), torch.tensor([0.3, 0.4]), torch.zeros(2)]
    clipping.clip_by_norm_(gradients, 1.0)
    torch.testing.assert_close(gradients[0], torch.tensor([0.6, 0.8]))
    assert gradients[1].tolist() == pytest.approx([0.3, 0.4])
    assert gradients[2].tolist() == [0.0, 0.0]


def test_by_global_norm_is_torchs_over_several_number_types():
    groups = [
        [torch.tensor([3.0]), torch.tensor([2.0])],
        [torch.tensor([6.0], dtype=torch.float64)],
    ]
    clipping.clip_by_global_norm_(groups, 3.5)
    assert [g.item() for group in groups for g in group] == pytest.approx([1.5, 1.0, 3.0])
    assert groups[1][0].dtype == torch.float64
    kept = [torch.tensor([3.0, 4.0])]
    clipping.clip_by_global_norm_([kept], 5.0)
    assert kept[0].tolist() == [3.0, 4.0]


def test_a_norm_that_is_not_finite_shows():
    gradients = [torch.tensor([math.inf, 1.0]), torch.tensor([1.0])]
    clipping.clip_by_global_norm_([gradients], 1.0)
    assert all(g.isnan().all() for g in gradients)
