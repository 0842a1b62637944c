"""Training that ends before its time: by request, by Ctrl-C, by an error, for want of data."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import callbacks, layers
from tests.training.twins import classifier, samples

X, NUMBER, KIND, WEIGHT = samples()


def model_of_three_classes():
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class Raise(callbacks.Callback):
    """Raises at one of the hooks; notes what it hears."""

    def __init__(self, error, epoch=1, batch=2):
        super().__init__()
        self.error, self.epoch, self.batch = error, epoch, batch
        self.now, self.heard = 0, []

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, self.batch):
            raise self.error

    def on_train_end(self, logs=None):
        self.heard.append("end")

    def on_exception(self, error):
        self.heard.append(error)


def test_stop_training_within_an_epoch():
    seen = []

    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_training = batch == 1

    model = model_of_three_classes()
    history = model.fit(
        X, KIND, batch_size=10, epochs=5, verbose=0, callbacks=[Stop()], validation_split=0.2
    )
    assert seen == [0, 1]
    assert history.epoch == [0]
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    model.fit(X, KIND, batch_size=25, verbose=0)  # the next training is not stopped


def test_stop_training_at_the_end_of_an_epoch():
    model = model_of_three_classes()

    def stop(epoch, logs):
        model.stop_training = epoch == 2

    ended = []
    watch = callbacks.LambdaCallback(
        on_epoch_end=stop, on_train_end=lambda logs: ended.append(logs)
    )
    history = model.fit(X, KIND, epochs=9, verbose=0, callbacks=[watch])
    assert history.epoch == [0, 1, 2]
    assert ended[0]["loss"] == history.history["loss"][-1]


def test_stop_training_before_the_first_batch():
    model = model_of_three_classes()
    stop = callbacks.LambdaCallback(
        on_train_begin=lambda logs: setattr(model, "stop_training", True)
    )
    history = model.fit(X, KIND, batch_size=10, epochs=9, verbose=0, callbacks=[stop])
    assert history.epoch == [0]


def test_stop_evaluating():
    model = model_of_three_classes()
    seen = []

    class Stop(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_evaluating = batch == 1

    model.evaluate(X, KIND, batch_size=10, verbose=0, callbacks=[Stop()])
    assert seen == [0, 1]
    model.evaluate(X, KIND, batch_size=10, verbose=0, callbacks=[callbacks.Callback()])
    expected = model.evaluate(X, KIND, batch_size=50, verbose=0)
    assert model.evaluate(X, KIND, batch_size=10, verbose=0) == pytest.approx(expected)


@pytest.mark.parametrize("verbose", [0, 1])
def test_ctrl_c_keeps_history_and_weights(verbose, capsys):
    model = model_of_three_classes()
    start = model.get_weights()
    watch = Raise(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, KIND, batch_size=10, epochs=5, verbose=verbose, callbacks=[watch])
    out = capsys.readouterr().out
    assert out == "" or out.endswith("\n")
    assert model.history.epoch == [0]
    assert len(model.history.history["loss"]) == 1
    assert watch.heard == [watch.error]
    assert any(not np.array_equal(a, b) for a, b in zip(start, model.get_weights(), strict=True))
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert not any(module.training for module in model.modules())
    assert model.predict(X, verbose=0).shape == (50, 3)
    history = model.fit(X, KIND, initial_epoch=1, epochs=3, verbose=0)
    assert history.epoch == [1, 2]
    capsys.readouterr()


def test_ctrl_c_in_validation_and_prediction():
    model = model_of_three_classes()

    class Interrupt(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

        on_predict_batch_end = on_test_batch_end

    with pytest.raises(KeyboardInterrupt):
        model.fit(X, KIND, validation_split=0.5, verbose=0, callbacks=[Interrupt()])
    with pytest.raises(KeyboardInterrupt):
        model.predict(X, verbose=0, callbacks=[Interrupt()])
    assert torch.is_grad_enabled()
    assert not model.training
    model.fit(X, KIND, verbose=0)


def test_an_error_in_a_callback_names_the_callback():
    model = model_of_three_classes()
    watch = Raise(ZeroDivisionError("oops"))
    with pytest.raises(ZeroDivisionError, match="oops") as caught:
        model.fit(X, KIND, batch_size=10, epochs=3, verbose=0, callbacks=[watch])
    if hasattr(caught.value, "__notes__"):
        assert "Raise.on_train_batch_end" in caught.value.__notes__[0]
    assert watch.heard == [caught.value]
    assert not model.training


def test_an_error_in_a_layer_leaves_the_modes_as_they_were():
    class Fails(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.calls = layers.Dense(1), 0

        def call(self, inputs):
            self.calls += 1
            if self.calls > 3:
                raise ArithmeticError("too many")
            return self.dense(inputs)

    model = Fails()
    model.compile("sgd", "mse")
    with pytest.raises(ArithmeticError, match="too many"):
        model.fit(X, NUMBER, batch_size=10, verbose=0)
    assert not any(module.training for module in model.modules())


def test_parts_made_during_training_are_in_the_right_mode():
    modes = []

    class Block(layers.Layer):
        def build(self, input_shape):
            self.inner = layers.Dropout(0.5)
            self.dense = layers.Dense(1)

        def call(self, inputs):
            modes.append((self.inner.training, self.training))
            return self.dense(self.inner(inputs))

    model = kerlite.Sequential([Block()])
    model.compile("sgd", "mse")
    model.fit(((X, NUMBER) for _ in range(2)), verbose=0)
    assert modes[-2:] == [(True, True)] * 2
    assert not any(module.training for module in model.modules())


def batches(count, error=None):
    for _ in range(count):
        yield X, KIND
    if error is not None:
        raise error


def test_a_generator_that_ends_within_an_epoch():
    model = model_of_three_classes()
    with pytest.warns(
        UserWarning, match=r"epoch 1 needed 4 batches, but the generator 'batches' gave 2"
    ):
        history = model.fit(batches(6), steps_per_epoch=4, epochs=5, verbose=0)
    assert history.epoch == [0, 1]
    assert len(history.history["loss"]) == 2


def test_a_generator_that_ends_with_an_epoch():
    model = model_of_three_classes()
    with pytest.warns(UserWarning, match=r"epoch 1 needed 3 batches, but .* gave 0"):
        history = model.fit(
            batches(3), steps_per_epoch=3, epochs=5, verbose=0, validation_data=(X, KIND)
        )
    assert len(history.history["loss"]) == len(history.history["val_loss"]) == 1


def test_a_generator_without_steps_lasts_one_epoch():
    model = model_of_three_classes()
    with pytest.warns(UserWarning, match=r"The data ended with epoch 1 of 3.*steps_per_epoch"):
        history = model.fit(batches(4), epochs=3, verbose=0)
    assert history.epoch == [0]
    model.fit(batches(4), epochs=1, verbose=0)  # and no warning if one was wanted


def test_a_generator_that_raises():
    model = model_of_three_classes()
    with pytest.raises(OSError, match="disk") as caught:
        model.fit(batches(3, OSError("disk")), epochs=1, verbose=0)
    if hasattr(caught.value, "__notes__"):
        assert "batch 3 of epoch 0 from the generator 'batches'" in caught.value.__notes__[0]
    assert model.optimizer.iterations == 3
    model.fit(X, KIND, verbose=0)


def test_arrays_too_short_for_the_steps():
    model = model_of_three_classes()
    with pytest.warns(
        UserWarning, match=r"epoch 2 needed 2 batches, but data of 50 samples gave 1"
    ):
        history = model.fit(X, KIND, batch_size=10, steps_per_epoch=2, epochs=4, verbose=0)
    assert history.epoch == [0, 1, 2, 3]


def test_validation_that_ran_out_leaves_its_values_out():
    model = model_of_three_classes()
    message = r"validation_data is the generator 'batches', which has no batch left.*no val_ values"
    with pytest.warns(UserWarning, match=message):
        history = model.fit(X, KIND, validation_data=batches(2), epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert len(history.history["val_loss"]) == 1


def test_validation_that_comes_out_short_says_over_what_its_values_are():
    model = model_of_three_classes()
    message = r"needed 3 batches \(validation_steps\).*the generator 'batches', gave 2;"
    with pytest.warns(UserWarning, match=message):
        history = model.fit(X, KIND, validation_data=batches(2), validation_steps=3, verbose=0)
    assert len(history.history["val_loss"]) == 1
