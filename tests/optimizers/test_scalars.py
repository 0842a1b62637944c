import numpy as np
import pytest
import torch

from kerlite.optimizers.scalars import HostFloat, HostInt


def test_numbers_answer_like_variables():
    written = []
    rate = HostFloat.of(0.5, "adam/learning_rate", written.append)
    assert isinstance(rate, float)
    assert (rate.name, rate.path, rate.shape) == ("learning_rate", "adam/learning_rate", ())
    assert rate * 2 == 1.0
    assert type(rate * 2) is float
    assert rate.numpy().dtype == np.float64
    assert torch.equal(rate.value, torch.tensor(0.5, dtype=torch.float64))
    again = rate.assign(0.25)
    assert (again, again.path, written) == (0.25, "adam/learning_rate", [0.25])


def test_a_number_without_a_place_cannot_be_assigned_to():
    with pytest.raises(TypeError, match="stored nowhere"):
        HostInt(3).assign(4)
    assert HostInt(3).numpy().dtype == np.int64
