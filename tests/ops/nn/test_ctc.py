"""CTC: real Keras, all alignments counted one by one, lengths, bad labels."""

import itertools

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.nn.ctc import ctc_decode, ctc_loss
from tests.ops.support.compare import compiles, same, same_file_form, symbolic_is_eager
from tests.ops.support.elementwise import differentiable

LOGITS = np.random.default_rng(0).normal(0, 2, (3, 6, 4)).astype("float32")
LENGTHS = np.array([6, 4, 1], "int32")
LABELS = np.array([[1, 1, 2], [3, 2, 0], [2, 0, 0]], "int32")
COUNTS = np.array([3, 2, 1], "int32")
BEAMS = [(1, 1, 0), (3, 3, 2), (10, 3, None), (100, 5, 0)]


def sequences(logits, blank):
    """Return the probability of every sequence of labels, by all its alignments."""
    p = np.exp(logits.astype("float64"))
    p /= p.sum(-1, keepdims=True)
    found = {}
    for path in itertools.product(range(p.shape[1]), repeat=len(p)):
        labels = tuple(c for c, _ in itertools.groupby(path) if c != blank)
        found[labels] = found.get(labels, 0.0) + np.prod(p[range(len(p)), path])
    return sorted(found.items(), key=lambda pair: -pair[1])


@pytest.mark.parametrize("blank", [0, 3])
def test_wide_beams_find_the_likeliest_sequences(blank):
    labels, scores = ctc_decode(LOGITS, LENGTHS, "beam_search", 300, 4, mask_index=blank)
    for i, length in enumerate(LENGTHS):
        for j, (expected, p) in enumerate(sequences(LOGITS[i, :length], blank)[:4]):
            assert labels[j, i].tolist() == [*expected, *[-1] * (6 - len(expected))]
            np.testing.assert_allclose(scores[i, j], np.log(p), rtol=1e-5)


@pytest.mark.parametrize(("width", "top", "blank"), BEAMS)
def test_beam_search_equals_keras(width, top, blank):
    for seed in range(4):
        x = np.random.default_rng(seed).normal(0, 2, (3, 8, 5)).astype("float32")
        given = {"beam_width": width, "top_paths": top, "mask_index": blank}
        lengths = torch.tensor([8, 5, 2])
        theirs = keras.ops.ctc_decode(torch.tensor(x), lengths, "beam_search", **given)
        same(ctc_decode(x, lengths, "beam_search", **given), theirs, 1e-4)


def test_beam_search_without_steps_or_enough_sequences():
    labels, scores = ctc_decode(LOGITS, [0, 1, 1], "beam_search", 50, 6)
    assert (labels[:, 0] == -1).all()
    assert scores[0].tolist() == [0.0, *[-np.inf] * 5]
    assert scores[1].isfinite().sum() == 4  # none, or one of three labels


@pytest.mark.parametrize("merge", [True, False])
@pytest.mark.parametrize("blank", [0, 2, None])
def test_greedy_equals_keras(merge, blank):
    given = {"merge_repeated": merge, "mask_index": blank}
    x = torch.tensor(LOGITS)
    same(ctc_decode(x, LENGTHS, **given), keras.ops.ctc_decode(x, LENGTHS, **given))
    scores = ctc_decode(x.double(), LENGTHS, **given)[1]
    same(scores, ctc_decode(x, LENGTHS, **given)[1].double())


@pytest.mark.parametrize("blank", [0, 3])
def test_loss_is_that_of_all_alignments(blank):
    labels = LABELS if blank == 0 else np.array([[1, 1, 2], [0, 2, 9], [2, -1, 9]], "int32")
    loss = ctc_loss(labels, LOGITS, COUNTS, LENGTHS, blank)
    for i, (count, length) in enumerate(zip(COUNTS, LENGTHS, strict=True)):
        p = dict(sequences(LOGITS[i, :length], blank))[tuple(labels[i, :count])]
        np.testing.assert_allclose(loss[i], -np.log(p), rtol=1e-5)
    if blank == 0:
        given = map(torch.tensor, (LABELS, LOGITS, COUNTS, LENGTHS))
        same(loss, keras.ops.ctc_loss(*given))


def test_loss_of_other_types_and_gradients():
    given = LABELS, torch.tensor(LOGITS).half(), COUNTS, LENGTHS
    assert ctc_loss(*given).dtype == torch.float32
    assert ctc_loss(LABELS[:0], LOGITS[:0], COUNTS[:0], LENGTHS[:0]).shape == (0,)
    differentiable(lambda x: ctc_loss(LABELS, x, COUNTS, LENGTHS), LOGITS.astype("float64"))


@pytest.mark.parametrize("strategy", ["greedy", "beam_search"])
def test_decoding_on_symbols_compiled_and_in_files(strategy):
    given = {"strategy": strategy, "beam_width": 3, "top_paths": 1}
    symbolic_is_eager(ctc_decode, LOGITS, LENGTHS, **given)
    compiles(ctc_decode, LOGITS, LENGTHS, **given)
    reread = same_file_form(ctc_decode, keras.ops.ctc_decode, LOGITS, LENGTHS, **given)
    same(reread, ctc_decode(LOGITS, LENGTHS, **given))


def test_loss_on_symbols_and_in_files():
    given = LABELS, LOGITS, COUNTS, LENGTHS
    assert ctc_loss(*(kerlite.KerasTensor((None, *x.shape[1:])) for x in given)).shape == (None,)
    symbolic_is_eager(ctc_loss, *given)
    same(same_file_form(ctc_loss, keras.ops.ctc_loss, *given), ctc_loss(*given))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: ctc_loss(LABELS, LOGITS[:2], COUNTS, LENGTHS), "needs labels"),
        (lambda: ctc_loss(LABELS + 2, LOGITS, COUNTS, LENGTHS), "labels from 0 to 3"),
        (lambda: ctc_loss(-LABELS, LOGITS, COUNTS, LENGTHS), "labels from 0 to 3"),
        (lambda: ctc_decode(LOGITS[0], LENGTHS), "needs logits"),
        (lambda: ctc_decode(LOGITS, LENGTHS[:2]), "needs logits"),
        (lambda: ctc_decode(LOGITS, LENGTHS, "best"), "'greedy' or 'beam_search'"),
        (lambda: ctc_decode(LOGITS, LENGTHS, "beam_search", 2, 3), "beam_width=2"),
    ],
)
def test_bad_arguments(call, match):
    with pytest.raises(ValueError, match=match):
        call()
