import pytest
import torch

from kerlite import layers
from tests.layers.support import (
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
)

NAMES = ["Add", "Multiply", "Average", "Maximum", "Minimum"]
SHAPES = [
    [(2, 3, 4), (2, 3, 4)],
    [(2, 3), (2, 3), (2, 3)],
    [(2, 3, 4), (2, 1, 4)],
    [(2, 3, 4), (2, 4)],
    [(2, 4), (2, 3, 5, 4)],
    [(1, 4), (1, 4)],
    [(2, 3)],
]
MASKS = [
    [None, torch.tensor([[True, False, True], [False, True, True]])],
    [torch.tensor([[True, False, True], [False, True, True]]), None],
    [
        torch.tensor([[True, False, True], [False, True, True]]),
        torch.tensor([[True, False, False], [True, False, True]]),
    ],
]


def several(shapes):
    return [data(*shape, seed=seed) for seed, shape in enumerate(shapes)]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_like_keras(name, shapes):
    check_layer(name, {}, several(shapes))


@pytest.mark.parametrize("shapes", SHAPES[:1] + SHAPES[2:5])
def test_subtract_like_keras(shapes):
    check_layer("Subtract", {}, several(shapes))


@pytest.mark.parametrize(
    ("axis", "shapes"),
    [
        (-1, [(2, 3, 4), (2, 3, 5)]),
        (1, [(2, 3, 4), (2, 1, 4), (2, 2, 4)]),
        (0, [(2, 3), (1, 3)]),
        (-2, [(2, 3, 4), (2, 5, 4)]),
        (-1, [(2, 3)]),
    ],
)
def test_concatenate_like_keras(axis, shapes):
    theirs, ours = pair("Concatenate", {"axis": axis}, several(shapes))
    with keras_scope():
        expected = theirs(several(shapes))
    torch.testing.assert_close(ours(several(shapes)), expected)
    assert ours.compute_output_shape(shapes) == tuple(expected.shape)
    if axis:
        check_layer("Concatenate", {"axis": axis}, several(shapes))


@pytest.mark.parametrize("masks", MASKS)
@pytest.mark.parametrize("name", [*NAMES, "Subtract", "Concatenate"])
def test_masks_like_keras(name, masks):
    def inputs():
        tensors = several([(2, 3, 4), (2, 3, 4)])
        for tensor, mask in zip(tensors, masks, strict=True):
            if mask is not None:
                tensor._keras_mask = mask
        return tensors

    theirs, ours = pair(name, {}, inputs())
    with keras_scope():
        expected = theirs(inputs())
    layers.Embedding(2, 1, mask_zero=True)(torch.tensor([1]))  # from now on masks are looked for
    output = ours(inputs())
    torch.testing.assert_close(output, expected)
    mask, wanted = (getattr(x, "_keras_mask", None) for x in (output, expected))
    assert (mask is None) == (wanted is None)
    if mask is not None:
        torch.testing.assert_close(mask, wanted)


def test_masks_in_a_graph():
    ids = layers.Input((3,), dtype="int32")
    embedded = layers.Embedding(5, 4, mask_zero=True)(ids)
    assert layers.Add()([embedded, embedded])._keras_mask.shape == (None, 3)
    assert layers.Add()([embedded, layers.Input((3, 4))])._keras_mask is None
    assert layers.Concatenate()([embedded, layers.Input((3, 4))])._keras_mask.shape == (None, 3)
    joined = layers.Concatenate(axis=1)([embedded, layers.Input((2, 4))])
    assert joined._keras_mask.shape == (None, 5)


@pytest.mark.parametrize("name", [*NAMES, "Subtract"])
def test_functions(name):
    a, b = several([(2, 3), (2, 3)])
    expected = getattr(layers, name)()([a, b])
    torch.testing.assert_close(getattr(layers, name.lower())([a, b]), expected)
    symbolic = getattr(layers, name.lower())([layers.Input((3,)), layers.Input((3,))], name="here")
    assert symbolic.shape == (None, 3)
    assert symbolic.producer.target.name == "here"


def test_function_concatenate():
    a, b = several([(2, 3), (2, 4)])
    torch.testing.assert_close(layers.concatenate([a, b]), torch.cat([a, b], -1))
    assert layers.concatenate([a.T, b.T], axis=0).shape == (7, 2)


@pytest.mark.parametrize("name", [*NAMES, "Subtract", "Concatenate"])
def test_under_torchs_tools(name):
    layer = getattr(layers, name)()
    layer(several([(2, 3), (2, 3)]))
    check_tools(layer, several([(2, 3), (2, 3)]))


@pytest.mark.parametrize("name", ["Add", "Multiply", "Maximum", "Concatenate"])
def test_number_types(name):
    check_number_types(lambda dtype: getattr(layers, name)(dtype=dtype), several([(2, 3), (2, 3)]))
    whole = [torch.tensor([[1, 2]]), torch.tensor([[3, 4]])]
    assert getattr(layers, name)()(whole).dtype is torch.int64
    symbolic = [layers.Input((2,), dtype="int64")] * 2
    assert getattr(layers, name)()(symbolic).dtype == "int64"


def test_unknown_sizes():
    a, b = layers.Input((None, 4)), layers.Input((3, 4))
    assert layers.Add()([a, b]).shape == (None, None, 4)
    assert layers.Add().compute_output_shape([(None, 4), (2, 4)]) == (2, 4)
    assert layers.Concatenate(1)([a, b]).shape == (None, None, 4)
    assert layers.Concatenate().compute_output_shape([(None, 3, 4), (2, None, 1)]) == (2, 3, 5)


def test_shared_layer_takes_other_shapes_later():
    layer = layers.Add()
    layer(several([(2, 3), (2, 3)]))
    assert layer(several([(2, 5, 3), (2, 5, 3)])).shape == (2, 5, 3)


@pytest.mark.parametrize(
    "shapes", [[(2, 3), (2, 4)], [(2, 3), (3, 3)], [(2, 3, 4), (2, 2, 4)], [(2, 3), (2, 3), (2, 2)]]
)
def test_shapes_that_do_not_match(shapes):
    layer = layers.Add(name="a")
    for attempt in (several(shapes), [layers.Input(batch_shape=shape) for shape in shapes]):
        with pytest.raises(ValueError, match="'a' cannot combine inputs of shapes"):
            layer(attempt)
    layer(several([(2, 3), (2, 3)]))
    with pytest.raises(ValueError, match="'a' cannot combine inputs of shapes"):
        layer(several(shapes))


@pytest.mark.parametrize(
    ("axis", "shapes"), [(-1, [(2, 3), (3, 3)]), (1, [(2, 3, 4), (2, 3)]), (2, [(2, 3), (2, 3)])]
)
def test_shapes_that_cannot_be_joined(axis, shapes):
    with pytest.raises(ValueError, match=f"'c' cannot join inputs .* along axis={axis}"):
        layers.Concatenate(axis, name="c")(several(shapes))


@pytest.mark.parametrize("name", [*NAMES, "Subtract", "Concatenate"])
def test_no_list(name):
    layer = getattr(layers, name)(name="m")
    for attempt in (data(2, 3), layers.Input((3,))):
        with pytest.raises(ValueError, match="'m' takes a list of tensors"):
            layer(attempt)


def test_subtract_takes_two():
    with pytest.raises(ValueError, match="'s' takes two tensors; received 3"):
        layers.Subtract(name="s")(several([(2, 3)] * 3))
