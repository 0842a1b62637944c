"""The table that `model.summary()` prints."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor, nn

from kerlite.core import tree
from kerlite.core.tensor import KerasTensor, Node
from kerlite.layers.shapes import symbolic_of
from kerlite.models.functional_reader import is_functional
from kerlite.models.op_nodes import is_mask, name_calls, op_class_name, op_name, producer_name
from kerlite.models.order import layers_in_order
from kerlite.models.table import Column, column_widths, render

__all__ = ["print_summary"]

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Any = None,
    print_fn: Callable[[str], None] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print a table of a model's layers, output shapes and parameters; see `Model.summary`.

    Raises:
        ValueError: if the model has not been built, or an argument makes no sense.
    """
    if not model.built:
        raise ValueError(
            f"The model {model.name!r} has not been built, so it has no weights and no shapes to "
            "show. Call it on data, call build(input_shape), or start it with kerlite.Input(shape)."
        )
    chain = _is_chain(model)
    things = _in_range(_things(model), layer_range)
    columns, length = _columns(chain, show_trainable, line_length, positions)
    rows = []
    for thing in things:
        for nested, prefix in _expanded(thing, expand_nested, 0):
            connected = [] if chain else [_connections(model, nested) if not prefix else "-"]
            trainable = [_trainable_mark(nested)] if show_trainable else []
            rows.append([prefix + _title(nested), _shape(nested), _count(nested),
                         *connected, *trainable])  # fmt: skip
    text = "\n".join([f'Model: "{model.name}"', *render(columns, rows, length), *_totals(model)])
    (print_fn or print)(text)


def readable_size(size: float) -> str:
    """Return a number of bytes in words.

    Example:
        >>> readable_size(5376)
        '5.25 KB'
    """
    for unit in _UNITS[:-1]:
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} {_UNITS[-1]}"


def _columns(
    chain: bool, show_trainable: bool, line_length: int | None, positions: Any
) -> tuple[list[Column], int]:
    ends = list(positions or ([0.45, 0.80, 1.0] if chain else [0.3, 0.56, 0.74, 1.0]))
    columns = [("Layer (type)", "left"), ("Output Shape", "left"), ("Param #", "right")]
    columns += [] if chain else [("Connected to", "left")]
    default = 88 if chain else 108
    if show_trainable:
        ends = [0.9 * end for end in ends] + [1.0]
        columns.append(("Trainable", "center"))
        default += 12
    length = line_length or min(default, shutil.get_terminal_size().columns - 4)
    if len(ends) != len(columns):
        raise ValueError(f"positions needs one number for each of {columns}; received {positions}.")
    widths = column_widths(ends, length)
    return [Column(*column, width) for column, width in zip(columns, widths, strict=True)], length


def _things(model: Any) -> list[Any]:
    """Return what the table lists: layers, and the function calls of a functional model."""
    if not is_functional(model):
        return model.layers
    name_calls(model._graph.nodes)
    origin = dict(zip(map(id, model._graph.flat_inputs), model._input_layers, strict=True))
    return layers_in_order(model._graph, origin)


def _is_chain(model: Any) -> bool:
    """Return whether each layer has one input, from the layer before, and is called once."""
    if not is_functional(model):
        return True
    graph = model._graph
    targets = [node.target for node in graph.nodes if isinstance(node.target, nn.Module)]
    sources = [id(source) for node in graph.nodes for source in node.inputs]
    return (
        len(set(map(id, targets))) == len(targets)
        and len(set(sources)) == len(sources)
        and all(len(node.inputs) == 1 for node in graph.nodes)
        and len(graph.flat_inputs) == 1
    )


def _in_range(things: list[Any], layer_range: Any) -> list[Any]:
    if layer_range is None:
        return things
    if len(layer_range) != 2 or not all(isinstance(pattern, str) for pattern in layer_range):
        raise ValueError(
            f"layer_range is two layer names, or patterns of names; received {layer_range!r}."
        )
    found = []
    for pattern in layer_range:
        matches = [i for i, thing in enumerate(things) if re.match(pattern, _name(thing))]
        if not matches:
            names = [_name(thing) for thing in things]
            raise ValueError(f"layer_range: no layer matches {pattern!r}. The layers are {names}.")
        found.append(matches)
    first, last = min(found[0]), max(found[1])
    return things[min(first, last) : max(first, last) + 1]


def _expanded(thing: Any, expand: bool, depth: int) -> Iterator[tuple[Any, str]]:
    """Yield a layer and, if asked for, the layers inside it, each with its indentation."""
    yield thing, "   " * depth + "└ " if depth else ""
    if expand:
        for inner in getattr(thing, "layers", ()):
            yield from _expanded(inner, expand, depth + 1)


def _name(thing: Any) -> str:
    return op_name(thing) if isinstance(thing, Node) else thing.name


def _title(thing: Any) -> str:
    kind = op_class_name(thing) if isinstance(thing, Node) else type(thing).__name__
    return f"{_name(thing)} ({'Functional' if kind == 'Model' else kind})"


def _shape(thing: Any) -> str:
    outputs = thing.outputs if isinstance(thing, Node) else _layer_outputs(thing)
    shapes = tree.map_structure(_ShapeText, outputs)
    flat = tree.flatten(shapes)
    return str(flat[0] if len(flat) == 1 else shapes)


class _ShapeText:
    """Shows a tensor by its shape; a leaf, so that structures of shapes print as they are."""

    def __init__(self, value: Any):
        self.shape = value.shape if isinstance(value, KerasTensor) else value

    def __repr__(self) -> str:
        return f"({', '.join(map(str, self.shape))})" if self.shape is not None else "?"


def _layer_outputs(layer: Any) -> Any:
    if layer._inbound_nodes:
        return layer._inbound_nodes[-1].outputs
    if getattr(layer, "_graph", None) is not None:
        return layer._graph.outputs
    if not layer.built or layer._build_shapes is None:
        return None
    args, kwargs = layer._build_shapes
    try:
        shape = layer.compute_output_shape(*args, **kwargs)
    except (NotImplementedError, TypeError, ValueError):  # the code needs more than shapes
        return None
    return symbolic_of(shape, "float32")


def _count(thing: Any) -> str:
    if isinstance(thing, Node):
        return "0"
    return f"{thing.count_params():,}" if thing.built else "0 (unbuilt)"


def _trainable_mark(thing: Any) -> str:
    if isinstance(thing, Node) or not thing.weights:
        return "-"
    return "Y" if thing.trainable else "N"


def _connections(model: Any, thing: Any) -> str:
    nodes = [thing] if isinstance(thing, Node) else [
        node for node in model._graph.nodes if node.target is thing
    ]  # fmt: skip
    sources = [one for node in nodes for one in node.inputs if not is_mask(one)]
    return ", ".join(_origin(model, source) for source in sources) or "-"


def _origin(model: Any, tensor: KerasTensor) -> str:
    for given, layer in zip(model._graph.flat_inputs, model._input_layers, strict=True):
        if given is tensor:
            return f"{layer.name}[0][0]"
    history = tensor._keras_history
    return f"{producer_name(tensor)}[{history.node_index}][{history.tensor_index}]"


def _totals(model: Any) -> list[str]:
    trainable, other = model.trainable_weights, model.non_trainable_weights
    optimizer = getattr(model, "optimizer", None)
    slots = optimizer.variables if optimizer is not None and optimizer.built else []
    lines = [
        _total("Total", [*trainable, *other, *slots]),
        _total("Trainable", trainable),
        _total("Non-trainable", other),
    ]
    return [*lines, _total("Optimizer", slots)] if slots else lines


def _total(label: str, weights: list[Any]) -> str:
    counts = [math.prod(weight.shape) for weight in weights]
    # An optimizer's numbers on the host have no size of their own; Keras counts four bytes each.
    sizes = [weight.element_size() if isinstance(weight, Tensor) else 4 for weight in weights]
    count, size = sum(counts), sum(n * each for n, each in zip(counts, sizes, strict=True))
    return f" {label} params: {count:,} ({readable_size(size)})"
