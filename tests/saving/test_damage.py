"""A file in which a bit is changed, or that ends too soon, is refused by name or loads the same."""

import warnings

import numpy as np
import pytest

import kerlite
from kerlite.saving import load_model
from tests.support import pairs

WEIGHTS = [".weights.h5", ".h5", ".safetensors", ".pt"]
MODELS = [".keras", ".h5"]


def made():
    model = pairs.build("chain", kerlite)
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_weights)
    return pairs.shake(model)


def attempt(load, path):
    """Return the weights that loading gives, None if it is refused."""
    message = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return load(path).get_weights()
    except ValueError as error:
        message = str(error)
    assert path.name in message
    return None


def into_a_model(path):
    model = pairs.shake(pairs.build("chain", kerlite), seed=8)
    before = model.get_weights()
    try:
        model.load_weights(path)
    except ValueError:
        for one, other in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)  # never half loaded
        raise
    return model


CASES = [
    *((ending, into_a_model) for ending in WEIGHTS),
    *((ending, load_model) for ending in MODELS),
]
IDS = [f"{load.__name__}{ending}" for ending, load in CASES]


def damaged(path, ending, change, count):
    original = path.read_bytes()
    rng = np.random.default_rng(len(ending))
    for place in rng.integers(0, len(original), count):
        path.write_bytes(change(bytearray(original), int(place), rng))
        yield
    path.write_bytes(original)


def flip(content, place, rng):
    content[place] ^= 1 << int(rng.integers(8))
    return bytes(content)


def cut(content, place, _):
    return bytes(content[:place])


def check(tmp_path, ending, load, change, count):
    path = tmp_path / f"damaged_file{ending}"
    model = made()
    (model.save if load is load_model else model.save_weights)(path)
    expected, refused = model.get_weights(), 0
    for _ in damaged(path, ending, change, count):
        found = attempt(load, path)
        refused += found is None
        if found is not None:
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)
    return refused


@pytest.mark.parametrize(("ending", "load"), CASES, ids=IDS)
def test_a_flipped_bit(ending, load, tmp_path):
    assert check(tmp_path, ending, load, flip, 40) > 5


@pytest.mark.parametrize(("ending", "load"), CASES, ids=IDS)
def test_a_file_that_ends_too_soon(ending, load, tmp_path):
    assert check(tmp_path, ending, load, cut, 25) == 25


def test_a_record_that_torch_takes_for_a_folder(tmp_path):
    path = tmp_path / "damaged_file.pt"
    made().save_weights(path)
    content = bytearray(path.read_bytes())
    place = content.rindex(b"archive/data/0") - 46 + 38  # its attributes, in the directory
    content[place] ^= 0x10
    path.write_bytes(content)
    assert attempt(into_a_model, path) is None  # torch.load would leave the weight without values


@pytest.mark.parametrize(("ending", "load"), [(".pt", into_a_model), (".keras", load_model)])
def test_a_member_without_a_name(ending, load, tmp_path):
    path = tmp_path / f"damaged_file{ending}"
    (made().save_weights if load is into_a_model else made().save)(path)
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\1\2")
    content[directory + 46] = 0  # zipfile ends a name there, and then finds it has no last letter
    path.write_bytes(content)
    assert attempt(load, path) is None


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "load"), CASES, ids=IDS)
def test_many_flipped_bits(ending, load, tmp_path):
    check(tmp_path, ending, load, flip, 500)
