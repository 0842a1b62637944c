"""Adaptable: a layer that LoRA can be enabled on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

from kerlite.core.arguments import whole_numbers
from kerlite.layers.base import Layer
from kerlite.layers.lora.low_rank import adapt, merge

__all__ = ["Adaptable"]


class Adaptable(Layer):
    """A layer whose kernel LoRA can adapt: kernel + lora_alpha / lora_rank * a @ b.

    The kernel is frozen, and only the small matrices a (inputs, rank) and b (rank, outputs) are
    trained; the bias is trained as before. The sum is never formed: inputs @ a @ b is added to the
    output, so neither the kernel nor its gradient costs anything more.

    Args:
        lora_rank: enables LoRA of this rank when the layer is built; None for no LoRA.
        lora_alpha: the factor before a @ b, times the rank; by default `lora_rank`.

    Example:
        >>> import torch
        >>> from kerlite import Input, Sequential, layers
        >>> model = Sequential([Input((8,)), layers.Dense(32, "relu"), layers.Dense(1)])
        >>> for layer in model.layers:  # after training on a large task
        ...     layer.trainable = isinstance(layer, layers.Dense)
        ...     if layer.trainable:
        ...         layer.enable_lora(rank=2)
        >>> sum(w.numel() for w in model.trainable_weights), model.count_params()
        (179, 467)
        >>> model.compile("adam", "mse")
        >>> history = model.fit(torch.rand(64, 8), torch.rand(64, 1), verbose=0)
        >>> for layer in model.layers:
        ...     layer.merge_lora()
        >>> model.count_params()
        321

    Source: Hu et al. 2021, arXiv:2106.09685; `enable_lora` of keras.layers.Dense and others.
    `merge_lora` is not in Keras. Dense and Embedding heed `lora_alpha` as convolutions do, where
    Keras's forget it; loading weights sets b to 0 and leaves a as it is, where Keras sets both to
    0, so that neither can be trained; `trainable = True` never thaws the kernel, as Keras's does.
    """

    #: how a layer of the class adds the low-rank map, a `LowRank` to put before it
    low_rank: ClassVar[type]
    lora_enabled = False

    def __init__(
        self,
        *args: Any,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        if lora_rank is not None:
            (lora_rank,) = whole_numbers(lora_rank, 1, "lora_rank", self.described)
        self.lora_rank = lora_rank
        self.lora_alpha = lora_rank if lora_alpha is None else lora_alpha

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let `build` enable LoRA if the arguments ask for it."""
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _then_adapted(cls.__dict__["build"])  # type: ignore[method-assign]

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freeze the kernel, and add a trainable low-rank matrix to it.

        A compiled model is to be compiled again.

        Args:
            rank: columns of a and rows of b, >= 1.
            lora_alpha: the factor before a @ b, times the rank; by default `rank`.
            a_initializer: first values of a.
            b_initializer: first values of b; with zeros the layer computes what it did before.

        Raises:
            ValueError: if the layer has not been built, has LoRA already, or has a constraint on
                its kernel; or if the rank is no whole number >= 1.
        """
        adapt(self, rank, lora_alpha, a_initializer, b_initializer)

    def merge_lora(self) -> None:
        """Add the low-rank matrix to the kernel for good; the layer is what it was before LoRA.

        A compiled model is to be compiled again.

        Raises:
            ValueError: if LoRA is not enabled.
        """
        merge(self)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, LoRA's only with a rank."""
        config = super().get_config()
        if self.lora_rank is None:
            del config["lora_rank"], config["lora_alpha"]
        return config


def _then_adapted(build: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(build)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        build(self, *args, **kwargs)
        if self.lora_rank is not None and not self.lora_enabled:
            self.enable_lora(self.lora_rank, self.lora_alpha)

    return wrapper
