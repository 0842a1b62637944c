"""Nested values in checkpoints: what goes in comes out, and lies are found out."""

import json
from collections import Counter, deque

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from kerlite.saving.checkpoint import encoded, read_checkpoint
from kerlite.saving.plain import pack, unpack
from kerlite.saving.snapshot import Snapshot

VALUE = {
    "numbers": [1, 2.5, -0.0, 1e-320, 2**70, True, None, "text"],
    "not finite": [float("inf"), -float("inf")],
    "kinds": [(1, (2,)), {3, 4}, frozenset({5}), deque([6]), Counter("aab"), b"\x00\xff"],
    "keys": {0: "a", (1, 2): "b", "$": "c", 1.5: {}},
    "empty": [{}, [], (), torch.zeros(0, 3), np.zeros((2, 0))],
}
DTYPES = (
    "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8",
    "uint16", "uint32", "uint64", "bool", "complex64", "float8_e4m3fn",
)  # fmt: skip


def through_a_file(value, folder):
    plain, tensors = pack(value)
    snapshot = Snapshot()
    snapshot.take(tensors)
    with (folder / "x.checkpoint").open("wb") as file:
        file.writelines(encoded(json.dumps(plain), snapshot))
    return read_checkpoint(folder / "x.checkpoint")


def test_plain_values(tmp_path):
    found = through_a_file(VALUE, tmp_path)
    assert {k: v for k, v in found.items() if k != "empty"} == {
        k: v for k, v in VALUE.items() if k != "empty"
    }
    assert [type(one) for one in found["kinds"]] == [type(one) for one in VALUE["kinds"]]
    assert str(found["numbers"][2]) == "-0.0"
    assert found["empty"][3].shape == (0, 3)
    assert found["empty"][4].shape == (2, 0)
    assert np.isnan(through_a_file([float("nan")], tmp_path)[0])


@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors(tmp_path, dtype):
    kind = getattr(torch, dtype)
    tensor = (torch.arange(12).reshape(3, 4) - 2).to(kind)
    for value in (tensor, tensor[1], tensor[1, 2], tensor.t(), torch.nn.Parameter(torch.ones(2))):
        found = through_a_file({"a": value}, tmp_path)["a"]
        assert type(found) is torch.Tensor
        assert found.dtype == value.dtype
        assert found.shape == value.shape
        as_bytes = [t.detach().contiguous().reshape(-1).view(torch.uint8) for t in (found, value)]
        assert torch.equal(*as_bytes)


@pytest.mark.parametrize("dtype", ["f4", ">f8", "i2", "u4", "?", "c16", "S3", "U5", "M8[s]"])
def test_arrays(tmp_path, dtype):
    array = np.array([[1, 0], [0, 1]]).astype(dtype)
    found = through_a_file([array, array[0, 0]], tmp_path)
    np.testing.assert_array_equal(found[0], array)
    assert found[0].dtype == array.dtype
    assert found[1] == array[0, 0]
    assert type(found[1]) is type(array[0, 0])


def test_what_is_packed_are_the_tensors_themselves():
    weight = torch.zeros(3)
    plain, tensors = pack({"weight": weight, "rows": [1]})
    weight += 1
    assert unpack(plain, tensors)["weight"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("value", [object(), lambda: 1, np.array([object()]), 1j, torch.float32])
def test_what_cannot_be_stored_is_named(value):
    with pytest.raises(TypeError, match=r"here/1"):
        pack({"here": [1, value]})


def test_it_is_a_safetensors_file(tmp_path):
    through_a_file({"layer": {"weight": torch.arange(3.0), "seen": torch.tensor(4)}}, tmp_path)
    found = load_file(tmp_path / "x.checkpoint")
    assert {name: tensor.tolist() for name, tensor in found.items()} == {
        "layer/weight": [0.0, 1.0, 2.0], "layer/seen": 4
    }  # fmt: skip


@pytest.mark.parametrize(
    "state",
    [
        '{"$": "os.system", "is": []}',
        '{"$": "tensor", "name": "missing"}',
        '{"$": "array", "name": "t", "dtype": "O", "shape": [1]}',
        '{"$": "array", "name": "t", "dtype": "f8", "shape": [1000000000000]}',
        '{"$": "dict", "is": [[1]]}',
        '{"$": "bytes", "is": 5}',
        "[" * 100_000,
        "{",
    ],
    ids=range(8),
)
def test_lies_are_refused(tmp_path, state, monkeypatch):
    monkeypatch.setattr("kerlite.saving.checkpoint._checksum", lambda *_: "0")
    path = tmp_path / "x.checkpoint"
    metadata = {"format": "kerlite checkpoint 1", "checksum": "0", "state": state}
    save_file({"t": torch.zeros(8, dtype=torch.uint8)}, path, metadata)
    with pytest.raises(ValueError, match="truncated or damaged"):
        read_checkpoint(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_file({"t": torch.zeros(8)}, path)
    with pytest.raises(ValueError, match="it is no checkpoint"):
        read_checkpoint(path)
    with pytest.raises(FileNotFoundError):
        read_checkpoint(tmp_path / "missing.checkpoint")
    path.write_bytes((10**12).to_bytes(8, "little") + json.dumps({}).encode())
    with pytest.raises(ValueError, match="truncated or damaged"):
        read_checkpoint(path)
