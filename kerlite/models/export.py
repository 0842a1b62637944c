"""Model.export: the model without its Python code, for PyTorch's and ONNX's runtimes."""

from __future__ import annotations

import importlib.util
import os
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.export import Dim, ExportedProgram

from kerlite.core import dtypes, tree
from kerlite.layers.shapes import symbolic_of
from kerlite.saving.archive import atomic_write
from kerlite.training.modes import in_mode

__all__ = ["export"]

_FORMATS = ("torch", "onnx")
_SIZES = (2, 32)  # for a batch, and for other sizes that may vary, while the code is recorded
_MOST_IN_ONE_FILE = 2**31 - 2**20  # what ONNX's file format can hold


def export(
    model: Any,
    filepath: str | os.PathLike[str],
    format: str = "torch",
    verbose: bool | None = None,
    input_signature: Any = None,
    opset_version: int | None = None,
    **kwargs: Any,
) -> None:
    """Write the model's computation and weights for use without kerlite, whole or not at all.

    What is recorded is inference, for batches of any size: `torch.export.load(path).module()` takes
    what the model takes; `onnxruntime.InferenceSession(path)` has an input for each input layer.

    Args:
        model: a built model.
        filepath: where to; "*.pt2" and "*.onnx" by custom.
        format: "torch" (`torch.export`) or "onnx", which needs the packages onnx and onnxscript.
        verbose: whether to say where the file is.
        input_signature: KerasTensors, or tensors, structured as the model's inputs; sizes that are
            None may vary. By default the inputs of a functional model, or what the model was
            built for.
        opset_version: ONNX's version of the operations; by default torch's choice.
        **kwargs: arguments of `torch.export.export` or `torch.onnx.export`.

    Raises:
        ImportError: if the packages for ONNX are not installed.
        ValueError: for another format, a model that has not been built, or one too large for ONNX.

    Example:
        >>> import kerlite, tempfile
        >>> model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.export(f"{folder}/model.pt2", format="torch")
        ...     program = torch.export.load(f"{folder}/model.pt2").module()
        >>> program(torch.ones(5, 4)).shape
        torch.Size([5, 2])

    Source: keras.Model.export. TensorFlow's formats are not among the formats; sizes other than
    the batch's may vary too, where the model allows it.
    """
    if format not in _FORMATS:
        raise ValueError(
            f"Unknown export format {format!r}: {_FORMATS} exist. TensorFlow's, OpenVINO's and "
            "LiteRT's tools convert ONNX files."
        )
    if opset_version is not None and format != "onnx":
        raise ValueError("opset_version applies to format='onnx' only.")
    signature = _signature(model, input_signature)
    if format == "onnx":
        _require_onnx(model)
    with in_mode(model, training=False), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's own code, while it traces
        exported = _recorded(model, signature, {} if format == "onnx" else kwargs)
        with atomic_write(filepath) as temporary:
            if format == "torch":
                with temporary.open("wb") as file:  # by its name, torch would warn of the ending
                    torch.export.save(exported, file)
            else:
                _write_onnx(model, exported, signature, temporary, opset_version, kwargs)
    if verbose:
        print(f"Saved {model.name!r} as {str(filepath)!r}.")


def _signature(model: Any, given: Any) -> Any:
    """Return KerasTensors structured as the inputs."""
    if given is not None:
        if isinstance(given, list) and len(given) == 1 and not _takes_a_list(model):
            given = given[0]  # Keras's way: the list of the arguments of call()
        return tree.map_structure(
            lambda one: symbolic_of(tuple(one.shape), dtypes.standardize_dtype(one.dtype)), given
        )
    if getattr(model, "_graph", None) is not None:
        return model.input
    if not model.built or model._build_shapes is None or not model._build_shapes[0]:
        raise ValueError(
            f"The model {model.name!r} has not been built, so it is not known what it takes. Call "
            "it on data first, or pass input_signature=kerlite.Input(...)."
        )
    shape = model._build_shapes[0][0]
    return tree.map_structure(_with_free_batch, symbolic_of(shape, model.compute_dtype))


def _takes_a_list(model: Any) -> bool:
    graph = getattr(model, "_graph", None)
    return graph is not None and isinstance(graph.inputs, (list, tuple))


def _with_free_batch(one: Any) -> Any:
    return symbolic_of((None, *one.shape[1:]), one.dtype)


def _recorded(model: Any, signature: Any, options: dict[str, Any]) -> ExportedProgram:
    device = next(model.parameters(), torch.empty(0)).device

    def example(one: Any) -> Tensor:
        sizes = [_SIZES[min(i, 1)] if n is None else n for i, n in enumerate(one.shape)]
        return torch.zeros(sizes, dtype=dtypes.to_torch_dtype(one.dtype), device=device)

    def may_vary(one: Any) -> dict[int, Any]:
        free = [i for i, size in enumerate(one.shape) if size is None]
        return {i: Dim.DYNAMIC if i == 0 else Dim.AUTO for i in free}

    inputs = tree.map_structure(example, signature)
    options = {"strict": False, "dynamic_shapes": (tree.map_structure(may_vary, signature),),
               **options}  # fmt: skip
    with torch.no_grad():
        return torch.export.export(model, (inputs,), **options)


def _require_onnx(model: Any) -> None:
    if any(importlib.util.find_spec(package) is None for package in ("onnx", "onnxscript")):
        raise ImportError("Exporting to ONNX needs two more packages: pip install onnx onnxscript")
    size = sum(weight.nbytes for weight in model.state_dict().values())
    if size > _MOST_IN_ONE_FILE:
        raise ValueError(
            f"The weights of {model.name!r} take {size:,} bytes, and an ONNX file holds 2 GB at "
            "most. Use format='torch'."
        )


def _write_onnx(
    model: Any, exported: ExportedProgram, signature: Any, path: Path, version: Any, kwargs: Any
) -> None:
    names = getattr(model, "input_names", None) if _has_graph(model) else None
    outputs = model.output_names if _has_graph(model) else None
    program = torch.onnx.export(
        exported,
        input_names=names or [f"input_{i}" for i in range(len(tree.flatten(signature)))],
        output_names=_unique(outputs, names) if outputs else None,
        opset_version=version,
        **{"dynamo": True, "verbose": False, **kwargs},
    )
    program.save(path, external_data=False)  # type: ignore[union-attr]


def _has_graph(model: Any) -> bool:
    return getattr(model, "_graph", None) is not None


def _unique(names: list[str], taken: list[str] | None) -> list[str]:
    """Return output names of which none comes twice, or is an input's."""
    unique: list[str] = []
    for name in names:
        one, number = name, 0
        while one in unique or one in (taken or ()):
            number += 1
            one = f"{name}_{number}"
        unique.append(one)
    return unique
