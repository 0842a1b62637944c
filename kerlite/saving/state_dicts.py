"""Weights under the names that PyTorch gives them: `.safetensors` and `.pt` files."""

from __future__ import annotations

import contextlib
import itertools
import json
import pickle
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core.errors import UnsafeFileError
from kerlite.core.user_warning import warn
from kerlite.saving.archive import check_members
from kerlite.saving.checksums import checksum
from kerlite.saving.tensor_file import TensorFile, write_tensors
from kerlite.saving.weights import report

__all__ = [
    "load_safetensors",
    "read_pt",
    "read_safetensors",
    "set_state",
    "write_pt",
    "write_safetensors",
]

_TIED, _CHECKSUMS = "kerlite_tied", "kerlite_checksums"
_FOLDER = 0x10  # among the attributes that a zip archive has for its parts


def write_safetensors(model: nn.Module, path: Path) -> None:
    """Write a module's state dict; a tensor that has several names is stored once."""
    state, tied = _untied(model.state_dict())
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    sums = {name: checksum(tensor) for name, tensor in tensors.items()}
    metadata = {"format": "pt", _CHECKSUMS: json.dumps(sums)}
    write_tensors(path, tensors, {**metadata, **({_TIED: json.dumps(tied)} if tied else {})})


def read_safetensors(path: Path, label: str) -> dict[str, Tensor]:
    """Return the tensors of a `.safetensors` file by name; checksums, if it has any, are compared.

    Raises:
        ValueError: if it is truncated or damaged.
    """
    with _named(label), TensorFile(path) as file:
        places = _checked_places(file)
        state = file.read(file.names())
    return {name: state[place] for name, place in places.items()}


def load_safetensors(model: nn.Module, path: Path, label: str, skip_mismatch: bool) -> None:
    """Set a module's state from a `.safetensors` file; all of it, or nothing if anything is wrong.

    The values go from the file straight to where the module has them, if they are of its type.

    Raises:
        ValueError: if it is damaged, or does not fit.
    """
    with contextlib.ExitStack() as stack:
        with _named(label):
            file = stack.enter_context(TensorFile(path))
            places = _checked_places(file)
            state = {name: file.described(place) for name, place in places.items()}
        set_state(model, state, label, skip_mismatch, _reader(model, file, places))


def write_pt(model: nn.Module, path: Path) -> None:
    """Write a module's state dict with `torch.save`."""
    state = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    with path.open("wb") as file:  # by its path, torch would put the temporary name inside
        torch.save(state, file)


def read_pt(path: Path, label: str) -> dict[str, Tensor]:
    """Return the tensors of a file that `torch.save` wrote; no code in it is run.

    Raises:
        UnsafeFileError: if it holds anything but tensors and plain values.
        ValueError: if it is truncated or damaged, or is no state dict.
    """
    _check_records(path, label)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickles of another kind, which are refused below
            state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UnsafeFileError(
            f"{label} holds pickled objects other than tensors, which are never loaded. Save "
            f"module.state_dict() alone. ({str(error).splitlines()[0]})"
        ) from error
    except Exception as error:  # of any kind, if the file is damaged
        raise ValueError(
            f"{label} is truncated or damaged, or no torch.save file at all: {error}."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(one, Tensor) for one in state.values()):
        raise ValueError(
            f"{label} holds no state dict (names of tensors). Save module.state_dict() itself."
        )
    return state


def set_state(
    model: nn.Module,
    state: dict[str, Tensor],
    label: str,
    skip_mismatch: bool,
    read: Callable[[dict[str, Tensor]], dict[str, Tensor]] | None = None,
) -> None:
    """Copy a state dict into a module; all of it, or nothing if anything does not fit.

    Args:
        model: the module.
        state: the state dict.
        label: what to call it.
        skip_mismatch: whether to copy what fits, and warn of the rest.
        read: if the state has shapes alone: a function of some of the module's tensors by name
            that returns the values, or the tensors themselves once they are in them.

    Raises:
        ValueError: listing all names that are missing, unexpected, or of another shape.
    """
    own = model.state_dict(keep_vars=True)
    problems = [f"missing: {name} {tuple(own[name].shape)}" for name in own if name not in state]
    problems += [
        f"unexpected: {name} {tuple(state[name].shape)}"
        for name in sorted(state.keys() - own.keys())
    ]
    other = {name for name in own if name in state and own[name].shape != state[name].shape}
    problems += [
        f"other shape: {name} is {tuple(own[name].shape)}, the file has {tuple(state[name].shape)}"
        for name in own if name in other
    ]  # fmt: skip
    error = report(label, getattr(model, "name", type(model).__name__), problems)
    if problems and not skip_mismatch:
        raise error
    fitting = {name: tensor for name, tensor in state.items() if name in own and name not in other}
    if read is not None:
        fitting = read({name: own[name] for name in fitting})
    model.load_state_dict(fitting, strict=False)
    if problems:
        warn(str(error))


def _reader(
    model: nn.Module, file: TensorFile, places: dict[str, str]
) -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    """Return a function that reads tensors, into the model's own where that can be."""
    own = {id(one) for one in itertools.chain(model.parameters(), model.buffers())}

    def is_direct(target: Tensor, place: str) -> bool:
        alike = target.dtype == file.described(place).dtype and target.is_contiguous()
        return id(target) in own and alike and target.device.type == "cpu"

    def read(targets: dict[str, Tensor]) -> dict[str, Tensor]:
        into = {
            places[name]: target
            for name, target in targets.items()
            if is_direct(target, places[name])
        }
        state = file.read(dict.fromkeys(places[name] for name in targets), into)
        return {name: state[places[name]] for name in targets}

    return read


@contextlib.contextmanager
def _named(label: str) -> Iterator[None]:
    """Name a `.safetensors` file in what goes wrong while it is read."""
    from safetensors import SafetensorError

    try:
        yield
    except (SafetensorError, OSError, LookupError, ValueError, AttributeError, TypeError,
            EOFError, RecursionError) as error:  # fmt: skip
        raise ValueError(
            f"{label} is truncated or damaged, or no safetensors file: {error}. Save it again."
        ) from error


def _checked_places(file: TensorFile) -> dict[str, str]:
    """Compare the checksums in a file; return by name under which one a tensor is stored."""
    expected = json.loads(file.metadata.get(_CHECKSUMS, "{}"))
    for name, found in file.checksums(expected).items():
        if found != expected[name]:
            raise ValueError(f"{name!r} does not match its checksum")
    tied = json.loads(file.metadata.get(_TIED, "{}"))
    return {**tied, **{name: name for name in file.names()}}


def _check_records(path: Path, label: str) -> None:
    """Compare the checksums in a file of `torch.save`, which torch itself does not.

    They are those of the archive's directory as Python sees it, and of the bytes that torch's own
    reader gives: the two could understand a damaged archive in two ways.
    """
    try:
        if not zipfile.is_zipfile(path):
            return  # of the first kind, without checksums, or no such file at all
        with zipfile.ZipFile(path) as archive:
            check_members(path, archive.infolist())
            parts = archive.infolist()
        records = {one.filename.partition("/")[2]: one.CRC for one in parts}
        if any(map(_is_passed_over, parts)):
            raise ValueError("its directory has folders, or sizes that contradict each other")
        reader = torch._C.PyTorchFileReader(str(path))
        if sorted(reader.get_all_records()) != sorted(records):
            raise ValueError("its parts are not those that its directory names")
        wrong = [name for name in records if zlib.crc32(reader.get_record(name)) != records[name]]
    except UnsafeFileError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ValueError(f"{label} is truncated or damaged: {error}.") from error
    if wrong:
        raise ValueError(f"{label} is damaged: its parts {wrong} do not match their checksums.")


def _is_passed_over(part: zipfile.ZipInfo) -> bool:
    """Return whether torch reads nothing for a part, and gives memory as it happens to be."""
    folder = part.is_dir() or bool(part.external_attr & _FOLDER)
    return folder or (part.compress_size == 0) != (part.file_size == 0)


def _untied(state: dict[str, Any]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors, each once, and for every further name the one that was kept."""
    kept: dict[Any, str] = {}
    tied: dict[str, str] = {}
    for name, tensor in state.items():
        key = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype, tensor.device)
        first = kept.setdefault(key if tensor.numel() else name, name)
        if first != name:
            tied[name] = first
    return {name: tensor for name, tensor in state.items() if name not in tied}, tied
