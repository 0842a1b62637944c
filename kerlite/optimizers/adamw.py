"""Adam with weight decay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerlite.optimizers.adam import Adam
from kerlite.optimizers.arguments import Shared

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam whose variables decay on their own: p -= p * weight_decay * rate, before the update.

    Every kerlite optimizer decays so when given a `weight_decay`; AdamW is given one by default.

    Args:
        learning_rate: see `Optimizer`.
        weight_decay: decay of the variables, as a fraction of the rate.
        beta_1: see `Adam`, as for the arguments below.
        beta_2: see `Adam`.
        epsilon: see `Adam`.
        amsgrad: see `Adam`.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `weight_decay` is None.

    Example:
        >>> AdamW().weight_decay
        0.004

    Source: keras.optimizers.AdamW; Loshchilov and Hutter, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Unpack[Shared],
    ):
        if weight_decay is None:
            raise ValueError(
                "Argument `weight_decay` must be a float. Received: weight_decay=None. Use Adam to "
                "go without."
            )
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs
        )
