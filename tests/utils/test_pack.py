import keras
import pytest

from kerlite.utils import pack_x_y_sample_weight, unpack_x_y_sample_weight

CASES = [(1,), (1, 2), (1, 2, 3), ([1, 2],), ((1, 2), 3), (1, None, 3), ({"a": 1},)]


@pytest.mark.parametrize("arguments", CASES, ids=str)
def test_as_in_keras(arguments):
    packed = pack_x_y_sample_weight(*arguments)
    assert packed == keras.utils.pack_x_y_sample_weight(*arguments)
    assert unpack_x_y_sample_weight(packed) == keras.utils.unpack_x_y_sample_weight(packed)


@pytest.mark.parametrize("data", [5, (5,), [5, 6], (5, 6), [5, 6, 7], {"a": 5}], ids=str)
def test_unpacking_as_in_keras(data):
    assert unpack_x_y_sample_weight(data) == keras.utils.unpack_x_y_sample_weight(data)


@pytest.mark.parametrize("data", [(), (1, 2, 3, 4)])
def test_other_lengths(data):
    with pytest.raises(ValueError, match=f"received a tuple of {len(data)} items"):
        unpack_x_y_sample_weight(data)
