"""Weights made within a budget."""

import pytest

import kerlite
from kerlite.core.budget import weight_budget
from kerlite.core.errors import UnsafeFileError


def test_weights_count_together_until_the_block_ends():
    make = kerlite.initializers.Zeros()
    with weight_budget(100):
        kerlite.Variable(make, (20,))
        with pytest.raises(UnsafeFileError, match=r"\(6,\) would take 24 bytes"):
            kerlite.Variable(make, (6,))
        kerlite.Variable(make, (5,))
    assert kerlite.Variable(make, (1000,)).shape == (1000,)


def test_the_type_counts():
    with weight_budget(100):
        kerlite.Variable(kerlite.initializers.Zeros(), (50,), dtype="float16")
