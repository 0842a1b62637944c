"""What callbacks add to steps: the default ones, TensorBoard's scalars, whole checkpoints."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import kerlite
from benchmarks import models
from benchmarks.timing import by_turns, table
from kerlite import callbacks

__all__ = ["main"]

_BATCH, _STEPS = 32, 1000


def main(rounds: int, with_keras: bool) -> None:
    """Print every table; Keras has no part in it."""
    with tempfile.TemporaryDirectory() as folder:
        costs(rounds, folder)
    checkpoints(rounds)


def costs(rounds: int, folder: str) -> None:
    """An epoch of 1,000 small steps: without callbacks, with the default ones, with TensorBoard.

    The default callbacks may cost 3 %, TensorBoard's scalars every epoch 1 %.
    """
    model, x, y = models.mlp(kerlite), torch.randn(_BATCH * _STEPS, 64), _labels(_BATCH * _STEPS)
    loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    scalars = callbacks.TensorBoard(folder, write_graph=False)
    often = callbacks.TensorBoard(folder, write_graph=False, update_freq=100)

    def fit(**options: Any) -> Callable[[], object]:
        return lambda: _silently(lambda: model.fit(x, y, batch_size=_BATCH, **options))

    contenders = {
        "without callbacks": lambda: _without_callbacks(model, fit(verbose=0)),
        "default: History": fit(verbose=0),
        "default, verbose=1": fit(verbose=1),
        "TensorBoard, scalars an epoch": fit(verbose=0, callbacks=scalars),
        "TensorBoard, every 100 batches": fit(verbose=0, callbacks=often),
    }
    results = by_turns(contenders, ["without callbacks"], 5 * rounds, best=True)
    table(f"fit with callbacks: MLP 64-64-64-10, batch {_BATCH}, {_STEPS} steps", results)


def checkpoints(rounds: int) -> None:
    """A checkpoint every 100 steps, of the MLP and of a convnet; it may cost 5 %."""
    cases: dict[str, tuple[Any, Tensor]] = {
        "MLP": (models.mlp(kerlite), torch.randn(_BATCH * _STEPS, 64)),
        "convnet": (models.convnet(kerlite), torch.randn(_BATCH * 200, 28, 28, 1)),
    }
    for title, (model, x) in cases.items():
        loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, jit_compile=False)
        y = _labels(len(x))
        with tempfile.TemporaryDirectory() as folder:
            contenders = {
                "fit": _backed_up(model, x, y, None),
                "with BackupAndRestore": _backed_up(model, x, y, Path(folder, "backup")),
            }
            results = by_turns(contenders, ["fit"], 5 * rounds, best=True)
        steps = len(x) // _BATCH
        table(f"a checkpoint every 100 steps: {title}, batch {_BATCH}, {steps} steps", results)


def _backed_up(model: Any, x: Tensor, y: Tensor, folder: Path | None) -> Callable[[], object]:
    def fit() -> object:
        hooks = [] if folder is None else [callbacks.BackupAndRestore(folder, save_freq=100)]
        return model.fit(x, y, batch_size=_BATCH, verbose=0, callbacks=hooks)

    return fit


def _labels(count: int) -> Tensor:
    return torch.randint(0, 10, (count,))


def _silently(run: Callable[[], object]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        run()


def _without_callbacks(model: Any, fit: Callable[[], object]) -> None:
    """Do what `fit` does, but with no callback in the list at all."""
    trainer = model.trainer
    make_list = trainer._callback_list
    trainer._callback_list = lambda *args, **kwargs: callbacks.CallbackList(model=model)
    try:
        fit()
    finally:
        trainer._callback_list = make_list
