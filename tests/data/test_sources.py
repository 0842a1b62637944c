import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Subset, TensorDataset

from kerlite.data.sources import is_batched, kind_of
from tests.data.fakes import Counting, Pages, Squares, Table

TENSORS = TensorDataset(torch.ones(3))
SOURCES = [
    (np.ones(3), "arrays"),
    (torch.ones(3), "arrays"),
    ([1.0, 2.0], "arrays"),
    ({"a": np.ones(3)}, "arrays"),
    (TENSORS, "TensorDataset"),
    (Subset(Subset(TENSORS, [0, 1]), [0]), "TensorDataset"),
    (Subset(Squares(3), [0]), "Dataset"),
    (Squares(3), "Dataset"),
    (Counting(3), "IterableDataset"),
    (DataLoader(Squares(3)), "DataLoader"),
    (DataLoader(Counting(3)), "DataLoader"),
    (Table(a=[1]), "table"),
    (Pages(), "PyDataset"),
    (iter([1]), "generator"),
    ((i for i in range(3)), "generator"),
    (map(str, [1]), "generator"),
]


@pytest.mark.parametrize(("source", "kind"), SOURCES, ids=[kind for _, kind in SOURCES])
def test_kinds(source, kind):
    assert kind_of(source) == kind
    assert is_batched(source) is (kind in ("DataLoader", "PyDataset", "generator", "iterable"))


def test_hugging_faces_datasets():
    datasets = pytest.importorskip("datasets")
    table = datasets.Dataset.from_dict({"a": [1, 2]})
    assert kind_of(table) == "table"
    assert kind_of(table.with_format("torch")) == "table"
    assert kind_of(table.to_iterable_dataset()) == "IterableDataset"


def test_anything_that_can_be_iterated_is_an_iterable():
    class Stream:
        def __iter__(self):
            return iter([])

    assert kind_of(Stream()) == "iterable"
    assert is_batched(Stream())


@pytest.mark.parametrize("source", [{1, 2}, object()])
def test_unknown_kinds_say_what_is_accepted(source):
    message = f"x is a builtins.{type(source).__name__}.*Expected NumPy arrays.*PyDataset"
    with pytest.raises(ValueError, match=message):
        kind_of(source)


def test_a_function_must_be_called():
    def generator():
        yield 1

    with pytest.raises(ValueError, match="It is a function: call it"):
        kind_of(generator)


def test_nothing():
    with pytest.raises(ValueError, match=r"x is None\. Pass the inputs"):
        kind_of(None)
