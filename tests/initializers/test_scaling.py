import keras
import pytest

from kerlite import initializers
from kerlite.initializers.scaling import compute_fans

SHAPES = [(), (7,), (3, 5), (2, 3, 5), (3, 3, 4, 8), (2, 3, 4, 5, 6), (0, 4), (3, 0, 2)]
AXES = [(None, None), ((0,), (1, 2)), ((0, 1), (2,)), ([-1], [0]), ((0,), None), (None, (0,))]


@pytest.mark.parametrize("shape", SHAPES)
def test_fans_are_those_of_keras(shape):
    theirs = keras.src.initializers.random_initializers.compute_fans
    assert compute_fans(shape) == theirs(shape)
    assert compute_fans(list(shape)) == theirs(shape)


@pytest.mark.parametrize(("input_axes", "output_axes"), AXES)
def test_fans_with_axes_are_those_of_keras(input_axes, output_axes):
    theirs = keras.src.initializers.random_initializers.compute_fans
    for shape in ((8, 4, 16), (3, 5, 7, 9)):
        assert compute_fans(shape, input_axes, output_axes) == theirs(
            shape, input_axes, output_axes
        )


def test_axes_reach_the_variance():
    by_axes = initializers.GlorotUniform(seed=0, input_axes=(0,), output_axes=(1, 2))((64, 8, 8))
    assert abs(by_axes.var() * (64 + 64) / 2 - 1) < 0.05


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": 0.0}, "`scale` must be a positive float; received scale=0.0"),
        ({"scale": -1.0}, "received scale=-1.0"),
        ({"scale": float("nan")}, "received scale=nan"),
        ({"mode": "fan"}, "Invalid `mode` argument: 'fan'"),
        ({"distribution": "cauchy"}, "Invalid `distribution` argument: 'cauchy'"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        initializers.VarianceScaling(**options)


@pytest.mark.parametrize("name", ["normal", "Truncated_Normal"])
def test_names_of_the_distribution(name):
    assert initializers.VarianceScaling(distribution=name).distribution == "truncated_normal"
