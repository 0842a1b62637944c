"""Which steps of a trainer are compiled, as `jit_compile` says."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core import tree
from kerlite.core.user_warning import warn
from kerlite.training.auto_compile import AutoCompile
from kerlite.training.compile_options import (
    compile_options,
    compiler_missing_for,
    uses_cuda_graphs,
)
from kerlite.training.compile_report import Choice
from kerlite.training.compiled import CompiledStep
from kerlite.training.trial import Trial

__all__ = ["Compilation"]

_KINDS = ("train", "test", "predict")
_NAMES = {"train": "training step", "test": "test step", "predict": "prediction step"}


class Compilation:
    """The compiled steps of a trainer, each made when it is first run.

    The metrics are updated in the same piece as outputs and loss. The gradients come out of
    `backward()`, whose code is compiled with the loss; the optimizer, one call of a fused kernel
    for all weights, has nothing to gain.

    Args:
        trainer: the trainer.
    """

    def __init__(self, trainer: Any):
        self.trainer = trainer
        self.forget()

    def forget(self) -> None:
        """Drop all steps: `compile` was called, or the module is another one now."""
        self._made: dict[str, CompiledStep] = {}
        self._auto: AutoCompile | None = None
        self._trial: Trial | None = None
        self._auto_obstacle = "'auto' compiles in fit() only, and training steps only"
        self._has_predicted = self._clones = False
        self.measures = False

    @property
    def is_asked_for(self) -> bool:
        """Whether all steps are to be compiled."""
        return self.trainer.jit_compile and not self.trainer.run_eagerly

    def forget_step(self, kind: str) -> None:
        """Drop the steps of one kind."""
        self._made.pop(kind, None)

    def plan(self, steps: int | None, epochs: int) -> None:
        """Take note of how many steps `fit` is to make, for "auto" to decide by.

        Args:
            steps: steps an epoch, None if that is not known.
            epochs: epochs.
        """
        trainer = self.trainer
        if self._asked() is True and self._trial is None:
            self._trial = Trial(trainer._device())
        if self._asked() != "auto" or trainer.jit_compile:
            return
        if self._auto is not None and self._auto.is_timed:
            return  # both ways were timed before, and nothing has changed since
        self.forget_step("train")
        self._auto = None
        if steps is None:
            self._auto_obstacle = "'auto' needs the number of steps, which this data does not tell"
            return
        self._auto = AutoCompile(steps * epochs, lambda: compiler_missing_for(trainer._device()))

    def step(self, kind: str) -> CompiledStep | None:
        """Return what runs outputs and loss of a "train" or "test" step; None for plain Python."""
        if self._auto is not None and kind == "train":
            if self.trainer.run_eagerly or not self._auto.count():
                return None
        elif not self.is_asked_for or (kind == "train" and not self._is_worth_it()):
            return None
        return self._made.get(kind) or self._make(kind)

    def _is_worth_it(self) -> bool:
        """Count a training step; return whether `jit_compile=True` is to have its way."""
        trial = self._trial
        if trial is None or trial.is_decided:
            return trial is None or trial.compiles
        compiles = trial.count()
        if trial.is_decided and not compiles:
            warn(
                f"The training step runs eagerly: {trial.why}. Pass a dict of torch.compile's "
                "options as jit_compile to have it compiled all the same."
            )
        return compiles

    def predict(self, x: Any) -> Any:
        """Return the outputs for one batch; the first is run as Python, and makes what is lazy."""
        if not self._has_predicted:
            self._has_predicted = True
            return self.trainer._steps.call(x)
        outputs = (self._made.get("predict") or self._make("predict"))(x)
        return tree.map_structure(_clone, outputs) if self._clones else outputs

    def report(self) -> dict[str, Choice]:
        """Return for each kind of step how it runs, and why."""
        return {kind: self._choice(kind) for kind in _KINDS}

    def _make(self, kind: str) -> CompiledStep:
        trainer, steps = self.trainer, self.trainer._steps
        training = kind == "train"
        measures = not trainer.overrides("compute_metrics")

        def run(x: Any, y: Any, sample_weight: Any) -> Any:
            return steps.outputs_and_loss(x, y, sample_weight, training)

        def run_and_measure(x: Any, y: Any, sample_weight: Any) -> Any:
            y_pred, loss = steps.outputs_and_loss(x, y, sample_weight, training)
            trainer._track(loss, x)
            trainer.update_metrics(y, y_pred, sample_weight)
            return None, loss  # what is not returned is not kept

        def call(x: Any) -> Any:
            return steps.call(x)

        options = compile_options(self._asked()) or {}
        whole, parts = (call, call) if kind == "predict" else (run, run)
        if measures and kind != "predict":
            whole = run_and_measure
        self.measures, self._clones = measures, uses_cuda_graphs(options)
        self._made[kind] = CompiledStep(
            _NAMES[kind], trainer.module, whole, parts, options, warn=bool(trainer.jit_compile)
        )
        return self._made[kind]

    def _asked(self) -> Any:
        return (self.trainer._compile_config or {}).get("jit_compile")

    def _choice(self, kind: str) -> Choice:
        trainer, made = self.trainer, self._made.get(kind)
        if made is not None and self.is_asked_for:
            return self._after_trial(kind, made.choice)
        if trainer.overrides(f"{kind}_step"):
            name = type(trainer.owner).__name__
            return Choice("eager", f"{name}.{kind}_step() is its own; only kerlite's is compiled")
        if self.is_asked_for:
            return Choice("undecided", "the second step is the first to be compiled")
        if self._asked() != "auto" or trainer.run_eagerly:
            return Choice("eager", self._why_eager())
        if kind != "train" or self._auto is None:
            return Choice("eager", self._auto_obstacle)
        if made is None:
            return Choice("eager", self._auto.why)
        if made.choice.chosen == "eager":
            return made.choice
        chosen = made.choice.chosen if self._auto.compiles else "eager"
        return Choice(chosen, self._auto.why, made.choice.seconds)

    def _after_trial(self, kind: str, choice: Choice) -> Choice:
        trial = self._trial
        if kind != "train" or trial is None or not trial.is_decided or choice.chosen == "eager":
            return choice
        return Choice(choice.chosen if trial.compiles else "eager", trial.why, choice.seconds)

    def _why_eager(self) -> str:
        if not self.trainer.compiled:
            return "compile() was not called"
        if self.trainer.run_eagerly:
            return "run_eagerly=True"
        return f"jit_compile={self._asked()!r}"


def _clone(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, Tensor) else leaf
