"""The torch side of an optimizer: a `torch.optim.Optimizer` that a kerlite optimizer drives.

torch's own `step` gathers its lists of tensors anew each time, which costs more than the fused
kernel for a small model. A kerlite optimizer keeps the lists, as `Bucket`s, and calls the same
kernels. Everything torch expects of an optimizer holds: parameter groups, state under torch's
names, hooks, closures, profiler labels, schedulers, `state_dict`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.optim.optimizer import _global_optimizer_post_hooks, _global_optimizer_pre_hooks

__all__ = [
    "Bucket",
    "Driven",
    "buckets_of",
    "copy_state",
    "inherit",
    "is_fusable",
    "move_state",
    "write_rate",
]

_FUSED_DTYPES = {
    "cpu": (torch.float64, torch.float32, torch.bfloat16, torch.float16),
    "cuda": (torch.float64, torch.float32, torch.bfloat16, torch.float16),
    "xpu": (torch.float64, torch.float32, torch.bfloat16, torch.float16),
    "mps": (torch.float32, torch.float16),
}
_RESTORED = ("lr", "initial_lr", "scale")  # what training changes in a parameter group


class _Driver(Protocol):
    def _run(self) -> None: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> None: ...


class Driven(torch.optim.Optimizer):
    """A torch optimizer whose `step` is the whole step of the kerlite optimizer that owns it."""

    driver: _Driver

    def is_watched(self) -> bool:
        """Whether hooks, a scheduler or a profiler want to see `step` called on this object."""
        return bool(
            self._optimizer_step_pre_hooks
            or self._optimizer_step_post_hooks
            or "step" in self.__dict__
            or _global_optimizer_pre_hooks
            or _global_optimizer_post_hooks
            or torch.autograd._profiler_enabled()
        )

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """Update the parameters from their gradients, after calling `closure` if there is one."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.driver._run()
        return loss

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Copy a saved state into this one, in place."""
        self.driver.load_state_dict(state_dict)

    def __getstate__(self) -> dict[str, Any]:
        """Keep the driver through copies and pickles."""
        return {**super().__getstate__(), "driver": self.driver}


@dataclass
class Bucket:
    """Parameters that one kernel call updates: of one group, on one device, of one number type.

    Attributes:
        group: torch's parameter group.
        params: the parameters.
        slots: for each of torch's state names, the tensors that go with `params`.
        clock: the step counts of all the parameters in one tensor, of which `slots["step"]` are
            views: one addition counts for all. None for an algorithm that does not count.
        fused: whether torch's fused kernels take these parameters.
    """

    group: dict[str, Any]
    params: list[Tensor]
    slots: dict[str, list[Tensor]]
    clock: Tensor | None
    fused: bool

    def with_gradients(self) -> tuple[Bucket, list[Tensor]]:
        """Return the gradients, and the bucket of those parameters that have one."""
        gradients = [g for param in self.params if (g := param.grad) is not None]
        if len(gradients) == len(self.params):
            return self, gradients
        return self.narrowed(lambda param: param.grad is not None), gradients

    def narrowed(self, keep: Callable[[Tensor], bool]) -> Bucket:
        """Return the bucket of those parameters for which `keep` holds."""
        chosen = [i for i, param in enumerate(self.params) if keep(param)]
        slots = {name: [tensors[i] for i in chosen] for name, tensors in self.slots.items()}
        params = [self.params[i] for i in chosen]
        return Bucket(self.group, params, slots, self.clock, self.fused)


def buckets_of(optimizer: torch.optim.Optimizer) -> list[Bucket]:
    """Return the parameters of an optimizer, sorted into buckets."""
    buckets = []
    for group in optimizer.param_groups:
        alike: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
        for param in group["params"]:
            alike.setdefault((param.device, param.dtype), []).append(param)
        for params in alike.values():
            states = [optimizer.state[param] for param in params]
            buckets.append(_bucket(group, params, states))
    return buckets


def _bucket(group: dict[str, Any], params: list[Tensor], states: list[dict[str, Tensor]]) -> Bucket:
    clock = None
    if "step" in states[0]:
        clock = torch.stack([state["step"] for state in states])
        for state, step in zip(states, clock.unbind(), strict=True):
            state["step"] = step
    slots = {name: [state[name] for state in states] for name in states[0]}
    return Bucket(group, params, slots, clock, is_fusable(params[0]))


def is_fusable(param: Tensor) -> bool:
    """Return whether torch's fused kernels take a parameter."""
    return param.dtype in _FUSED_DTYPES.get(param.device.type, ())


def write_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate; where groups have rates of their own, these keep their ratios."""
    first = float(optimizer.param_groups[0]["lr"])
    for group in optimizer.param_groups:
        own = float(group["lr"])
        if "factor" in group:  # a group made by name
            new = rate * group["factor"]
        else:
            new = rate if own == first or not first else own * (rate / first)
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(new)
        else:
            group["lr"] = new


def inherit(optimizer: torch.optim.Optimizer, old: torch.optim.Optimizer) -> None:
    """Take over the state of the parameters that another optimizer held before."""
    before = old.param_groups[0]
    for group in optimizer.param_groups:
        factor = group.get("factor", 1.0)
        group.update({name: before[name] * factor for name in _RESTORED if name in before})
        for param in group["params"]:
            if param in old.state:
                optimizer.state[param] = old.state[param]


def move_state(optimizer: torch.optim.Optimizer) -> None:
    """Bring the state to where its parameters are now, and to their number type."""
    for param, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor):
                dtype = value.dtype if name == "step" else param.dtype
                state[name] = value.to(param.device, dtype)


def copy_state(optimizer: torch.optim.Optimizer, state_dict: dict[str, Any]) -> None:
    """Copy the tensors and the learning rates of a saved state into an optimizer, in place.

    Raises:
        ValueError: if groups, parameters, names or shapes differ; nothing has changed then.
    """
    groups, saved = optimizer.param_groups, state_dict["param_groups"]
    sizes = [[len(group["params"]) for group in some] for some in (groups, saved)]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"The saved state has parameter groups of {sizes[1]} parameters; this optimizer has "
            f"groups of {sizes[0]}. Build it on the same variables first."
        )
    pairs = []
    for group, old in zip(groups, saved, strict=True):
        for param, key in zip(group["params"], old["params"], strict=True):
            pairs += _state_pairs(optimizer.state[param], state_dict["state"].get(key, {}), key)
    for group, old in zip(groups, saved, strict=True):
        for name in _RESTORED:
            group.pop(name, None)
            if name in old:
                group[name] = old[name]
    with torch.no_grad():
        for target, value in pairs:
            target.copy_(value)


def _state_pairs(
    own: dict[str, Tensor], saved: dict[str, Any], key: Any
) -> list[tuple[Tensor, Tensor]]:
    pairs = []
    for name, value in saved.items():
        value = torch.as_tensor(value)
        if name not in own or own[name].shape != value.shape:
            kept = {slot: tuple(tensor.shape) for slot, tensor in own.items()}
            raise ValueError(
                f"The saved state of parameter {key} has {name!r} of shape {tuple(value.shape)}; "
                f"this optimizer keeps {kept}. Was it made with the same arguments?"
            )
        pairs.append((own[name], value))
    return pairs
