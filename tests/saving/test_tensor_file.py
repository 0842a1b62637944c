"""Safetensors files, against the safetensors package."""

import os

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from kerlite.saving.checksums import checksum
from kerlite.saving.parts import PART
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
        assert_equal(file.read(file.names()), TENSORS)
        out = torch.empty(3, 4)
        assert file.read(["weight"], {"weight": out})["weight"] is out
        assert torch.equal(out, TENSORS["weight"])
        assert file.described("half").device.type == "meta"
        with pytest.raises(ValueError, match="'weight' has 48 bytes, not 16"):
            file.read(["weight"], {"weight": torch.empty(4)})


def test_a_checksum_tells_values_shapes_and_types_apart(tmp_path):
    one = torch.arange(4.0)
    others = {"same": one.clone(), "shape": one.reshape(2, 2), "value": one + 1,
              "type": one.view(torch.int32)}  # fmt: skip
    write_tensors(tmp_path / "a", {"one": one, **others}, {})
    with TensorFile(tmp_path / "a") as file:
        found = file.checksums(file.names())
    assert [name for name in others if found[name] == found["one"]] == ["same"]


def test_a_large_tensor_is_read_in_parts_and_has_the_checksum_of_the_whole(tmp_path):
    large = {"large": torch.arange(PART // 8 * 5 // 2), "small": torch.arange(5)}
    write_tensors(tmp_path / "a", large, {})
    with TensorFile(tmp_path / "a") as file:
        assert_equal(file.read(file.names()), large)
        assert file.checksums(["small", "large"]) == {
            name: checksum(large[name]) for name in ("small", "large")
        }


def test_a_file_that_is_cut_while_it_is_open_is_an_error(tmp_path):
    write_tensors(tmp_path / "a", TENSORS, {})
    with TensorFile(tmp_path / "a") as file:
        os.truncate(tmp_path / "a", (tmp_path / "a").stat().st_size - 8)
        with pytest.raises(EOFError):
            file.read(file.names())


def test_a_shorter_file_and_an_unknown_type_are_refused(tmp_path):
    write_tensors(tmp_path / "a", TENSORS, {})
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:-1])
    with pytest.raises(SafetensorError):
        TensorFile(tmp_path / "a")
    with pytest.raises(TypeError, match="'z' is of type"):
        write_tensors(tmp_path / "b", {"z": torch.zeros(1, dtype=torch.complex128)}, {})
