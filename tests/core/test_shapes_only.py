"""Dry runs: unknown sizes broadcast as real Keras's do, and what cannot run is refused."""

import operator

import keras
import pytest
import torch

import kerlite
from kerlite import Function, KerasTensor

# Two shapes, and two that they may have when run.
FITTING = {
    "vector_and_cube": ((None,), (None, 2, 3), (3,), (4, 2, 3)),
    "vector_of_one": ((None,), (None, 2, 3), (1,), (4, 2, 3)),
    "vectors": ((None,), (4,), (4,), (4,)),
    "one_stays_unknown": ((None,), (1,), (5,), (1,)),
    "last_and_first": ((2, None), (None,), (2, 5), (5,)),
    "each_the_other_s": ((None, 3), (4, None), (1, 3), (4, 1)),
    "batch_and_middle": ((None, None), (None, 2, 3), (2, 3), (4, 2, 3)),
    "batch_and_last": ((None, None), (None,), (2, 3), (3,)),
    "a_one_between": ((None, 5), (None, 1, None), (2, 5), (3, 1, 5)),
    "like_a_stand_in": ((None, None), (None, 12), (2, 1), (2, 12)),
    "like_another": ((None, None), (None, 320), (2, 320), (1, 320)),
    "like_the_other_of_the_batch": ((20, 3), (None, 3), (20, 3), (1, 3)),
    "scalar": ((), (None, 3), (), (2, 3)),
}
CLASHING = {
    "known": ((None, 3), (None, 2)),
    "known_beside_unknown": ((3, None), (None, 2, 4)),
    "like_stand_ins": ((None, 192), (None, 320)),
    "like_a_stand_in": ((None, 12), (None, 3)),
    "like_the_batch_s": ((12, 3), (20, 3)),
}


@pytest.mark.parametrize("name", FITTING)
@pytest.mark.parametrize("op", ["add", "maximum", "where", "equal", "true_divide"])
def test_unknown_sizes_broadcast_as_keras_s(op, name):
    first, second, *sizes = FITTING[name]

    def call(k, a, b):
        function = getattr(k.ops, op)
        return function(a > 0, a, b) if op == "where" else function(a, b)

    expected = call(keras, keras.KerasTensor(first), keras.KerasTensor(second)).shape
    inputs = [KerasTensor(first), KerasTensor(second)]
    output = call(kerlite, *inputs)
    assert output.shape == expected
    values = [torch.randn(size) for size in sizes]
    found = Function(inputs, output)(values)
    torch.testing.assert_close(found, call(kerlite, *values))
    assert all(a in (None, b) for a, b in zip(output.shape, found.shape, strict=True))


@pytest.mark.parametrize("name", FITTING)
def test_operators_do_too(name):
    first, second, *_ = FITTING[name]
    expected = (keras.KerasTensor(first) * keras.KerasTensor(second)).shape
    assert (KerasTensor(first) * KerasTensor(second)).shape == expected
    assert (KerasTensor(second) < KerasTensor(first)).shape == expected


def test_several_at_once():
    x, y, z = KerasTensor((None, 1)), KerasTensor((2, None)), KerasTensor((None, None, 7))
    assert torch.addcmul(z, x, y).shape == (None, 2, 7)
    assert torch.clamp(z, x, y).shape == (None, 2, 7)
    weight = torch.nn.Parameter(torch.ones(12, 7))  # of a size that is known, if like a stand-in
    assert (KerasTensor((None, None, 7)) * weight).shape == (None, 12, 7)


@pytest.mark.parametrize("name", CLASHING)
def test_known_sizes_that_clash_are_refused(name):
    first, second = CLASHING[name]
    for k in (keras, kerlite):
        with pytest.raises(ValueError, match=r"shape|broadcast"):
            k.KerasTensor(first) + k.KerasTensor(second)
    with pytest.raises(ValueError, match=r"add\(\) cannot run on inputs of shape"):
        kerlite.ops.add(KerasTensor(first), KerasTensor(second))


@pytest.mark.parametrize("name", ["and", "or", "xor", "lshift", "rshift"])
@pytest.mark.parametrize("kinds", [("float32", "float32"), ("int32", "float64"), ("bfloat16", 1),
                                   ("int32", 1.5)], ids=str)  # fmt: skip
def test_floats_have_no_bits(name, kinds):
    function = getattr(operator, f"__{name}__")
    symbols = [KerasTensor((2,), one) if isinstance(one, str) else one for one in kinds]
    values = [
        torch.ones(2, dtype=getattr(torch, one)) if isinstance(one, str) else one for one in kinds
    ]
    with pytest.raises((NotImplementedError, TypeError)):
        function(*values)
    with pytest.raises(TypeError, match=rf"{name}_?\(\) cannot run"):
        function(*symbols)


def test_floats_have_no_bits_to_invert():
    for kind in ("float32", "complex64"):
        with pytest.raises(TypeError, match="invert"):
            ~KerasTensor((2,), kind)
    with pytest.raises(TypeError, match="have bits to work on, not float16"):
        torch.bitwise_and(KerasTensor((2,), "float16"), 1)
    assert (~KerasTensor((2,), "bool")).dtype == "bool"
    assert (KerasTensor((2,), "uint8") & KerasTensor((2,), "int16")).dtype == "int16"
