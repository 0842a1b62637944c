"""The device weights are made on."""

import pytest
import torch

from kerlite.core import config, devices


def test_a_fresh_process_takes_the_best_device_there_is():
    config.reset()
    best = "cuda" if torch.cuda.is_available() else "cpu"
    if not torch.backends.mps.is_available():
        assert devices.device().type == best


def test_set_device_by_name_and_object():
    devices.set_device("meta")
    assert devices.device() == torch.device("meta")
    devices.set_device(torch.device("cpu"))
    assert devices.device() == torch.device("cpu")


def test_none_means_the_best():
    devices.set_device("meta")
    devices.set_device(None)
    assert devices.device().type in ("cpu", "cuda", "mps")


def test_scope_ends_with_its_block_even_after_an_error():
    def fail():
        with devices.device_scope("meta") as scoped:
            assert scoped == devices.device() == torch.device("meta")
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        fail()
    assert devices.device() == torch.device("cpu")


def test_scopes_nest():
    with devices.device_scope("meta"):
        with devices.device_scope("cpu"):
            assert devices.device().type == "cpu"
        assert devices.device().type == "meta"


@pytest.mark.parametrize("name", ["cuda:77", "gpu:77", "toaster"])
def test_a_device_that_is_not_there(name):
    with pytest.raises(ValueError, match=r"cannot use the device.*best device here"):
        devices.set_device(name)
    assert devices.device() == torch.device("cpu")
