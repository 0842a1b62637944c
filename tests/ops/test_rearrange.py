"""Axes reordered by a pattern, held against NumPy."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.models import model_from_json
from kerlite.ops.rearrange import rearrange
from tests.ops.support.compare import compiles, same, symbolic_is_eager
from tests.ops.support.elementwise import agrees, differentiable

X = np.arange(48, dtype="float32").reshape(2, 4, 6)


@pytest.mark.parametrize(
    ("pattern", "lengths", "expected"),
    [
        ("b h w -> b w h", {}, X.transpose(0, 2, 1)),
        ("b h w->(b h) w", {}, X.reshape(8, 6)),
        ("b h w -> (b h w)", {}, X.ravel()),
        ("b (h p) w -> b h (p w)", {"p": 2}, X.reshape(2, 2, 12)),
        ("b (h p) (w q) -> (b h w) p q", {"p": 2, "q": 3},
         X.reshape(2, 2, 2, 2, 3).transpose(0, 1, 3, 2, 4).reshape(8, 2, 3)),
        ("b h (c d) -> d b h c", {"c": 2, "d": 3}, X.reshape(2, 4, 2, 3).transpose(3, 0, 1, 2)),
    ],
    ids=range(6),
)  # fmt: skip
def test_as_numpy_and_keras(pattern, lengths, expected):
    same(rearrange(X, pattern, **lengths), expected)
    same(rearrange(torch.tensor(X), pattern, **lengths), expected)
    if "d b" not in pattern:  # Keras takes no length that it can find out
        agrees(rearrange, "rearrange", torch.tensor(X), pattern, **lengths)
    symbolic_is_eager(rearrange, X, pattern, **lengths)
    compiles(rearrange, X, pattern, **lengths)
    differentiable(lambda x: rearrange(x, pattern, **lengths), X)


def test_axes_of_size_one_come_and_go():
    same(rearrange(X[:, None], "a () (b) c -> () c a b"), X.transpose(2, 0, 1)[None])


def test_a_batch_of_unknown_size():
    x = kerlite.KerasTensor((None, 6))
    assert rearrange(x, "b (c d) -> c b d", c=2).shape == (2, None, 3)


@pytest.mark.parametrize(
    ("pattern", "lengths", "message"),
    [
        ("b h -> h b", {}, r"shape \(2, 4, 6\)"),
        ("b h w -> b h", {}, "both sides"),
        ("b h h -> b h h", {}, "each once"),
        ("b h w", {}, "'->'"),
        ("(b h) () w -> w () (h b)", {}, "size 2 cannot be split"),
        ("b (h p) w -> b h p w", {}, "size 4 cannot be split"),
        ("b (h p) w -> b h p w", {"p": 3}, "size 4 cannot be split"),
        ("b h w -> w h b", {"q": 3}, "'q': 3"),
        ("b h w -> w h b", {"w": 3}, "size 6"),
        ("b ... w -> w ... b", {}, "Cannot read"),
    ],
    ids=range(10),
)
def test_bad_input(pattern, lengths, message):
    with pytest.raises(ValueError, match=message):
        rearrange(X, pattern, **lengths)


def test_lengths_in_files():
    x = kerlite.Input(batch_shape=(2, 4, 6))  # Keras does not rearrange an unknown batch
    y = rearrange(x, pattern="b (h p) (w q) -> b h w (p q)", p=2, q=3)
    model = kerlite.Model(x, rearrange(y, "b h w c -> b (h w) c"))
    again = [read(model.to_json()) for read in (model_from_json, keras.models.model_from_json)]
    for one in again:
        same(one(torch.tensor(X)), model(torch.tensor(X)))
    x = keras.Input(batch_shape=(2, 6))
    theirs = keras.Model(x, keras.ops.rearrange(x, "b (c d) -> d b c", c=2))
    same(model_from_json(theirs.to_json())(X[:, 0]), theirs(X[:, 0]))
