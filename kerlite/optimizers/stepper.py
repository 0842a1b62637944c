"""One step of an optimizer: from gradients to variables, in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from kerlite.core import config
from kerlite.optimizers import arguments, clipping
from kerlite.optimizers.driven import Bucket, write_rate
from kerlite.optimizers.groups import hyperparameters
from kerlite.optimizers.references import Reference
from kerlite.optimizers.schedules.base import LearningRateSchedule
from kerlite.optimizers.slots import SlotKeeper

__all__ = ["Stepper", "Work"]

Work = list[tuple[Bucket, list[Tensor]]]


class Stepper(SlotKeeper):
    """What an optimizer does with gradients; `Optimizer` adds Keras's arguments."""

    decays_in_update = False  # whether `_update` sees to weight decay itself

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None

    def build(self, variables: Iterable[Any]) -> None:
        """Make what is kept for these variables; see `Optimizer.build`."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for param in self._params:
            param.grad = None

    def scale_loss(self, loss: Tensor) -> Tensor:
        """Return the loss to differentiate: times `loss_scale_factor`, which `step` takes out."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def step(self) -> None:
        """Update the variables from their gradients, in place; the device is not waited for.

        Raises:
            ValueError: if the optimizer is not built, or no variable has a gradient.
        """
        if not self.built:
            self._check_built()
        if self._keeper.is_watched():
            self._keeper.step()
        else:  # the same, without the cost of torch's hooks
            with torch.no_grad():
                self._run()

    def apply(self, grads: Iterable[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        """Update variables from the gradients given, which stay as they are.

        Args:
            grads: a gradient, or None, for each variable, in the layout of the variable as passed.
            trainable_variables: the variables; by default those the optimizer is built on. The
                first call builds the optimizer on them.

        Raises:
            ValueError: if the optimizer is not built and no variables are given, the numbers
                differ, a variable is unknown, or there is no gradient at all.
        """
        gradients = list(grads)
        if not gradients:
            return
        references = self._references_for(gradients, trainable_variables)
        arguments.warn_of_missing(gradients, references)
        saved = [param.grad for param in self._params]
        self.zero_grad()
        try:
            for reference, gradient in zip(references, gradients, strict=True):
                if gradient is not None:
                    self._offer(reference, torch.as_tensor(gradient).detach())
            self.step()
        finally:
            for param, before in zip(self._params, saved, strict=True):
                param.grad = before

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> int:
        """Update from (gradient, variable) pairs, and return the number of steps so far."""
        gradients, variables = zip(*grads_and_vars, strict=True)
        self.apply(gradients, variables)
        return self._iterations

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable from one gradient: what an algorithm of yours overrides.

        Args:
            gradient: in Keras's layout.
            variable: in Keras's layout; change it with `assign`, `assign_add`, `assign_sub`.
            learning_rate: a float.
        """
        if type(self)._update is Stepper._update:
            raise NotImplementedError(f"{type(self).__name__} must override `update_step`.")
        reference = Reference.to(variable)
        stored = reference.stored(gradient)
        for bucket in self._ready_buckets():
            one = bucket.narrowed(lambda param: param is reference.param)
            if one.params:
                self._update(one, [stored], float(learning_rate))

    def finalize_variable_values(self, var_list: Iterable[Any] | None = None) -> None:
        """Replace the variables by their averages, if such are kept.

        Raises:
            ValueError: if `var_list` has another length than the optimizer was built on.
        """
        if not self.use_ema or not self.built:
            return
        count = len(self._references) if var_list is None else len(list(var_list))
        if count != len(self._references):
            raise ValueError(
                f"Received {count} variables to overwrite; the optimizer keeps averages of "
                f"{len(self._references)}. Was the optimizer built on this model?"
            )
        self._overwrite_with_averages()

    def epoch_end(self, logs: Any = None) -> None:
        """Do what is due after an epoch: nothing, except for torch's schedulers."""

    def _run(self) -> None:
        """Take one step. The torch optimizer calls this; gradients are not recorded then."""
        work = self._work()
        if not self._changes_gradients() or self._prepare(work):
            self._descend(work)
        if self.use_ema:
            self._move_averages()
        for reference in self._constrained:
            variable = reference.variable()
            variable.assign(variable.constraint(variable))
        self._iterations += 1

    def _work(self) -> Work:
        """Return the buckets that have gradients, and these."""
        work = [bucket.with_gradients() for bucket in self._ready_buckets()]
        if not all(gradients for _, gradients in work):
            work = [pair for pair in work if pair[1]]
        if not work:
            raise arguments.no_gradients([one.path for one in self._references])
        return work

    def _changes_gradients(self) -> bool:
        return bool(
            self.clipnorm
            or self.clipvalue
            or self.global_clipnorm
            or self.loss_scale_factor
            or self.gradient_accumulation_steps
        )

    def _prepare(self, work: Work) -> bool:
        """Unscale, accumulate and clip the gradients in place; return whether to update now."""
        if self.loss_scale_factor:
            for _, gradients in work:
                torch._foreach_div_(gradients, self.loss_scale_factor)
        if self.gradient_accumulation_steps and not self._accumulate(work):
            return False
        if self.global_clipnorm:
            every = [gradients for _, gradients in work]
            clipping.clip_by_global_norm_(every, self.global_clipnorm)
        for _, gradients in work:
            if self.clipnorm:
                clipping.clip_by_norm_(gradients, self.clipnorm)
            elif self.clipvalue:
                clipping.clip_by_value_(gradients, self.clipvalue)
        return True

    def _accumulate(self, work: Work) -> bool:
        """Add the gradients to their sums, or at the last step turn them into the averages."""
        steps = self.gradient_accumulation_steps or 1
        last = (self._iterations + 1) % steps == 0
        for bucket, gradients in work:
            sums = bucket.slots["gradient_accumulator"]
            if last:
                torch._foreach_add_(gradients, sums)
                torch._foreach_div_(gradients, steps)
            else:
                torch._foreach_add_(sums, gradients)
        if last:
            for bucket in self._ready_buckets():
                torch._foreach_zero_(bucket.slots["gradient_accumulator"])
        return last

    def _descend(self, work: Work) -> None:
        """Decay and update the variables, at the rate that is due."""
        if self._schedule is not None:
            write_rate(self.torch_optimizer, self._scheduled_rate())
        for bucket in self._ready_buckets():
            if bucket.clock is not None:
                bucket.clock.add_(1)
        for bucket, gradients in work:
            if "own" in bucket.group:
                with hyperparameters(self, bucket.group["own"]):
                    self._descend_one(bucket, gradients)
            else:
                self._descend_one(bucket, gradients)

    def _descend_one(self, bucket: Bucket, gradients: list[Tensor]) -> None:
        rate = bucket.group["lr"]
        if self.weight_decay and not self.decays_in_update:
            torch._foreach_mul_(bucket.params, 1.0 - self._decay_of(bucket) * rate)
        if type(self).update_step is not Stepper.update_step:
            Stepper._update(self, bucket, gradients, rate)
        else:
            self._update(bucket, gradients, rate)

    def _update(self, bucket: Bucket, gradients: list[Tensor], rate: float) -> None:
        """Update the parameters of a bucket: kerlite's own algorithms override this."""
        given = {id(param): grad for param, grad in zip(bucket.params, gradients, strict=True)}
        for reference in self._references:
            gradient = given.get(id(reference.param))
            if gradient is not None:
                self.update_step(reference.seen(gradient), reference.variable(), rate)

    def _decay_of(self, bucket: Bucket) -> float:
        """Return the weight decay of a bucket's parameters."""
        return (self.weight_decay or 0.0) if bucket.group["decays"] else 0.0

    def _scheduled_rate(self) -> float:
        """Return what the schedule says now; one of the user's computes on the host."""
        schedule: Any = self._schedule
        if type(schedule).__call__ is LearningRateSchedule.__call__:
            return schedule.rate(float(self._iterations))
        with config.device_scope("cpu"):
            due = isinstance(schedule, LearningRateSchedule)
            return float(schedule(self._iterations) if due else schedule())

    def _updates(self) -> int:
        """Return how many updates were made: steps, but for accumulation."""
        return self._iterations // (self.gradient_accumulation_steps or 1)

    def _move_averages(self) -> None:
        share = 1.0 - self.ema_momentum if self._updates() else 1.0
        for bucket in self._ready_buckets():
            torch._foreach_lerp_(bucket.slots["average"], bucket.params, share)
        every = self.ema_overwrite_frequency
        if every and (self._updates() + 1) % every == 0:
            self._overwrite_with_averages()

    @torch.no_grad()
    def _overwrite_with_averages(self) -> None:
        for bucket in self._ready_buckets():
            torch._foreach_copy_(bucket.params, bucket.slots["average"])

    def _offer(self, reference: Reference, gradient: Tensor) -> None:
        """Put a gradient where `step` looks for it; a copy, if the step is to change it."""
        param = reference.param
        stored = reference.stored(gradient, into=param.grad)
        shared = stored is gradient and self._changes_gradients()
        param.grad = stored.clone() if shared else stored

    def _references_for(self, gradients: list[Any], variables: Any) -> list[Reference]:
        if variables is None:
            self._check_built()
            references = self._given
        else:
            variables = list(variables)
            if not self.built:
                self.build(variables)
            references = self._built_on(variables) or [
                Reference.given(one, i) for i, one in enumerate(variables)
            ]
        if len(references) != len(gradients):
            raise ValueError(
                f"Received {len(gradients)} gradients for {len(references)} variables. Pass one "
                "gradient, or None, for each variable."
            )
        known = {id(param) for param in self._params}
        for reference in references if references is not self._given else ():
            if id(reference.param) not in known:
                raise ValueError(
                    f"Unknown variable: {reference.path!r}. This optimizer can only be called for "
                    "the variables it was built with; call optimizer.build(variables) with the new "
                    "ones, or make another optimizer."
                )
        return references

    def _built_on(self, variables: list[Any]) -> list[Reference] | None:
        """Return the references to just the variables that `build` was given, as at every step."""
        pairs = zip(self._given, variables, strict=False)
        same = len(self._given) == len(variables) and all(
            one.param is variable and one.layout is None for one, variable in pairs
        )
        return self._given if same else None
