"""Snapshots of tensors, against the files that the safetensors package writes of the same."""

import json

import pytest
import torch
from safetensors.torch import save

from kerlite.saving.snapshot import Snapshot

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
DEVICES = ["cpu", pytest.param("cuda", marks=needs_gpu)]


def tensors(device, seed=0):
    torch.manual_seed(seed)
    return {
        "weight": torch.randn(3, 4).to(device),
        "turned": torch.randn(3, 4).to(device).t(),
        "half": torch.randn(3).to(device, torch.bfloat16),
        "count": torch.tensor(7, device=device),
        "none": torch.zeros(0, 3, device=device),
    }


def expected(taken):
    """Return what the package puts behind the header, which it fills up to 8 bytes."""
    written = save({name: one.cpu().contiguous() for name, one in taken.items()})
    size = int.from_bytes(written[:8], "little")
    return {
        name: one.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        for name, one in taken.items()
    }, len(written) - 8 - size


@pytest.mark.parametrize("device", DEVICES)
def test_it_holds_the_values_of_the_moment(device):
    taken = tensors(device)
    values, size = expected(taken)
    snapshot = Snapshot()
    snapshot.take(taken)
    for one in taken.values():
        one.zero_()
    data = snapshot.data()
    assert len(data) == size
    for name, value in values.items():
        assert bytes(data[slice(*json.loads(snapshot.layout)[name]["data_offsets"])]) == value


def test_its_memory_is_used_again_for_like_tensors_only():
    snapshot = Snapshot()
    snapshot.take(tensors("cpu"))
    before = snapshot._memory.data_ptr()
    snapshot.take(tensors("cpu", seed=1))
    assert snapshot._memory.data_ptr() == before
    place = slice(*json.loads(snapshot.layout)["weight"]["data_offsets"])
    assert bytes(snapshot.data()[place]) == expected(tensors("cpu", seed=1))[0]["weight"]
    other = {"weight": torch.ones(1)}
    snapshot.take(other)
    assert bytes(snapshot.data()) == expected(other)[0]["weight"]
    assert list(json.loads(snapshot.layout)) == ["weight"]


def test_nothing_is_a_snapshot_too():
    snapshot = Snapshot()
    snapshot.take({})
    assert bytes(snapshot.data()) == b""
    assert snapshot.layout == "{}"


def test_a_type_that_files_do_not_have_is_refused_at_once():
    with pytest.raises(TypeError, match=r"'z' is of type torch\.complex128"):
        Snapshot().take({"z": torch.zeros(1, dtype=torch.complex128)})
