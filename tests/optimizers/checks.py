"""What every algorithm must agree with real Keras on; `CHECKS` are called with its arguments."""

import copy
import json
import pickle

import keras
import numpy as np
import pytest
import torch

from kerlite import layers, optimizers
from tests.optimizers.oracle import apply, compare, float64, gradients_of, kerlite_variables, values
from tests.optimizers.test_against_keras import OPTIONS

TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
LAYERS = {
    "dense": ("Dense", {"units": 5}, (7,)),
    "tall": ("Dense", {"units": 3}, (5,)),
    "conv2d": ("Conv2D", {"filters": 3, "kernel_size": (2, 3)}, (6, 6, 2)),
    "conv1d": ("Conv1D", {"filters": 3, "kernel_size": 2}, (6, 4)),
    "gru": ("GRU", {"units": 3}, (4, 5)),
    "lstm": ("LSTM", {"units": 3}, (4, 5)),
    "embedding": ("Embedding", {"input_dim": 6, "output_dim": 4}, (3,)),
}


def pair(name, arguments):
    return (
        lambda: getattr(optimizers, name)(**arguments),
        lambda: getattr(keras.optimizers, name)(**arguments),
    )


def ten_steps_under_each_option(name, arguments):
    for option, common in OPTIONS.items():
        ours, theirs, mine, others = compare(*pair(name, {**arguments, **common}))
        assert ours.iterations == int(theirs.iterations), option
        ours.finalize_variable_values(mine)
        theirs.finalize_variable_values(others)
        assert_same(mine, others)


def double_precision(name, arguments):
    # Keras takes some roots in single precision for two of them
    tolerance = 1e-6 if name in ("Adafactor", "Muon") else 1e-11
    with float64():
        compare(*pair(name, arguments), dtype="float64", tolerance=tolerance)


def rates_that_change(name, arguments):
    def change(step, optimizer):
        optimizer.learning_rate = (0.1, 0.01, 0.02, 0.3, 0.2)[step // 2]

    def scheduled(package):
        schedule = package.schedules.ExponentialDecay(0.2, decay_steps=3, decay_rate=0.5)
        return getattr(package, name)(**{**arguments, "learning_rate": schedule})

    compare(*pair(name, arguments), at=change)
    compare(lambda: scheduled(optimizers), lambda: scheduled(keras.optimizers))


def gradients_that_are_missing(name, arguments):
    def gradients(step):
        return [g if i != 1 or step not in (0, 3, 4) else None for i, g in enumerate(given(step))]

    given = gradients_of
    compare(*pair(name, {**arguments, "weight_decay": 0.1}), gradients=gradients)


def variables_excluded_from_decay(name, arguments):
    def excluding(make):
        def build():
            optimizer = make()
            optimizer.exclude_from_weight_decay(var_names=["w1", "2"])
            return optimizer

        return build

    compare(*map(excluding, pair(name, {**arguments, "weight_decay": 0.3})))


def variables(name, arguments):
    common = {"use_ema": True, "gradient_accumulation_steps": 4, "name": "named"}
    ours, theirs, *_ = compare(*pair(name, {**arguments, **common}), steps=6)
    assert len(ours.variables) == len(theirs.variables)
    for mine, other in zip(ours.variables, theirs.variables, strict=True):
        if other.path.startswith("named"):  # Nadam's product has no name of Keras's own
            assert (mine.path, mine.name) == (other.path, other.name)
        assert tuple(mine.shape) == tuple(other.shape)
        np.testing.assert_allclose(values(mine), values(other), rtol=1e-5, atol=1e-6)


def state_goes_from_keras_to_here_and_back(name, arguments):
    ours, theirs, mine, others = compare(*pair(name, arguments), steps=5)
    saved, kept = {}, {}
    theirs.save_own_variables(saved)
    ours.save_own_variables(kept)
    again, keras_again = (make() for make in pair(name, arguments))
    again.build(mine)
    keras_again.build(others)
    again.load_own_variables(saved)
    keras_again.load_own_variables(kept)
    for step in range(5, 9):
        apply(again, gradients_of(step), mine)
        apply(keras_again, gradients_of(step), others)
    assert_same(mine, others)


def state_dicts_copies_and_pickles_go_on(name, arguments):
    ours, mine = getattr(optimizers, name)(**arguments), kerlite_variables()
    for step in range(3):
        apply(ours, gradients_of(step), mine)
    state = copy.deepcopy(ours.state_dict())
    start = [one.detach().clone() for one in mine]
    copied = pickle.loads(pickle.dumps((ours, mine)))
    apply(ours, gradients_of(3), mine)
    apply(copied[0], gradients_of(3), copied[1])
    other = kerlite_variables()
    for one, value in zip(other, start, strict=True):
        one.assign(value)
    restored = getattr(optimizers, name)(**arguments)
    restored.build(other)
    restored.load_state_dict(state)
    apply(restored, gradients_of(3), other)
    for one, second, third in zip(mine, other, copied[1], strict=True):
        assert torch.equal(one, second)
        assert torch.equal(one, third)


def config(name, arguments):
    ours, theirs = (make() for make in pair(name, {**arguments, "name": "same", "clipnorm": 1.0}))
    full = json.loads(json.dumps(keras.optimizers.serialize(theirs)))
    plain = json.loads(json.dumps(optimizers.serialize(ours)))
    expected = theirs.get_config()
    patterns = expected.pop("exclude_layers", None)
    for one in (ours, optimizers.get(full), keras.saving.deserialize_keras_object(plain)):
        found = one.get_config()
        assert found.pop("exclude_layers", None) == patterns
        assert found == pytest.approx(expected)
    assert type(optimizers.get(name.lower())) is type(ours)


def layers_of_other_layouts(name, arguments):
    built, mine, others = [], [], []
    for key, (cls, options, shape) in LAYERS.items():
        ours = getattr(layers, cls)(**options, name=key)
        theirs = getattr(keras.layers, cls)(**options, name=key)
        ours.build((None, *shape))
        theirs.build((None, *shape))
        theirs.set_weights(ours.get_weights())
        built.append(ours)
        mine += ours.trainable_variables
        others += theirs.trainable_variables
    assert [one.path for one in mine] == [one.path for one in others]
    common = {**arguments, "weight_decay": 0.1, "use_ema": True, "name": "named"}
    ours, theirs = (make() for make in pair(name, common))
    ours.build(mine)
    theirs.build(others)
    for step in range(10):
        rng = np.random.default_rng(step)
        gradients = [rng.normal(size=tuple(one.shape)).astype("float32") for one in others]
        apply(ours, gradients, mine)
        apply(theirs, gradients, others)
    assert_same([one for layer in built for one in layer.trainable_variables], others)
    assert_same(ours.variables, theirs.variables)


def groups_of_their_own(name, arguments):
    groups = {"w1": {"learning_rate": 0.02, "weight_decay": 0.3}}
    mine, alone = kerlite_variables(), kerlite_variables()[1:2]
    common = {**arguments, "learning_rate": 0.1, "weight_decay": 0.1}
    ours = getattr(optimizers, name)(**common, groups=groups)
    own = {**common, **groups["w1"]}
    if name == "Muon":  # which has another decay for what is no matrix
        own["weight_decay"] = 0.1
    other = getattr(optimizers, name)(**own)
    for step in range(4):
        apply(ours, gradients_of(step), mine)
        apply(other, gradients_of(step)[1:2], alone)
    assert torch.allclose(mine[1], alone[0])


def assert_same(mine, others):
    for one, other in zip(mine, others, strict=True):
        np.testing.assert_allclose(values(one), values(other), **TOLERANCE, err_msg=other.path)


CHECKS = pytest.mark.parametrize(
    "check",
    [
        ten_steps_under_each_option,
        double_precision,
        rates_that_change,
        gradients_that_are_missing,
        variables_excluded_from_decay,
        variables,
        state_goes_from_keras_to_here_and_back,
        state_dicts_copies_and_pickles_go_on,
        config,
        layers_of_other_layouts,
        groups_of_their_own,
    ],
    ids=lambda check: check.__name__,
)
