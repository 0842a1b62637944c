import functools
import json

import keras
import pytest
import torch
from torch.optim import lr_scheduler

from kerlite import optimizers
from kerlite.core.serialize import deserialize_keras_object


def weights():
    return [torch.nn.Parameter(torch.ones(2))]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", ["SGD", "sgd", "Adam", "AdamW", "adamw", "RMSprop", "rmsprop"])
def test_names_in_any_case(name):
    optimizer = optimizers.get(name)
    assert type(optimizer).__name__.lower() == name.lower()
    expected = keras.optimizers.get(name).get_config()
    expected["name"] = optimizer.name
    assert optimizer.get_config() == pytest.approx(expected)


def test_objects_stay_what_they_are():
    optimizer = optimizers.SGD()
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get(None) is None
    assert isinstance(optimizers.get(optimizers.Adam), optimizers.Adam)


def test_torch_objects_are_wrapped_as_they_are():
    own = torch.optim.Adam(weights())
    assert optimizers.get(own).torch_optimizer is own
    scheduler = lr_scheduler.StepLR(own, 2)
    wrapped = optimizers.get(scheduler)
    assert wrapped.torch_optimizer is own
    assert wrapped.scheduler is scheduler
    for maker in (
        torch.optim.SGD,
        functools.partial(torch.optim.SGD, lr=0.1),
        lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    ):
        made = optimizers.get(maker)
        made.build(weights())
        assert isinstance(made.torch_optimizer, torch.optim.SGD)


def test_unknown_names_list_the_three_nearest():
    with pytest.raises(ValueError, match=r"Unknown optimizer: 'adm'. Did you mean 'adam'.* or "):
        optimizers.get("adm")
    with pytest.raises(ValueError, match=r"Unknown optimizer: 'rms'.*'rmsprop'"):
        optimizers.get({"class_name": "rms", "config": {}})


@pytest.mark.parametrize("wrong", [5, 0.1, ["adam"], object()])
def test_what_is_no_optimizer(wrong):
    with pytest.raises(ValueError, match="Could not interpret optimizer identifier"):
        optimizers.get(wrong)


def test_a_config_without_a_class_name():
    with pytest.raises(ValueError, match=r"needs a 'class_name' and a 'config'; received {'a'"):
        optimizers.get({"a": 1})


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
def test_what_keras_serializes_is_read(name):
    schedule = keras.optimizers.schedules.CosineDecay(0.5, 10)
    theirs = getattr(keras.optimizers, name)(schedule, clipnorm=2.0)
    full = json.dumps(keras.optimizers.serialize(theirs))
    short = json.dumps({"class_name": name.lower(), "config": theirs.get_config()})
    for ours in (
        optimizers.get(json.loads(full)),
        optimizers.get(json.loads(short)),
        deserialize_keras_object(json.loads(full)),
    ):
        assert type(ours) is getattr(optimizers, name)
        assert ours.clipnorm == 2.0
        assert ours.learning_rate == 0.5
        assert isinstance(ours.get_config()["learning_rate"], dict)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
def test_what_is_serialized_here_is_read_by_keras(name):
    schedule = optimizers.schedules.PiecewiseConstantDecay([1], [0.5, 0.1])
    ours = getattr(optimizers, name)(schedule, use_ema=True, name="mine")
    theirs = keras.optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(ours))))
    assert theirs.get_config() == ours.get_config()


class Descent(optimizers.Optimizer):
    def __init__(self, learning_rate=0.25, factor=1.0, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.factor = factor

    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, gradient * learning_rate * self.factor)


def test_an_optimizer_of_the_users_goes_through_a_config():
    plain = json.loads(json.dumps(optimizers.serialize(Descent(factor=3.0, clipvalue=1.0))))
    again = optimizers.deserialize(plain, custom_objects={"Descent": Descent})
    assert (again.factor, again.clipvalue, again.learning_rate) == (3.0, 1.0, 0.25)
    with pytest.raises(ValueError, match="'Descent'"):
        optimizers.deserialize(plain)
