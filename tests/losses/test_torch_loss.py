"""Torch's own losses are called as torch calls them, and give what torch gives."""

import functools

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from kerlite.losses.torch_loss import TorchLoss

LOGITS = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 3, 1, 1, 2, 0])
WEIGHTS = torch.tensor([1.0, 0.0, 2.0, 0.5, 1.0, 3.0])


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_class_indices_fit_cross_entropy(dtype, shape):
    loss = TorchLoss(nn.CrossEntropyLoss(label_smoothing=0.1))
    expected = F.cross_entropy(LOGITS, LABELS, label_smoothing=0.1)
    torch.testing.assert_close(loss(LABELS.to(dtype).reshape(shape), LOGITS), expected)


def test_order_of_arguments_is_that_of_torch():
    class Asymmetric(nn.Module):
        def forward(self, prediction, target):
            return (2 * prediction - target).mean()

    assert TorchLoss(Asymmetric())(torch.ones(3), torch.zeros(3)).item() == -1.0


def test_integer_targets_become_floats_where_values_are_compared():
    loss = TorchLoss(nn.BCEWithLogitsLoss())
    column = LOGITS[:, :1]
    expected = F.binary_cross_entropy_with_logits(column, (LABELS > 1).float()[:, None])
    torch.testing.assert_close(loss((LABELS > 1).long(), column), expected)
    torch.testing.assert_close(loss((LABELS > 1).numpy(), column), expected)


def test_multi_label_margin_keeps_its_indices():
    targets = torch.tensor([[3, 0, -1, 1]])
    loss = TorchLoss(nn.MultiLabelMarginLoss())
    expected = F.multilabel_margin_loss(LOGITS[:1], targets)
    torch.testing.assert_close(loss(targets, LOGITS[:1]), expected)


@pytest.mark.parametrize("loss", [nn.MSELoss(), F.mse_loss, functools.partial(F.mse_loss)])
def test_flat_targets_fit_column_predictions(loss):
    loss = TorchLoss(loss)
    y_true, y_pred = torch.rand(6), torch.rand(6, 1)
    torch.testing.assert_close(loss(y_true, y_pred), F.mse_loss(y_pred[:, 0], y_true))
    torch.testing.assert_close(loss(y_true.double(), y_pred), F.mse_loss(y_pred[:, 0], y_true))


def test_unreduced_losses_are_averaged():
    loss = TorchLoss(nn.CrossEntropyLoss(reduction="none"))
    torch.testing.assert_close(loss(LABELS, LOGITS), F.cross_entropy(LOGITS, LABELS))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("kind", ["module", "function"])
def test_sample_weights_weigh_the_unreduced_loss(reduction, kind):
    if kind == "module":
        module = nn.CrossEntropyLoss(reduction=reduction)
        loss = TorchLoss(module)
    else:
        loss = TorchLoss(functools.partial(F.cross_entropy, reduction=reduction))
    each = F.cross_entropy(LOGITS, LABELS, reduction="none") * WEIGHTS
    expected = each.sum() if reduction == "sum" else each.mean()
    torch.testing.assert_close(loss(LABELS, LOGITS, WEIGHTS), expected)
    if kind == "module":
        assert module.reduction == reduction


def test_masks_leave_samples_out():
    y_pred = LOGITS.clone()
    y_pred._keras_mask = torch.tensor([True, True, False, False, True, False])
    loss = TorchLoss(nn.CrossEntropyLoss())(LABELS, y_pred)
    keep = y_pred._keras_mask
    torch.testing.assert_close(loss, F.cross_entropy(LOGITS[keep], LABELS[keep]))


def test_weights_need_a_loss_for_each_sample():
    class Whole(nn.Module):
        def forward(self, prediction, target):
            return (prediction - target).mean()

    loss = TorchLoss(Whole())
    with pytest.raises(ValueError, match="whole returns one number for the batch"):
        loss(torch.zeros(6), torch.zeros(6), WEIGHTS)


def test_half_precision_is_lifted():
    loss = TorchLoss(nn.MSELoss())(torch.zeros(2, 1), torch.full((2, 1), 300.0).half())
    assert (loss.item(), loss.dtype) == (90000.0, torch.float32)


def test_names_are_class_names_in_snake_case():
    assert TorchLoss(nn.CrossEntropyLoss()).name == "cross_entropy_loss"
    assert TorchLoss(F.mse_loss).name == "mse_loss"
    assert TorchLoss(functools.partial(F.mse_loss)).name == "mse_loss"


def test_gradients_are_those_of_torch():
    logits = LOGITS.clone().requires_grad_()
    TorchLoss(nn.CrossEntropyLoss())(LABELS, logits).backward()
    (expected,) = torch.autograd.grad(F.cross_entropy(logits, LABELS), logits)
    assert torch.equal(logits.grad, expected)
