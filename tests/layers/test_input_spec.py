"""InputSpec: what fits and what does not, as in real Keras."""

import keras
import numpy as np
import pytest
import torch

from kerlite import Input, InputSpec
from kerlite.layers import Layer
from kerlite.layers.input_spec import check_inputs

SPECS = [
    {"ndim": 2}, {"min_ndim": 3}, {"max_ndim": 2}, {"shape": (None, 4)}, {"shape": (2, 4)},
    {"axes": {-1: 4}}, {"axes": {1: 4, 0: None}}, {"dtype": "float32"}, {"dtype": "int32"},
    {"shape": (None, 4), "allow_last_axis_squeeze": True},
    {"shape": (None, 4, 1), "allow_last_axis_squeeze": True},
    {"ndim": 3, "axes": {2: 1}}, {"shape": (None, None, 4)}, {"min_ndim": 2, "max_ndim": 3}, {},
]  # fmt: skip
SHAPES = [(2, 4), (2, 3), (2, 4, 1), (2,), (2, 5, 4), (), (3, 4), (2, 1, 1, 4)]


def refuses(check):
    try:
        check()
    except (ValueError, IndexError):  # Keras indexes axes that are not there
        return True
    return False


@pytest.mark.parametrize("spec", SPECS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_same_inputs_fit_as_in_keras(spec, shape):
    from_keras = keras.layers.InputSpec(**spec)
    x = np.zeros(shape, "float32")
    theirs = refuses(
        lambda: keras.src.layers.input_spec.assert_input_compatibility(
            from_keras, keras.ops.convert_to_tensor(x), "layer"
        )
    )
    ours = refuses(lambda: check_inputs(InputSpec(**spec), torch.as_tensor(x), "layer"))
    # With allow_last_axis_squeeze Keras does not look at the rank at all.
    assert ours == theirs or (ours and spec.get("allow_last_axis_squeeze"))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"ndim": 3}, r"ndim=3.*ndim=2"), ({"min_ndim": 3}, "at least 3"),
        ({"max_ndim": 1}, "at most 1"), ({"shape": (None, 5)}, r"\(None, 5\)"),
        ({"axes": {-1: 5}}, "axis -1 to have size 5, found 4"), ({"dtype": "int32"}, "int32"),
    ],
)  # fmt: skip
def test_messages_name_layer_expectation_and_shape(spec, words):
    with pytest.raises(ValueError, match=words) as error:
        check_inputs(InputSpec(**spec), torch.zeros(2, 4), "Dense 'd'")
    assert "Dense 'd'" in str(error.value)
    assert "(2, 4)" in str(error.value)


def test_unknown_sizes_fit():
    check_inputs(InputSpec(shape=(None, 4), axes={0: 3}), Input((4,)), "x")


def test_structures():
    specs = [InputSpec(ndim=2), InputSpec(ndim=3)]
    check_inputs(specs, [torch.zeros(2, 4), torch.zeros(2, 4, 1)], "x")
    with pytest.raises(ValueError, match="ndim"):
        check_inputs(specs, [torch.zeros(2, 4)] * 2, "x")
    with pytest.raises(ValueError, match=r"2 input\(s\).*1 input"):
        check_inputs(specs, [torch.zeros(2, 4)], "x")


def test_dicts_go_by_name():
    specs = {"a": InputSpec(ndim=2, name="a"), "b": InputSpec(ndim=3, name="b")}
    check_inputs(specs, {"b": torch.zeros(1, 1, 1), "a": torch.zeros(1, 1)}, "x")


def test_optional():
    check_inputs(InputSpec(ndim=2, optional=True), None, "x")
    with pytest.raises(ValueError, match="expects a tensor"):
        check_inputs(InputSpec(ndim=2), "text", "x")


def test_axes_outside_the_rank():
    with pytest.raises(ValueError, match="rank 2"):
        InputSpec(ndim=2, axes={2: 1})


def test_config_round_trip():
    spec = InputSpec(shape=(None, 4), axes={1: 4}, dtype="float32", name="n")
    assert InputSpec.from_config(spec.get_config()).get_config() == spec.get_config()


def test_repr():
    assert repr(InputSpec(ndim=2, axes={-1: 3})) == "InputSpec(ndim=2, axes={-1: 3})"


class Picky(Layer):
    def __init__(self):
        super().__init__()
        self.input_spec = InputSpec(axes={-1: 3})

    def call(self, inputs):
        return inputs


def test_layers_check_every_call():
    layer = Picky()
    layer(torch.zeros(2, 3))
    for x in (torch.zeros(2, 4), Input((4,)), np.zeros((2, 4))):
        with pytest.raises(ValueError, match="axis -1"):
            layer(x)
