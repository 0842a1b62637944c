"""The arguments of `compile`, `fit`, `evaluate` and `predict`, one by one."""

import copy
import inspect
import pickle

import keras
import numpy as np
import pytest
import torch
from torch.utils._pytree import tree_leaves, tree_structure

import kerlite
from kerlite import callbacks, layers
from kerlite.data import permutation
from tests.training.twins import classifier, samples

X, NUMBER, KIND, WEIGHT = samples()


def regression():
    inputs = kerlite.Input((4,))
    model = kerlite.Model(inputs, layers.Dense(1)(inputs))
    model.compile(kerlite.optimizers.SGD(0.01), "mse")
    return model


class Recorder(kerlite.Model):
    """Notes the first feature of every sample it is trained or evaluated on."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
        self.dense.build((None, 1))
        self.built = True
        self.batches = {True: [], False: []}

    def call(self, inputs, training=False):
        self.batches[training].append(inputs[:, 0].tolist())
        return self.dense(inputs)

    def forget(self):
        self.batches = {True: [], False: []}


@pytest.fixture
def recorder():
    model = Recorder()
    model.compile(kerlite.optimizers.SGD(0.0), "mse")
    return model


ROWS = np.arange(10, dtype="float32")[:, None]


@pytest.mark.parametrize("name", ["compile", "fit", "evaluate", "predict", "train_on_batch",
                                  "test_on_batch", "predict_on_batch", "train_step", "test_step",
                                  "predict_step", "compute_metrics"])  # fmt: skip
def test_signatures_are_those_of_keras(name):
    mine = inspect.signature(getattr(kerlite.Model, name)).parameters
    theirs = inspect.signature(getattr(keras.Model, name)).parameters
    assert [(p.name, p.default) for p in mine.values()] == [
        (p.name, p.default) for p in theirs.values() if p.kind is not p.VAR_KEYWORD
    ]


def test_batches_are_32_and_the_last_one_short():
    model = Recorder()
    model.compile("sgd", "mse")
    x = np.zeros((70, 1), "float32")
    model.fit(x, x, verbose=0)
    assert [len(batch) for batch in model.batches[True]] == [32, 32, 6]


def test_shuffle(recorder):
    recorder.fit(ROWS, ROWS, batch_size=4, epochs=2, verbose=0)
    seen = recorder.batches[True]
    seed = recorder.trainer.data_seed
    for epoch in (0, 1):
        order = np.concatenate(seen[3 * epoch : 3 * epoch + 3])
        np.testing.assert_array_equal(order, permutation(10, seed, epoch))
    recorder.forget()
    recorder.fit(ROWS, ROWS, batch_size=4, epochs=2, shuffle=False, verbose=0)
    assert np.concatenate(recorder.batches[True]).tolist() == [*range(10), *range(10)]
    recorder.forget()
    recorder.fit(ROWS, ROWS, batch_size=4, shuffle="batch", verbose=0)
    assert [set(batch) for batch in recorder.batches[True]] == [
        {0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}
    ]  # fmt: skip


def test_an_epoch_can_be_had_again(recorder):
    recorder.fit(ROWS, ROWS, batch_size=4, epochs=3, verbose=0)
    third = recorder.batches[True][6:]
    seed = recorder.trainer.data_seed
    recorder.forget()
    batches = kerlite.data.adapt(ROWS, ROWS, batch_size=4, shuffle=True, seed=seed)
    recorder.fit(batches, initial_epoch=2, epochs=3, verbose=0)
    assert recorder.batches[True] == third


def test_validation_split_takes_the_end(recorder):
    recorder.fit(ROWS, ROWS, batch_size=4, validation_split=0.3, verbose=0)
    assert sorted(np.concatenate(recorder.batches[True])) == list(range(7))
    assert recorder.batches[False] == [[7.0, 8.0, 9.0]]


def test_validation_data_wins_over_validation_split(recorder):
    recorder.fit(ROWS, ROWS, validation_split=0.3, validation_data=(ROWS[:2], ROWS[:2]), verbose=0)
    assert len(np.concatenate(recorder.batches[True])) == 10
    assert recorder.batches[False] == [[0.0, 1.0]]


def test_validation_arguments(recorder):
    given = {"validation_data": (ROWS, ROWS), "batch_size": 5, "verbose": 0}
    recorder.fit(ROWS, ROWS, **given)
    assert [len(batch) for batch in recorder.batches[False]] == [5, 5]
    recorder.forget()
    recorder.fit(ROWS, ROWS, validation_batch_size=3, validation_steps=2, epochs=2, **given)
    assert recorder.batches[False] == [[0, 1, 2], [3, 4, 5]] * 2


@pytest.mark.parametrize(
    ("frequency", "epochs"),
    [(1, [0, 1, 2, 3, 4]), (2, [1, 3]), (3, [2]), ([1, 5], [0, 4]), ((2,), [1]), (9, [])],
)
def test_validation_freq(frequency, epochs):
    seen = []
    watch = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(epoch) if "val_loss" in logs else None
    )
    regression().fit(
        X, NUMBER, epochs=5, validation_split=0.2, validation_freq=frequency, verbose=0,
        callbacks=[watch],
    )  # fmt: skip
    assert seen == epochs


@pytest.mark.parametrize("kind", ["list", "tuple", "x alone", "batches"])
def test_forms_of_validation_data(kind):
    model = regression()
    data = {
        "list": [X, NUMBER],
        "tuple": (X, NUMBER, WEIGHT),
        "batches": kerlite.data.adapt(X, NUMBER, batch_size=9),
        "x alone": torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(NUMBER)),
    }[kind]
    history = model.fit(X, NUMBER, validation_data=data, verbose=0)
    weights = WEIGHT if kind == "tuple" else None
    expected = model.evaluate(X, NUMBER, sample_weight=weights, verbose=0)
    assert history.history["val_loss"][0] == pytest.approx(expected, rel=1e-5)


def test_steps_per_epoch_with_arrays_goes_on_where_it_stopped(recorder):
    recorder.fit(ROWS, ROWS, batch_size=2, steps_per_epoch=2, epochs=2, shuffle=False, verbose=0)
    assert recorder.batches[True] == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_steps_per_epoch_alone_divides_the_data(recorder):
    recorder.fit(ROWS, ROWS, steps_per_epoch=5, shuffle=False, verbose=0)
    assert [len(batch) for batch in recorder.batches[True]] == [2] * 5


def test_steps_per_epoch_with_a_generator(recorder):
    def numbers():
        for number in range(100):
            yield np.full((1, 1), number, "float32"), np.zeros((1, 1), "float32")

    source = numbers()
    recorder.fit(source, steps_per_epoch=3, epochs=2, verbose=0)
    assert np.concatenate(recorder.batches[True]).tolist() == list(range(6))
    assert next(source)[0].item() == 6  # none was taken and thrown away


def test_epochs_count_from_initial_epoch():
    history = regression().fit(X, NUMBER, initial_epoch=3, epochs=5, verbose=0)
    assert history.epoch == [3, 4]
    history = regression().fit(X, NUMBER, initial_epoch=5, epochs=5, verbose=0)
    assert history.epoch == []


def test_debugging_limits():
    kerlite.config.set_max_epochs(2)
    kerlite.config.set_max_steps_per_epoch(1)
    model = Recorder()
    model.compile("sgd", "mse")
    history = model.fit(ROWS, ROWS, batch_size=2, epochs=7, verbose=0)
    assert history.epoch == [0, 1]
    assert len(model.batches[True]) == 2
    model.evaluate(ROWS, ROWS, batch_size=2, verbose=0)
    assert len(model.batches[False]) == 1


def test_history_is_the_models_too():
    model = regression()
    history = model.fit(X, NUMBER, epochs=2, verbose=0)
    assert model.history is history
    assert history.model is model
    assert history.params["epochs"] == 2
    assert history.params["steps"] == 2
    assert all(isinstance(value, float) for value in history.history["loss"])
    again = model.fit(X, NUMBER, verbose=0)
    assert again is not history
    assert len(history.history["loss"]) == 2


def test_steps_per_execution_groups_the_hooks():
    hooks = []
    watch = callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: hooks.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: hooks.append(("end", batch)),
    )
    model, other = regression(), regression()
    other.set_weights(model.get_weights())
    model.compile(kerlite.optimizers.SGD(0.01), "mse", steps_per_execution=2)
    given = {"batch_size": 10, "shuffle": False, "verbose": 0, "epochs": 2}
    history = model.fit(X, NUMBER, callbacks=[watch], **given)
    assert (
        hooks == [("begin", 0), ("end", 1), ("begin", 2), ("end", 3), ("begin", 4), ("end", 4)] * 2
    )
    assert other.fit(X, NUMBER, **given).history == history.history
    expected = other.evaluate(X, NUMBER, batch_size=10, verbose=0)
    assert model.evaluate(X, NUMBER, batch_size=10, verbose=0) == expected
    np.testing.assert_array_equal(
        model.predict(X, batch_size=10, verbose=0), other.predict(X, batch_size=10, verbose=0)
    )


def test_run_eagerly_wins_over_jit_compile():
    model = regression()
    with pytest.warns(UserWarning, match="run_eagerly=True and jit_compile=True contradict"):
        model.compile("sgd", "mse", run_eagerly=True, jit_compile=True)
    assert model.run_eagerly
    assert not model.jit_compile
    model.fit(X, NUMBER, verbose=0)


def test_compile_again_starts_anew():
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, KIND, verbose=0)
    first = model.optimizer
    model.compile("adam", "mse")
    assert model.optimizer is not first
    history = model.fit(X, np.eye(3)[KIND], verbose=0)
    assert list(history.history) == ["loss"]


def test_compile_that_fails_changes_nothing():
    model = regression()
    optimizer, loss = model.optimizer, model.loss
    with pytest.raises(ValueError, match="Unknown"):
        model.compile("adam", "mean_square_errors")
    assert (model.optimizer, model.loss) == (optimizer, loss)
    model.fit(X, NUMBER, verbose=0)


def test_the_optimizer_is_kept_between_fits():
    model = regression()
    model.fit(X, NUMBER, batch_size=10, verbose=0)
    model.fit(X, NUMBER, batch_size=10, verbose=0)
    assert model.optimizer.iterations == 10


def test_loss_scaling_does_not_show():
    given = {"batch_size": 10, "shuffle": False, "verbose": 0}
    plain, scaled = regression(), regression()
    scaled.set_weights(plain.get_weights())
    scaled.compile(kerlite.optimizers.SGD(0.01, loss_scale_factor=1024.0), "mse")
    history = plain.fit(X, NUMBER, **given), scaled.fit(X, NUMBER, **given)
    assert history[0].history["loss"] == pytest.approx(history[1].history["loss"], rel=1e-6)
    np.testing.assert_allclose(plain.get_weights()[0], scaled.get_weights()[0], rtol=1e-5)


def test_averaged_weights_are_put_in_at_the_end():
    model = regression()
    start = model.get_weights()[0]
    model.compile(kerlite.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
    model.fit(X, NUMBER, batch_size=50, shuffle=False, verbose=0)
    moved, average = regression(), model.get_weights()[0]
    moved.set_weights([start, np.zeros(1, "float32")])
    moved.compile(kerlite.optimizers.SGD(0.1), "mse")
    moved.fit(X, NUMBER, batch_size=50, shuffle=False, verbose=0)
    np.testing.assert_allclose(average, moved.get_weights()[0], rtol=1e-6)  # one step: itself


# ---- predict


@pytest.mark.parametrize("structure", ["one", "list", "dict", "nested"])
def test_predict_keeps_the_structure_of_the_outputs(structure):
    inputs = kerlite.Input((4,))
    a, b = layers.Dense(1)(inputs), layers.Dense(2)(inputs)
    outputs = {"one": a, "list": [a, b], "dict": {"b": b, "a": a}, "nested": {"k": [a, {"b": b}]}}
    model = kerlite.Model(inputs, outputs[structure])
    predicted = model.predict(X, batch_size=7, verbose=0)
    with torch.no_grad():
        expected = kerlite.tree.map_structure(lambda t: t.numpy(), model(torch.tensor(X)))
    for given in (predicted, model.predict_on_batch(X)):
        assert tree_structure(given) == tree_structure(expected)
        for one, other in zip(*map(tree_leaves, (given, expected)), strict=True):
            assert isinstance(one, np.ndarray)
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_predict_needs_no_compile_and_takes_x_of_pairs():
    inputs = kerlite.Input((4,))
    model = kerlite.Model(inputs, layers.Dense(2)(inputs))
    pairs = ((X[low : low + 10], KIND[low : low + 10]) for low in range(0, 50, 10))
    np.testing.assert_allclose(model.predict(pairs, verbose=0), model.predict(X, verbose=0))
    assert model.predict(X, batch_size=10, steps=2, verbose=0).shape == (20, 2)


def test_predict_of_an_unbuilt_model():
    model = kerlite.Sequential([layers.Dense(3)])
    assert model.predict(X, verbose=0).shape == (50, 3)
    assert model.built


def test_predict_hooks_may_stop_it():
    model = regression()

    class Stop(callbacks.Callback):
        def on_predict_batch_end(self, batch, logs=None):
            assert logs["outputs"].shape == (10, 1)
            self.model.stop_predicting = batch == 1

    predicted = model.predict(X, batch_size=10, verbose=0, callbacks=[Stop()])
    assert predicted.shape == (20, 1)
    assert model.predict(X, verbose=0).shape == (50, 1)


# ---- single batches


def test_the_classic_loop_of_train_on_batch():
    model = kerlite.Sequential()
    model.add(layers.Dense(32, input_dim=4, activation="relu"))
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    y = np.eye(3)[(X.sum(1) > 0).astype(int) + (X[:, 0] > 1)]
    first = model.train_on_batch(X, y)
    for _ in range(100):
        last = model.train_on_batch(X, y)
    assert last[0] < first[0]
    assert isinstance(last[0], float)
    assert model.optimizer.iterations == 101
    assert model.predict_on_batch(X[:2]).shape == (2, 3)
    assert set(model.test_on_batch(X, y, return_dict=True)) == {"loss", "accuracy"}


@pytest.mark.parametrize("form", ["lists", "torch", "one sample"])
def test_forms_of_a_single_batch(form):
    model = regression()
    x, y = {
        "lists": (X.tolist(), NUMBER.tolist()),
        "torch": (torch.tensor(X), torch.tensor(NUMBER)),
        "one sample": (X[:1], NUMBER[:1]),
    }[form]
    expected = model.test_on_batch(np.asarray(x, "float32"), np.asarray(y, "float32"))
    assert model.train_on_batch(x, y) == pytest.approx(expected)
    assert model.test_on_batch(x, y) < expected


def test_train_on_batch_builds_a_model():
    model = kerlite.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    assert isinstance(model.train_on_batch(X, NUMBER, class_weight=None), float)
    assert model.built


# ---- copies


class Pair(kerlite.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(4, kernel_regularizer="l2")
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(self.hidden(inputs))


@pytest.mark.parametrize("how", ["copy", "pickle"])
def test_a_trained_model_can_be_copied_and_trained_on(how):
    model = Pair()
    model.compile("adam", "mse", metrics=["mae"])
    given = {"batch_size": 10, "shuffle": False, "verbose": 0}
    model.fit(X, NUMBER, epochs=2, **given)
    twin = copy.deepcopy(model) if how == "copy" else pickle.loads(pickle.dumps(model))
    assert twin.compiled
    expected = model.fit(X, NUMBER, epochs=2, **given).history
    assert twin.fit(X, NUMBER, epochs=2, **given).history == expected
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    assert twin.evaluate(X, NUMBER, verbose=0) != model.evaluate(X, NUMBER, verbose=0)
    assert twin.losses[0] > 0


def test_a_model_may_change_its_number_type_between_fits():
    model = regression()
    model.compile("adam", "mse")
    model.fit(X, NUMBER, verbose=0)
    model.to(torch.float64)
    model.fit(torch.tensor(X), NUMBER, verbose=0)
    slots = model.optimizer.torch_optimizer.state.values()
    assert {slot["exp_avg"].dtype for slot in slots} == {torch.float64}
