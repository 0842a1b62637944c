"""One for all, lists, dicts, nested: what the user gave finds its outputs."""

import pytest

from kerlite.training.outputs import Outputs
from kerlite.training.spread import spread

LIST = Outputs([1, 2], ["a", "b"])
DICT = Outputs({"q": 2, "p": 1}, ["a", "b"])  # in the order of the sorted keys
NESTED = Outputs({"q": [2, 3], "p": 1}, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("outputs", "given", "expected"),
    [
        (LIST, "m", ["m", "m"]),
        (LIST, ["m", "n"], ["m", "n"]),
        (LIST, ("m", None), ["m", None]),
        (LIST, {"b": "n"}, [None, "n"]),
        (LIST, None, [None, None]),
        (LIST, [["m", "o"], "n"], [["m", "o"], "n"]),
        (DICT, {"q": "n"}, [None, "n"]),
        (DICT, {"b": "n", "a": "m"}, ["m", "n"]),
        (DICT, ["m", "n"], ["m", "n"]),
        (NESTED, {"q": ["m", "n"]}, [None, "m", "n"]),
        (NESTED, {"q": "m", "p": "n"}, ["n", "m", "m"]),
        (NESTED, ["p", "m", "n"], ["p", "m", "n"]),
        (NESTED, {"q": {"c": "n"}}, [None, None, "n"]),
        (Outputs([1, 2], ["a", "a"]), {"a": "m"}, ["m", "m"]),
        (Outputs(1, ["a"]), {"a": "m"}, [{"a": "m"}]),
        (Outputs(1), {"anything": "m"}, [{"anything": "m"}]),
    ],
)
def test_each_output_gets_its_own(outputs, given, expected):
    assert spread(given, outputs, "loss") == expected


def test_unknown_names_list_the_outputs():
    with pytest.raises(ValueError, match=r"loss: Unknown output: 'bb'. Did you mean 'b'.*\[X, X\]"):
        spread({"bb": "m"}, LIST, "loss")
    with pytest.raises(ValueError, match=r"Unknown output: 'dens'. Did you mean 'dense'"):
        spread({"dens": "m"}, Outputs(1, ["dense"]), "loss")
    with pytest.raises(ValueError, match=r"Unknown output: 'z'.*'q' or 'p'|'p' or 'q'"):
        spread({"z": "m"}, DICT, "metrics")


def test_lengths_that_differ_say_so():
    with pytest.raises(ValueError, match=r"metrics has 3 entries for 2 outputs.*named .'a', 'b'."):
        spread(["m", "n", "o"], LIST, "metrics")


def test_one_for_all_may_be_refused():
    with pytest.raises(ValueError, match=r"loss_weights is 0.5 for 2 outputs"):
        spread(0.5, LIST, "loss_weights", one_for_all=False)
    assert spread(None, LIST, "loss_weights", one_for_all=False) == [None, None]
