"""SeedGenerator: a stream of seeds."""

import pytest

from kerlite.core import random
from kerlite.core.seeds import SeedGenerator, draw_seed, mixed
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object


def test_the_stream_can_be_repeated():
    first, again = SeedGenerator(3), SeedGenerator(3)
    assert [first.next() for _ in range(5)] == [again.next() for _ in range(5)]


def test_seeds_differ():
    stream, other = SeedGenerator(3), SeedGenerator(4)
    seeds = [stream.next() for _ in range(100)] + [other.next() for _ in range(100)]
    assert len(set(seeds)) == 200


def test_no_seed_takes_one_from_torch():
    random.set_random_seed(0)
    first = SeedGenerator().seed
    random.set_random_seed(0)
    assert SeedGenerator().seed == first


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True])
def test_seed_must_be_a_whole_number(seed):
    with pytest.raises(ValueError, match="whole number"):
        SeedGenerator(seed)


def test_unknown_arguments():
    with pytest.raises(TypeError, match="sed"):
        SeedGenerator(sed=1)


def test_config_round_trip():
    serialized = serialize_keras_object(SeedGenerator(7))
    assert (serialized["module"], serialized["class_name"]) == ("keras.random", "SeedGenerator")
    assert deserialize_keras_object(serialized).next() == SeedGenerator(7).next()


def test_draw_seed():
    assert draw_seed(11) == 11
    assert draw_seed(SeedGenerator(2)) == SeedGenerator(2).next()
    assert isinstance(draw_seed(None), int)
    with pytest.raises(ValueError, match="SeedGenerator"):
        draw_seed("3")


def test_mixing_spreads_neighbouring_seeds():
    values = {mixed(seed, counter) for seed in range(30) for counter in range(30)}
    assert len(values) == 900
    assert all(0 <= value < 2**63 for value in values)
