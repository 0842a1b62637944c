import numpy as np
import pytest
import torch

import kerlite
from kerlite.callbacks import Callback, EarlyStopping, LambdaCallback, SwapEMAWeights
from kerlite.optimizers import SGD, Adam, LossScaleOptimizer
from tests.callbacks import small


def _ema(**arguments):
    return SGD(0.05, use_ema=True, ema_momentum=0.8, **arguments)


def _means(model):
    """Return the averages by hand: a callback that keeps them beside the optimizer."""

    class Averager(Callback):
        means = None

        def on_train_batch_end(self, batch, logs=None):
            now = small.weights(model)
            share = 0.2 if self.means else 1.0
            self.means = {
                name: value * share + (1 - share) * (self.means or now)[name]
                for name, value in now.items()
            }

    return Averager()


def test_validation_and_prediction_see_the_averages():
    model, (x, y) = small.model(_ema()), small.data()
    averager, seen = _means(model), []
    watcher = LambdaCallback(
        on_test_batch_end=lambda batch, logs: seen.append(small.weights(model))
    )
    swap = SwapEMAWeights()
    trained = []
    model.fit(
        x, y, epochs=1, verbose=0, validation_data=(x, y),
        callbacks=[averager, swap, watcher, LambdaCallback(
            on_epoch_end=lambda epoch, logs: trained.append(small.weights(model)))],
    )  # fmt: skip
    for name, mean in averager.means.items():
        torch.testing.assert_close(seen[0][name], mean, rtol=1e-5, atol=1e-6)
    assert not small.same(trained[0], seen[0])
    assert small.same(small.weights(model), seen[0])  # the end of fit puts the averages there


@pytest.mark.parametrize("work", ["evaluate", "predict"])
def test_weights_are_back_after_the_work(work):
    model, (x, y) = small.model(_ema()), small.data()
    for _ in range(3):
        model.train_on_batch(x, y)
    before = small.weights(model)
    arguments = (x, y) if work == "evaluate" else (x,)
    plain = getattr(model, work)(*arguments, verbose=0)
    averaged = getattr(model, work)(*arguments, verbose=0, callbacks=[SwapEMAWeights()])
    assert not np.allclose(plain, averaged)
    assert small.same(small.weights(model), before)


@pytest.mark.parametrize("stops", [False, True], ids=["whole", "early stop"])
def test_with_swap_on_epoch_later_callbacks_see_the_averages(stops):
    model, data, seen = small.model(_ema()), small.data(), []
    averager = _means(model)
    stopper = [EarlyStopping("loss", min_delta=1e9)] if stops else []
    watcher = LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append((small.weights(model), averager.means))
    )
    callbacks = [averager, SwapEMAWeights(swap_on_epoch=True), watcher, *stopper]
    model.fit(*data, epochs=2, verbose=0, callbacks=callbacks)
    for weights, means in seen:
        for name, mean in means.items():
            torch.testing.assert_close(weights[name], mean, rtol=1e-5, atol=1e-6)
    assert small.same(small.weights(model), seen[-1][0])


def test_training_is_not_changed():
    def train(callbacks):
        model = small.model(_ema())
        model.fit(*small.data(), epochs=3, verbose=0, validation_split=0.25, callbacks=callbacks)
        return small.weights(model)

    plain = train([])
    assert small.same(train([SwapEMAWeights()]), plain)
    assert small.same(train([SwapEMAWeights(swap_on_epoch=True)]), plain)


def test_an_error_gives_the_trained_weights_back():
    model, (x, y) = small.model(_ema()), small.data()
    model.fit(x, y, epochs=1, verbose=0)
    model.train_on_batch(x, y)
    before = small.weights(model)

    def fail(batch, logs):
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        model.evaluate(
            x, y, verbose=0, callbacks=[SwapEMAWeights(), LambdaCallback(on_test_batch_end=fail)]
        )
    assert small.same(small.weights(model), before)


def test_state_carries_the_trained_weights_over():
    model, (x, y) = small.model(_ema()), small.data()
    model.fit(x, y, verbose=0)
    model.train_on_batch(x, y)
    trained = small.weights(model)
    first, second = SwapEMAWeights(swap_on_epoch=True), SwapEMAWeights(swap_on_epoch=True)
    for callback in (first, second):
        callback.set_model(model)
        callback.on_train_begin()
    first.on_epoch_end(0)
    assert not small.same(small.weights(model), trained)
    second.load_state_dict(first.state_dict())
    second.on_epoch_begin(1)
    assert small.same(small.weights(model), trained)


def test_wrapped_optimizers_and_none():
    model, (x, y) = small.model(LossScaleOptimizer(_ema())), small.data()
    model.fit(x, y, verbose=0, validation_data=(x, y), callbacks=SwapEMAWeights())
    model = small.model(Adam())
    with pytest.raises(ValueError, match="use_ema=True"):
        model.fit(x, y, verbose=0, callbacks=SwapEMAWeights())
    assert isinstance(model, kerlite.Model)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_same_validation_loss_as_keras():
    keras = pytest.importorskip("keras")
    x, y = small.data()
    model = small.model(_ema())
    theirs = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
    )
    theirs.set_weights([np.array(value) for value in model.get_weights()])
    theirs.compile(keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.8), "mse")
    histories = [
        one.fit(
            x, y, epochs=2, shuffle=False, verbose=0, validation_data=(x, y), callbacks=[swap]
        ).history["val_loss"]
        for one, swap in (
            (model, SwapEMAWeights()),
            (theirs, keras.callbacks.SwapEMAWeights()),
        )
    ]
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-4)
