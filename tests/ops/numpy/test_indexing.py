"""Elements picked by their places: as in real Keras and in NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.models import model_from_json
from kerlite.ops.numpy import indexing
from tests.ops.support.compare import file_form, same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, differentiable, everywhere, numbers

X = np.arange(24, dtype="float32").reshape(2, 3, 4)
KEYS = [
    0, -1, slice(None, None, 2), (slice(None), 1), (Ellipsis, 2), (None, 0), (1, slice(1, None)),
    [1, 0], ([0, 1], [2, 0]), (slice(None), [0, -1]), (Ellipsis, None), (),
]  # fmt: skip


def test_get_item():
    for key in KEYS:
        same(indexing.get_item(X, key), X[key])
        differentiable(lambda x, key=key: indexing.get_item(x, key), X)
    mask = X[:, :, 0] > 5
    same(indexing.get_item(X, torch.tensor(mask)), X[mask])
    for key in ((slice(None), 1), (Ellipsis, slice(None, None, 2)), (slice(None), None, 2)):
        everywhere(indexing.get_item, X, key)


def test_a_list_of_places_survives_a_file():
    x = kerlite.Input((3, 4))
    model = kerlite.Model(x, indexing.get_item(x, [1, 0]))
    same(model_from_json(model.to_json())(torch.tensor(X)), X[[1, 0]])


def test_take():
    cases = [(0, None), ([[5, -1], [0, 2]], None), (2, 1), ([0, -1], 1), ([[0, 1]], -1), ([], 0)]
    for places, axis in cases:
        places = np.array(places, dtype="int64")
        same(indexing.take(X, places, axis), np.take(X, places, axis))
        same(indexing.take(X, places.astype("int8"), axis), np.take(X, places, axis))
        differentiable(lambda x, p=places, a=axis: indexing.take(x, p, a), X)
    for dtype in INTS + FLOATS:
        agrees(indexing.take, "take", numbers((3, 4), dtype), [2, 0, -1], axis=0)
        agrees(indexing.take, "take", numbers((2, 3, 4), dtype), [[1], [0]], axis=-1)
    same(indexing.take(X, np.array([255, 3], "uint8") % 4, 2), X[:, :, [3, 3]])
    everywhere(indexing.take, X, [2, 0], axis=1)
    everywhere(indexing.take, X, np.array([[0], [1]]), axis=1)


def test_take_along_axis():
    places = np.argsort(-X, axis=1)
    for axis in (0, 1, -1):
        chosen = np.argsort(np.sin(X), axis)
        same(indexing.take_along_axis(X, chosen, axis), np.take_along_axis(X, chosen, axis))
        differentiable(lambda x, c=chosen, a=axis: indexing.take_along_axis(x, torch.tensor(c), a), X)  # noqa: E501 # fmt: skip
    flat = np.array([0, -1, 23])
    same(indexing.take_along_axis(X, flat), np.take_along_axis(X, flat, None))
    for dtype in INTS + FLOATS:
        agrees(indexing.take_along_axis, "take_along_axis", numbers((2, 3, 4), dtype), places, 1)
    same(indexing.take_along_axis(X, places - 3, 1), np.take_along_axis(X, places, 1))
    everywhere(indexing.take_along_axis, X, places, axis=1)


def test_unravel_index():
    for places in (np.array([0, 5, 23]), np.array([[1], [2]], "int32"), np.int64(7)):
        found = indexing.unravel_index(places, (2, 3, 4))
        same(found, [np.asarray(one) for one in np.unravel_index(places, (2, 3, 4))], dtype=False)
        assert {one.dtype for one in found} == {torch.tensor(places).dtype}
    agrees(indexing.unravel_index, "unravel_index", torch.tensor([3, 5]).int(), (2, 3))
    everywhere(indexing.unravel_index, np.array([3, 5]), (2, 3))


def test_the_form_in_files():
    entry = file_form(kerlite, indexing.take, X, [0], axis=1)
    assert (entry["class_name"], entry["config"]["axis"]) == ("Take", 1)


@pytest.mark.parametrize(
    ("name", "args"),
    [("take", (X, [3], 1)), ("take", (X, [0], 3)), ("take", (X, [0], -4)), ("take", (X, [24])),
     ("take_along_axis", (X, [0], 1)), ("take_along_axis", (X, X, 5)), ("get_item", (X, 7)),
     ("get_item", (X, (0, 0, 0, 0)))],
)  # fmt: skip
def test_bad_arguments_are_refused(name, args):
    with pytest.raises(ValueError, match=f"{name}\\("):
        getattr(indexing, name)(*args)
