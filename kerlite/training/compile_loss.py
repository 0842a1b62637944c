"""The losses that `compile` was given, as one function of all outputs."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor

from kerlite.core import tree
from kerlite.core.tracing import untraced
from kerlite.losses import Loss
from kerlite.metrics import Mean
from kerlite.training.outputs import Outputs, Path, follow, form_of, shapes_as_leaves
from kerlite.training.resolve import free_name, resolve_loss
from kerlite.training.spread import spread

__all__ = ["CompileLoss"]


class OutputLoss(NamedTuple):
    """A loss and the output it is for; `mean` is its mean for the logs, if there are several."""

    output: int
    path: Path
    loss: Loss
    weight: float | None
    mean: Mean | None


class CompileLoss:
    """The weighted sum of the losses of all outputs.

    Everything is resolved once, by `build` or the first call: names, functions, lists and dicts
    become one flat list. With several losses, the mean of each is logged as `<output>_loss`.

    A plain function is called with (y_true, y_pred), as in Keras; an `nn.Module` or a function of
    torch.nn.functional with (y_pred, y_true), as in PyTorch.

    Args:
        loss: a loss in any form that `losses.get` takes, "crossentropy" or "ce" for the kind that
            the shapes ask for, or a list or dict of these by output; None for no loss.
        loss_weights: numbers in the same form; None counts as 1.
        output_names: the names of the outputs, in order, or None.

    Raises:
        ValueError: for unknown losses and outputs, numbers of entries that differ, and losses that
            are not reduced.

    Example:
        >>> import torch
        >>> loss = CompileLoss({"a": "mse", "b": "mae"}, {"a": 2.0}, ["a", "b"])
        >>> loss([torch.zeros(2), torch.zeros(2)], [torch.ones(2), torch.ones(2)])
        tensor(3.)
        >>> [metric.name for metric in loss.metrics]
        ['a_loss', 'b_loss']

    Source: keras.src.trainers.compile_utils.CompileLoss. Here a dict may leave outputs out, one
    loss with a list of weights is for every output, and several losses for one output are refused.
    """

    def __init__(self, loss: Any, loss_weights: Any = None, output_names: Any = None):
        self.loss, self.output_names = loss, output_names
        self.loss_weights = _checked_weights(loss_weights)
        for leaf in tree.flatten(loss):
            if leaf is not None:
                resolve_loss(leaf, None, None)  # raises for what is unknown, before there is data
        self.built = False
        self._outputs = Outputs(None)
        self._entries: list[OutputLoss] = []
        self._single: Loss | None = None
        self._single_weight: float | None = None
        self._routes: dict[tuple[Any, Any], tuple[list[Any], list[Any]]] = {}

    @property
    def metrics(self) -> list[Mean]:
        """The means of the single losses; empty for one loss."""
        return [entry.mean for entry in self._entries if entry.mean is not None]

    @untraced
    def build(self, y_true: Any, y_pred: Any) -> None:
        """Match losses and outputs.

        Args:
            y_true: targets, or anything with their structure and shapes.
            y_pred: predictions, or anything with their structure and shapes.
        """
        outputs = Outputs(y_pred, self.output_names)
        given = [_only(loss, "loss") for loss in spread(self.loss, outputs, "loss")]
        weights = spread(self.loss_weights, outputs, "loss_weights", one_for_all=False)
        weights = [_only(weight, "loss_weights") for weight in weights]
        wanted = [loss is not None for loss in given]
        targets = outputs.routes(y_true, wanted, "y")
        taken: set[str] = set()
        self._entries = []
        for index in (index for index, want in enumerate(wanted) if want):
            path = outputs.paths[index]
            target = follow(targets[index] or (), y_true)
            loss = resolve_loss(given[index], target, follow(path, y_pred))
            mean = None
            if sum(wanted) > 1:
                name = _log_name(path, outputs.names[index] or loss.name)
                mean = Mean(name=f"{free_name(name, taken)}_loss")
            self._entries.append(OutputLoss(index, path, loss, weights[index], mean))
        self._outputs, self._routes, self.built = outputs, {}, True
        if self._entries and not tree.is_nested(y_pred):
            self._single, self._single_weight = self._entries[0].loss, self._entries[0].weight

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the total loss, a 0-d tensor; None if no output has a loss."""
        if not self.built:
            self.build(y_true, y_pred)
        if self._single is not None and isinstance(y_true, Tensor):
            if isinstance(sample_weight, (list, tuple, dict)):
                (sample_weight,) = tree.flatten(sample_weight)
            loss = self._single(y_true, y_pred, sample_weight)
            return loss if self._single_weight is None else loss * self._single_weight
        targets, weights = self._routes_for(y_true, sample_weight)
        total = None
        for index, path, loss_fn, weight, mean in self._entries:
            prediction, route = follow(path, y_pred), weights[index]
            own_weight = None if route is None else follow(route, sample_weight)
            loss = loss_fn(follow(targets[index] or (), y_true), prediction, own_weight)
            if mean is not None:
                mean.update_state(loss.detach(), len(prediction))
            loss = loss if weight is None else loss * weight
            total = loss if total is None else total + loss
        return total

    def check_targets(self, y_true: Any, y_pred_shapes: Any) -> None:
        """Let each loss look through its targets before training starts.

        Args:
            y_true: all targets, arrays in memory, in any structure that a call takes.
            y_pred_shapes: the shapes of the outputs, in their structure, the batch dimension first.

        Raises:
            ValueError: for targets that a loss cannot work with, or that match no output.
        """
        shapes = shapes_as_leaves(y_pred_shapes)
        if not self.built:
            self.build(y_true, shapes)
        targets, _ = self._routes_for(y_true, None)
        for index, path, loss, _, _ in self._entries:
            target = follow(targets[index] or (), y_true)
            loss.check_targets(target, follow(path, shapes).shape)

    def _routes_for(self, y_true: Any, sample_weight: Any) -> tuple[list[Any], list[Any]]:
        """Return where the targets and weights of each output lie."""
        form = (form_of(y_true), form_of(sample_weight))
        return self._routes.get(form) or self._find_routes(y_true, sample_weight)

    @untraced
    def _find_routes(self, y_true: Any, sample_weight: Any) -> tuple[list[Any], list[Any]]:
        wanted = [False] * len(self._outputs)
        for entry in self._entries:
            wanted[entry.output] = True
        targets = self._outputs.routes(y_true, wanted, "y")
        weights = self._outputs.routes(sample_weight, None, "sample_weight")
        self._routes[form_of(y_true), form_of(sample_weight)] = targets, weights
        return targets, weights


def _log_name(path: Path, name: str) -> str:
    """Return the name of an output's loss: its keys, and its name where the last is an index."""
    keys = path[:-1] if path and isinstance(path[-1], int) else path
    return "/".join(map(str, keys if keys and keys == path else (*keys, name)))


def _only(given: Any, argument: str) -> Any:
    """Return the one thing given for one output, out of the list or dict it stands in."""
    flat = tree.flatten(given)
    if len(flat) != 1:
        raise ValueError(
            f"{argument} has {len(flat)} entries for one output: {given!r}. Combine them in one "
            "function of (y_true, y_pred)."
        )
    return flat[0]


def _checked_weights(loss_weights: Any) -> Any:
    for weight in tree.flatten(loss_weights):
        if weight is not None and not isinstance(weight, (int, float)):
            raise ValueError(
                "loss_weights must be a number, or a list or dict of numbers by output; it holds "
                f"{weight!r} of type {type(weight).__name__}."
            )
    return loss_weights
