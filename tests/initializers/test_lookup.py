import keras
import numpy as np
import pytest
import torch

from kerlite import initializers
from kerlite.core import registry
from kerlite.core.random import SeedGenerator
from kerlite.initializers import lookup

THEIRS = keras.src.initializers.ALL_OBJECTS_DICT
NAMES = sorted(THEIRS)
CONFIGURED = [
    ("Constant", {"value": 2.0}),
    ("Constant", {"value": np.array([[1.0, 2.0]])}),
    ("GlorotNormal", {"seed": 3}),
    ("GlorotUniform", {"input_axes": [0], "output_axes": [1]}),
    ("HeNormal", {}),
    ("HeUniform", {"seed": 1}),
    ("Identity", {}),
    ("LecunNormal", {}),
    ("LecunUniform", {}),
    ("Ones", {}),
    ("Orthogonal", {"gain": 2.0, "seed": 3}),
    ("RandomNormal", {"mean": 1.0, "stddev": 2.0, "seed": 3}),
    ("RandomUniform", {"minval": 1.0, "maxval": 2.0}),
    ("STFT", {"side": "imag", "window": "hamming", "periodic": True}),
    ("STFT", {"window": np.array([1.0, 2.0])}),
    ("TruncatedNormal", {"stddev": 2.0}),
    ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "normal"}),
    ("Zeros", {}),
]


def test_every_name_of_keras_is_there():
    assert sorted(lookup._NAMES) == NAMES
    public = {name for name in dir(keras.initializers) if not name.startswith("_")}
    assert {*initializers.__all__} == public


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    found = initializers.get(name)
    assert type(found).__name__ == THEIRS[name].__name__
    assert type(initializers.deserialize(name)) is type(found)
    assert type(initializers.get({"class_name": name, "config": {}})) is type(found)


@pytest.mark.parametrize(
    "name", sorted({*initializers.__all__} - {"get", "serialize", "deserialize"})
)
def test_public_names_are_the_classes(name):
    expected = getattr(keras.initializers, name).__name__
    assert getattr(initializers, name).__name__ == expected


@pytest.mark.parametrize(("name", "options"), CONFIGURED)
def test_configs_are_those_of_keras(name, options):
    ours = getattr(initializers, name)(**options)
    theirs = keras.initializers.serialize(getattr(keras.initializers, name)(**options))
    assert initializers.serialize(ours) == theirs
    again = initializers.deserialize(theirs)
    assert type(again) is type(ours)
    assert initializers.serialize(again) == theirs
    assert keras.initializers.serialize(
        keras.initializers.deserialize(initializers.serialize(ours))
    )


def test_a_seed_generator_round_trip():
    ours = initializers.RandomNormal(seed=SeedGenerator(4))
    again = initializers.deserialize(initializers.serialize(ours))
    assert torch.equal(again((3,)), ours((3,)))
    theirs = keras.initializers.RandomNormal(seed=keras.random.SeedGenerator(4))
    assert initializers.get(keras.initializers.serialize(theirs)).seed.seed == 4


def test_objects_classes_and_functions():
    ones = initializers.Ones()
    assert initializers.get(ones) is ones
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    assert initializers.get(None) is None
    assert initializers.get(torch.full) is torch.full


@pytest.mark.parametrize("kind", [np.asarray, torch.tensor])
def test_arrays(kind):
    initializer = initializers.get(kind([[1.0, 2.0], [3.0, 4.0]]))
    assert initializer((2, 2)).tolist() == [[1, 2], [3, 4]]
    assert initializer((2, 2), dtype="int32").dtype == torch.int32
    with pytest.raises(ValueError, match="Expected `shape` to be"):
        initializer((3, 3))
    again = initializers.deserialize(initializers.serialize(initializer))
    assert again((2, 2)).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("glorot_unifrm", r"Unknown initializer: 'glorot_unifrm'\. Did you mean"),
        (3, "Could not interpret 3 as initializer"),
        ({"class_name": "Nothing", "config": {}}, "Nothing"),
    ],
)
def test_what_is_no_initializer(identifier, message):
    with pytest.raises(ValueError, match=message):
        initializers.get(identifier)


def test_a_class_of_the_user():
    @registry.register_keras_serializable("test_initializers")
    class Sevens(initializers.Initializer):
        def __init__(self, scale=1.0):
            self.scale = scale

        def __call__(self, shape, dtype=None):
            return torch.full(shape, 7 * self.scale)

    again = initializers.deserialize(initializers.serialize(Sevens(2.0)))
    assert again((2,)).tolist() == [14, 14]
    assert again.clone().scale == 2.0
