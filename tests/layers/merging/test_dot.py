import pytest
import torch

from kerlite import layers
from kerlite.layers.merging.dot import Dot, dot
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    (1, [(2, 5), (2, 5)]),
    (-1, [(2, 5), (2, 5)]),
    ((1, 2), [(2, 3, 5), (2, 10, 3)]),
    ([1, 2], [(2, 3, 5), (2, 10, 3)]),
    (2, [(2, 3, 5), (2, 4, 5)]),
    (-1, [(2, 3, 5), (2, 4, 5)]),
    (-2, [(2, 3, 5), (2, 3, 4)]),
    ((1, 2), [(2, 5), (2, 4, 5)]),
    ((2, 1), [(2, 4, 5), (2, 5)]),
    ((2, 3), [(2, 4, 5, 3), (2, 3, 2, 5)]),
    ((3, 1), [(1, 4, 2, 3), (1, 3)]),
]


def several(shapes):
    return [data(*shape, seed=seed) for seed, shape in enumerate(shapes)]


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(("axes", "shapes"), CONFIGS)
def test_like_keras(axes, shapes, normalize):
    check_layer("Dot", {"axes": axes, "normalize": normalize}, several(shapes))


@pytest.mark.parametrize(
    ("axes", "shapes"), [((-1, 1), [(2, 3, 5), (2, 5, 4)]), ((1, -1), [(2, 5), (2, 3, 5)])]
)
def test_negative_axes_in_a_pair(axes, shapes):
    x, y = several(shapes)
    expected = torch.tensordot(x[0], y[0], ([axes[0] - (axes[0] > 0)], [axes[1] - (axes[1] > 0)]))
    torch.testing.assert_close(Dot(axes)([x, y])[0], expected)
    assert Dot(axes).compute_output_shape(shapes) == (2, *expected.shape)


def test_normalized_zeros_give_zero():
    out = Dot(1, normalize=True)([torch.zeros(2, 3), torch.ones(2, 3)])
    assert out.tolist() == [[0], [0]]


def test_function():
    a, b = several([(2, 5), (2, 5)])
    torch.testing.assert_close(dot([a, b]), (a * b).sum(1, keepdim=True))
    torch.testing.assert_close(
        dot([a, b], axes=1, normalize=True)[:, 0], torch.cosine_similarity(a, b)
    )
    symbolic = dot([layers.Input((5,)), layers.Input((5,))], axes=1, name="here")
    assert symbolic.shape == (None, 1)
    assert symbolic.producer.target.name == "here"


def test_under_torchs_tools():
    layer = Dot((1, 2))
    layer(several([(2, 3, 5), (2, 10, 3)]))
    check_tools(layer, several([(2, 3, 5), (2, 10, 3)]))


def test_number_types():
    check_number_types(lambda dtype: Dot(1, dtype=dtype), several([(2, 3), (2, 3)]))
    whole = [torch.tensor([[1, 2]]), torch.tensor([[3, 4]])]
    assert Dot(1)(whole).tolist() == [[11]]
    assert Dot(1)(whole).dtype is torch.int64
    assert Dot(1, normalize=True)(whole).dtype is torch.float32
    assert Dot(1)([whole[0], whole[1].float()]).tolist() == [[11.0]]
    symbolic = [layers.Input((2,), dtype="int64")] * 2
    assert Dot(1)(symbolic).dtype == "int64"
    assert Dot(1, normalize=True)(symbolic).dtype == "float32"


def test_unknown_sizes():
    a, b = layers.Input((None, 4)), layers.Input((3, 4))
    assert Dot(2)([a, b]).shape == (None, None, 3)
    assert Dot(1)([a, b]).shape == (None, 4, 4)
    assert Dot(1).compute_output_shape([(None, 4), (2, 4)]) == (2, 1)


def test_empty_batch():
    assert Dot(1)([torch.zeros(0, 3), torch.zeros(0, 3)]).shape == (0, 1)
    assert Dot(2)([torch.zeros(0, 3, 2), torch.zeros(0, 4, 2)]).shape == (0, 3, 4)


def test_no_mask_comes_out():
    embedded = layers.Embedding(5, 4, mask_zero=True)(torch.tensor([[1, 0, 2]]))
    out = Dot(2)([embedded, embedded])
    assert getattr(out, "_keras_mask", None) is None
    ids = layers.Input((3,), dtype="int32")
    symbolic = layers.Embedding(5, 4, mask_zero=True)(ids)
    assert Dot(2)([symbolic, symbolic])._keras_mask is None


@pytest.mark.parametrize(
    ("axes", "error", "message"),
    [
        ("1", TypeError, "'d' needs axes to be one or two axes; received '1'"),
        (1.0, TypeError, "received 1.0"),
        ((1,), ValueError, r"one whole number, or two.* Received axes=\(1,\)"),
        ((1, 2, 3), ValueError, r"Received axes=\(1, 2, 3\)"),
        ((1, "a"), ValueError, r"Received axes=\(1, 'a'\)"),
        (0, ValueError, "0, the batch, cannot be one of them"),
        ((0, 1), ValueError, r"Received axes=\(0, 1\)"),
    ],
)
def test_bad_arguments(axes, error, message):
    with pytest.raises(error, match=message):
        Dot(axes, name="d")


@pytest.mark.parametrize(
    ("axes", "shapes"),
    [
        (1, [(2, 3), (2, 4)]),
        (1, [(2, 3), (3, 3)]),
        (2, [(2, 3), (2, 3)]),
        (-2, [(2, 3), (2, 3)]),
        ((1, 2), [(2, 3, 4), (2, 3, 5)]),
    ],
)
def test_shapes_that_do_not_match(axes, shapes):
    layer = Dot(axes, name="d")
    for attempt in (several(shapes), [layers.Input(batch_shape=shape) for shape in shapes]):
        with pytest.raises(ValueError, match="'d' cannot sum over axes="):
            layer(attempt)


def test_takes_two_in_a_list():
    with pytest.raises(ValueError, match="'d' takes two tensors; received 3"):
        Dot(1, name="d")(several([(2, 3)] * 3))
    with pytest.raises(ValueError, match="'d' takes a list of tensors"):
        Dot(1, name="d")(data(2, 3))
