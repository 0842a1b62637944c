import pytest
import torch

from kerlite.callbacks import Callback, EarlyStopping


def test_hooks_do_nothing_by_default():
    callback = Callback()
    for name in ("train", "test", "predict"):
        assert getattr(callback, f"on_{name}_begin")() is None
        assert getattr(callback, f"on_{name}_end")({}) is None
        assert getattr(callback, f"on_{name}_batch_begin")(0) is None
        assert getattr(callback, f"on_{name}_batch_end")(0, {}) is None
    assert callback.on_epoch_begin(0) is None
    assert callback.on_epoch_end(0, {}) is None
    assert callback.on_exception(KeyboardInterrupt()) is None


def test_hooks_are_those_of_keras():
    keras = pytest.importorskip("keras")
    theirs = {name for name in vars(keras.callbacks.Callback) if not name.startswith("_")}
    assert theirs <= set(dir(Callback))


def test_base_batch_hooks_call_the_old_names():
    calls = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            calls.append(("begin", batch, logs))

        def on_batch_end(self, batch, logs=None):
            calls.append(("end", batch, logs))

    Old().on_train_batch_begin(1, {"a": 1})
    Old().on_train_batch_end(2, logs={"b": 2})
    assert calls == [("begin", 1, {"a": 1}), ("end", 2, {"b": 2})]


def test_a_subclass_may_forget_super_init():
    class Forgetful(Callback):
        def __init__(self):
            pass

    assert Forgetful().model is None
    assert Forgetful().params is None


def test_model_cannot_be_assigned():
    with pytest.raises(AttributeError):
        Callback().model = 3


def test_model_of_a_distributed_wrapper_is_the_wrapped_one(monkeypatch):
    class Wrapper(torch.nn.parallel.DistributedDataParallel):
        def __init__(self, module):
            torch.nn.Module.__init__(self)
            self.module = module

    module = torch.nn.Linear(1, 1)
    callback = Callback()
    callback.set_model(Wrapper(module))
    assert callback.model is module


def test_state_goes_over_to_another_object():
    first = EarlyStopping("loss", mode="min", patience=3)
    first.on_train_begin()
    for epoch, loss in enumerate([0.5, 0.6, 0.7]):
        first.on_epoch_end(epoch, {"loss": loss})
    second = EarlyStopping("loss", mode="min", patience=3)
    second.on_train_begin()
    second.load_state_dict(first.state_dict())
    assert (second.best, second.wait, second.best_epoch) == (0.5, 2, 0)
    assert Callback().state_dict() == {}
