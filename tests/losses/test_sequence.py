"""CTC: all alignments counted one by one, lengths of labels and of logits, bad labels."""

import itertools

import keras
import numpy as np
import pytest
import torch

from kerlite import losses
from kerlite.core.tensor import KerasTensor
from tests.losses.cases import STEPS, WORDS


def by_enumeration(labels, logits):
    probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(logits.shape[-1]), repeat=len(logits)):
        collapsed = [label for label, _ in itertools.groupby(path) if label]
        if collapsed == [label for label in labels if label]:
            total += np.prod([probabilities[step, label] for step, label in enumerate(path)])
    return -np.log(total)


def test_it_counts_all_alignments():
    steps = STEPS[:, :5].astype("float64")
    expected = [by_enumeration(*pair) for pair in zip(WORDS, steps, strict=True)]
    np.testing.assert_allclose(losses.ctc(WORDS, steps), expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "float32"])
def test_labels_of_any_type(dtype):
    labels = WORDS.astype(dtype)
    expected = keras.losses.ctc(WORDS, STEPS)
    torch.testing.assert_close(losses.ctc(labels, STEPS), expected)
    torch.testing.assert_close(losses.CTC(reduction="none")(labels, STEPS), expected)


def test_too_few_steps_are_infinitely_bad_as_in_keras():
    ours, theirs = losses.ctc(WORDS, STEPS[:, :3]), keras.losses.ctc(WORDS, STEPS[:, :3])
    assert ours.isinf().any()
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("reduction", ["none", "sum_over_batch_size", "sum"])
def test_a_mask_on_the_logits_tells_how_many_steps_there_are(reduction):
    lengths = [7, 5, 3, 4, 0, 6]
    logits = torch.tensor(STEPS, requires_grad=True)
    seen = logits * 1
    seen._keras_mask = torch.arange(7) < torch.tensor(lengths)[:, None]
    loss = losses.CTC(reduction)(WORDS, seen)
    each = [
        losses.ctc(WORDS[i : i + 1], STEPS[i : i + 1, :length]).item() if length else 0.0
        for i, length in enumerate(lengths)
    ]
    expected = {"none": np.multiply(each, 1.0), "sum": sum(each)}
    np.testing.assert_allclose(loss.detach(), expected.get(reduction, sum(each) / 5), rtol=1e-5)
    loss.sum().backward()
    assert not logits.grad[~seen._keras_mask].any()
    assert logits.grad[seen._keras_mask].any()


def test_a_mask_of_nothing_costs_nothing():
    logits = torch.tensor(STEPS, requires_grad=True)
    seen = logits * 1
    seen._keras_mask = torch.zeros(6, 7, dtype=torch.bool)
    loss = losses.CTC()(WORDS, seen)
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_it_is_recorded_in_functional_models():
    labels, logits = KerasTensor((None, 3), dtype="int64"), KerasTensor((None, 7, 4))
    assert losses.ctc(labels, logits).shape == (None,)


def test_labels_that_are_no_classes_say_so():
    for bad in (4, -1):
        labels = WORDS.copy()
        labels[0, 1] = bad
        for call in (
            lambda labels: losses.CTC()(labels, STEPS),
            lambda labels: losses.CTC().check_targets(labels, (None, 7, 4)),
        ):
            with pytest.raises(ValueError, match=rf"labels from 1 to 3.*received .*{bad}"):
                call(labels)


def test_shapes_that_do_not_fit_say_so():
    for labels, logits in ((WORDS[0], STEPS), (WORDS, STEPS[0]), (WORDS[:5], STEPS)):
        with pytest.raises(ValueError, match=r"CTC takes labels of shape \(n, most labels\)"):
            losses.CTC()(labels, logits)


@pytest.mark.parametrize("make", [np.array, torch.tensor, lambda x: np.array(x).tolist()])
def test_targets_are_looked_through_before_training(make):
    loss = losses.CTC()
    loss.check_targets(make(WORDS), (None, 7, 4))
    loss.check_targets(make(WORDS), (None, None, None))
    with pytest.raises(
        ValueError, match=r"sample 1 has labels after a 0.*Number the classes from 1"
    ):
        loss.check_targets(make([[1, 2, 0], [1, 0, 2]]), (None, 7, 4))
    with pytest.raises(ValueError, match="sample 1 has more labels than fit the 3 steps"):
        loss.check_targets(make([[1, 2, 3], [1, 1, 2]]), (None, 3, 4))
    with pytest.raises(ValueError, match="CTC takes labels"):
        loss.check_targets(make([1, 2]), (None, 3, 4))
