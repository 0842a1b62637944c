"""What a tensor continues with beyond its ends: as NumPy pads."""

import numpy as np
import pytest
import torch

from kerlite.ops import extension


@pytest.mark.parametrize(
    ("name", "mode"),
    [("nearest", "edge"), ("wrapped", "wrap"), ("mirrored", "reflect"), ("reflected", "symmetric")],
)
def test_places_are_those_of_numpy(name, mode):
    for size in (1, 2, 5):
        found = getattr(extension, name)(torch.arange(-12, size + 12), size)
        assert found.tolist() == np.pad(np.arange(size), 12, mode).tolist()
