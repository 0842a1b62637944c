"""Dynamic loss scaling, for training in float16."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.variable import Variable
from kerlite.optimizers import arguments
from kerlite.optimizers.arguments import Shared
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.composite import Composite
from kerlite.optimizers.torch_optimizer import TorchOptimizer

__all__ = ["LossScaleOptimizer"]


class LossScaleOptimizer(Composite):
    """Multiply the loss by a factor that adapts itself, so that float16 gradients do not vanish.

    `step` divides the gradients by the scale. If one of them is infinite or NaN, the step is
    skipped and the scale halved; after `dynamic_growth_steps` good steps in a row it is doubled.

    No step waits for the device: on an accelerator the update is made and, where the gradients
    were bad, undone there by a `where` over variables and state, of which a copy is kept meanwhile;
    the step count learns of it at the next step. On the CPU, and around a `TorchOptimizer`, whose
    state is its own, a bad step is not made at all.

    Args:
        inner_optimizer: the optimizer that updates; its `loss_scale_factor` is switched off.
        initial_scale: the first factor; positive. One too high is soon halved to fit.
        dynamic_growth_steps: good steps after which the factor is doubled, >= 1.
        name: by default "loss_scale_optimizer".
        **kwargs: arguments of `Optimizer` at their defaults, as old files have them.

    Raises:
        TypeError: if `inner_optimizer` is no optimizer.
        ValueError: for arguments out of range, or that belong to the inner optimizer.

    Example:
        >>> from kerlite.optimizers import SGD
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> optimizer = LossScaleOptimizer(SGD(0.5), initial_scale=8.0)
        >>> optimizer.apply([torch.tensor([float("inf")])], [weight])
        >>> weight.item(), optimizer.dynamic_scale.item(), optimizer.iterations
        (1.0, 4.0, 0)

    Source: keras.optimizers.LossScaleOptimizer; torch.amp.GradScaler, whose kernels do the work.
    """

    step_counter: Any
    dynamic_scale: Any

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ):
        _check_rest(kwargs)
        if not isinstance(inner_optimizer, Optimizer) or isinstance(inner_optimizer, type(self)):
            raise TypeError(
                "`inner_optimizer` must be an optimizer of kerlite's that does not scale the loss "
                f"already. Received: inner_optimizer={inner_optimizer!r}. Wrap one of torch's in a "
                "TorchOptimizer."
            )
        if not initial_scale > 0 or not dynamic_growth_steps >= 1:
            raise ValueError(
                "`initial_scale` must be positive and `dynamic_growth_steps` at least 1. Received: "
                f"initial_scale={initial_scale!r}, dynamic_growth_steps={dynamic_growth_steps!r}."
            )
        super().__init__(0.0, name=name)
        initial_scale = float(initial_scale)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        # whether the last step was undone, when that is known, and what it changed on the host
        self._undone: tuple[Tensor, Any, list[tuple[Optimizer, dict[str, Any]]]] | None = None
        inner_optimizer.loss_scale_factor = None

    @property
    def torch_optimizer(self) -> Any:
        """The torch optimizer that steps: the inner optimizer's."""
        return self.inner_optimizer.torch_optimizer

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's rate; assignable."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """How many updates were made, those that were skipped not counted."""
        self._settle()
        return self.inner_optimizer.iterations

    def build(self, variables: Iterable[Any]) -> None:
        """Build the inner optimizer, and make the scale and its counter."""
        variables = list(variables)
        super().build(variables)
        self.step_counter = self._on_device("step_counter", torch.tensor(0, dtype=torch.int32))
        self.dynamic_scale = self._on_device("dynamic_scale", torch.tensor(self.initial_scale))
        self.inner_optimizer.build(variables)

    @property
    def variables(self) -> list[Any]:
        """The state: the counter and the scale, then the inner optimizer's."""
        self._settle()
        return super().variables

    def scale_loss(self, loss: Tensor) -> Tensor:
        """Return the loss to differentiate: times the scale, which `step` takes out."""
        if not self.built:
            return loss * self.initial_scale
        scale: Tensor = self.dynamic_scale.detach()
        return loss * scale.to(loss.device)

    def check_finite(self, grads: Iterable[Any]) -> Tensor:
        """Return, as a tensor, whether all gradients are finite."""
        finite = [torch.isfinite(torch.as_tensor(one)).all() for one in grads if one is not None]
        return torch.stack([one.to(finite[0].device) for one in finite]).all()

    def state_dict(self) -> dict[str, Any]:
        """Return the state: the scale's, and that of the inner optimizer."""
        self._settle()
        return super().state_dict()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """Make an optimizer from what `get_config` returned."""
        return cls(**deserialize_keras_object(config, custom_objects))

    def _members(self) -> list[Optimizer]:
        return [self.inner_optimizer]

    def _changes_gradients(self) -> bool:
        return True

    def _on_device(self, name: str, first: Tensor) -> Variable:
        """Return a variable of this optimizer's, beside the parameters."""
        variable = self.add_variable((), lambda *_, **__: first, first.dtype, name=name)
        variable._path = f"{self.name}/{name}"
        if self._params:
            variable.data = variable.data.to(self._params[0].device)
        return variable

    def _run(self) -> None:
        self._settle()
        found = self._unscale()
        if isinstance(self.inner_optimizer, TorchOptimizer) or found.device.type == "cpu":
            if not found:
                self.inner_optimizer.step()
        else:
            self._step_and_undo(found)
        torch._amp_update_scale_(
            self.dynamic_scale, self.step_counter, found, 2.0, 0.5, self.dynamic_growth_steps
        )

    def _unscale(self) -> Tensor:
        """Divide the gradients by the scale, in place; return 0 if all are finite."""
        alike: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
        for param in self._params:
            if param.grad is not None:
                alike.setdefault((param.device, param.dtype), []).append(param.grad)
        if not alike:
            raise arguments.no_gradients([one.path for one in self._references])
        scale: Tensor = self.dynamic_scale.detach()
        inverse, found = scale.reciprocal(), torch.zeros_like(scale)
        for (device, _), gradients in alike.items():
            here = torch.zeros_like(found, device=device)
            torch._amp_foreach_non_finite_check_and_unscale_(gradients, here, inverse.to(device))
            found = found + here.to(found.device)
        return found

    def _step_and_undo(self, found: Tensor) -> None:
        """Make the step; where gradients were bad, put back what was there before."""
        inner = self.inner_optimizer
        parts, tensors = _flat(inner), _all_tensors(inner)
        host = [dict(vars(part)) for part in parts]
        before = [tensor.detach().clone() for tensor in tensors]
        inner.step()
        bad = found > 0
        for now, then in zip(tensors, before, strict=True):
            torch.where(bad.to(now.device), then, now, out=now)
        told = bad.to("cpu", non_blocking=True)
        event = torch.Event(bad.device.type) if bad.device.type != "cpu" else None
        if event is not None:
            event.record()
        changed = [
            (part, {key: old for key, old in kept.items() if vars(part)[key] is not old})
            for part, kept in zip(parts, host, strict=True)
        ]
        self._undone = (told, event, changed)

    def _settle(self) -> None:
        """Undo on the host, counts above all, what was undone on the device: it has told by now."""
        if self._undone is None:
            return
        (told, event, changed), self._undone = self._undone, None
        if event is not None:
            event.synchronize()
        if told:
            for part, values in changed:
                vars(part).update(values)

    def __getstate__(self) -> dict[str, Any]:
        """Wait for what the device has not told yet."""
        self._settle()
        return super().__getstate__()


def _flat(optimizer: Optimizer) -> list[Optimizer]:
    """Return an optimizer and those it is made of."""
    inner = optimizer._members() if isinstance(optimizer, Composite) else []
    return [optimizer, *inner]


def _all_tensors(optimizer: Optimizer) -> list[Tensor]:
    """Return all that a step changes on the device: variables, slots, counts."""
    tensors: list[Tensor] = []
    for part in _flat(optimizer):
        tensors += part._own.values()
        for bucket in part._ready_buckets() if part.torch_optimizer is not None else ():
            tensors += bucket.params
            for name, slots in bucket.slots.items():
                tensors += [] if name == "step" else slots
            if bucket.clock is not None:
                tensors.append(bucket.clock)
    return tensors


def _check_rest(kwargs: dict[str, Any]) -> None:
    """Refuse what belongs to the inner optimizer, unless it has its default value."""
    if not kwargs.pop("dynamic", True):
        raise ValueError(
            "LossScaleOptimizer has no `dynamic=False`: set `loss_scale_factor` on the inner "
            "optimizer instead."
        )
    defaults: dict[str, Any] = dict.fromkeys((*Shared.__annotations__, "weight_decay"))
    defaults |= {"use_ema": False, "ema_momentum": 0.99}
    for name, value in kwargs.items():
        if name not in defaults or value != defaults[name]:
            raise ValueError(
                f"LossScaleOptimizer does not take `{name}`. Received: {name}={value!r}. Give it "
                "to the inner optimizer."
            )
