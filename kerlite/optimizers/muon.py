"""Muon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kerlite.optimizers.arguments import Shared
from kerlite.optimizers.base import Optimizer
from kerlite.optimizers.driven import Bucket
from kerlite.optimizers.kernels import adam_step
from kerlite.optimizers.orthogonal import map_stacked, newton_schulz
from kerlite.optimizers.references import Reference

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Muon"]


class Muon(Optimizer):
    """Follow the momentum of a matrix, made nearly orthogonal; other variables follow Adam.

    m = momentum * m + g;  x = g + momentum * m     (x = m without nesterov)
    x = x / norm(x);  ns_steps times:  A = x @ x.T;  x = a * x + (b * A + c * A @ A) @ x
    p -= rate * rms_rate * sqrt(max(rows, columns)) * x

    Adam updates what has not exactly two axes in Keras's layout, what has "embedding" in its path
    unless `exclude_embeddings` is False, and what `exclude_layers` names: the output layer belongs
    there. Matrices of one shape are multiplied together, in their own number type.

    Args:
        learning_rate: see `Optimizer`.
        adam_beta_1: beta_1 of Adam.
        adam_beta_2: beta_2 of Adam.
        adam_weight_decay: decay of the variables that follow Adam; None for none.
        epsilon: epsilon of Adam.
        weight_decay: decay of the matrices; None for none.
        exclude_layers: regular expressions; a variable follows Adam if one is found in its path.
        exclude_embeddings: whether embeddings follow Adam.
        muon_a: a.
        muon_b: b.
        muon_c: c.
        adam_lr_ratio: Adam's rate over `learning_rate`.
        momentum: share of the old m that the new one keeps.
        ns_steps: Newton-Schulz iterations.
        nesterov: whether to look ahead along m.
        rms_rate: makes steps as large as Adam's; None for steps of `learning_rate` alone.
        **kwargs: see `Optimizer`.

    Raises:
        ValueError: if `exclude_layers` is a string, or holds what is no regular expression.

    Example:
        >>> kernel, bias = (torch.nn.Parameter(torch.eye(2)), torch.nn.Parameter(torch.zeros(2)))
        >>> Muon(0.1, weight_decay=None).apply([torch.eye(2), torch.ones(2)], [kernel, bias])
        >>> [round(x, 3) for x in (kernel[0, 0].item(), bias[0].item())]
        [0.969, -0.1]

    Source: keras.optimizers.Muon; Jordan et al., 2024; Liu et al., arXiv:2502.16982, for
    `rms_rate`. `torch.optim.Muon` iterates in bfloat16 and takes matrices only.
    """

    torch_names = {"momentum": "exp_avg", "velocity": "exp_avg_sq"}  # noqa: RUF012
    decays_in_update = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Unpack[Shared],
    ):
        super().__init__(learning_rate, weight_decay, **kwargs)
        self.adam_beta_1, self.adam_beta_2 = adam_beta_1, adam_beta_2
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.epsilon = epsilon
        self.exclude_layers = _checked(exclude_layers or [])
        self.exclude_embeddings = exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.momentum, self.nesterov = momentum, nesterov
        self.ns_steps, self.rms_rate = ns_steps, rms_rate

    def build(self, variables: Iterable[Any]) -> None:
        """Make a momentum for each variable, and Adam's average of squares where it is Adam's."""
        variables = list(variables)
        super().build(variables)
        self.add_step_counts()
        for variable, reference in zip(variables, self._references, strict=True):
            adams = ["momentum", "velocity"]
            names = adams if self._follows_adam(reference) else ["momentum"]
            self.add_optimizer_variables([variable], names)

    def zeropower_via_newtonschulz5(self, x: Tensor, steps: int) -> Tensor:
        """Return matrices with their singular values brought near 1, by `steps` iterations.

        Raises:
            ValueError: if `x` has fewer than two axes.
        """
        coefficients = (self.muon_a, self.muon_b, self.muon_c)
        return newton_schulz(x, coefficients, steps)

    def transpose_last_axis(self, X: Tensor) -> Tensor:
        """Return a tensor with its last two axes exchanged."""
        return X.mT

    def lr_adjust(self, x: Tensor) -> Tensor:
        """Return the step in a matrix, scaled by its shape to be as large as Adam's would be."""
        if self.rms_rate is None:
            return x
        return x * (max(x.shape[-2:]) ** 0.5 * self.rms_rate)

    def _groups(self, references: list[Reference], rate: float) -> list[dict[str, Any]]:
        adams = {id(one.param) for one in references if self._follows_adam(one)}
        split: list[dict[str, Any]] = []
        for group in super()._groups(references, rate):
            for adam in (False, True):
                params = [param for param in group["params"] if (id(param) in adams) is adam]
                if params or not split:  # the first group's rate is the optimizer's
                    split.append({**group, "params": params, "adam": adam})
        return split

    def _follows_adam(self, reference: Reference) -> bool:
        if reference.seen(reference.param.detach()).ndim != 2:
            return True
        if self.exclude_embeddings and "embedding" in reference.path.lower():
            return True
        return any(re.search(pattern, reference.path) for pattern in self.exclude_layers)

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        decay = self._decay_of(bucket)
        if decay:
            torch._foreach_mul_(bucket.params, 1.0 - decay * rate)
        if bucket.group["adam"]:
            adam_step(self._adam(), bucket, gradients, rate * self.adam_lr_ratio)
            return
        momenta = bucket.slots["exp_avg"]
        torch._foreach_mul_(momenta, self.momentum)
        torch._foreach_add_(momenta, gradients)
        if self.nesterov:
            momenta = list(torch._foreach_add(gradients, momenta, alpha=self.momentum))
        torch._foreach_add_(bucket.params, self._steps(bucket, momenta), alpha=-rate)

    def _decay_of(self, bucket: Bucket) -> float:
        own = self.adam_weight_decay if bucket.group["adam"] else self.weight_decay
        return (own or 0.0) if bucket.group["decays"] else 0.0

    def _adam(self) -> Any:
        """Return the settings that Adam's kernel reads; decay is already done."""
        return SimpleNamespace(
            beta_1=self.adam_beta_1, beta_2=self.adam_beta_2, epsilon=self.epsilon,
            amsgrad=False, weight_decay=None, _updates=self._updates,
        )  # fmt: skip

    def _steps(self, bucket: Bucket, momenta: list[Tensor]) -> list[Tensor]:
        """Return the steps, as the parameters are stored."""
        references = [self._references[self._get_variable_index(p)] for p in bucket.params]
        seen = [one.seen(momentum) for one, momentum in zip(references, momenta, strict=True)]
        steps = map_stacked(self._orthogonal, seen)
        return [
            step if one.layout is None else one.layout.to_storage(step)
            for one, step in zip(references, steps, strict=True)
        ]

    def _orthogonal(self, x: Tensor) -> Tensor:
        return self.lr_adjust(self.zeropower_via_newtonschulz5(x, self.ns_steps))


def _checked(patterns: Sequence[str]) -> list[str]:
    if isinstance(patterns, str):
        raise ValueError(
            "`exclude_layers` must be a list of regular expressions. Received: "
            f"exclude_layers={patterns!r}; pass [{patterns!r}]."
        )
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            raise ValueError(
                f"`exclude_layers` must hold regular expressions. Received: {pattern!r} ({error})."
            ) from error
    return list(patterns)
