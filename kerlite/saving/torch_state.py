"""The state of a torch module that is no layer, as files of Keras's kind hold it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["TorchState"]


class TorchState:
    """Saves and loads a plain torch module by the names of its `state_dict`.

    Layers of kerlite's inside it are left out: they have entries of their own.

    Args:
        module: the module.
        name: what to call it; by default its class's name.
    """

    def __init__(self, module: nn.Module, name: str | None = None):
        self.module = module
        self.name = name or type(module).__name__

    def tensors(self) -> dict[str, Tensor]:
        """Return the parameters and the persistent buffers by name."""
        inner = [
            f"{name}." for name, child in self.module.named_modules()
            if name and hasattr(child, "save_own_variables")
        ]  # fmt: skip
        state = self.module.state_dict(keep_vars=True)
        return {name: value for name, value in state.items() if not name.startswith(tuple(inner))}

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the tensors into a store."""
        for name, tensor in self.tensors().items():
            store[name] = tensor

    def load_own_variables(self, store: Any) -> None:
        """Take the tensors from a store.

        Raises:
            ValueError: if names or shapes differ; nothing is changed then.
        """
        own = self.tensors()
        wrong = sorted(own.keys() ^ set(store.keys()))
        new = {name: torch.as_tensor(store[name]) for name in own if name in store}
        wrong += [name for name, value in new.items() if value.shape != own[name].shape]
        if wrong:
            raise ValueError(f"the torch module {self.name} differs in {wrong}")
        with torch.no_grad():
            for name, value in new.items():
                own[name].copy_(value)
