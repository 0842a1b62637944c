"""No step waits for the device: nothing in it asks a tensor for its values."""

import contextlib
import functools
import gc
import weakref

import numpy as np
import pytest
import torch

import kerlite
from kerlite import callbacks, layers, losses, optimizers
from kerlite.callbacks import progbar_logger
from kerlite.training import run as run_module
from kerlite.training import trainer as trainer_module
from tests.training.twins import classifier, samples, two_heads

X, NUMBER, KIND, WEIGHT = samples(64)
WAITS = (
    "item", "cpu", "numpy", "tolist", "__float__", "__int__", "__bool__", "__index__", "__array__",
    "is_nonzero",
)  # fmt: skip


class WaitedError(AssertionError):
    """A step asked a tensor for its values."""


@contextlib.contextmanager
def no_waiting():
    """Make whatever would wait for the device raise."""

    def refuse(name):
        def method(self, *args, **kwargs):
            raise WaitedError(f"Tensor.{name}() was called inside a step")

        return method

    with pytest.MonkeyPatch.context() as patch:
        for name in WAITS:
            patch.setattr(torch.Tensor, name, refuse(name))
        patch.setattr(torch, "nonzero", refuse("nonzero"))
        yield


@contextlib.contextmanager
def no_cuda_waiting():
    """Have CUDA itself raise when the host waits for it."""
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.fixture
def guarded_steps(monkeypatch):
    """Guard every batch with its step and its hooks; between epochs values may be read."""
    return guard_steps(monkeypatch, no_waiting)


def guard_steps(monkeypatch, guard):
    run_epoch, count = trainer_module.run_epoch, []

    def guarded(batches, *args, **kwargs):
        def counted():
            for batch in batches:
                count.append(1)
                yield batch

        first = next(batches)  # making an order, and what a source does once, is no step
        with guard():
            return run_epoch(
                (batch for part in ([first], counted()) for batch in part), *args, **kwargs
            )

    for module in (trainer_module, run_module):
        monkeypatch.setattr(module, "run_epoch", guarded)
    return count


def image_network():
    return kerlite.Sequential([
        kerlite.Input((8, 8, 1)),
        layers.Rescaling(1 / 255),
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Dropout(0.3),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip


def arguments_of(case):
    images = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 1)).astype("uint8")
    schedule = optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)
    cases = {
        "mlp": (classifier(kerlite), {}, X, KIND),
        "images": (image_network(), {"optimizer": "sgd"}, images, KIND),
        "clipping": (
            classifier(kerlite),
            {"optimizer": optimizers.AdamW(schedule, global_clipnorm=1.0, use_ema=True)},
            X,
            KIND,
        ),
        "accumulation": (
            classifier(kerlite),
            {"optimizer": optimizers.Adam(gradient_accumulation_steps=2, clipnorm=1.0)},
            X,
            KIND,
        ),
        "torch optimizer": (
            classifier(kerlite),  # (not fused, torch itself asks its step counts on the CPU)
            {"optimizer": functools.partial(torch.optim.AdamW, fused=True)},
            X,
            KIND,
        ),
        "one-hot": (
            classifier(kerlite),
            {"loss": losses.CategoricalCrossentropy(label_smoothing=0.1)},
            X,
            np.eye(3)[KIND],
        ),
        "several outputs": (
            two_heads(kerlite),
            {
                "loss": ["mse", "sparse_categorical_crossentropy"],
                "loss_weights": [0.5, 1.0],
                "metrics": [["mae"], ["accuracy"]],
            },
            X,
            [NUMBER, KIND],
        ),
    }
    model, given, x, y = cases[case]
    given = {
        "optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
        "weighted_metrics": None if case == "several outputs" else ["accuracy"], **given,
    }  # fmt: skip
    return model, given, x, y


CASES = [
    "mlp", "images", "clipping", "accumulation", "torch optimizer", "one-hot", "several outputs"
]  # fmt: skip


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("case", CASES)
def test_no_step_waits_for_a_gpu(case, monkeypatch):
    kerlite.config.set_device("cuda")
    count = guard_steps(monkeypatch, no_cuda_waiting)
    model, compile_arguments, x, y = arguments_of(case)
    assert model.weights[0].is_cuda
    model.compile(**compile_arguments)
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, validation_split=0.25)
    model.evaluate(x, y, batch_size=16, verbose=0)
    model.predict(x, batch_size=16, verbose=0)
    parts = [slice(low, low + 16) for low in range(0, 64, 16)]
    y = y if isinstance(y, list) else [y]
    batches = ((x[part], [one[part] for one in y]) for part in parts)
    model.fit(batches, verbose=0)
    assert len(count) == 2 * 2 + 3 + 3 + 3


@pytest.mark.parametrize("verbose", [0, 1])
@pytest.mark.parametrize("case", CASES)
def test_no_step_waits(case, verbose, guarded_steps, monkeypatch, capsys):
    monkeypatch.setattr(progbar_logger, "_SECONDS_BETWEEN_LOOKS", 1e9)
    # The first look, at the first batch, is left out as well.
    monkeypatch.setattr(progbar_logger.ProgressLine, "draw", lambda *args: None)
    model, compile_arguments, x, y = arguments_of(case)
    model.compile(**compile_arguments)
    watch = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: len(logs))
    history = model.fit(
        x, y, batch_size=16, epochs=2, verbose=verbose, validation_split=0.25, callbacks=[watch]
    )
    assert np.isfinite(history.history["val_loss"]).all()
    model.evaluate(x, y, batch_size=16, verbose=verbose)
    model.predict(x, batch_size=16, verbose=verbose)
    assert len(guarded_steps) == 2 * 2 + 3 + 3
    capsys.readouterr()


def test_weights_and_generators_do_not_wait_either(guarded_steps):
    model = classifier(kerlite)
    model.compile("adam", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    model.fit(
        X, KIND, batch_size=16, sample_weight=WEIGHT, class_weight={0: 2.0}, verbose=0, epochs=2
    )
    batches = [torch.tensor(X[:16]), torch.tensor(KIND[:16]), torch.tensor(WEIGHT[:16])]
    model.fit((tuple(batches) for _ in range(5)), verbose=0, class_weight={0: 2.0})
    assert len(guarded_steps) == 2 * 3 + 4


def test_the_guard_notices():
    class Waits(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs) * inputs.mean().item()

    model = Waits()
    model.compile("sgd", "mse")
    model.train_on_batch(X, NUMBER)
    with no_waiting(), pytest.raises(WaitedError):
        model.train_step((torch.tensor(X), torch.tensor(NUMBER)))


def test_steps_leave_nothing_behind():
    model = arguments_of("images")[0]
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = torch.zeros(8, 8, 8, 1, dtype=torch.uint8), torch.zeros(8, dtype=torch.int64)

    def forever():
        while True:
            yield x, y

    counts = []

    class Count(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch in (20, 60, 100):
                counts.append(len(gc.get_objects()))
            self.model.stop_training = batch == 100

    gc.collect()
    gc.disable()
    arrays = kerlite.data.adapt(x.repeat(110, 1, 1, 1), y.repeat(110), batch_size=8, shuffle=True)
    try:
        for source in (forever(), arrays):
            counts.clear()
            model.fit(source, verbose=0, callbacks=[Count()])
            assert counts[2] - counts[1] <= 5, counts
    finally:
        gc.enable()


def test_epochs_leave_nothing_behind():
    model = classifier(kerlite)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    given = {"batch_size": 16, "verbose": 0}
    counts = []
    model.fit(X, KIND, epochs=3, validation_split=0.25, **given)
    gc.collect()
    gc.disable()
    try:
        watch = callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: counts.append(len(gc.get_objects()))
        )
        model.fit(X, KIND, epochs=12, validation_split=0.25, callbacks=[watch], **given)
    finally:
        gc.enable()
    # An epoch adds its numbers to the history, which are no containers.
    assert counts[-1] - counts[3] <= 8, counts


def test_models_are_freed_after_training():
    model = classifier(kerlite)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, KIND, verbose=0)
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None
