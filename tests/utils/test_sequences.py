import itertools

import keras
import numpy as np
import pytest

from kerlite.utils import pad_sequences

SEQUENCES = [[1], [2, 3], [], [4, 5, 6, 7]]


@pytest.mark.parametrize(
    ("maxlen", "padding", "truncating"),
    list(itertools.product([None, 1, 2, 6], ["pre", "post"], ["pre", "post"])),
)
def test_as_in_keras(maxlen, padding, truncating):
    arguments = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": -1}
    got = pad_sequences(SEQUENCES, **arguments)
    expected = keras.utils.pad_sequences(SEQUENCES, **arguments)
    np.testing.assert_array_equal(got, expected)
    assert got.dtype == expected.dtype


def test_elements_that_are_arrays():
    vectors = [np.ones((2, 3)), np.zeros((0, 3)), np.full((4, 3), 2.0)]
    got = pad_sequences(vectors, dtype="float32", padding="post", value=9.0)
    expected = keras.utils.pad_sequences(vectors, dtype="float32", padding="post", value=9.0)
    np.testing.assert_array_equal(got, expected)


def test_strings():
    got = pad_sequences([["a"], ["b", "c"]], dtype=object, value="<pad>")
    assert got.tolist() == [["<pad>", "a"], ["b", "c"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1]], 2, "int32", "front"), "padding must be 'pre' or 'post'; received 'front'"),
        (([[1]], 2, "int32", "pre", "back"), "truncating must be 'pre' or 'post'"),
        ((3,), "must be a list of sequences; received"),
        (([1, 2],), r"sequences\[0\] is 1, which has no length"),
        (([[1]], 2, "int32", "pre", "pre", "x"), "value='x' is a string.*Pass dtype=object"),
        (([[[1, 2]], [[1, 2, 3]]],), r"elements of sequences\[1\] have shape \(3,\)"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(*arguments)


def test_nothing():
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[1, 2]], maxlen=0).shape == (1, 0)
