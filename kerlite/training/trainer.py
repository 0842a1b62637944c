"""Trainer: compile, fit, evaluate and predict, for a model or for any `nn.Module`."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from kerlite import optimizers
from kerlite.callbacks import CallbackList, History, Logs
from kerlite.core import config, random
from kerlite.data import adapt, is_batched, train_validation_split
from kerlite.metrics import Mean
from kerlite.optimizers import Optimizer
from kerlite.training import checks
from kerlite.training.arguments import capped, check_epochs, check_execution, is_due
from kerlite.training.compile import CompileLoss, CompileMetrics
from kerlite.training.compile_config import compile_config, read_compile_config
from kerlite.training.loop import has_ended, run_epoch
from kerlite.training.modes import closing, in_mode
from kerlite.training.outputs import shapes_as_leaves
from kerlite.training.precision import with_loss_scale
from kerlite.training.results import Collector, in_order
from kerlite.training.run import Run
from kerlite.training.step import STEPS, Steps
from kerlite.training.step_functions import StepFunctions
from kerlite.utils.pack import unpack_x_y_sample_weight

__all__ = ["Trainer"]


class Trainer(Steps):
    """Trains a module: Keras's `compile`, `fit`, `evaluate` and `predict` for any `nn.Module`.

    A kerlite `Model` has one of its own and passes these calls on to it; a subclass's `train_step`,
    `test_step`, `predict_step`, `compute_loss`, `compute_metrics` and `metrics` take the place of
    the trainer's. A plain torch module is trained as it is.

    Args:
        module: what to train.

    Example:
        >>> trainer = Trainer(torch.nn.Linear(2, 1))
        >>> trainer.compile(optimizer="sgd", loss="mse")
        >>> history = trainer.fit(torch.ones(8, 2), torch.zeros(8, 1), epochs=2, verbose=0)
        >>> sorted(history.history), len(history.history["loss"])
        (['loss'], 2)

    Source: keras.Model, its training part.
    """

    def __init__(self, module: nn.Module):
        if not isinstance(module, nn.Module):
            raise TypeError(f"A Trainer trains an nn.Module; received a {type(module).__name__}.")
        self.module = module
        # The methods of a Model may be overridden; a plain module has none of them.
        self.owner: Any = module if all(hasattr(type(module), name) for name in STEPS) else self
        self.compiled = False
        self.stop_training = self.stop_evaluating = self.stop_predicting = False
        self.optimizer: Any = None
        self.loss: Any = None
        self.loss_weights: Any = None
        self.run_eagerly = self.jit_compile = False
        self.steps_per_execution = 1
        self.auto_scale_loss = True
        self.history: History | None = None
        self._compile_config: dict[str, Any] | None = None
        self._compile_loss: CompileLoss | None = None
        self._compile_metrics: CompileMetrics | None = None
        self.data_seed = 0
        self._loss_tracker = Mean(name="loss")
        self._steps = StepFunctions(self)

    # ---- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: a name, a kerlite optimizer, or a `torch.optim` instance, class or partial;
                a torch learning-rate scheduler too.
            loss: a name, a loss object, a function of (y_true, y_pred), a torch loss module, or a
                list or dict of these, one an output.
            loss_weights: how much each output's loss counts, as a list or dict.
            metrics: names, objects, functions or torchmetrics metrics; for several outputs a list
                or dict of such lists.
            weighted_metrics: likewise; these take sample weights into account.
            run_eagerly: whether to refuse compilation, for debugging.
            steps_per_execution: steps between the callbacks' batch hooks, >= 1.
            jit_compile: True compiles the steps with `torch.compile`, and keeps to it if that is
                faster; a dict of its options does, always; "auto" in long trainings; else never.
            auto_scale_loss: whether a model of "mixed_float16" gets a `LossScaleOptimizer`.

        Raises:
            ValueError: for unknown names (the three nearest are listed) and impossible values.
        """
        compiles = check_execution(run_eagerly, steps_per_execution, jit_compile)
        names = getattr(self.module, "output_names", None)
        compile_loss = None if loss is None else CompileLoss(loss, loss_weights, names)
        compile_metrics = None
        if metrics is not None or weighted_metrics is not None:
            compile_metrics = CompileMetrics(metrics, weighted_metrics, names)
        self.optimizer = with_loss_scale(optimizers.get(optimizer), self.module, auto_scale_loss)
        self._compile_loss, self._compile_metrics = compile_loss, compile_metrics
        self.loss, self.loss_weights = loss, loss_weights
        self.run_eagerly, self.jit_compile = bool(run_eagerly), compiles
        self.steps_per_execution = int(steps_per_execution)
        self.auto_scale_loss = auto_scale_loss
        self._compile_config = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip
        self.compiled = True
        self.stop_training = False
        self._steps.forget()

    # ---- fit, evaluate, predict

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> History:
        """Train for a number of epochs.

        Args:
            x: inputs: arrays, tensors, frames, or structures of them; a `Dataset`, `DataLoader`,
                generator or `PyDataset` that yields (x, y) or (x, y, sample_weight).
            y: targets, if `x` does not bring them.
            batch_size: samples a step, 32 by default; not for data that comes in batches.
            epochs: the epoch to stop before, counted from 0.
            verbose: 0 silent, 1 a progress bar, 2 one line an epoch; "auto" picks 1 or 2.
            callbacks: `Callback` objects.
            validation_split: share of the arrays, from their end, held out for validation.
            validation_data: (x, y), (x, y, sample_weight), or anything else `x` may be.
            shuffle: whether the order of samples changes with every epoch; "batch" shuffles within
                batches. Epoch e has the order `kerlite.data.permutation(n, seed, e)` of n samples;
                the seed, drawn from torch's generator, is `trainer.data_seed` afterwards.
            class_weight: class index -> weight; for several outputs a list or dict of these.
            sample_weight: a weight for each sample (or each step of each); multiplied with
                `class_weight` if both are given.
            initial_epoch: the epoch to start with.
            steps_per_epoch: steps that make an epoch; by default one pass over the data.
            validation_steps: likewise for validation: the first ones; a generator goes on.
            validation_batch_size: samples a validation step; by default `batch_size`.
            validation_freq: validate every so many epochs, or in the epochs (from 1) of a list.

        Returns:
            The `History`: what was logged at the end of each epoch.

        Raises:
            ValueError: if the model is not compiled, or data and model do not fit.
        """
        self._require_compiled("fit")
        self._steps.trainable.tell_changes()
        epochs = check_epochs(epochs, initial_epoch, validation_freq)
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = train_validation_split(
                (x, y, sample_weight), validation_split
            )
        batches = self._adapted(
            x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight
        )
        self._prepare(batches)
        validation = self._validation(
            validation_data, validation_batch_size, batch_size, validation_steps
        )
        hooks = self._callback_list(callbacks, verbose, batches, epochs, history=True)
        self._steps.compilation.plan(batches.num_batches, epochs - initial_epoch)
        self.stop_training = False
        run = Run(
            self, batches, validation, hooks, epochs=epochs, initial_epoch=initial_epoch,
            validation_freq=validation_freq,
        )  # fmt: skip
        with closing(hooks, batches, validation, self._steps), in_mode(self.module, training=True):
            hooks.on_train_begin()
            for epoch in run.epochs(initial_epoch, epochs):
                self._fit_epoch(epoch, run, validation_freq)
                if self.stop_training or has_ended(batches, epoch, epochs):
                    break
            if isinstance(self.optimizer, Optimizer) and epochs:
                self.optimizer.finalize_variable_values(self._trainable())
            hooks.on_train_end(run.logs)
        return self.history  # type: ignore[return-value]

    def _fit_epoch(self, epoch: int, run: Run, frequency: Any) -> None:
        run.begin_epoch(epoch)
        result = run.train(self._steps.train())
        logs = Logs(result).copy()
        if run.validation is not None and result is not None and is_due(frequency, epoch):
            run.begin_validation(logs)
            values = self._evaluated(run.validation, run.hooks, run.after_test_batch)
            logs.update({f"val_{name}": value for name, value in values.items()})
        if isinstance(self.optimizer, Optimizer):
            self.optimizer.epoch_end(logs)
        run.hooks.on_epoch_end(epoch, logs)
        run.end_epoch(epoch, logs)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss and the metrics on given data.

        Args:
            x: inputs, as for `fit`.
            y: targets.
            batch_size: samples a step, 32 by default.
            verbose: 0 silent, 1 a progress bar, 2 one line; "auto" picks.
            sample_weight: a weight for each sample.
            steps: steps to run; by default one pass over the data.
            callbacks: `Callback` objects.
            return_dict: whether to return a dict by name rather than a list.

        Returns:
            A dict of floats, a list of them (the loss first), or the loss alone if there is
            nothing else.

        Raises:
            ValueError: if the model is not compiled, or data and model do not fit.
        """
        self._require_compiled("evaluate")
        batches = self._adapted(x, y, sample_weight, batch_size, steps)
        self._prepare(batches)
        hooks = self._callback_list(callbacks, verbose, batches)
        with closing(hooks, batches, self._steps):
            logs = self._evaluated(batches, hooks, lambda: self.stop_evaluating)
        return logs if return_dict else in_order(logs, self.owner.metrics)

    def _evaluated(self, batches: Any, hooks: CallbackList, should_stop: Any) -> dict[str, Any]:
        self.owner.reset_metrics()
        self.stop_evaluating = False
        hooks.on_test_begin()
        with in_mode(self.module, training=False), torch.no_grad():
            result = run_epoch(
                batches.epoch(0), self._steps.test(), hooks, "test", should_stop,
                self.steps_per_execution,
            )  # fmt: skip
        logs = Logs(result).copy()
        hooks.on_test_end(logs)
        return logs

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the outputs for given inputs as NumPy arrays.

        Args:
            x: inputs, as for `fit`; of (x, y) data only x is used.
            batch_size: samples a step, 32 by default.
            verbose: 0 silent, 1 a progress bar, 2 one line; "auto" picks.
            steps: steps to run; by default one pass over the data.
            callbacks: `Callback` objects.

        Raises:
            ValueError: if the data is empty or does not fit the model.
        """
        batches = self._adapted(x, None, None, batch_size, steps)
        hooks = self._callback_list(callbacks, verbose, batches)
        collector, step = Collector(), self._steps.predict()

        def predict_and_keep(data: Any) -> Any:
            outputs = step(data)
            collector.add(outputs)
            return {"outputs": outputs}

        self.stop_predicting = False
        with closing(hooks, batches), in_mode(self.module, training=False), torch.no_grad():
            hooks.on_predict_begin()
            run_epoch(
                batches.epoch(0), predict_and_keep, hooks, "predict",
                lambda: self.stop_predicting, self.steps_per_execution,
            )  # fmt: skip
            hooks.on_predict_end()
        return collector.result()

    # ---- single batches

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one step on one batch; return the loss and the metrics of this batch.

        Raises:
            ValueError: if the model is not compiled, or data and model do not fit.
        """
        self._require_compiled("train_on_batch")
        data = self._single(x, y, sample_weight, class_weight)
        self.owner.reset_metrics()
        with in_mode(self.module, training=True):
            logs = self._steps.train()(data)
        return self._batch_result(logs, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss and the metrics of one batch.

        Raises:
            ValueError: if the model is not compiled, or data and model do not fit.
        """
        self._require_compiled("test_on_batch")
        data = self._single(x, y, sample_weight)
        self.owner.reset_metrics()
        with in_mode(self.module, training=False), torch.no_grad():
            logs = self._steps.test()(data)
        return self._batch_result(logs, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch as NumPy arrays."""
        with in_mode(self.module, training=False), torch.no_grad():
            collector = Collector()
            collector.add(self._steps.predict()(self._single(x)))
        return collector.result()

    # ---- configuration

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return what `compile` was given, as plain values; None before."""
        if self._compile_config is None:
            return None
        return compile_config(self._compile_config, self.optimizer)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` says."""
        if config:
            self.compile(**read_compile_config(config))

    # ---- inside

    def _require_compiled(self, what: str) -> None:
        if not self.compiled:
            raise ValueError(
                f"Call compile() before {what}(): the model needs an optimizer and a loss. For "
                "example model.compile(optimizer='adam', loss='mse')."
            )

    def _adapted(
        self, x: Any, y: Any, sample_weight: Any, batch_size: Any, steps: Any,
        shuffle: Any = False, class_weight: Any = None,
    ) -> Any:  # fmt: skip
        if shuffle:
            self.data_seed = random.draw_seed(None)
        return adapt(
            x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, seed=self.data_seed,
            class_weight=class_weight, steps=capped(steps, config.max_steps_per_epoch()),
            device=self._device(), output_names=getattr(self.module, "output_names", None),
        )  # fmt: skip

    def _validation(self, data: Any, batch_size: Any, default_size: Any, steps: Any) -> Any:
        if data is None:
            return None
        parts = data if isinstance(data, (list, tuple)) else (data,)
        x, y, sample_weight = unpack_x_y_sample_weight(parts)
        if batch_size is None and not is_batched(x):
            batch_size = default_size
        batches = self._adapted(x, y, sample_weight, batch_size, steps)
        batches.argument = "validation_data"
        self._prepare(batches)
        return batches

    def _single(self, x: Any, y: Any = None, sample_weight: Any = None, weights: Any = None) -> Any:
        """Return all of the arrays as one batch as `train_step` takes it, on the device."""
        batches = self._adapted(x, y, sample_weight, None, 1, class_weight=weights)
        return next(batches.epoch(0))

    def _prepare(self, batches: Any) -> None:
        """Build what is not built yet, and look at the data, before anything is trained."""
        data = checks.first_batch(batches)
        if data is None:
            return
        x, y, _ = unpack_x_y_sample_weight(data)
        usual = self.has_default_steps()
        if usual and y is None and self._compile_loss is not None:
            raise checks.no_targets()
        outputs = self._steps.build_for(data)
        checks.check_inputs(self.module, x)
        shapes = checks.output_shapes(self.module, outputs) if usual else None
        if shapes is not None:
            checks.check_targets(self._compile_loss, batches, shapes)
            self.build_metrics(y, shapes_as_leaves(shapes))

    def _trainable(self) -> list[Any]:
        plain = [p for p in self.module.parameters() if p.requires_grad]
        return getattr(self.module, "trainable_weights", plain)

    def _device(self) -> torch.device:
        for weight in self.module.parameters():
            return weight.device
        return config.device()

    def _callback_list(
        self, callbacks: Any, verbose: Any, batches: Any, epochs: int = 1, history: bool = False
    ) -> CallbackList:
        if isinstance(callbacks, CallbackList) and not history:
            return callbacks
        return CallbackList(
            callbacks, add_history=history, add_progbar=verbose != 0, model=self.owner,
            verbose=verbose, epochs=epochs, steps=batches.num_batches,
        )  # fmt: skip

    def _batch_result(self, logs: Any, return_dict: bool) -> Any:
        values = Logs(logs).copy()
        self._steps.close()
        return values if return_dict else in_order(values, self.owner.metrics)
