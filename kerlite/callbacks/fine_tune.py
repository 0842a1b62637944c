"""Train the head of a model first, then more and more of the rest."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

from torch import nn

from kerlite.callbacks.callback import Callback
from kerlite.callbacks.freezing import check_groups, layers_with_weights, set_groups, set_trainable
from kerlite.callbacks.screen import print_line
from kerlite.callbacks.training_snapshot import module_of

__all__ = ["FineTune"]


class FineTune(Callback):
    """Train the last layers alone at first, then unfreeze the rest from the top down.

    rate of the block unfrozen k-th = learning rate * lr_mult ** k

    The layers below the head are cut into as many blocks of equal length as there are epochs in
    `unfreeze_at`, and at each of these epochs the next block down joins. A frozen
    BatchNormalization of kerlite's does not change its averages either. This callback sets
    `trainable` of every layer; at the end of training it is left as it then is.

    Args:
        unfreeze_at: the epoch (from 0) at which all below the head is unfrozen, or an ascending
            list of epochs, one for each block.
        lr_mult: what a block's rate is multiplied by, against that of the block above; above 0.
        head: how many of the last layers with weights make the head, >= 1, those inside nested
            models counted one by one.
        verbose: 1 prints what is unfrozen.

    Attributes:
        stage: how many blocks are unfrozen.

    Raises:
        ValueError: for arguments out of range; when training begins, if the model has fewer layers
            than head and blocks need, or the optimizer has parameter groups already or cannot have.

    Example:
        >>> import torch, kerlite
        >>> dense = kerlite.layers.Dense
        >>> model = kerlite.Sequential([kerlite.Input((4,)), dense(4), dense(4), dense(1)])
        >>> model.compile("adam", "mse")
        >>> tuner = FineTune(unfreeze_at=[1, 2], lr_mult=0.5)
        >>> history = model.fit(
        ...     torch.ones(8, 4), torch.ones(8, 1), epochs=3, verbose=0, callbacks=[tuner]
        ... )
        >>> [f"{group['lr']:g}" for group in model.optimizer.torch_optimizer.param_groups]
        ['0.001', '0.00025', '0.00025', '0.0005', '0.0005']

    Source: kerlite's own; Howard and Ruder, arXiv:1801.06146.
    """

    state_names: ClassVar[tuple[str, ...]] = ("stage",)

    def __init__(
        self,
        unfreeze_at: int | Sequence[int],
        lr_mult: float = 0.1,
        head: int = 1,
        verbose: int = 0,
    ) -> None:
        super().__init__()
        epochs = [unfreeze_at] if isinstance(unfreeze_at, int) else list(unfreeze_at)
        if not epochs or epochs != sorted(set(epochs)) or epochs[0] < 0:
            raise ValueError(
                "FineTune's `unfreeze_at` must be an epoch, or an ascending list of epochs; "
                f"received {unfreeze_at!r}."
            )
        if head < 1 or not lr_mult > 0:
            raise ValueError(
                f"FineTune needs head >= 1 and lr_mult > 0; received {head=!r}, {lr_mult=!r}."
            )
        self.unfreeze_at = unfreeze_at
        self.lr_mult = lr_mult
        self.head = head
        self.verbose = verbose
        self.stage = 0
        self._epochs = epochs
        self._blocks: list[list[nn.Module]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Find the blocks, and freeze all but the head."""
        layers = layers_with_weights(module_of(self.model))
        body, count = len(layers) - self.head, len(self._epochs)
        if body < count:
            raise ValueError(
                f"FineTune is to unfreeze {count} blocks below a head of {self.head} layers, but "
                f"the model has {len(layers)} layers with weights."
            )
        cuts = [round(body * (count - i) / count) for i in range(count + 1)]
        blocks = [layers[low:high] for high, low in itertools.pairwise(cuts)]
        if self.lr_mult != 1:
            check_groups(self.model.optimizer)
        self._blocks = [layers[body:], *blocks]
        self._apply(0)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Unfreeze what is due."""
        due = sum(epoch >= first for first in self._epochs)
        if due > self.stage:
            self._apply(due)
            if self.verbose:
                total = sum(len(block) for block in self._blocks[: due + 1])
                print_line(f"Epoch {epoch + 1}: {total} layers are trained from here on.")

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on at the stage where an interrupted training was."""
        self._apply(state["stage"])

    def _apply(self, stage: int) -> None:
        self.stage = stage
        for number, block in reversed(list(enumerate(self._blocks))):
            for layer in block:
                set_trainable(layer, number <= stage)
        if self.lr_mult != 1:
            set_groups(self.model, self._blocks, self.lr_mult)
