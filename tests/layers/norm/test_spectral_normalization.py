import copy

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers, saving
from kerlite.layers.norm.spectral_normalization import SpectralNormalization
from tests.layers.support import (
    TOLERANCE,
    check_shapes,
    check_tools,
    data,
    keras_scope,
    plain,
    random_values,
    run,
)

INNER = [
    (lambda k: k.Dense(3, activation="tanh"), 1, (4, 5)),
    (lambda k: k.Dense(3, use_bias=False), 4, (2, 3, 5)),
    (lambda k: k.Conv2D(3, 2, padding="same"), 1, (2, 4, 4, 2)),
    (lambda k: k.Conv2D(3, 2, data_format="channels_first"), 2, (2, 2, 4, 4)),
]


def pair(inner, power_iterations, shape):
    """Return Keras's layer and ours with the same weights."""
    made = []
    with keras_scope():
        for package, cls in (
            (keras.layers, keras.layers.SpectralNormalization),
            (layers, SpectralNormalization),
        ):
            layer = cls(inner(package), power_iterations=power_iterations)
            layer.build(shape)
            made.append(layer)
        theirs, ours = made
        theirs.set_weights(random_values(theirs))
        ours.set_weights(theirs.get_weights())
    return theirs, ours


@pytest.mark.parametrize(("inner", "power_iterations", "shape"), INNER)
def test_like_keras_over_several_calls(inner, power_iterations, shape):
    """Two calls that train, one that does not, one more; gradients and weights each time."""
    theirs, ours = pair(inner, power_iterations, shape)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    trained = [w.name for w in theirs.trainable_weights]
    assert [w.name for w in ours.trainable_weights] == trained
    assert ours.count_params() == theirs.count_params()
    for step, training in enumerate((True, True, False, True)):
        ours.zero_grad()
        theirs.zero_grad()
        x = data(*shape, seed=step)
        with keras_scope():
            expected, expected_grads = run(theirs, x, {"training": training})
            their_weights = theirs.get_weights()
        result, grads = run(ours, x, {"training": training})
        np.testing.assert_allclose(result, expected, **TOLERANCE)
        for grad, wanted in zip(grads, expected_grads, strict=True):
            np.testing.assert_allclose(grad, wanted, rtol=1e-4, atol=1e-5)
        for mine, other in zip(ours.get_weights(), their_weights, strict=True):
            np.testing.assert_allclose(mine, other, **TOLERANCE)
    with keras_scope():
        check_shapes(ours, theirs, x, result.shape)


def test_config():
    theirs, ours = pair(lambda k: k.Dense(3, name="d"), 2, (None, 5))
    mine, other = plain(ours.get_config()), plain(theirs.get_config())
    assert mine.keys() == other.keys()
    assert mine["power_iterations"] == other["power_iterations"]
    assert mine["layer"]["config"] == other["layer"]["config"]
    again = SpectralNormalization.from_config(ours.get_config())
    again.build((None, 5))
    again.set_weights(ours.get_weights())
    x = data(2, 5)
    torch.testing.assert_close(again(x, training=True), ours(x, training=True))


def test_embeddings():
    """Keras makes whole numbers of the output here."""
    tokens = data(2, 3, low=6)
    layer = SpectralNormalization(layers.Embedding(6, 4), power_iterations=30)
    out = layer(tokens, training=True)
    assert out.dtype is torch.float32
    torch.testing.assert_close(out, layer.layer.embeddings[tokens])
    assert torch.linalg.svdvals(layer.layer.embeddings.detach())[0].item() == pytest.approx(1)


def test_two_calls_before_the_backward_pass():
    """As a GAN's discriminator is called, for real images and for others."""
    layer = SpectralNormalization(layers.Dense(3))
    layer.build((None, 5))
    first, second = data(4, 5), data(4, 5, seed=1).requires_grad_()
    other = copy.deepcopy(layer)
    (layer(first, training=True).sum() + layer(second, training=True).square().sum()).backward()
    other(first, training=True).sum().backward()
    other(second.detach(), training=True).square().sum().backward()
    torch.testing.assert_close(layer.layer.weight.grad, other.layer.weight.grad)
    assert second.grad is not None


def test_normalized_weights_are_those_of_the_next_call():
    layer = SpectralNormalization(layers.Dense(3))
    layer.build((None, 5))
    vector, kernel = layer.normalized_weights()
    layer(data(2, 5), training=True)
    torch.testing.assert_close(layer.vector_u.detach(), vector)
    torch.testing.assert_close(layer.kernel.detach(), kernel.detach())


def test_kernel_of_zeros_stays():
    layer = SpectralNormalization(layers.Dense(3, kernel_initializer="zeros"))
    layer.build((None, 5))
    vector = layer.vector_u.detach().clone()
    assert layer(data(2, 5), training=True).tolist() == [[0.0] * 3] * 2
    torch.testing.assert_close(layer.vector_u.detach(), vector)


def test_inference_changes_nothing():
    layer = SpectralNormalization(layers.Dense(3))
    layer(data(2, 5))
    before = layer.get_weights()
    layer(data(2, 5))
    for mine, old in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, old)
    layer.train()
    layer(data(2, 5))
    assert not np.array_equal(layer.get_weights()[0], before[0])


@pytest.mark.parametrize("training", [False, True])
def test_under_torchs_tools(training):
    layer = SpectralNormalization(layers.Conv2D(3, 2))
    layer(data(2, 4, 4, 2))
    check_tools(layer, data(2, 4, 4, 2), training=training)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16", "mixed_bfloat16"])
def test_number_types(dtype):
    x, reference = data(4, 5), SpectralNormalization(layers.Dense(3))
    reference.build(x.shape)
    layer = SpectralNormalization(layers.Dense(3, dtype=dtype), dtype=dtype)
    layer.build(x.shape)
    layer.set_weights(reference.get_weights())
    expected, out = reference(x, training=True), layer(x, training=True)
    assert out.dtype is getattr(torch, dtype.removeprefix("mixed_"))
    torch.testing.assert_close(out.float(), expected, rtol=0.05, atol=0.05)
    out.float().sum().backward()
    assert layer.layer.weight.grad.isfinite().all()


@pytest.mark.parametrize("keras_writes", [False, True])
def test_keras_reads_our_weights_and_we_read_keras_s(keras_writes, tmp_path):
    path = str(tmp_path / "model.weights.h5")
    with keras_scope():
        theirs = keras.Sequential(
            [keras.Input((5,)), keras.layers.SpectralNormalization(keras.layers.Dense(3))]
        )
        ours = kerlite.Sequential([layers.Input((5,)), SpectralNormalization(layers.Dense(3))])
        writer, reader = (theirs, ours) if keras_writes else (ours, theirs)
        writer.set_weights([data(*w.shape, seed=i).numpy() for i, w in enumerate(writer.weights)])
        writer.save_weights(path)
        reader.load_weights(path)
        for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_array_equal(mine, other)


def test_saved_model(tmp_path):
    model = kerlite.Sequential([layers.Input((5,)), SpectralNormalization(layers.Dense(3))])
    model.save(tmp_path / "m.keras")
    scope = {"SpectralNormalization": SpectralNormalization}
    again = saving.load_model(tmp_path / "m.keras", custom_objects=scope)
    torch.testing.assert_close(again(data(2, 5)), model(data(2, 5)))


@pytest.mark.parametrize("power_iterations", [0, -1, 1.5])
def test_bad_arguments(power_iterations):
    with pytest.raises(ValueError, match="'s' needs power_iterations to be a whole number >= 1"):
        SpectralNormalization(layers.Dense(3), power_iterations, name="s")
    with pytest.raises(ValueError, match="wraps a layer"):
        SpectralNormalization("dense")


def test_layer_without_a_kernel():
    for inner in (layers.Flatten(name="f"), layers.BatchNormalization(name="f")):
        with pytest.raises(ValueError, match=r"'s' normalizes a `kernel` or .*'f' has neither"):
            SpectralNormalization(inner, name="s")(data(2, 3))
