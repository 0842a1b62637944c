import contextvars
import threading
import time

import pytest
import torch

from kerlite.data.prefetch import ahead_in_thread, prefetch
from tests.data.fakes import threads


def where_made(source):
    return [thread for _, thread in prefetch(source())]


def test_a_slow_source_runs_ahead_after_two_items():
    def slow():
        for i in range(5):
            time.sleep(0.002)
            yield i, threading.current_thread().name

    me = threading.current_thread().name
    assert where_made(slow) == [me, me] + ["kerlite-prefetch"] * 3


def test_a_quick_source_does_not():
    def quick():
        for i in range(5):
            yield i, threading.current_thread().name

    assert set(where_made(quick)) == {threading.current_thread().name}


def test_a_source_that_draws_from_torchs_generator_does_not():
    def drawing():
        for i in range(5):
            time.sleep(0.002)
            torch.rand(1)
            yield i, threading.current_thread().name

    assert set(where_made(drawing)) == {threading.current_thread().name}


def test_a_source_that_runs_a_model_does_not():
    model = torch.nn.Linear(1, 1)

    def modelling():
        for i in range(5):
            time.sleep(0.002)
            model(torch.ones(1))
            yield i, threading.current_thread().name

    assert set(where_made(modelling)) == {threading.current_thread().name}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10])
def test_everything_arrives_in_order(count):
    assert list(prefetch(iter(range(count)))) == list(range(count))
    assert list(ahead_in_thread(iter(range(count)), depth=2)) == list(range(count))


def test_it_runs_no_further_ahead_than_it_may():
    made = []

    def source():
        for i in range(100):
            made.append(i)
            yield i

    items = ahead_in_thread(source(), depth=3)
    assert next(items) == 0
    time.sleep(0.05)
    assert len(made) <= 5
    items.close()
    assert threads() == []


def test_errors_arrive_in_their_turn_with_their_traceback():
    def source():
        yield 1
        yield 2
        raise KeyError("third")

    items = ahead_in_thread(source(), depth=5)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(KeyError, match="third") as caught:
        next(items)
    assert "source" in [entry.name for entry in caught.traceback]
    assert "_produce" in [entry.name for entry in caught.traceback]


def test_the_thread_sees_the_callers_context():
    variable = contextvars.ContextVar("variable", default="outside")
    variable.set("inside")
    source = (variable.get() for _ in range(2))
    assert list(ahead_in_thread(source, depth=1)) == ["inside", "inside"]


def test_dropping_the_iterator_ends_the_thread():
    items = ahead_in_thread(iter(range(10)), depth=1)
    next(items)
    assert threads() == ["kerlite-prefetch"]
    del items
    assert threads() == []
