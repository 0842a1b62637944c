"""What is looked at once, before anything is trained, so that nothing fails half-way."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from kerlite.core import tree
from kerlite.data.arrays import ArrayBatches
from kerlite.data.columns import check_lengths
from kerlite.data.rows import Rows
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = [
    "check_inputs",
    "check_owner",
    "check_targets",
    "explain",
    "first_batch",
    "no_targets",
    "output_shapes",
]


def no_targets() -> ValueError:
    """Return the error for a compiled loss that gets no targets."""
    return ValueError(
        "The model was compiled with a loss, but the data has no targets: y is None. Pass y, or "
        "data that yields (x, y) tuples; for a model that computes its own loss, leave `loss` out "
        "of compile() and call add_loss()."
    )


def check_owner(optimizer: Any, module: nn.Module) -> None:
    """Refuse an optimizer that has trained another model: its state is for that one's weights."""
    trained = {id(param) for param in optimizer._params}
    if not trained or not optimizer.iterations:
        return
    if trained.isdisjoint(map(id, module.parameters())):
        raise ValueError(
            f"The optimizer {optimizer.name!r} trains another model: it has made "
            f"{int(optimizer.iterations)} steps on {optimizer._references[0].path!r} and others, "
            "none of which is a weight of this model. Give each model an optimizer of its own in "
            "compile(optimizer=...)."
        )


def first_batch(batches: Any) -> Any:
    """Return the first batch of arrays, None for data that may be readable only once."""
    if not isinstance(batches, ArrayBatches):
        return None
    iterator = batches.epoch(0)
    try:
        return next(iterator)
    finally:
        iterator.close()  # type: ignore[attr-defined]


def output_shapes(module: nn.Module, outputs: Any = None) -> Any:
    """Return the shapes of a module's outputs, the batch dimension None; None if unknown.

    Args:
        module: the module.
        outputs: what it gave for some batch, if it was run.
    """
    graph = getattr(module, "_graph", None)
    if graph is not None and _runs_its_graph(module):
        outputs = graph.outputs[0] if module._gives_only_one else graph.outputs
    leaves = tree.flatten(outputs)
    if not leaves or not all(getattr(leaf, "ndim", 0) for leaf in leaves):
        return None
    return tree.map_structure(lambda t: (None, *t.shape[1:]), outputs)


def check_inputs(module: nn.Module, x: Any) -> None:
    """Hold a batch of inputs against the shapes that a functional model was made for.

    Raises:
        ValueError: if an input is missing or has another shape.
    """
    if getattr(module, "_graph", None) is not None and _runs_its_graph(module):
        module._adapter(x)  # type: ignore[operator]


def check_targets(loss: Any, batches: Any, shapes: Any) -> None:
    """Let every loss look through the targets in memory: NaN, labels out of range, wrong shapes.

    Args:
        loss: the compiled losses, or None.
        batches: the data.
        shapes: the shapes of the model's outputs, in their structure.

    Raises:
        ValueError: from the loss that cannot work with its targets.
    """
    if loss is None or not isinstance(batches, ArrayBatches):
        return
    targets = unpack_x_y_sample_weight(batches.arrays())[1]
    if targets is not None and not any(isinstance(leaf, Rows) for leaf in tree.flatten(targets)):
        loss.check_targets(targets, shapes)


def explain(trainer: Any, data: Any, error: Exception) -> None:
    """Raise a clearer error if a step failed because the arrays of its batch do not fit.

    Args:
        trainer: the trainer, whose own steps were run.
        data: the batch.
        error: what was raised.

    Raises:
        ValueError: if lengths differ, or a loss cannot work with its targets.
    """
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    leaves = [leaf for leaf in tree.flatten((x, y, sample_weight)) if leaf is not None]
    if not trainer.has_default_steps() or not all(isinstance(leaf, Tensor) for leaf in leaves):
        return
    try:
        check_lengths(x, y, sample_weight)
        shapes = output_shapes(trainer.module)
        if all(part is not None for part in (trainer._compile_loss, y, shapes)):
            trainer._compile_loss.check_targets(y, shapes)
    except ValueError as clearer:
        raise clearer from error
    except RuntimeError:  # a device that failed answers no more questions
        return


def _runs_its_graph(module: nn.Module) -> bool:
    """Return whether calling the model runs its graph, not a `call` of a subclass."""
    model = next((cls for cls in type(module).__mro__ if "_set_graph" in vars(cls)), None)
    return model is not None and type(module).call is model.call  # type: ignore[attr-defined]
