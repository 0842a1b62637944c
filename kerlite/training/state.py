"""All that training changes in a trainer, as one nested value: taken out, and put back."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from kerlite.core.generator_states import generator_states, set_generator_states
from kerlite.core.variable import storage_of
from kerlite.optimizers import Optimizer
from kerlite.training.metric_state import load_metric_states, metric_states

__all__ = ["load_trainer_state", "trainer_state"]


def trainer_state(trainer: Any, with_metrics: bool) -> dict[str, Any]:
    """Return the state of weights, buffers, optimizers, seeds and metrics; the tensors are no copy.

    Everything is listed in the order of the module's parts, so that names, which number the layers
    of a process, do not matter.

    Args:
        trainer: the trainer.
        with_metrics: whether the metrics are in use: in the midst of an epoch.
    """
    module, modules = trainer.module, list(trainer.module.modules())
    parameters = list(module.parameters())
    state = {
        "parameters": parameters,
        "buffers": [buffer for _, _, buffer in _buffers(module)],
        "extra": {str(i): part.get_extra_state() for i, part in enumerate(modules) if _extra(part)},
        "trained": [parameter.requires_grad for parameter in parameters],
        "trainable": [getattr(part, "_trainable", None) for part in modules],
        "seeds": generator_states(_with_hidden(module)),
        "optimizers": {
            name: _optimizer_state(one, parameters) for name, one in _optimizers(trainer).items()
        },
        "stop_training": trainer.stop_training,
        "data_seed": trainer.data_seed,
    }
    if trainer.overrides("train_step"):  # which may gather gradients over several steps
        state["gradients"] = [parameter.grad for parameter in parameters]
    if with_metrics:
        state["metrics"] = metric_states(trainer.owner.metrics)
    return state


def load_trainer_state(trainer: Any, state: dict[str, Any]) -> None:
    """Put a state back; the module and its optimizer have been built.

    Raises:
        ValueError: if weights, or the state of an optimizer, do not fit.
    """
    parameters = list(trainer.module.parameters())
    _load_tensors(trainer.module, state)
    _load_modules(trainer.module, state)
    trainer.stop_training, trainer.data_seed = state["stop_training"], state["data_seed"]
    trainer._steps.train()  # builds the optimizer for what is to be trained
    for name, optimizer in _optimizers(trainer).items():
        if name in state["optimizers"]:
            _load_optimizer(optimizer, state["optimizers"][name], parameters, trainer)
    for parameter, gradient in zip(parameters, state.get("gradients", ()), strict=False):
        parameter.grad = None if gradient is None else gradient.to(parameter.device)
    if "metrics" in state:
        load_metric_states(trainer.owner.metrics, state["metrics"])


def _with_hidden(module: nn.Module) -> dict[str, nn.Module]:
    """Return all parts by number, those too that are plain attributes, as the cell of an LSTM."""
    found, waiting = dict.fromkeys(module.modules()), list(module.modules())
    while waiting:
        held = [value for value in vars(waiting.pop(0)).values() if isinstance(value, nn.Module)]
        new = [part for one in held for part in one.modules() if part not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return {str(index): part for index, part in enumerate(found)}


def _extra(part: nn.Module) -> bool:
    return type(part).get_extra_state is not nn.Module.get_extra_state


def _buffers(module: nn.Module) -> list[tuple[nn.Module, str, Tensor]]:
    """Return (owner, name, buffer) of each buffer once, those that no file holds included."""
    found: dict[int, tuple[nn.Module, str, Tensor]] = {}
    for part in module.modules():
        for name, buffer in part._buffers.items():
            if buffer is not None:
                found.setdefault(id(buffer), (part, name, buffer))
    return list(found.values())


def _load_tensors(module: nn.Module, state: dict[str, Any]) -> None:
    parameters, buffers = list(module.parameters()), _buffers(module)
    saved = [tuple(value.shape) for value in state["parameters"]]
    own = [tuple(parameter.shape) for parameter in parameters]
    if own != saved or len(buffers) != len(state["buffers"]):
        raise ValueError(
            f"The checkpoint holds weights of the shapes {saved} and {len(state['buffers'])} "
            f"buffers; the model has {own} and {len(buffers)}."
        )
    with torch.no_grad():
        for parameter, value in zip(parameters, state["parameters"], strict=True):
            parameter.copy_(value)
        for (part, name, buffer), value in zip(buffers, state["buffers"], strict=True):
            if buffer.shape == value.shape:
                buffer.copy_(value)
            else:
                part._buffers[name] = value.to(buffer.device)


def _load_modules(module: nn.Module, state: dict[str, Any]) -> None:
    """Put back what is no tensor: what is to be trained, seeds, and what parts store themselves."""
    modules = list(module.modules())
    for parameter, trained in zip(module.parameters(), state["trained"], strict=True):
        parameter.requires_grad_(trained)
    for part, trainable in zip(modules, state["trainable"], strict=True):
        if trainable is not None:
            part._trainable = trainable
    for index, extra in state["extra"].items():
        modules[int(index)].set_extra_state(extra)
    set_generator_states(_with_hidden(module), state["seeds"])


def _optimizers(trainer: Any) -> dict[str, Any]:
    """Return the optimizer of `compile`, and those that a model with its own steps has."""
    held = {
        name: value
        for name, value in vars(trainer.owner).items()
        if isinstance(value, (Optimizer, torch.optim.Optimizer)) and name != "optimizer"
    }
    return {"optimizer": trainer.optimizer, **held} if trainer.optimizer is not None else held


def _optimizer_state(optimizer: Any, parameters: list[Any]) -> dict[str, Any]:
    if not isinstance(optimizer, Optimizer):
        return {"built_on": [], "state": optimizer.state_dict()}
    if not optimizer.built:
        return {"built_on": [], "state": None}
    places = {id(parameter): index for index, parameter in enumerate(parameters)}
    built_on = [places.get(id(one.param), -1) for one in optimizer._references]
    return {"built_on": built_on, "state": optimizer.state_dict()}


def _load_optimizer(
    optimizer: Any, saved: dict[str, Any], parameters: list[Any], trainer: Any
) -> None:
    if saved["state"] is None:
        return
    if isinstance(optimizer, Optimizer) and not optimizer.built:
        held = getattr(trainer.module, "weights", parameters)
        seen = {id(storage_of(weight)): weight for weight in held}
        wanted = [parameters[index] for index in saved["built_on"] if index >= 0]
        optimizer.build([seen.get(id(parameter), parameter) for parameter in wanted])
    optimizer.load_state_dict(saved["state"])
