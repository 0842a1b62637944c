"""Adafactor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.core.variable import VariableView
from kerlite.optimizers.arguments import Common
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket
from kerlite.optimizers.references import Reference

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Scale gradients by averages of their squares that are kept for rows and columns only.

    s = t ** beta_2_decay;  q = g * g + epsilon_1;  rho = min(rate, 1 / sqrt(t))
    v += s * (q - v)                                for a variable of fewer than two axes, else
    r += s * (mean(q over the last axis) - r);  c += s * (mean(q over the one before) - c)
    v = r / mean(r over its last axis), outer product with c
    u = g / sqrt(v);  p -= rho * max(epsilon_2, rms(p)) * u / max(1, rms(u) / clip_threshold)

    Axes are Keras's: a Conv2D kernel (h, w, in, out) has its in and out factored.

    Args:
        learning_rate: see `Optimizer`; relative to the size of the variables.
        beta_2_decay: power of the step count, usually negative.
        epsilon_1: keeps averages of squares from being zero.
        epsilon_2: least size of a variable to which steps are relative.
        clip_threshold: highest root mean square of u.
        relative_step: kept in configs for Keras's sake: in Keras (and in torch) rho is what the
            formula says whether this is set or not.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `clip_threshold` is not positive.

    Example:
        >>> weight = torch.nn.Parameter(torch.full((2, 3), 4.0))
        >>> Adafactor(learning_rate=0.25).apply([torch.ones(2, 3)], [weight])
        >>> weight[0].tolist()  # 4 - 0.25 * 4
        [3.0, 3.0, 3.0]

    Source: keras.optimizers.Adafactor; Shazeer and Stern, arXiv:1804.04235. Keras stores v for all
    variables; here it is stored only for those that are not factored, and computed when `variables`
    is asked for it. `torch.optim.Adafactor` has other epsilons and factors in torch's layout.
    """

    torch_names = {"velocity": "variance"}  # noqa: RUF012

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **kwargs: Unpack[Common],
    ):
        if not clip_threshold > 0:
            raise ValueError(
                f"`clip_threshold` must be positive. Received: clip_threshold={clip_threshold!r}."
            )
        super().__init__(learning_rate, **kwargs)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1, self.epsilon_2 = epsilon_1, epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, variables: Iterable[Any]) -> None:
        """Make the averages for these variables, with placeholders for those without."""
        super().build(variables)
        for reference in self._references:
            param, state = reference.param.detach(), self._keeper.state[reference.param]
            seen = reference.seen(param).shape
            factored = len(seen) >= 2
            rows, columns = (seen[:-1], (*seen[:-2], seen[-1])) if factored else ((), ())
            state.setdefault("row_var", param.new_zeros(rows))
            state.setdefault("col_var", param.new_zeros(columns))
            state.setdefault("variance", param.new_zeros(()) if factored else param.clone().zero_())
            self._tracked += [(reference, name) for name in ("row_var", "col_var", "velocity")]

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        count, params = self._updates() + 1, bucket.params
        roots = torch._foreach_sqrt(self._estimates(bucket, gradients, count**self.beta_2_decay))
        steps = torch._foreach_div(gradients, roots)
        means = [max(param.numel(), 1) ** -0.5 for param in params]  # from a norm to an rms
        lengths, sizes = torch._foreach_norm(steps), torch._foreach_norm(params)
        torch._foreach_mul_(lengths, [mean / self.clip_threshold for mean in means])
        torch._foreach_clamp_min_(lengths, 1.0)
        torch._foreach_mul_(sizes, means)
        torch._foreach_clamp_min_(sizes, self.epsilon_2)
        torch._foreach_mul_(sizes, -min(rate, count**-0.5))
        torch._foreach_div_(sizes, lengths)
        torch._foreach_mul_(steps, sizes)
        torch._foreach_add_(params, steps)

    def _estimates(self, bucket: Bucket, gradients: list[Tensor], share: float) -> list[Tensor]:
        """Move the averages, and return each variable's mean squares as the variable is stored."""
        squares = list(torch._foreach_mul(gradients, gradients))
        torch._foreach_add_(squares, self.epsilon_1)
        kept = zip(bucket.slots["row_var"], bucket.slots["col_var"], strict=True)
        estimates = list(bucket.slots["variance"])
        moving: list[tuple[Tensor, Tensor]] = []  # the averages, and what they move to
        factored = []
        for i, (rows, columns) in enumerate(kept):
            if not rows.ndim:
                moving.append((estimates[i], squares[i]))
                continue
            reference = self._references[self._get_variable_index(bucket.params[i])]
            seen = reference.seen(squares[i])
            moving += [(rows, seen.mean(-1)), (columns, seen.mean(-2))]
            factored.append((i, reference, rows, columns))
        averages, aims = zip(*moving, strict=True)
        torch._foreach_lerp_(averages, aims, share)
        for i, reference, rows, columns in factored:
            product, layout = _outer(rows, columns), reference.layout
            estimates[i] = product if layout is None else layout.to_storage(product)
        return estimates

    def _slot(self, reference: Reference, name: str) -> Any:
        state = self._keeper.state[reference.param]
        rows, columns = state.get("row_var"), state.get("col_var")
        if name in ("row_var", "col_var"):
            label = reference.name
            path = f"{self.name}/{label}" if rows.ndim else label
            return VariableView.of(state[name], None, label, path)
        if name == "velocity" and rows.ndim:
            label = f"{reference.path.replace('/', '_')}_velocity"
            product = torch.nan_to_num(_outer(rows, columns))  # 0 / 0 before the first step
            return VariableView.of(product, None, label, f"{self.name}/{label}")
        return super()._slot(reference, name)


def _outer(rows: Tensor, columns: Tensor) -> Tensor:
    """Return the matrix whose rows and columns have these means."""
    shares = rows / rows.mean(-1, keepdim=True)
    return shares.unsqueeze(-1) * columns.unsqueeze(-2)
