"""The functions that run at every step, made once for a compiled model."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from kerlite import optimizers
from kerlite.core.user_warning import warn
from kerlite.core.variable import storage_of
from kerlite.layers.base import Layer
from kerlite.layers.losses import added_in
from kerlite.metrics import Metric
from kerlite.optimizers import Optimizer
from kerlite.training import checks
from kerlite.training.compilation import Compilation
from kerlite.training.inside import has_weights, metrics_in, penalties_in
from kerlite.training.modes import in_mode
from kerlite.training.trainable_record import TrainableRecord
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = ["StepFunctions"]

Step = Callable[[Any], Any]


class StepFunctions:
    """What a trainer runs at each step; made when first needed, made again after `compile`.

    Args:
        trainer: the trainer.
    """

    def __init__(self, trainer: Any):
        self.trainer = trainer
        self.compilation = Compilation(trainer)
        self.trainable = TrainableRecord(trainer)
        self.forget()

    def forget(self) -> None:
        """Drop what was made: the optimizer, the loss or the weights may be other ones now."""
        self.compilation.forget()
        self._compute_loss: Callable[..., Tensor] | None = None
        self.has_measured = False  # whether the last `forward` updated the metrics too
        self._penalties: list[Callable[[], Tensor]] | None = None
        self._trained: Any = None
        self._never_called: set[nn.Module] = set()
        self.trainable.settle()
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was made: a copy makes its own."""
        return {"trainer": self.trainer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["trainer"])  # type: ignore[misc]

    def close(self) -> None:
        """Forget what holds for one pass over the data: which metrics there are in the layers."""
        self.metrics_inside: list[Metric] | None = None

    # ---- steps

    def train(self) -> Step:
        """Return the training step; an unbuilt module is built by the first batch."""
        return self._once_built(self._ready_to_train)

    def test(self) -> Step:
        """Return the evaluation step; likewise."""
        return self._once_built(self._ready_to_test)

    def predict(self) -> Step:
        """Return the prediction step; the default one without detours."""
        if self.trainer.overrides("predict_step"):
            return self.trainer.owner.predict_step
        module, compilation = self.trainer.module, self.compilation

        def predict_step(data: Any) -> Any:
            if compilation.is_asked_for:
                return compilation.predict(unpack_x_y_sample_weight(data)[0])
            if isinstance(data, Tensor):
                return module(data)
            return self.call(unpack_x_y_sample_weight(data)[0])

        return predict_step

    def _once_built(self, ready: Callable[[], Step]) -> Step:
        if self.is_built():
            return self._explaining(ready())
        made: list[Step] = []

        def build_and_run(data: Any) -> Any:
            if not made:
                self.build_for(data)
                made.append(self._explaining(ready()))
            return made[0](data)

        return build_and_run

    def _explaining(self, step: Step) -> Step:
        """Return a step that says so if the batch is at fault when it fails."""

        def explained(data: Any) -> Any:
            try:
                return step(data)
            except (IndexError, RuntimeError, ValueError) as error:
                checks.explain(self.trainer, data, error)
                raise

        return explained

    def _ready_to_train(self) -> Step:
        """Build the optimizer for the weights that are to be trained now; return the step."""
        trainer = self.trainer
        self.metrics_inside = metrics_in(trainer.module)
        weights = trainer._trainable()
        own_step = trainer.overrides("train_step")
        stored = [storage_of(weight) for weight in weights]
        trained = [(id(weight), weight.device, weight.dtype) for weight in stored]
        if self._trained != (trainer.optimizer, trained):
            self._penalties = penalties_in(trainer.module)
            self._prepare_optimizer(weights, required=not own_step)
            self._drop_frozen_gradients()
            self.trainable.settle()
            self.compilation.forget_step("train")
            self._trained = (trainer.optimizer, trained)
        return trainer.owner.train_step if weights or own_step else trainer.owner.test_step

    def _prepare_optimizer(self, weights: list[Any], required: bool) -> None:
        trainer = self.trainer
        if required:
            trainer.optimizer = optimizers.get(trainer.optimizer)
        if required and trainer.optimizer is None:
            raise ValueError(
                "The model has no optimizer: compile(optimizer=None) was called. Pass one, such as "
                "compile(optimizer='adam', ...), or write a train_step() that does without."
            )
        if weights and isinstance(trainer.optimizer, Optimizer):
            checks.check_owner(trainer.optimizer, trainer.module)
            trainer.optimizer.build(weights)
        elif required:
            warn(
                "The model has no trainable weights, so nothing is trained: every layer is frozen, "
                "or none has weights. Set trainable = True on what shall be trained."
            )

    def _drop_frozen_gradients(self) -> None:
        """Free the gradients that weights had when they were trained: no step would clear them."""
        for weight in self.trainer.module.parameters():
            if not weight.requires_grad:
                weight.grad = None

    def _ready_to_test(self) -> Step:
        self._penalties = penalties_in(self.trainer.module)
        self.metrics_inside = metrics_in(self.trainer.module)
        return self.trainer.owner.test_step

    # ---- building

    def is_built(self) -> bool:
        """Return whether every part of the module has its weights, or is never called."""
        return all(
            has_weights(part) or part in self._never_called
            for part in self.trainer.module.modules()
        )

    def build_for(self, data: Any) -> Any:
        """Run an unbuilt module once on a batch, so that it makes its weights; return outputs."""
        module = self.trainer.module
        only_by_steps = not getattr(module, "can_be_called", True)
        if self.is_built() or (only_by_steps and not self.trainer.has_default_steps()):
            return None
        with in_mode(module, training=False), torch.no_grad():
            outputs = self.call(unpack_x_y_sample_weight(data)[0])
        self._never_called = {part for part in module.modules() if not has_weights(part)}
        return outputs

    # ---- what the steps are made of

    def call(self, x: Any) -> Any:
        """Run the module; a plain torch module takes several inputs as several arguments."""
        module = self.trainer.module
        if self.trainer.owner is module or isinstance(x, Tensor):
            return module(x)
        if isinstance(x, dict):
            return module(**x)
        return module(*x) if isinstance(x, (list, tuple)) else module(x)

    def forward(self, x: Any, y: Any, sample_weight: Any, training: bool) -> tuple[Any, Tensor]:
        """Return the outputs and the loss; with `jit_compile` from the second step on compiled.

        The first step makes what is made when first needed, which is nothing to trace.
        """
        self.has_measured = False
        if self._compute_loss is None:
            self._compute_loss = _with_mode(self.trainer.owner.compute_loss)
            y_pred, loss = self.outputs_and_loss(x, y, sample_weight, training)
            self.trainer.build_metrics(y, y_pred)
            return y_pred, loss
        compiled = self.compilation.step("train" if training else "test")
        if compiled is None:
            return self.outputs_and_loss(x, y, sample_weight, training)
        outputs = compiled(x, y, sample_weight)
        self.has_measured = compiled.is_whole and self.compilation.measures
        return outputs

    def outputs_and_loss(self, x: Any, y: Any, sample_weight: Any, training: bool) -> Any:
        """Return the outputs and the loss, as Python, for whom it may concern to compile that."""
        y_pred = self.call(x)
        return y_pred, self._compute_loss(  # type: ignore[misc]
            x, y, y_pred, sample_weight, training=training
        )

    def extra_losses(self) -> list[Tensor]:
        """Return what `add_loss` collected in the last call, and the regularizers' penalties."""
        owner = self.trainer.owner
        if getattr(type(owner), "losses", Layer.losses) is not Layer.losses:
            return owner.losses  # a model with its own `losses`
        if self._penalties is None:
            self._penalties = penalties_in(self.trainer.module)
        added = [loss for layer in added_in(self.trainer.module) for loss in layer._losses]
        return added + [penalty() for penalty in self._penalties]


def _with_mode(compute_loss: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return a `compute_loss` that may be told the mode, whether it wants to know or not."""
    parameters = inspect.signature(compute_loss).parameters.values()
    if any(p.name == "training" or p.kind is p.VAR_KEYWORD for p in parameters):
        return compute_loss

    def with_mode(x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Tensor:
        return compute_loss(x, y, y_pred, sample_weight)

    return with_mode
