"""`kerlite.tree` against Keras's own."""

import re
from collections import OrderedDict, defaultdict, namedtuple

import keras
import pytest

from kerlite import tree

Point = namedtuple("Point", "x y")
STRUCTURES = [
    1, [], {}, [1, 2], (1, (2, [3])), {"b": 1, "a": [2, None]}, Point(1, [2]),
    OrderedDict(z=1, y=(2, 3)), [None], {"k": {"l": ()}}, [[1, 2], [3]], ([1, 2], 3),
]  # fmt: skip
every_structure = pytest.mark.parametrize("structure", STRUCTURES, ids=repr)


def outcome(function, *args, **kwargs):
    """Return what a call gives: its value, or the type of its error."""
    try:
        return function(*args, **kwargs)
    except (TypeError, ValueError) as error:
        return type(error)


@every_structure
@pytest.mark.parametrize("top_down", [True, False])
def test_traverse_visits_and_replaces_as_keras(structure, top_down):
    def visit(library, seen):
        def look(part):
            seen.append(part)
            if part == [2, None] or part == (2, 3):
                return library.MAP_TO_NONE
            return str(part) if isinstance(part, int) and part > 1 else None

        return library.traverse(look, structure, top_down=top_down)

    ours, theirs = [], []
    assert visit(tree, ours) == visit(keras.tree, theirs)
    assert ours == theirs


@every_structure
def test_lists_to_tuples(structure):
    assert tree.lists_to_tuples(structure) == keras.tree.lists_to_tuples(structure)


@every_structure
@pytest.mark.parametrize("other", STRUCTURES, ids=repr)
def test_assertions_agree_with_keras(structure, other):
    for name in ("assert_same_structure", "assert_same_paths"):
        ours, theirs = getattr(tree, name), getattr(keras.tree, name)
        assert outcome(ours, structure, other) == outcome(theirs, structure, other), name


@every_structure
@pytest.mark.parametrize("shallow", [[None, None], (None, None), {"b": 0, "a": 0}, 0], ids=repr)
def test_map_structure_up_to(structure, shallow):
    ours = outcome(tree.map_structure_up_to, shallow, str, structure)
    assert ours == outcome(keras.tree.map_structure_up_to, shallow, str, structure)


@every_structure
@pytest.mark.parametrize("none_is_leaf", [True, False])
def test_map_structure(structure, none_is_leaf):
    others = [] if structure == 1 else [[structure, [1, 2]]]  # Keras lets a leaf match anything
    for given in ([structure], [structure, structure], *others):
        ours = outcome(tree.map_structure, lambda *x: str(x), *given, none_is_leaf=none_is_leaf)
        theirs = outcome(
            keras.tree.map_structure, lambda *x: str(x), *given, none_is_leaf=none_is_leaf
        )
        assert ours == theirs


def test_kinds_of_dicts_count_as_one():
    tree.assert_same_structure({"a": 1}, OrderedDict(a=2))
    tree.assert_same_structure(defaultdict(int, a=1), {"a": 2})


@pytest.mark.parametrize(
    "shapes", [(None, 2), [(None, 2), [3, 4]], {"a": (1,), "b": [(2,), (3,)]}, (), [None]], ids=repr
)
def test_map_shape_structure(shapes):
    ours = tree.map_shape_structure(tuple, shapes)
    assert ours == keras.tree.map_shape_structure(tuple, shapes)


def test_errors_say_where():
    with pytest.raises(ValueError, match=re.escape("at ('a', 1)")):
        tree.assert_same_structure({"a": [1, [2]]}, {"a": [1, (2,)]})
    with pytest.raises(ValueError, match=re.escape("Only in the first: [('b',)]")):
        tree.assert_same_paths({"a": 1, "b": 2}, {"a": 1})
    with pytest.raises(TypeError, match="must be a function"):
        tree.traverse(3, [1])
    with pytest.raises(TypeError, match="at least one structure"):
        tree.map_structure(str)
    with pytest.raises(ValueError, match="at the top"):
        tree.map_structure(str, 1, [1])
    with pytest.warns(DeprecationWarning, match="no effect"):
        tree.assert_same_structure([1], [2], check_types=True)
