"""`jit_compile="auto"`: which steps are compiled, decided by a clock that the tests turn."""

import functools
import itertools

import numpy as np
import pytest
import torch

import kerlite
from kerlite.training import auto_compile, compilation, compiled
from kerlite.training.auto_compile import AutoCompile, Pace
from tests.training.twins import classifier, samples

X, NUMBER, KIND, WEIGHT = samples(40)
GIVEN_TO_EVALUATE = {"batch_size": 4, "verbose": 0}
GIVEN = {**GIVEN_TO_EVALUATE, "shuffle": False}


class Clock:
    """A clock on which eager steps and compiled ones take what they are told to."""

    def __init__(self, eager, compiled):
        self.now, self.eager, self.compiled, self.auto = 0.0, eager, compiled, None

    def __call__(self):
        self.now += self.compiled if self.auto is not None and self.auto.compiles else self.eager
        return self.now


def decided(steps, eager, compiled, obstacle=None):
    """Return what was decided, and after how many steps, of so many."""
    clock = Clock(eager, compiled)
    auto = clock.auto = AutoCompile(steps, lambda: obstacle, clock)
    for count in range(steps):
        auto.count()
        if auto.is_decided:
            return auto, count
    return auto, steps


def test_a_pace_is_a_median():
    times = itertools.accumulate([0.0, *[0.5] * 10, 60.0, *[0.5] * 10])
    pace = Pace(times.__next__)
    for _ in range(22):
        pace.count()
    assert pace.seconds() == 0.5


def test_short_work_stays_eager():
    auto, after = decided(1000, eager=0.125, compiled=0.0625)
    assert not auto.compiles
    assert after == 240  # half a minute
    assert auto.why == "'auto' found 95 s of work left, not more than 300 s"


def test_half_a_minute_is_never_decided():
    auto, _ = decided(200, eager=0.125, compiled=0.0625)
    assert not auto.compiles
    assert not auto.is_decided
    assert "300 s of work left" in auto.why


@pytest.mark.parametrize(("time", "kept"), [(0.03125, True), (0.25, False)])
def test_long_work_is_tried_and_the_faster_kept(time, kept):
    auto, _ = decided(10000, eager=0.125, compiled=time)
    assert auto.is_decided
    assert auto.compiles is kept
    assert auto.why == f"'auto' timed {time * 1e3:.3g} ms a step compiled, 125 ms eager"


def test_without_a_compiler_it_stays_eager():
    auto, _ = decided(10000, 0.125, 0.0625, "there is no C++ compiler")
    assert not auto.compiles
    assert auto.why == "'auto' would compile, but there is no C++ compiler"


def fit(jit_compile="auto", epochs=12):
    model = classifier(kerlite)
    rng = np.random.default_rng(3)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    loss = "sparse_categorical_crossentropy"
    model.compile("sgd", loss, metrics=["accuracy"], jit_compile=jit_compile)
    return model, model.fit(X, KIND, epochs=epochs, **GIVEN).history


@pytest.fixture
def impatient(monkeypatch):
    """Let "auto" decide within a few steps, and trace without compiling; count the graphs."""
    graphs = []

    def backend(module, inputs):
        graphs.append(module)
        return module.forward

    def clocked(times):
        clock = Clock(*times)

        def make(*arguments):
            clock.auto = AutoCompile(*arguments, clock=clock)
            return clock.auto

        monkeypatch.setattr(compilation, "AutoCompile", make)
        return graphs

    monkeypatch.setattr(auto_compile, "EAGER_WINDOWS", 3)
    monkeypatch.setattr(auto_compile, "COMPILED_WINDOWS", 3)
    monkeypatch.setattr(
        compiled, "torch_arguments", lambda options: {**options, "backend": backend}
    )
    torch.compiler.reset()
    yield clocked
    torch.compiler.reset()


@pytest.mark.parametrize("times", [(10.0, 1.0), (10.0, 20.0)])
def test_a_long_fit(impatient, times):
    graphs = impatient(times)
    model, history = fit()
    assert len(graphs) == 1
    report = model.compile_report()["train"]
    assert report.chosen == ("compiled" if times[1] < times[0] else "eager")
    assert "ms a step compiled" in report.why
    plain, expected = fit(False)
    assert list(history) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    for one, other in zip(plain.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    model.fit(X, KIND, epochs=2, **GIVEN)  # what was timed holds for the next fit too
    assert model.compile_report()["train"] == report


def test_a_step_that_cannot_be_compiled_is_said_in_the_report_only(impatient, monkeypatch):
    impatient((10.0, 1.0))

    def failing(module, inputs):
        raise NotImplementedError("no such kernel")

    arguments = functools.partial(dict, backend=failing)
    monkeypatch.setattr(compiled, "torch_arguments", lambda options: arguments(**options))
    model, history = fit()
    assert history == fit(False)[1]
    report = model.compile_report()["train"]
    assert report.chosen == "eager"
    assert "no such kernel" in report.why


def test_data_of_unknown_length():
    model = classifier(kerlite)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(iter([(X, KIND), (X, KIND)]), verbose=0)
    assert str(model.compile_report()["train"]) == (
        "eager: 'auto' needs the number of steps, which this data does not tell"
    )


def test_a_short_fit_knows_nothing_of_compilation(monkeypatch):
    def refused(*args, **kwargs):
        raise AssertionError("compiled")

    monkeypatch.setattr(torch, "compile", refused)
    model, _ = fit(epochs=2)
    model.evaluate(X, KIND, **GIVEN_TO_EVALUATE)
    model.predict(X, **GIVEN_TO_EVALUATE)
    assert {choice.chosen for choice in model.compile_report().values()} == {"eager"}
    assert model.trainer._steps.compilation._made == {}
