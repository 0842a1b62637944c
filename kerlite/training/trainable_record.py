"""What was to be trained when it was last settled, so that a change can be told."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.core.user_warning import warn

__all__ = ["TrainableRecord"]


class TrainableRecord:
    """Remembers which weights of a module are to be trained, and says so once if others are.

    Args:
        trainer: the trainer of the module.
    """

    def __init__(self, trainer: Any):
        self._trainer = trainer
        self._known: dict[nn.Parameter, bool] = {}

    def settle(self) -> None:
        """Take note of how it is now: `compile` was called, or a step was made for it."""
        module = vars(self._trainer).get("module")  # none yet while a copy is being unpickled
        weights = () if module is None else module.parameters()
        self._known = {weight: weight.requires_grad for weight in weights}

    def tell_changes(self) -> None:
        """Warn if weights were frozen or unfrozen since; LoRA's doing is not counted."""
        frozen: list[str] = []
        joined: list[str] = []
        for name, weight in self._trainer.module.named_parameters():
            before = self._known.get(weight, weight.requires_grad)
            if before != weight.requires_grad and not hasattr(weight, "frozen"):
                (joined if weight.requires_grad else frozen).append(name)
        self.settle()
        if not frozen and not joined:
            return
        warn(
            f"`trainable` was changed after compile(): {_told(frozen, 'frozen')} and "
            f"{_told(joined, 'trained')} from now on. The optimizer goes on without what it kept "
            "for the frozen ones, and starts anew for those that join. Call compile() after such "
            "a change to begin with a new optimizer, as most recipes do."
        )


def _told(names: list[str], state: str) -> str:
    verb = "is" if len(names) == 1 else "are"
    some = f" ({', '.join(names[:2])}{', ...' if names[2:] else ''})" if names else ""
    return f"{len(names)} weight{'' if len(names) == 1 else 's'}{some} {verb} {state}"
