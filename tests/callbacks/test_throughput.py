import pytest

import kerlite
from kerlite.callbacks import LambdaCallback, Throughput, throughput
from tests.callbacks import small


@pytest.fixture
def seconds(monkeypatch):
    """A clock that goes on by a quarter of a second in each batch, by four in the first."""
    now = [0.0]
    monkeypatch.setattr(throughput.time, "perf_counter", lambda: now[0])

    def tick(batch, logs):
        now[0] += 0.25 if batch else 4.0

    return LambdaCallback(on_train_batch_end=tick)


@pytest.mark.parametrize("trains", [small.model, small.trainer], ids=["model", "trainer"])
def test_samples_and_steps_per_second_without_the_first_batch(seconds, trains):
    x, y = small.data(56)
    history = trains().fit(
        x, y, batch_size=16, epochs=2, verbose=0, validation_data=(x, y),
        callbacks=[seconds, Throughput()],
    ).history  # fmt: skip
    assert history["steps_per_second"] == [4.0, 4.0]
    assert history["samples_per_second"] == pytest.approx([40 / 0.75] * 2)  # 16 + 16 + 8
    assert 50 < history["memory_mib"][0] < 1e6


def test_the_only_batch_counts(seconds):
    history = small.model().fit(*small.data(), batch_size=64, verbose=0,
                                callbacks=[seconds, Throughput()]).history  # fmt: skip
    assert history["samples_per_second"] == [16.0]


def test_a_step_of_ones_own_has_no_samples(seconds):
    class Own(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = kerlite.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            return {"mine": 1.0}

    model = Own()
    model.compile("sgd", "mse")
    history = model.fit(*small.data(), verbose=0, callbacks=[seconds, Throughput()]).history
    assert "samples_per_second" not in history
    assert history["steps_per_second"] == [4.0]
