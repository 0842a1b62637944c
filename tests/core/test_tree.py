"""Nested structures, against optree's view of them through Keras."""

from collections import OrderedDict, namedtuple

import keras
import pytest

from kerlite.core import tree

Point = namedtuple("Point", "x y")
STRUCTURES = [
    1, [], {}, [1, 2], (1, (2, [3])), {"b": 1, "a": [2, None]}, Point(1, [2]),
    OrderedDict(z=1, y=(2, 3)), [None], {"k": {"l": ()}},
]  # fmt: skip


@pytest.mark.parametrize("structure", STRUCTURES, ids=repr)
def test_packing_what_was_flattened_gives_the_structure_again(structure):
    assert tree.pack_sequence_as(structure, tree.flatten(structure)) == structure


@pytest.mark.parametrize("structure", STRUCTURES, ids=repr)
def test_paths_lead_to_the_leaves(structure):
    for path, leaf in tree.flatten_with_path(structure):
        found = structure
        for key in path:
            found = found[key]
        assert found is leaf
    assert [leaf for _, leaf in tree.flatten_with_path(structure)] == tree.flatten(structure)


@pytest.mark.parametrize("structure", STRUCTURES, ids=repr)
def test_flatten_is_that_of_keras(structure):
    assert tree.flatten(structure) == keras.tree.flatten(structure)


def test_leaves_come_by_sorted_keys_but_a_dict_keeps_its_own_order():
    seen = []
    mapped = tree.map_structure(lambda leaf: seen.append(leaf) or str(leaf), {"b": 1, "a": 2})
    assert tree.flatten({"b": 1, "a": 2}) == seen == [2, 1]
    assert list(mapped.items()) == [("b", "1"), ("a", "2")]
    assert tree.pack_sequence_as({"b": 0, "a": 0}, [1, 2]) == {"a": 1, "b": 2}


def test_keys_that_cannot_be_sorted_keep_their_order():
    assert tree.flatten({"b": 1, 3: 2}) == [1, 2]


def test_map_over_several_structures():
    total = tree.map_structure(lambda *v: sum(v), {"a": [1, 2]}, {"a": [10, 20]}, {"a": (5, 5)})
    assert total == {"a": [16, 27]}


def test_types_survive_a_map():
    assert isinstance(tree.map_structure(str, Point(1, 2)), Point)
    assert isinstance(tree.map_structure(str, OrderedDict(a=1)), OrderedDict)
    assert isinstance(tree.map_structure(str, (1,)), tuple)


def test_a_wrong_number_of_leaves():
    with pytest.raises(ValueError, match="2 leaves but 3"):
        tree.pack_sequence_as([1, 2], [1, 2, 3])


@pytest.mark.parametrize(("value", "nested"), [([], True), ((), True), ({}, True), (1, False)])
def test_is_nested(value, nested):
    assert tree.is_nested(value) is nested
