"""Reductions, sample weights, masks, number types and structures, against Keras."""

import json

import keras
import numpy as np
import pytest
import torch

from kerlite import losses
from kerlite.core import config, serialize
from kerlite.core.registry import register_keras_serializable
from kerlite.core.tensor import KerasTensor

REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None]
WEIGHTS = {
    "none": None,
    "number": 0.5,
    "one a sample": np.array([1.0, 0.0, 2.0, 0.5], "float32"),
    "column": np.array([[1.0], [0.0], [2.0], [0.5]], "float32"),
    "one a value": np.arange(12, dtype="float32").reshape(4, 3) / 7,
    "zeros": np.zeros(4, "float32"),
}
MASKS = {
    "none": None,
    "some": np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]], bool),
    "nothing": np.zeros((4, 3), bool),
}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def masked(x, mask):
    tensor = torch.tensor(x)
    if mask is not None:
        tensor._keras_mask = torch.tensor(mask)
    return tensor


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("mask", MASKS)
def test_reduction_weights_and_masks_match_keras(reduction, weight, mask):
    y_true, y_pred = numbers(4, 3, 2), numbers(4, 3, 2, seed=1)
    weights, keras_weights = WEIGHTS[weight], WEIGHTS[weight]
    if np.ndim(weights) == 1:  # Keras broadcasts these from the right, which is no use
        keras_weights = weights[:, None]
    if MASKS[mask] is not None and weights is not None:  # and then only in place
        keras_weights = np.broadcast_to(keras_weights, (4, 3)).copy()
    ours = losses.MeanSquaredError(reduction)(y_true, masked(y_pred, MASKS[mask]), weights)
    theirs = keras.losses.MeanSquaredError(reduction)(
        y_true, masked(y_pred, MASKS[mask]), keras_weights
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_weights_of_flat_losses_match_keras(shape, reduction):
    y_true, y_pred, weight = numbers(4, 3), numbers(4, 3, seed=1), numbers(*shape, seed=2)
    ours = losses.MeanSquaredError(reduction)(y_true, y_pred, weight)
    theirs = keras.losses.MeanSquaredError(reduction)(y_true, y_pred, weight)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


def test_weights_of_samples_weigh_whole_samples():
    y_true, y_pred = numbers(3, 3, 2), numbers(3, 3, 2, seed=1)
    weight = np.array([1.0, 0.0, 3.0], "float32")
    ours = losses.MeanSquaredError()(y_true, y_pred, weight)
    each = ((y_true - y_pred) ** 2).mean(axis=(1, 2))
    np.testing.assert_allclose(ours, (each * weight).mean(), rtol=1e-6)


def test_gradient_with_weights_and_mask_is_that_of_the_formula():
    y_pred = torch.tensor(numbers(4, 3, 2), requires_grad=True)
    seen = y_pred * 1
    seen._keras_mask = torch.tensor(MASKS["some"])
    losses.MeanSquaredError()(torch.zeros(4, 3, 2), seen, WEIGHTS["one a sample"]).backward()
    factor = MASKS["some"] * WEIGHTS["one a sample"][:, None] / MASKS["some"].sum()
    np.testing.assert_allclose(
        y_pred.grad, y_pred.detach().numpy() * factor[:, :, None], rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (1, 3), (4, 1), (4, 3), (4,)], ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_weights_of_every_shape_that_broadcasts_match_keras(shape, reduction):
    y_true, y_pred, weight = numbers(4, 3, 2), numbers(4, 3, 2, seed=1), numbers(*shape, seed=2)
    ours = losses.MeanSquaredError(reduction)(y_true, y_pred, weight)
    in_keras = weight[:, None] if shape == (4,) else weight
    theirs = keras.losses.MeanSquaredError(reduction)(y_true, y_pred, in_keras)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_weights_belong_to_samples_where_they_could_be_of_columns_too():
    weight = np.array([1.0, 0.0, 0.0], "float32")
    loss = losses.MeanSquaredError("none")(numbers(3, 3, 2), numbers(3, 3, 2, seed=1), weight)
    assert loss[0].all()
    assert not loss[1:].any()


def test_weights_that_do_not_fit_say_so():
    with pytest.raises(ValueError, match=r"shape \(5,\) do not fit losses of shape \(4, 3\)"):
        losses.MeanSquaredError()(numbers(4, 3, 2), numbers(4, 3, 2), np.ones(5))


def test_unknown_reduction_names_the_nearest():
    with pytest.raises(ValueError, match=r"'avg'.*Did you mean"):
        losses.MeanSquaredError("avg")


def test_user_loss_matches_keras_and_keeps_its_mask():
    class Ours(losses.Loss):
        def call(self, y_true, y_pred):
            out = (y_true - y_pred) ** 2
            out._keras_mask = torch.tensor(MASKS["some"])
            return out

    class Theirs(keras.losses.Loss):
        call = Ours.call

    y_true, y_pred = numbers(4, 3), masked(numbers(4, 3, seed=1), ~MASKS["nothing"])
    weight = WEIGHTS["one a value"]
    np.testing.assert_allclose(
        Ours()(y_true, y_pred, weight), Theirs()(y_true, y_pred, weight), rtol=1e-6
    )


def test_user_loss_gets_floats_and_may_take_structures():
    class Both(losses.Loss):
        def call(self, y_true, y_pred):
            assert y_true["a"].dtype == y_pred["b"][0].dtype == torch.float32
            return (y_true["a"] - y_pred["b"][0]) ** 2

    loss = Both()({"a": np.array([1, 2])}, {"b": [np.array([1.0, 4.0])]})
    assert loss.item() == 2.0


def test_names_count_up():
    class Nameless(losses.Loss):
        pass

    first, second = Nameless(), Nameless()
    assert second.name == f"{first.name}_1"
    with pytest.raises(NotImplementedError, match="defines no call"):
        first(np.zeros(2), np.zeros(2))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32(dtype):
    y_pred = torch.full((4, 2), 300.0, dtype=getattr(torch, dtype))
    assert losses.MeanSquaredError()(np.zeros((4, 2)), y_pred).item() == 90000.0
    rounded = losses.MeanSquaredError(dtype=dtype)(np.zeros((4, 2)), y_pred)
    assert rounded.dtype == y_pred.dtype
    config.set_floatx("float64")
    assert losses.MeanSquaredError()(np.zeros((4, 2)), y_pred).dtype == torch.float64


def test_dtype_takes_names_and_policies():
    assert losses.Huber(dtype="mixed_bfloat16").dtype == "bfloat16"
    assert losses.Huber(dtype=torch.float64).dtype == "float64"


@pytest.mark.parametrize(
    "loss",
    [
        losses.MeanSquaredError("sum"),
        losses.Huber(delta=0.5, name="h"),
        losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1),
        losses.BinaryCrossentropy(label_smoothing=0.1),
    ],
    ids=lambda loss: loss.name,
)
def test_config_is_one_that_keras_reads(loss):
    serialized = json.loads(json.dumps(losses.serialize(loss)))
    again = losses.deserialize(serialized)
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    theirs = keras.losses.deserialize(serialized)
    assert theirs.get_config().items() <= loss.get_config().items()
    back = losses.deserialize(keras.losses.serialize(theirs))
    assert (back.name, back.reduction) == (loss.name, loss.reduction)


def test_dtype_is_in_the_config_only_when_given():
    assert "dtype" not in losses.Huber().get_config()
    assert losses.Huber(dtype="float64").get_config()["dtype"] == "float64"


def test_user_losses_round_trip():
    @register_keras_serializable("tests")
    class Scaled(losses.Loss):
        def __init__(self, factor, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * (y_true - y_pred).abs()

    loss = Scaled(3.0, name="scaled", reduction="sum")
    again = losses.deserialize(serialize.serialize_keras_object(loss))
    assert (again.factor, again.name, again.reduction) == (3.0, "scaled", "sum")

    class Closed(losses.Loss):
        def __init__(self, factor=2.0):
            super().__init__(name="closed")
            self.factor = factor

    assert Closed.from_config(Closed(4.0).get_config()).factor == 4.0


def test_symbolic_tensors_are_recorded():
    y_true, y_pred = KerasTensor((None, 3)), KerasTensor((None, 3))
    assert losses.mean_squared_error(y_true, y_pred).shape == (None,)
    assert losses.MeanSquaredError()(y_true, y_pred).shape == ()


@pytest.mark.parametrize("name", ["MeanSquaredError", "Huber", "BinaryCrossentropy"])
def test_compiled_loss_is_the_same(name):
    loss = getattr(losses, name)()
    y_true, y_pred = torch.rand(8, 3).round(), torch.rand(8, 3, requires_grad=True)
    compiled = torch.compile(lambda a, b: loss(a, b), backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(y_true, y_pred), loss(y_true, y_pred))
