"""What training changes, kept in memory to be put back."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kerlite.core.random import SeedGenerator

__all__ = ["RandomStates", "TrainingSnapshot", "module_of"]


def module_of(model: Any) -> nn.Module:
    """Return the module whose weights are trained: the model itself, or what a Trainer holds."""
    return model if isinstance(model, nn.Module) else model.module


class RandomStates:
    """The states of Python's, NumPy's and torch's generators, on every device.

    Example:
        >>> states = RandomStates()
        >>> first = torch.rand(3)
        >>> states.restore()
        >>> bool((torch.rand(3) == first).all())
        True
    """

    def __init__(self) -> None:
        self._python = random.getstate()
        self._numpy = np.random.get_state()
        self._torch = torch.get_rng_state()
        self._cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
        self._mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None

    def restore(self) -> None:
        """Set the generators to what they were."""
        random.setstate(self._python)
        np.random.set_state(self._numpy)
        torch.set_rng_state(self._torch)
        if self._cuda:
            torch.cuda.set_rng_state_all(self._cuda)
        if self._mps is not None:
            torch.mps.set_rng_state(self._mps)


class TrainingSnapshot:
    """Weights, buffers, the optimizer's state and all random states, as they are now.

    The optimizer is built if it is not: what it holds is known from then on.

    Args:
        model: a built model, or the Trainer of a module.
    """

    def __init__(self, model: Any):
        self.model = model
        module = module_of(model)
        if not model.optimizer.built:
            weights = [one for one in module.parameters() if one.requires_grad]
            model.optimizer.build(getattr(module, "trainable_weights", weights))
        self._tensors = [(one, one.detach().clone()) for one in _tensors(module)]
        self._rate = float(model.optimizer.learning_rate)
        self._optimizer = copy.deepcopy(model.optimizer.state_dict())
        self._seeds = [(one, one.state) for one in _seed_generators(module)]
        self._random = RandomStates()

    @torch.no_grad()
    def restore(self) -> None:
        """Put everything back, in place and bit for bit; gradients and metrics are cleared."""
        for tensor, before in self._tensors:
            tensor.copy_(before)
            tensor.grad = None
        self.model.optimizer.learning_rate = self._rate
        self.model.optimizer.load_state_dict(self._optimizer)
        for generator, state in self._seeds:
            generator.state = state
        self.model.reset_metrics()
        self._random.restore()


def _tensors(module: nn.Module) -> Iterator[Tensor]:
    yield from module.parameters()
    yield from module.buffers()


def _seed_generators(module: nn.Module) -> list[SeedGenerator]:
    values = [value for part in module.modules() for value in vars(part).values()]
    found = {id(value): value for value in values if isinstance(value, SeedGenerator)}
    return list(found.values())
