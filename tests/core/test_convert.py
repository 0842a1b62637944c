"""Arrays, lists and numbers as tensors."""

import numpy as np
import pytest
import torch

from kerlite.core import config
from kerlite.core.convert import as_tensor
from kerlite.core.tensor import KerasTensor


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.5, torch.float32), (2, torch.int32), (True, torch.bool), ([1.0, 2.0], torch.float32),
        ([[1, 2]], torch.int32), (np.float64(1), torch.float32), (np.zeros(2), torch.float64),
        (np.zeros(2, "uint8"), torch.uint8), ([True], torch.bool),
    ],
)  # fmt: skip
def test_dtype(value, dtype):
    tensor = as_tensor(value)
    assert tensor.dtype == dtype
    np.testing.assert_array_equal(tensor.numpy(), value)


def test_pythons_floats_become_floatx():
    config.set_floatx("float16")
    assert as_tensor([0.5]).dtype == torch.float16


def test_tensors_come_back_as_they_are():
    for x in (torch.ones(2), torch.nn.Parameter(torch.ones(2)), KerasTensor((2,))):
        assert as_tensor(x) is x


def test_the_array_is_copied():
    array = np.zeros(2, "float32")
    tensor = as_tensor(array)
    array[0] = 1
    assert tensor[0] == 0


def test_the_device_is_the_current_one():
    with config.device_scope("meta"):
        assert as_tensor([1.0]).device.type == "meta"
