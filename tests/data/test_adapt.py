import numpy as np
import pytest
import torch
from torch.utils.data import Subset, TensorDataset

from kerlite.core import config
from kerlite.data import Batches, adapt
from tests.data.fakes import Counting, Pages, Squares


def test_batches_pass_through():
    class Mine(Batches):
        pass

    mine = Mine()
    assert adapt(mine) is mine


@pytest.mark.parametrize("value", [0, -3, 2.5, True, "8"])
@pytest.mark.parametrize("name", ["batch_size", "steps"])
def test_counts(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a whole number above 0; received"):
        adapt(np.ones(3), **{name: value})


def test_shuffle_mode():
    with pytest.raises(ValueError, match="shuffle must be True, False or 'batch'; received 'yes'"):
        adapt(np.ones(3), shuffle="yes")


@pytest.mark.parametrize("source", [Pages(), iter([np.ones(2)])])
def test_batch_size_of_a_source_that_makes_batches(source):
    with pytest.raises(ValueError, match="batch_size=4 was passed although x is a"):
        adapt(source, batch_size=4)


@pytest.mark.parametrize("source", [Squares(3), Counting(3), iter([np.ones(2)])])
@pytest.mark.parametrize("name", ["y", "sample_weight"])
def test_targets_of_a_source_that_brings_them(source, name):
    with pytest.raises(ValueError, match=f"{name} was passed although x is a .*leave the argument"):
        adapt(source, **{name: np.ones(3)})


def test_a_tensor_dataset_is_gathered_as_arrays():
    x, y = torch.randn(10, 3), torch.arange(10)
    batches = adapt(TensorDataset(x, y), batch_size=4, shuffle=True)
    for bx, by in batches.epoch(0):
        assert torch.equal(bx, x[by])
    plain = next(adapt(TensorDataset(x, y), batch_size=4).epoch(0))
    assert plain[0].data_ptr() == x.data_ptr()


def test_parts_of_a_tensor_dataset():
    whole = TensorDataset(torch.arange(10) * 10)
    part = Subset(Subset(whole, [9, 8, 7, 6]), [3, 0])
    (batch,) = adapt(part).epoch(0)
    assert batch.tolist() == [60, 90]


def test_a_tensor_dataset_of_too_many():
    with pytest.raises(ValueError, match="TensorDataset holds 4 tensors"):
        adapt(TensorDataset(*[torch.ones(2)] * 4))


def test_batches_lie_on_the_device_of_the_process_or_the_one_asked_for():
    (batch,) = adapt(np.ones(2), shuffle=True).epoch(0)
    assert batch.device == config.device()
    for source in (np.ones((2, 1)), iter([np.ones(2)])):
        (batch,) = adapt(source, device="meta").epoch(0)
        assert batch.is_meta


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("fits", [True, False])
@pytest.mark.parametrize("shuffle", [True, False])
def test_on_a_gpu(monkeypatch, fits, shuffle):
    if not fits:
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (0, 0))
    x, y = np.random.rand(50, 3), np.arange(50, dtype="uint8")
    for bx, by, w in adapt(
        x, y, batch_size=8, shuffle=shuffle, device="cuda", class_weight={1: 2.0}
    ).epoch(0):
        assert {bx.device.type, by.device.type, w.device.type} == {"cuda"}
        assert by.dtype == torch.uint8
        np.testing.assert_array_equal(bx.cpu(), x[by.cpu().numpy()].astype("float32"))
    (gx,) = adapt(iter([np.ones(2)]), device="cuda").epoch(0)
    assert gx.is_cuda
    (gx,) = adapt(torch.ones(2, device="cuda"), device="cpu").epoch(0)
    assert not gx.is_cuda
