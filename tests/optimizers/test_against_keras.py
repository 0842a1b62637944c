"""Ten steps of every optimizer under every option, against real Keras."""

import keras
import numpy as np
import pytest

from kerlite import optimizers
from tests.optimizers.oracle import compare, float64, gradients_of, values

# Keras asks its variables for arrays in a way that numpy 2 dislikes.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ALGORITHMS = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "sgd-momentum": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "sgd-nesterov": ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "sgd-nesterov-alone": ("SGD", {"learning_rate": 0.1, "nesterov": True}),
    "adam": ("Adam", {"learning_rate": 0.05}),
    "adam-epsilon": ("Adam", {"learning_rate": 0.05, "epsilon": 0.3, "beta_1": 0.5}),
    "adam-amsgrad": ("Adam", {"learning_rate": 0.05, "amsgrad": True, "beta_2": 0.9}),
    "adamw": ("AdamW", {"learning_rate": 0.05, "weight_decay": 0.2}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.05}),
    "rmsprop-momentum": ("RMSprop", {"learning_rate": 0.05, "momentum": 0.8, "epsilon": 0.1}),
    "rmsprop-centered": ("RMSprop", {"learning_rate": 0.05, "centered": True, "rho": 0.7}),
    "rmsprop-all": ("RMSprop", {"learning_rate": 0.05, "centered": True, "momentum": 0.5}),
}
OPTIONS = {
    "plain": {},
    "weight_decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "global_clipnorm-loose": {"global_clipnorm": 1e3},
    "ema": {"use_ema": True, "ema_momentum": 0.7},
    "ema-overwrite": {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
    "accumulation": {"gradient_accumulation_steps": 3},
    "loss_scale": {"loss_scale_factor": 8.0},
    "together": {
        "weight_decay": 0.05,
        "global_clipnorm": 0.5,
        "use_ema": True,
        "ema_overwrite_frequency": 2,
        "gradient_accumulation_steps": 2,
        "loss_scale_factor": 4.0,
    },
}


def pair(algorithm, **options):
    name, arguments = ALGORITHMS[algorithm]
    arguments = {**arguments, **options}
    return (
        lambda: getattr(optimizers, name)(**arguments),
        lambda: getattr(keras.optimizers, name)(**arguments),
    )


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_ten_steps(algorithm, option):
    ours, theirs, mine, keras_variables = compare(*pair(algorithm, **OPTIONS[option]))
    assert ours.iterations == int(theirs.iterations)
    ours.finalize_variable_values(mine)
    theirs.finalize_variable_values(keras_variables)
    for one, other in zip(mine, keras_variables, strict=True):
        np.testing.assert_allclose(values(one), values(other), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_double_precision_agrees_to_1e_11(algorithm):
    with float64():
        compare(*pair(algorithm), dtype="float64", tolerance=1e-11)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_rate_that_changes(algorithm):
    def change(step, optimizer):
        optimizer.learning_rate = (0.1, 0.01, 0.0, 0.3, 0.2)[step // 2]

    compare(*pair(algorithm), at=change)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_schedule(algorithm):
    name, arguments = ALGORITHMS[algorithm]
    rest = {key: value for key, value in arguments.items() if key != "learning_rate"}

    def make(package):
        schedule = package.schedules.CosineDecay(
            0.0, decay_steps=6, warmup_target=0.2, warmup_steps=3
        )
        return getattr(package, name)(learning_rate=schedule, **rest)

    compare(lambda: make(optimizers), lambda: make(keras.optimizers))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_gradient_that_is_missing_now_and_then(algorithm):
    def gradients(step):
        given = gradients_of(step)
        if step in (0, 3, 4):
            given[1] = None
        return given

    compare(*pair(algorithm, weight_decay=0.1), gradients=gradients)


@pytest.mark.parametrize("algorithm", ["sgd-momentum", "adamw", "rmsprop"])
def test_variables_excluded_from_decay(algorithm):
    def excluding(make):
        def build():
            optimizer = make()
            optimizer.exclude_from_weight_decay(var_names=["w1", "2"])
            return optimizer

        return build

    compare(*map(excluding, pair(algorithm, weight_decay=0.3)))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_variables_have_kerass_paths_shapes_and_values(algorithm):
    ours, theirs, *_ = compare(
        *pair(algorithm, use_ema=True, gradient_accumulation_steps=4, name="named"), steps=6
    )
    assert [v.path for v in ours.variables] == [v.path for v in theirs.variables]
    assert [v.name for v in ours.variables] == [v.name for v in theirs.variables]
    for mine, other in zip(ours.variables, theirs.variables, strict=True):
        assert tuple(mine.shape) == tuple(other.shape)
        np.testing.assert_allclose(values(mine), values(other), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_state_saved_by_keras_continues_here_and_the_reverse(algorithm):
    ours, theirs, mine, keras_variables = compare(*pair(algorithm, clipnorm=1.0), steps=5)
    saved, kept = {}, {}
    theirs.save_own_variables(saved)
    ours.save_own_variables(kept)
    make_ours, make_keras = pair(algorithm, clipnorm=1.0)
    again, keras_again = make_ours(), make_keras()
    again.build(mine)
    keras_again.build(keras_variables)
    again.load_own_variables(saved)
    keras_again.load_own_variables(kept)
    for step in range(5, 9):
        again.apply(_tensors(step), mine)
        keras_again.apply(_tensors(step), keras_variables)
    for one, other in zip(mine, keras_variables, strict=True):
        np.testing.assert_allclose(values(one), values(other), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_config_has_kerass_keys_and_values(algorithm):
    make_ours, make_keras = pair(algorithm, weight_decay=0.25, name="same")
    ours, theirs = make_ours().get_config(), make_keras().get_config()
    assert ours.keys() == theirs.keys()
    assert ours == pytest.approx(theirs)
    rebuilt = type(make_ours()).from_config(theirs)
    assert rebuilt.get_config() == pytest.approx(theirs)


def _tensors(step):
    return [keras.ops.convert_to_tensor(g) for g in gradients_of(step)]
