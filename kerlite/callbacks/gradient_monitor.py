"""Watch how large the gradients of each layer are."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.training_snapshot import module_of
from kerlite.core.user_warning import warn

__all__ = ["GradientMonitor"]


class GradientMonitor(Callback):
    """Measure the norm of every layer's gradients, and name those that vanish or explode.

    norm of a layer = sqrt(sum over its weights of g * g)

    The gradients are those that the optimizer used, after clipping. Norms stay on the device and
    are read once an epoch; then "gradient_norm", that of all layers together, is added to the logs
    (the mean over the batches looked at), and a warning names layers that are in trouble.

    Args:
        every: batches from one look to the next, >= 1.
        vanishing: a layer whose mean norm is below it is said to vanish.
        exploding: a layer of which one norm is above it, or no number, is said to explode.

    Attributes:
        norms: for each layer, the list of its mean norms, one per epoch.
        vanishing_layers: the layers that vanished in the last epoch.
        exploding_layers: the layers that exploded in the last epoch.

    Raises:
        ValueError: if `every` is below 1, or `vanishing` is not below `exploding`.

    Example:
        >>> import kerlite
        >>> model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1, name="top")])
        >>> model.compile("sgd", "mse")
        >>> monitor = GradientMonitor(every=1)
        >>> history = model.fit(
        ...     torch.ones(32, 2), 99 * torch.ones(32, 1), verbose=0, callbacks=[monitor]
        ... )
        >>> list(monitor.norms), history.history["gradient_norm"] == monitor.norms["top"]
        (['top'], True)

    Source: kerlite's own.
    """

    state_names: ClassVar[tuple[str, ...]] = ("norms", "looks")

    def __init__(self, every: int = 10, vanishing: float = 1e-7, exploding: float = 1e3) -> None:
        super().__init__()
        if every < 1 or not vanishing < exploding:
            raise ValueError(
                "GradientMonitor needs every >= 1 and vanishing < exploding; received "
                f"every={every!r}, vanishing={vanishing!r}, exploding={exploding!r}."
            )
        self.every = every
        self.vanishing = vanishing
        self.exploding = exploding
        self.norms: dict[str, list[float]] = {}
        self.vanishing_layers: list[str] = []
        self.exploding_layers: list[str] = []
        self._layers: dict[str, list[Tensor]] = {}
        self.looks: list[dict[str, Tensor]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Forget an earlier training."""
        self.norms, self.vanishing_layers, self.exploding_layers = {}, [], []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Find the layers: some may have been unfrozen."""
        self._layers = _layers(module_of(self.model))
        self.looks = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the gradients, if it is time; the device is not waited for."""
        if batch % self.every == 0:
            self.looks.append({
                name: torch.stack([norm.to(norms[0].device) for norm in norms]).norm()
                for name, params in self._layers.items()
                if (norms := _norms(params))
            })  # fmt: skip

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Read the norms, log that of all layers, and warn of those in trouble."""
        looks = [_read(look) for look in self.looks]
        self.looks, self.vanishing_layers, self.exploding_layers = [], [], []
        for name in self._layers:
            norms = [look[name] for look in looks if name in look]
            if norms:
                self._judge(name, norms)
        wholes = [math.hypot(*look.values()) for look in looks if look]
        if logs is not None and wholes:
            logs["gradient_norm"] = sum(wholes) / len(wholes)
        self._warn(epoch)

    def _judge(self, name: str, norms: list[float]) -> None:
        mean = sum(norms) / len(norms)
        self.norms.setdefault(name, []).append(mean)
        if not all(norm <= self.exploding for norm in norms):  # NaN is not, either
            self.exploding_layers.append(name)
        elif mean < self.vanishing:
            self.vanishing_layers.append(name)

    def _warn(self, epoch: int) -> None:
        found = {"vanish": self.vanishing_layers, "explode": self.exploding_layers}
        parts = [f"{verb} in {', '.join(names)}" for verb, names in found.items() if names]
        if parts:
            warn(f"Epoch {epoch + 1}: gradients {'; '.join(parts)}.")


def _layers(module: nn.Module) -> dict[str, list[Tensor]]:
    """Return the trained parameters of each part of a module that has some of its own."""
    found = {
        name or type(part).__name__: [p for p in part.parameters(recurse=False) if p.requires_grad]
        for name, part in module.named_modules()
    }
    return {name: params for name, params in found.items() if params}


def _norms(params: list[Tensor]) -> list[Tensor]:
    gradients = [param.grad for param in params if param.grad is not None]
    return list(torch._foreach_norm(gradients)) if gradients else []


def _read(look: dict[str, Tensor]) -> dict[str, float]:
    """Return the norms as numbers; the device is waited for once, not for each layer."""
    if not look:
        return {}
    place = next(iter(look.values())).device
    norms = torch.stack([norm.to(place, torch.float32) for norm in look.values()])
    return dict(zip(look, norms.tolist(), strict=True))
