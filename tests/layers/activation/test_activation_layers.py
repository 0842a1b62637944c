import numpy as np
import pytest
import torch

from kerlite import layers
from kerlite.layers import ELU, Activation, LeakyReLU, ReLU, Softmax
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    ("Activation", {"activation": "relu"}),
    ("Activation", {"activation": None}),
    ("Activation", {"activation": "gelu"}),
    ("Activation", {"activation": "hard_silu"}),
    ("Activation", {"activation": "softmax"}),
    ("ReLU", {}),
    ("ReLU", {"max_value": 0.5}),
    ("ReLU", {"negative_slope": 0.2}),
    ("ReLU", {"threshold": 0.3}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.0}),
    ("ELU", {}),
    ("ELU", {"alpha": 0.3}),
    ("Softmax", {}),
    ("Softmax", {"axis": 1}),
    ("Softmax", {"axis": [1, 2]}),
    ("Softmax", {"axis": (-1,)}),
]


@pytest.mark.parametrize(("name", "arguments"), CONFIGS)
def test_like_keras(name, arguments):
    layer = check_layer(name, arguments, data(2, 3, 4))
    assert layer.built
    assert layer.supports_masking


@pytest.mark.parametrize(
    "make", [lambda: Activation("gelu"), lambda: ReLU(6.0), LeakyReLU, ELU, Softmax]
)
def test_under_torchs_tools(make):
    check_tools(make(), data(2, 3, 4))


@pytest.mark.parametrize(
    "cls", [lambda **k: Activation("silu", **k), ReLU, LeakyReLU, ELU, Softmax]
)
def test_number_types(cls):
    check_number_types(cls, data(3, 5))


@pytest.mark.parametrize(
    "mask",
    [
        torch.tensor([[True, False, True, True]]),
        torch.tensor([[[True], [False], [True]]]),
        torch.tensor([[0.0, 0.4, 0.6, 1.0]]),
        torch.zeros(2, 3, 4, dtype=torch.bool),
        torch.tensor([[1, 0, 1, 1]]),
    ],
)
@pytest.mark.parametrize("axis", [-1, 1, [1, 2]])
def test_softmax_with_a_mask_like_keras(mask, axis):
    check_layer("Softmax", {"axis": axis}, data(2, 3, 4), mask=mask)


def test_softmax_takes_the_mask_of_its_input():
    ids = torch.tensor([[1, 2, 0]])
    scores = layers.Embedding(3, 1, mask_zero=True)(ids)
    mask = scores._keras_mask
    scores = scores[..., 0]
    scores._keras_mask = mask
    out = Softmax()(scores)
    assert out[0, 2] == 0
    assert float(out.detach().sum()) == pytest.approx(1)
    assert out._keras_mask is mask


def test_softmax_mask_in_half_precision():
    mask = torch.tensor([[True, False, True]])
    out = Softmax(dtype="float16")(data(1, 3), mask=mask)
    assert out[0, 1] == 0
    assert out.dtype is torch.float16


def test_softmax_mask_that_does_not_broadcast():
    for shape in ((3,), (2, 1, 3, 4), (5, 1, 4)):
        with pytest.raises(ValueError, match=r"'s' needs a mask that broadcasts .* received one"):
            Softmax(name="s")(data(2, 3, 4), mask=torch.ones(shape, dtype=torch.bool))


def test_function_and_module_as_activation():
    x = data(2, 3)
    torch.testing.assert_close(Activation(torch.sin)(x), x.sin())
    torch.testing.assert_close(Activation(torch.nn.Hardtanh())(x), x.clamp(-1, 1))


def test_old_name_of_the_slope():
    with pytest.warns(DeprecationWarning, match="negative_slope"):
        layer = LeakyReLU(alpha=0.1)
    assert layer.negative_slope == 0.1


def test_whole_numbers_stay_whole():
    assert ReLU()(torch.tensor([-1, 2])).tolist() == [0, 2]


def test_unknown_sizes():
    for layer in (ReLU(), ELU(), LeakyReLU(), Softmax(), Activation("relu")):
        assert layer(layers.Input((None, 4))).shape == (None, None, 4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ReLU(max_value=-1.0, name="r"),
            "'r' needs max_value >= 0; received max_value=-1.0",
        ),
        (lambda: ReLU(negative_slope=-1.0), "negative_slope >= 0; received negative_slope=-1.0"),
        (lambda: ReLU(negative_slope=None), "negative_slope=None"),
        (lambda: ReLU(threshold=-2), "threshold=-2"),
        (lambda: LeakyReLU(-0.1, name="l"), "'l' needs negative_slope >= 0; received -0.1"),
        (lambda: LeakyReLU(None), "received None"),
        (lambda: Activation("rellu"), "Did you mean 'relu'"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_arrays_and_numbers_are_taken():
    np.testing.assert_allclose(ReLU()(np.array([-1.0, 2.0])).numpy(), [0, 2])
    np.testing.assert_allclose(ReLU()([-1.0, 2.0]).numpy(), [0, 2])
