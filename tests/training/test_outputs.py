"""Paths to outputs, and where targets and weights for them lie."""

from collections import OrderedDict

import pytest

from kerlite.training.outputs import Outputs, follow, shapes_as_leaves

LIST, DICT = [1, 2, 3], {"b": 1, "a": 2, "c": 3}
NAMES = ["x", "y", "z"]
ALL = [True, True, True]


def found(outputs, data, wanted=ALL):
    return [None if r is None else follow(r, data) for r in outputs.routes(data, wanted, "y")]


@pytest.mark.parametrize("data", [["A", "B", "C"], ("A", "B", "C"), {"y": "B", "z": "C", "x": "A"}])
def test_lists_and_names_match_outputs_in_order(data):
    assert found(Outputs(LIST, NAMES), data) == ["A", "B", "C"]


def test_dicts_match_by_key_and_lists_in_keras_order():
    outputs = Outputs(DICT, NAMES)
    assert found(outputs, {"a": "A", "b": "B", "c": "C"}) == ["A", "B", "C"]
    assert found(outputs, ["A", "B", "C"]) == ["A", "B", "C"]
    assert found(outputs, {"x": "X", "y": "Y", "z": "Z"}) == ["X", "Y", "Z"]
    assert found(Outputs(OrderedDict(DICT)), ["B", "A", "C"]) == ["B", "A", "C"]


def test_nested_outputs_match_nested_and_flat_data():
    outputs = Outputs({"q": 3, "p": [1, 2]})
    assert found(outputs, {"q": "C", "p": ("A", "B")}) == ["A", "B", "C"]
    assert found(outputs, ["A", "B", "C"]) == ["A", "B", "C"]


def test_only_wanted_outputs_need_data():
    outputs, wanted = Outputs(LIST, NAMES), [True, False, True]
    assert found(outputs, ["A", "C"], wanted) == ["A", None, "C"]
    assert found(outputs, {"x": "A", "z": "C"}, wanted) == ["A", None, "C"]
    assert found(outputs, ["A", "B", "C"], wanted) == ["A", "B", "C"]
    assert found(outputs, ["C"], [False, False, True]) == [None, None, "C"]


def test_one_array_is_for_every_output():
    assert Outputs(LIST).routes("A", ALL, "y") == [(), (), ()]
    assert Outputs(1).routes(["A"], [True], "y") == [(0,)]
    assert Outputs(1, ["x"]).routes({"x": "A"}, [True], "y") == [("x",)]


def test_weights_may_leave_outputs_out_but_hold_nothing_else():
    outputs = Outputs(LIST, NAMES)
    assert outputs.routes({"y": "w"}, None, "sample_weight") == [None, ("y",), None]
    assert outputs.routes(["u", None, "w"], None, "sample_weight") == [(0,), (1,), (2,)]
    with pytest.raises(ValueError, match="sample_weight does not match"):
        outputs.routes({"y": "w", "other": "v"}, None, "sample_weight")


def test_data_that_does_not_fit_shows_both_structures():
    with pytest.raises(
        ValueError, match=r"y is \[X, X\], the outputs are \[X, X, X\], named .*'x'"
    ):
        Outputs(LIST, NAMES).routes(["A", "B"], ALL, "y")
    with pytest.raises(ValueError, match=r"y is \{'q': X\}"):
        Outputs(DICT).routes({"q": 1}, ALL, "y")


def test_shapes_become_leaves():
    shapes = shapes_as_leaves({"a": (None, 3), "b": [(None, 1), ()]})
    assert shapes["a"].shape == (None, 3)
    assert [leaf.shape for leaf in shapes["b"]] == [(None, 1), ()]
    assert shapes_as_leaves((None, 3)).shape == (None, 3)
