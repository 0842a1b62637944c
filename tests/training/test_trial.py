"""`jit_compile=True` keeps compiled steps if they are faster, by a clock that the tests turn."""

import pytest
import torch

import kerlite
from kerlite.training import trial as trials
from kerlite.training.trial import Trial
from tests.training.twins import classifier, samples

CPU = torch.device("cpu")


class Clock:
    """A clock on which eager steps and compiled ones take what they are told to."""

    def __init__(self, eager, compiled):
        self.now, self.eager, self.compiled = 0.0, eager, compiled

    def step(self, compiles):
        self.now += self.compiled if compiles else self.eager

    def __call__(self):
        return self.now


def decided(eager, compiled, pauses=()):
    """Return a trial that has decided, and how each step ran; some are followed by a pause."""
    clock = Clock(eager, compiled)
    trial, ways = Trial(CPU, clock), []
    for step in range(100):
        ways.append(trial.count())
        clock.step(ways[-1])
        if step in pauses:
            clock.now += 1000.0
        if trial.is_decided:
            return trial, ways
    raise AssertionError


@pytest.mark.parametrize(
    ("eager", "compiled", "kept"), [(2.0, 1.0, True), (1.0, 2.0, False), (1.0, 0.99, False)]
)
def test_the_faster_stays_and_eager_steps_win_a_draw(eager, compiled, kept):
    trial, ways = decided(eager, compiled)
    assert trial.compiles is kept
    assert len(ways) == 71
    assert all(ways[:20])
    assert ways[20:60] == ([False] * 10 + [True] * 10) * 2
    times = f"a step took {compiled * 1e3:.3g} ms compiled, {eager * 1e3:.3g} ms eager"
    assert trial.why == times + (
        ", a gain too small to keep" if eager > compiled and not kept else ""
    )


@pytest.mark.parametrize(("eager", "compiled"), [(2.0, 1.0), (1.0, 2.0)])
def test_what_lies_between_epochs_does_not_count(eager, compiled):
    trial, _ = decided(eager, compiled, pauses=range(2, 100, 3))  # epochs of three steps
    assert trial.compiles is (eager > compiled)
    assert trial.why == f"a step took {compiled * 1e3:.3g} ms compiled, {eager * 1e3:.3g} ms eager"


def test_a_trial_decides_once():
    trial, _ = decided(1.0, 2.0)
    assert not any(trial.count() for _ in range(100))


@pytest.fixture
def slow_compiler(monkeypatch):
    """Make everything compiled as slow as need be, without compiling."""
    clock = Clock(1.0, 2.0)
    monkeypatch.setattr(torch, "compile", lambda function, **_: function)
    own = Trial.count

    def count(self):
        self._clock = clock
        compiles = own(self)
        clock.step(compiles)
        return compiles

    monkeypatch.setattr(trials.Trial, "count", count)
    return clock


def test_fit_says_that_it_runs_eagerly_and_goes_on(slow_compiler):
    x, _, kind, _ = samples(40)
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=True)
    with pytest.warns(UserWarning, match="training step runs eagerly: a step took 2e"):
        model.fit(x, kind, batch_size=1, epochs=2, verbose=0)
    report = model.compile_report()["train"]
    assert report.chosen == "eager"
    model.fit(x, kind, batch_size=1, verbose=0)  # says nothing more


def test_faster_steps_stay_compiled(slow_compiler):
    slow_compiler.eager = 4.0
    x, _, kind, _ = samples(40)
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=True)
    model.fit(x, kind, batch_size=1, epochs=2, verbose=0)
    assert model.compile_report()["train"].chosen == "compiled"


def test_options_compile_all_the_same(slow_compiler):
    x, _, kind, _ = samples(40)
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile={"dynamic": False})
    model.fit(x, kind, batch_size=1, epochs=2, verbose=0)
    assert model.compile_report()["train"].chosen == "compiled"
