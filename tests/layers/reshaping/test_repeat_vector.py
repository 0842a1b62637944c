import pytest
import torch

from kerlite import layers
from kerlite.layers.reshaping.repeat_vector import RepeatVector
from tests.layers.support import check_layer, check_number_types, data


@pytest.mark.parametrize("n", [1, 3])
def test_like_keras(n):
    assert check_layer("RepeatVector", {"n": n}, data(2, 4), tools=True).built
    check_layer("RepeatVector", {"n": n}, data(1, 4))


def test_number_types():
    check_number_types(lambda dtype: RepeatVector(2, dtype=dtype), data(2, 4))
    assert RepeatVector(2)(torch.ones(2, 3, dtype=torch.int64)).dtype is torch.int64
    assert RepeatVector(2)(layers.Input((3,), dtype="int32")).dtype == "int32"


def test_unknown_size_and_no_copy():
    assert RepeatVector(2)(layers.Input((None,))).shape == (None, 2, None)
    x = data(2, 4)
    assert RepeatVector(5)(x).data_ptr() == x.data_ptr()


@pytest.mark.parametrize(
    ("n", "error"), [(1.5, TypeError), ("2", TypeError), (True, TypeError), (0, ValueError)]
)
def test_bad_arguments(n, error):
    with pytest.raises(error, match=f"'r' needs n to be a whole number >= 1; received n={n!r}"):
        RepeatVector(n, name="r")


def test_wrong_rank():
    for attempt in (data(2, 3, 4), layers.Input((3, 4))):
        with pytest.raises(ValueError, match="'r' does not fit: expected ndim=2"):
            RepeatVector(2, name="r")(attempt)
