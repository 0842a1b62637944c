"""What a functional model does with its input before its graph runs."""

import numpy as np
import pytest
import torch

from kerlite import Input
from kerlite.core.graph import Graph
from kerlite.models.inputs import InputAdapter


def adapter(inputs, outputs=None):
    from_graph = Graph(inputs, inputs if outputs is None else outputs)
    names = [tensor.name for tensor in from_graph.flat_inputs]
    return InputAdapter(from_graph, names, "m")


@pytest.fixture
def pair():
    return adapter([Input((2,), name="a"), Input((3,), name="b", dtype="int32")])


def test_a_single_tensor():
    x = torch.ones(2, 2)
    assert adapter(Input((2,), name="a"))(x)[0] is x


def test_lists_dicts_and_names(pair):
    a, b = torch.ones(1, 2), torch.ones(1, 3, dtype=torch.int32)
    for given in ([a, b], (a, b), {"b": b, "a": a}, {"b": b, "a": a, "c": 1}):
        flat = pair(given)
        assert flat[0] is a
        assert flat[1] is b


def test_a_dict_of_keys_of_its_own():
    fit = adapter({"k": Input((2,), name="a"), "l": Input((2,), name="b")})
    first, second = torch.ones(1, 2), torch.zeros(1, 2)
    assert fit({"l": second, "k": first})[0] is first
    with pytest.raises(ValueError, match=r"misses the input\(s\) \['l'\].*\['k'\]"):
        fit({"k": first})


def test_types_are_those_of_the_inputs(pair):
    flat = pair([torch.ones(1, 2, dtype=torch.float64), torch.ones(1, 3)])
    assert [tensor.dtype for tensor in flat] == [torch.float32, torch.int32]
    flat = pair([np.ones((1, 2)), np.ones((1, 3))])
    assert [tensor.dtype for tensor in flat] == [torch.float32, torch.int32]


@pytest.mark.parametrize(
    ("shape", "given", "expected"),
    [
        ((), (4, 1), (4,)), ((1,), (4,), (4, 1)), ((3, 1), (4, 3), (4, 3, 1)),
        ((3,), (4, 3, 1), (4, 3)), ((1,), (1,), (1, 1)),
    ],
)  # fmt: skip
def test_ranks(shape, given, expected):
    assert adapter(Input(shape, name="a"))(torch.ones(given))[0].shape == expected


@pytest.mark.parametrize(
    ("shape", "given"),
    [((3,), (4, 2)), ((3,), (3,)), ((3,), (4, 3, 2)), ((), (4, 2)), ((2, 3), (4,))],
)
def test_misfits(shape, given):
    with pytest.raises(ValueError, match=r"model 'm' expects its input 'a'.*batch"):
        adapter(Input(shape, name="a"))(torch.ones(given))


def test_counts(pair):
    with pytest.raises(ValueError, match=r"takes 2 input\(s\) \['a', 'b'\], but received 3"):
        pair([torch.ones(1, 2)] * 3)


def test_none():
    fit = adapter([Input((2,), name="a"), Input((2,), name="b", optional=True)])
    assert fit([torch.ones(1, 2), None])[1] is None
    with pytest.raises(ValueError, match="'a'"):
        fit([None, torch.ones(1, 2)])


def test_unchecked():
    fit = adapter(Input((2,), name="a"))
    x = torch.ones(5, 7)
    assert fit(x, check=False)[0] is x
