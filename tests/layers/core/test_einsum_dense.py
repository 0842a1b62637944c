import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import initializers, layers
from kerlite.layers.core.einsum_dense import EinsumDense
from tests.layers.support import (
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
    run,
)

CONFIGS = [  # the output's sizes are all given: Keras tells no others of a symbolic output
    ({"equation": "ab,bc->ac", "output_shape": 5}, (3, 4)),
    ({"equation": "ab,bc->ac", "output_shape": 5, "bias_axes": "c"}, (3, 4)),
    ({"equation": "ab,cb->ac", "output_shape": 5, "bias_axes": "c"}, (3, 4)),
    ({"equation": "abc,cd->abd", "output_shape": (2, 5), "bias_axes": "d"}, (3, 2, 4)),
    ({"equation": "abc,cd->abd", "output_shape": [2, 5], "bias_axes": "b"}, (3, 2, 4)),
    ({"equation": "abc,cd->abd", "output_shape": (2, 5), "bias_axes": "bd"}, (3, 2, 4)),
    ({"equation": "abc,cde->abde", "output_shape": (2, 5, 6), "bias_axes": "de"}, (3, 2, 4)),
    ({"equation": "abc,cde->abde", "output_shape": (2, 5, 6), "bias_axes": "d"}, (3, 2, 4)),
    ({"equation": "abc,cde->abde", "output_shape": (2, 5, 6), "bias_axes": "ed"}, (3, 2, 4)),
    ({"equation": "abc,dec->abde", "output_shape": (2, 5, 6), "bias_axes": "e"}, (3, 2, 4)),
    ({"equation": "abcd,cde->abe", "output_shape": (2, 5), "bias_axes": "e"}, (3, 2, 4, 6)),
    ({"equation": "abcd,ecd->abe", "output_shape": (2, 5)}, (3, 2, 4, 6)),
    ({"equation": "abcd,dce->abe", "output_shape": (2, 5), "bias_axes": "e"}, (3, 2, 4, 6)),
    ({"equation": "abc,dc->adb", "output_shape": (5, 2), "bias_axes": "d"}, (3, 2, 4)),
    ({"equation": "abc,bcd->abd", "output_shape": (2, 5), "bias_axes": "bd"}, (3, 2, 4)),
    ({"equation": "abc,bc->abc", "output_shape": (2, 4), "bias_axes": "c"}, (3, 2, 4)),
    ({"equation": "abc,cd->ad", "output_shape": 5}, (3, 2, 4)),
    ({"equation": "ab,cd->abcd", "output_shape": (4, 2, 3)}, (3, 4)),
    ({"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"}, (3, 2, 4)),
    ({"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"}, (3, 4)),
    ({"equation": "...ab,bc->...ac", "output_shape": 5, "bias_axes": "c"}, (3, 4)),
    ({"equation": "...ab,bc->...ac", "output_shape": (2, 5), "bias_axes": "ac"}, (3, 6, 2, 4)),
    ({"equation": "...abc,bcde->...ade", "output_shape": (2, 5, 6)}, (3, 6, 2, 4, 3)),
    ({"equation": "ab...,bc->ac...", "output_shape": 5, "bias_axes": "c"}, (3, 4, 2, 6)),
    ({"equation": "abc...,bd->adc...", "output_shape": (5, 2), "bias_axes": "d"}, (3, 4, 2, 6)),
    ({"equation": "AbC,Cd->Abd", "output_shape": (2, 5)}, (3, 2, 4)),
]
OTHERS = [
    {"activation": "relu", "kernel_regularizer": "l2", "bias_initializer": "ones"},
    {"kernel_initializer": "he_normal", "activity_regularizer": "l1"},
    {"kernel_constraint": "non_neg", "bias_constraint": "max_norm", "bias_regularizer": "l1"},
]
PLAIN = {"equation": "abc,cd->abd", "output_shape": (2, 5), "bias_axes": "d"}


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("EinsumDense", arguments, data(*shape), tools=shape == (3, 2, 4))


@pytest.mark.parametrize("arguments", OTHERS)
def test_other_arguments_like_keras(arguments):
    check_layer("EinsumDense", {**PLAIN, **arguments}, data(3, 2, 4))


@pytest.mark.parametrize(
    ("arguments", "shape", "output"),
    [
        ({"equation": "abc,cd->abd", "output_shape": (None, 5)}, (3, 2, 4), (3, 2, 5)),
        ({"equation": "abc,cde->abde", "output_shape": (None, 5, 6)}, (3, 2, 4), (3, 2, 5, 6)),
        ({"equation": "...ab,bc->...ac", "output_shape": (None, 5)}, (3, 6, 2, 4), (3, 6, 2, 5)),
        ({"equation": "ab...,bc->ac...", "output_shape": 5}, (3, 4, 2, 6), (3, 5, 2, 6)),
    ],
)
def test_sizes_that_are_the_input_s(arguments, shape, output):
    x = data(*shape)
    theirs, ours = pair("EinsumDense", arguments, x)
    with keras_scope():
        expected = run(theirs, x, {})
    for mine, wanted in zip(run(ours, x, {}), expected, strict=True):
        for one, other in zip(mine, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    assert ours.compute_output_shape(shape) == ours(x).shape == output
    assert ours.compute_output_shape((None, *shape[1:])) == (None, *output[1:])


def test_unknown_sizes_stay_unknown():
    layer = EinsumDense("abc,cd->abd", (None, 5), bias_axes="d")
    assert layer(layers.Input((None, 4))).shape == (None, None, 5)
    assert layer(data(3, 2, 4)).shape == (3, 2, 5)
    assert layer(data(1, 7, 4)).shape == (1, 7, 5)
    bias = EinsumDense("abc,cd->abd", (None, 5), bias_axes="b")
    bias.build((None, 3, 4))
    assert bias.bias.shape == (3, 1)


@pytest.mark.parametrize(
    ("equation", "sizes", "fans"),
    [("abc,cde->abde", (2, 5, 6), (4, 30)), ("abc,bcd->ad", 5, (8, 5)),
     ("abc,edc->abde", (2, 5, 6), (4, 30))],
)  # fmt: skip
def test_scale_of_the_first_values(equation, sizes, fans):
    """Every axis of the kernel that is not the output's counts as an input."""
    with keras_scope():
        keras.utils.set_random_seed(0)
        theirs = keras.layers.EinsumDense(equation, sizes, kernel_initializer="glorot_uniform")
        theirs.build((3, 2, 4))
        reach = np.abs(theirs.get_weights()[0]).max()
    limit = np.sqrt(6 / sum(fans))
    ours = EinsumDense(equation, sizes)
    ours.build((3, 2, 4))
    assert 0.7 * limit < reach <= limit
    assert 0.7 * limit < ours.kernel.abs().max() <= limit
    assert ours.kernel_initializer.input_axes is None
    given = initializers.GlorotUniform(input_axes=[0], output_axes=[1])
    kept = EinsumDense(equation, sizes, kernel_initializer=given)
    assert kept._initializer() is given


def test_seeded_first_values_are_another_for_each_layer():
    given = initializers.GlorotUniform(seed=kerlite.random.SeedGenerator(1))
    one, two = (EinsumDense("ab,bc->ac", 5, kernel_initializer=given) for _ in range(2))
    one.build((3, 4))
    two.build((3, 4))
    assert (one.kernel != two.kernel).any()


def test_weights():
    layer = EinsumDense("abc,cde->abde", (None, 5, 6), bias_axes="de")
    with pytest.raises(AttributeError, match="no 'kernel' yet"):
        _ = layer.kernel
    layer(data(3, 2, 4))
    assert {name: tuple(x.shape) for name, x in layer.state_dict().items()} == {
        "weight": (4, 5, 6), "bias": (5, 6),
    }  # fmt: skip
    assert layer.kernel is layer.weight
    assert [w.name for w in layer.weights] == ["kernel", "bias"]


def test_files_are_keras_s(tmp_path):
    def build(library):
        x = library.Input((2, 4))
        return library.Model(x, library.layers.EinsumDense(**PLAIN, name="einsum")(x))

    x = data(3, 2, 4).numpy()
    with keras_scope():
        theirs, ours = build(keras), build(kerlite)
        expected = theirs.predict(x, verbose=0)
        theirs.save_weights(tmp_path / "theirs.weights.h5")
        ours.load_weights(tmp_path / "theirs.weights.h5")
        np.testing.assert_allclose(ours.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
        ours.save(tmp_path / "ours.keras")
        again = keras.saving.load_model(tmp_path / "ours.keras")
        np.testing.assert_allclose(again.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("equation", ["abc,cd->abd", "abc,dc->abd", "abc,bcd->abd"])
def test_number_types(equation):
    def make(dtype):
        return EinsumDense(equation, (2, 5), "tanh", "d", dtype=dtype)

    check_number_types(make, data(3, 2, 4))


def test_whole_numbers_become_floats():
    layer, ids = EinsumDense(**PLAIN), data(3, 2, 4, low=9)
    torch.testing.assert_close(layer(ids), layer(ids.float()))


def test_views_of_the_input():
    layer = EinsumDense("abcd,cde->abe", (None, 5), bias_axes="e")
    heads = data(3, 4, 2, 6)
    torch.testing.assert_close(
        layer(heads.transpose(1, 2)), layer(heads.transpose(1, 2).contiguous())
    )
    check_tools(layer, heads.transpose(1, 2))


def test_rows_of_an_empty_batch():
    assert EinsumDense(**PLAIN)(torch.zeros(0, 2, 4)).shape == (0, 2, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"equation": "abc->abd"}, "'e' needs an equation such as .* received 'abc->abd'"),
        ({"equation": 3}, "received 3"),
        ({"equation": "...abc,cd->abd"}, "received '...abc,cd->abd'"),
        ({"equation": "...abc...,cd->...abd..."}, "needs an equation"),
        ({"equation": "abc,cd->abe"}, "'e' has 'd' in one term only of 'abc,cd->abe'"),
        ({"equation": "abc,c->abe"}, "has 'e' in one term only"),
        ({"equation": "abc,ccd->abd"}, "'e' has a letter twice"),
        ({"bias_axes": "c"}, "'e' needs bias_axes to be letters of the outputs 'abd'.*'c'"),
        ({"bias_axes": ""}, "bias_axes"),
        ({"output_shape": (2, 0)}, "output_shape"),
        ({"output_shape": 2.5}, "output_shape"),
        ({"quantization_config": {"mode": "int8"}}, "quantized after it is built"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        EinsumDense(**{**PLAIN, "name": "e", **arguments})


@pytest.mark.parametrize(
    ("arguments", "shape", "message"),
    [
        ({}, (3, 4), r"'e' cannot apply 'abc,cd->abd' with .* shape \(3, 4\)"),
        ({}, (3, 2, 4, 1), "cannot apply"),
        ({"output_shape": 5}, (3, 2, 4), r"output_shape=\(5,\)"),
        ({}, (3, 6, 4), "'e' has size 2 for 'b' .* but its input of shape .* has 6"),
        ({}, (3, 2, None), r"'e' needs to know the sizes of its kernel.*\(None, 5\)"),
        ({"output_shape": (2, None)}, (3, 2, 4), r"\(4, None\)"),
        ({"output_shape": (None, 5), "bias_axes": "b"}, (3, None, 4), r"its bias \(None, 1\)"),
        ({"equation": "...bc,cd->...bd"}, (4,), "cannot apply"),
    ],
)
def test_shapes_that_do_not_fit(arguments, shape, message):
    with pytest.raises(ValueError, match=message):
        EinsumDense(**{**PLAIN, "name": "e", **arguments}).build(shape)


@pytest.mark.parametrize("equation", ["abc,cd->abd", "abc,bcd->abd"])
def test_inputs_that_do_not_fit_a_built_layer(equation):
    layer = EinsumDense(equation, (2, 5), bias_axes="d", name="e")
    layer(data(3, 2, 4))
    with pytest.raises(ValueError, match=r"EinsumDense 'e'.*axis .* to have size 4, found 3"):
        layer(data(3, 2, 3))
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        layer(data(3, 4))
    heads = EinsumDense("abcd,cde->abe", (2, 5), name="h")
    heads(data(3, 2, 4, 6))
    with pytest.raises(ValueError, match=r"'h'.*axis 2 to have size 4, found 6"):
        heads(data(3, 2, 6, 4))
