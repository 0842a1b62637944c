"""One `fit`: where it is, what to save of it, and how it goes on after an interruption."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor

from kerlite.callbacks import Callback, CallbackList
from kerlite.core import tree
from kerlite.core.random_state import random_state, set_random_state
from kerlite.data import Batches
from kerlite.training.lazy_parts import build_from, sample_of
from kerlite.training.loop import run_epoch
from kerlite.training.script import describe_model, describe_script, differences
from kerlite.training.state import load_trainer_state, trainer_state

__all__ = ["Run"]


class Run:
    """Where a `fit` is.

    A callback whose `keeps_state` is true is asked after every batch and every epoch, when all
    callbacks have had their turn, whether it wants the whole state (`is_due`), and is given it
    (`keep_state`); before the first epoch it is asked for the state to go on from
    (`resume_point`). Where there is no such callback, nothing of this costs anything.

    Args:
        trainer: a compiled trainer.
        batches: the data.
        validation: the validation data, or None.
        hooks: the callbacks.
        **arguments: those of `fit` that have to be the same for a training to go on.
    """

    def __init__(
        self, trainer: Any, batches: Batches, validation: Any, hooks: CallbackList, **arguments: Any
    ):
        self.trainer, self.batches, self.validation, self.hooks = (
            trainer, batches, validation, hooks,
        )  # fmt: skip
        self.keepers: list[Any] = [one for one in hooks.callbacks if one.keeps_state]
        self.logs: dict[str, Any] = {}  # of the last epoch
        self._epoch = self._done = 0
        self._result: Any = None
        self._batch: Any = None
        self._sample: Any = None
        self._waiting: dict[str, Any] | None = None  # the state to go on from, within an epoch
        self._before_validation: dict[str, Any] | None = None
        self._described: str | None = None  # the script and its model, in JSON
        if self.keepers:
            self._script = describe_script(trainer, batches, validation, **arguments)

    def epochs(self, first: int, end: int) -> Iterator[int]:
        """Yield the epochs to train; those before an interruption are left out."""
        state = self._resume_point() if self.keepers else None
        if state is not None:
            first = state["epoch"]
            self._load(state)
            self.logs = state["logs"] or {}
            if state["phase"] != "epoch":
                self._waiting = state
            elif self.trainer.stop_training or self.batches.exhausted:
                return
        yield from range(first, end)

    def begin_epoch(self, epoch: int) -> None:
        """Reset the metrics and call the callbacks; what an interrupted epoch had comes back."""
        self._epoch, self._done = epoch, 0
        self.trainer.owner.reset_metrics()
        self.hooks.on_epoch_begin(epoch)
        if self._waiting is not None:
            # The callbacks have begun the epoch anew, and may have changed what had come back.
            self._load_objects(self._waiting)
            self._done = self._waiting["batch"]

    def train(self, step: Callable[[Any], Any]) -> Any:
        """Run the batches of an epoch, those that are left; return the logs of the last."""
        state, self._waiting = self._waiting, None
        if state is not None and state["phase"] == "validation":
            return state["logs"]
        start = self._done
        batches = self.batches.epoch(self._epoch, start) if start else (
            self.batches.epoch(self._epoch)
        )  # fmt: skip
        trainer = self.trainer
        result = run_epoch(
            batches, self._counted(step) if self.keepers else step, self.hooks, "train",
            self._after_batch if self.keepers else lambda: trainer.stop_training,
            trainer.steps_per_execution, start,
        )  # fmt: skip
        return state["logs"] if result is None and state is not None else result

    def begin_validation(self, logs: dict[str, Any]) -> None:
        """Rewind the data; note the state that an interrupted validation begins from again."""
        self.validation.rewind()
        if self.keepers:
            volatile = {"random": random_state(), **self._state_of_parts()}
            self._before_validation = tree.map_structure(lambda leaf: leaf, volatile)
            self._result = logs
            self._save_if_due("validation", logs)

    def after_test_batch(self) -> bool:
        """Save if that is due; return whether to end the validation."""
        if self._before_validation is not None:
            self._save_if_due("validation", self._result)
        return self.trainer.stop_evaluating

    def end_epoch(self, epoch: int, logs: dict[str, Any]) -> None:
        """Take note of the logs, and save if that is due."""
        self.logs, self._before_validation = logs, None
        if self.keepers:
            self._epoch, self._done = epoch + 1, 0
            self._save_if_due("epoch", logs)

    # ---- saving

    def _counted(self, step: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def counted(batch: Any) -> Any:
            self._result = result = step(batch)
            self._batch = batch
            self._done += 1
            return result

        return counted

    def _after_batch(self) -> bool:
        stops = self.trainer.stop_training
        # After the last batch the epoch goes on to its end, and is saved there.
        if not stops and self._done != self.batches.num_batches:
            self._save_if_due("batches", None)
        return self.trainer.stop_training

    def _save_if_due(self, phase: str, logs: Any) -> None:
        due = [keeper for keeper in self.keepers if keeper.is_due()]
        if due:
            state = self._state(phase, logs)
            for keeper in due:
                keeper.keep_state(state)

    def _state(self, phase: str, logs: Any) -> dict[str, Any]:
        if phase == "batches":  # this batch may turn out to be the last
            logs = tree.map_structure(_value, dict(dict.items(self._result or {})))
        if self._described is None:
            model = describe_model(self.trainer.module)
            self._described = json.dumps({**self._script, "model": model})
            self._sample = tree.map_structure(_copy, sample_of(self._batch))
        volatile = self._before_validation
        if volatile is None:
            volatile = {"random": random_state(), **self._state_of_parts()}
        return {
            "epoch": self._epoch, "batch": self._done, "phase": phase, "logs": logs,
            "script": self._described,
            "sample": self._sample,
            "trainer": trainer_state(self.trainer, with_metrics=phase == "batches"),
            **volatile,
        }  # fmt: skip

    def _state_of_parts(self) -> dict[str, Any]:
        return {
            "callbacks": {name: one.state_dict() for name, one in self._with_state().items()},
            "data": self.batches.state_dict(),
            "validation": None if self.validation is None else self.validation.state_dict(),
        }

    def _with_state(self) -> dict[str, Callback]:
        """Return the callbacks that have a state, by class and number."""
        counts: Counter[str] = Counter()
        found = {}
        for callback in self.hooks.callbacks:
            name = type(callback).__name__
            counts[name] += 1
            if callback.state_dict():
                found[f"{name} {counts[name]}"] = callback
        return found

    # ---- going on

    def _resume_point(self) -> dict[str, Any] | None:
        for keeper in self.keepers:
            state = keeper.resume_point()
            if state is not None:
                self._check(state, keeper)
                return state
        return None

    def _check(self, state: dict[str, Any], keeper: Any) -> None:
        """Refuse a state that another script wrote.

        Raises:
            ValueError: naming what differs.
        """
        then = json.loads(state["script"])
        model = then.pop("model")
        found = differences(then, _as_read(self._script))
        here = self._with_state()
        keepers = {name for name, one in here.items() if one.keeps_state}
        kept, have = (
            [n for n in names if n not in keepers] for names in (state["callbacks"], here)
        )
        found += [f"callbacks: {kept} in the checkpoint, {have} now"] if kept != have else []
        if not found:
            build_from(self.trainer, state["sample"])
            found = differences(model, _as_read(describe_model(self.trainer.module)), "model")
        if found:
            listed = "\n".join(f"- {line}" for line in found)
            raise ValueError(
                f"{keeper.source} holds the state of an interrupted training, but this script is "
                f"not the one that wrote it:\n{listed}\nRun the script as it was to go on with "
                f"that training. To start afresh, delete {keeper.source}, or give another name."
            )

    def _load(self, state: dict[str, Any]) -> None:
        self.batches.load_state_dict(state["data"])
        if self.validation is not None:
            self.validation.load_state_dict(state["validation"])
        self._load_objects(state)

    def _load_objects(self, state: dict[str, Any]) -> None:
        within = state is self._waiting
        kept = {k: v for k, v in state["trainer"].items() if within or k != "metrics"}
        # First, since one may set what is trained and in which groups: the optimizer's slots have
        # to fit that.
        for name, callback in self._with_state().items():
            if name in state["callbacks"]:  # a keeper may be new
                callback.load_state_dict(state["callbacks"][name])
        load_trainer_state(self.trainer, kept)
        set_random_state(state["random"])


def _as_read(described: dict[str, Any]) -> Any:
    """Return a description as it comes out of a checkpoint."""
    return json.loads(json.dumps(described))


def _copy(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, Tensor) else leaf


def _value(logged: Any) -> Any:
    """Return a log value as it is computed, on its device."""
    return logged() if callable(logged) and not isinstance(logged, Tensor) else logged
