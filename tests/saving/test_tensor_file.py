"""Safetensors files, against the safetensors package."""

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from kerlite.saving.tensor_file import TensorFile, write_tensors

TENSORS = {
    "weight": torch.arange(12.0).reshape(3, 4),
    "half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
    "flag": torch.tensor(True),
    "none": torch.zeros(0, 3),
    "turned": torch.arange(6).reshape(2, 3).T,
}


def assert_equal(found, expected):
    assert set(found) == set(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor)


def test_the_package_reads_what_is_written(tmp_path):
    write_tensors(tmp_path / "a.safetensors", TENSORS, {"key": "value"})
    assert_equal(load_file(tmp_path / "a.safetensors"), TENSORS)


def test_the_same_tensors_give_the_same_bytes(tmp_path):
    write_tensors(tmp_path / "a", TENSORS, {})
    write_tensors(tmp_path / "b", dict(reversed(TENSORS.items())), {})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_the_package_writes_is_read(tmp_path):
    dense = {name: tensor.contiguous() for name, tensor in TENSORS.items()}
    save_file(dense, tmp_path / "a", {"key": "value"})
    with TensorFile(tmp_path / "a") as file:
        assert file.metadata == {"key": "value"}
        assert_equal({name: file.read(name) for name in file.names()}, TENSORS)
        out = torch.empty(3, 4)
        assert file.read("weight", out) is out
        assert torch.equal(out, TENSORS["weight"])
        assert file.described("half").device.type == "meta"
        with pytest.raises(ValueError, match="'weight' has 48 bytes, and should have 16"):
            file.read("weight", torch.empty(4))


def test_a_checksum_tells_values_shapes_and_types_apart(tmp_path):
    one = torch.arange(4.0)
    others = {"same": one.clone(), "shape": one.reshape(2, 2), "value": one + 1,
              "type": one.view(torch.int32)}  # fmt: skip
    write_tensors(tmp_path / "a", {"one": one, **others}, {})
    with TensorFile(tmp_path / "a") as file:
        equal = [name for name in others if file.checksum(name) == file.checksum("one")]
    assert equal == ["same"]


def test_a_shorter_file_and_an_unknown_type_are_refused(tmp_path):
    write_tensors(tmp_path / "a", TENSORS, {})
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:-1])
    with pytest.raises(SafetensorError):
        TensorFile(tmp_path / "a")
    with pytest.raises(TypeError, match="'z' is of type"):
        write_tensors(tmp_path / "b", {"z": torch.zeros(1, dtype=torch.complex128)}, {})
