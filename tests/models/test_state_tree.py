"""The values of a model as nested dictionaries, as Keras has them."""

import keras
import numpy as np
import pytest
import torch

import kerlite

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def trained(k):
    inputs = k.Input((4,), name="in")
    x = k.layers.BatchNormalization(name="b")(k.layers.Dense(3, name="a")(inputs))
    model = k.Model(inputs, x, name="m")
    model.compile(k.optimizers.Adam(name="opt"), "mse", metrics=[k.metrics.MeanAbsoluteError()])
    model.fit(np.ones((4, 4), "float32"), np.ones((4, 3), "float32"), verbose=0)
    return model


def flat(nested, prefix=""):
    for key, value in nested.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}/{key}")
        else:
            yield f"{prefix}/{key}", value


def test_the_names_and_shapes_are_those_of_keras():
    ours = dict(flat(trained(kerlite).get_state_tree("numpy_array")))
    theirs = dict(flat(trained(keras).get_state_tree("numpy_array")))
    assert {k: np.shape(v) for k, v in ours.items()} == {k: np.shape(v) for k, v in theirs.items()}


@pytest.mark.parametrize("k", [keras, kerlite])
def test_a_state_of_either_side_is_taken(k):
    source, model = trained(k), trained(kerlite)
    model.set_state_tree(source.get_state_tree("numpy_array"))
    expected = dict(flat(source.get_state_tree("numpy_array")))
    for path, value in flat(model.get_state_tree("numpy_array")):
        np.testing.assert_array_equal(value, expected[path])


def test_tensors_are_the_variables_own():
    model = trained(kerlite)
    kernel = model.get_state_tree()["trainable_variables"]["a"]["kernel"]
    assert isinstance(kernel, torch.Tensor)
    torch.testing.assert_close(kernel.detach(), torch.as_tensor(model.get_weights()[0]))


def test_parts_and_mistakes():
    model = trained(kerlite)
    model.set_state_tree({"trainable_variables": {"a": {"bias": np.full(3, 7.0)}}})
    np.testing.assert_array_equal(model.get_weights()[1], np.full(3, 7.0))
    before = model.get_weights()
    wrong = {"trainable_variables": {"a": {"bias": np.ones(3), "kernel": np.ones((2, 3))}},
             "non_trainable_variables": {"x": {"y": 1}}, "else": {}}  # fmt: skip
    message = r"other shape: a/kernel is \(4, 3\), received \(2, 3\); unknown: else; unknown: non_"
    with pytest.raises(ValueError, match=message):
        model.set_state_tree(wrong)
    np.testing.assert_array_equal(before[1], model.get_weights()[1])
    with pytest.raises(ValueError, match="value_format is one of"):
        model.get_state_tree("jax")
    twice = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(2)])
    twice.tracked = [kerlite.metrics.Mean("a"), kerlite.metrics.Mean("a")]
    with pytest.raises(ValueError, match="Two variables"):
        twice.get_state_tree()
