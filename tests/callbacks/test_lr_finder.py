import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.callbacks import LambdaCallback, LRFinder
from kerlite.optimizers import SGD, schedules
from tests.callbacks import small


def _normalized():
    """A model with buffers, dropout, seeds of its own."""
    kerlite.utils.set_random_seed(0)
    return kerlite.Sequential([
        kerlite.Input((4,)), layers.Dense(8, name="low"), layers.BatchNormalization(name="norm"),
        layers.Dropout(0.3), layers.Dropout(0.3, seed=3), layers.Dense(1, name="top"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    "optimizer", ["adam", "sgd", "momentum", torch.optim.AdamW], ids=lambda one: str(one)[-8:]
)
@pytest.mark.parametrize("trained", [False, True], ids=["fresh", "trained"])
def test_a_fit_afterwards_is_the_same_as_without_it(optimizer, trained):
    def train(finds):
        model, data = _normalized(), small.data()
        model.compile(SGD(0.01, momentum=0.9) if optimizer == "momentum" else optimizer, "mse")
        if trained:
            model.fit(*data, verbose=0)
        if finds:
            finder = LRFinder(steps=20).find(model, *data, batch_size=16)
            assert len(finder.rates) > 2
        history = model.fit(*data, epochs=2, verbose=0)
        return small.weights(model), model.get_weights(), history.history

    plain, after = train(False), train(True)
    assert small.same(plain[0], after[0])
    assert plain[2] == after[2]


def test_as_a_callback_it_puts_everything_back_even_after_an_error():
    for fails in (False, True):
        model, data = small.model("adam", dropout=0.5), small.data()

        def fail(batch, logs, fails=fails):
            if fails and batch == 1:
                raise OSError("gone")

        model.optimizer.build(model.trainable_weights)
        before = small.weights(model)
        watchers = [LRFinder(steps=10), LambdaCallback(on_train_batch_end=fail)]
        if fails:
            with pytest.raises(OSError, match="gone"):
                model.fit(*data, epochs=9, batch_size=16, verbose=0, callbacks=watchers)
        else:
            model.fit(*data, epochs=9, batch_size=16, verbose=0, callbacks=watchers)
        assert small.same(small.weights(model), before)
        assert model.optimizer.iterations == 0
        assert float(model.optimizer.learning_rate) == pytest.approx(0.001)


def test_rates_grow_exponentially_and_losses_are_those_of_the_batches():
    model, (x, y) = small.model("sgd"), small.data()
    finder = LRFinder(1e-5, 1e-3, steps=11).find(model, x, y, batch_size=16, shuffle=False)
    np.testing.assert_allclose(finder.rates, np.geomspace(1e-5, 1e-3, 11), rtol=1e-6)
    twin = small.model("sgd")
    expected = []
    for i, rate in enumerate(finder.rates):
        rows = slice(16 * (i % 4), 16 * (i % 4) + 16)
        twin.optimizer.learning_rate = rate
        expected.append(twin.train_on_batch(x[rows], y[rows]))
    np.testing.assert_allclose(finder.losses, expected, rtol=1e-6)


def test_it_ends_when_the_loss_is_hopeless():
    finder = LRFinder(1e-4, 1e6, steps=100).find(small.model("sgd"), *small.data(), batch_size=16)
    assert 10 <= len(finder.rates) < 90
    assert np.isfinite(finder.losses).all()


def test_suggestion_is_where_the_loss_falls_most_steeply():
    finder = LRFinder(smoothing=0.0)
    finder.rates = np.geomspace(1e-6, 1, 61).tolist()
    logs = np.log10(finder.rates)
    finder.losses = (1 / (1 + np.exp(4 * (logs + 3))) + (logs > -1) * 5).tolist()
    assert finder.suggestion == pytest.approx(1e-3, rel=0.3)
    with pytest.raises(ValueError, match="run find"):
        LRFinder().suggestion  # noqa: B018


def test_averages_have_no_bias_at_the_beginning():
    finder = LRFinder(smoothing=0.75)
    finder.losses = [2.0, 4.0, 1.0]
    expected = [2.0, (2 * 0.75 + 4) / 1.75, (2 * 0.75**2 + 4 * 0.75 + 1) / (0.75**2 + 1.75)]
    np.testing.assert_allclose(finder.averaged_losses(), expected)


def test_plot(tmp_path):
    finder = LRFinder(steps=20).find(small.trainer(), *small.data(), batch_size=16)
    figure = finder.plot(tmp_path / "lr.png")
    assert (tmp_path / "lr.png").read_bytes().startswith(b"\x89PNG")
    assert figure.axes[0].get_xscale() == "log"
    np.testing.assert_allclose(figure.axes[0].lines[0].get_xdata(), finder.rates)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="steps=3"):
        LRFinder(steps=3)
    with pytest.raises(ValueError, match="min_lr=1"):
        LRFinder(1, 0.1)
    model = small.model(SGD(schedules.CosineDecay(0.1, 10)))
    with pytest.raises(ValueError, match="schedule"):
        LRFinder().find(model, *small.data())
