import itertools

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from kerlite.core.random import permutation
from kerlite.data import adapt
from tests.data.fakes import Squares, Table, numbers

TABLE = {"a": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "label": [0, 1, 2]}


def test_samples_are_collated_as_a_loader_does():
    got = list(adapt(Squares(7), batch_size=3).epoch(0))
    expected = list(DataLoader(Squares(7), batch_size=3))
    for (x, y), (ex, ey) in zip(got, expected, strict=True):
        assert torch.equal(x, ex.float())
        assert torch.equal(y, ey)


def test_the_order_is_a_pure_function_of_seed_and_epoch():
    batches = adapt(Squares(9), batch_size=4, shuffle=True, seed=2)
    assert list(itertools.chain(*numbers(batches.epoch(3)))) == permutation(9, 2, 3).tolist()
    assert numbers(batches.epoch(3, start=1)) == numbers(batches.epoch(3))[1:]


def test_shuffle_batch():
    got = numbers(adapt(Squares(40), batch_size=20, shuffle="batch").epoch(0))
    assert [sorted(batch) for batch in got] == [list(range(20)), list(range(20, 40))]
    assert got[0] != sorted(got[0])


def test_a_class_that_only_looks_like_a_dataset():
    class Looks:
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return {"x": np.float32(int(i))}

    (batch,) = adapt(Looks()).epoch(0)
    assert batch["x"].tolist() == [0, 1, 2]


def test_many_samples_at_once():
    class Fast(Squares):
        def __getitems__(self, rows):
            return [(np.float32(row), 0) for row in rows]

        def __getitem__(self, i):
            raise AssertionError("one at a time")

    assert numbers(adapt(Fast(4), batch_size=2).epoch(0)) == [[0, 1], [2, 3]]


def test_samples_of_different_shapes_name_the_batch():
    class Ragged(Squares):
        def __getitem__(self, i):
            return torch.zeros(i)

    with pytest.raises(RuntimeError, match="equal size") as caught:
        list(adapt(Ragged(4), batch_size=1).epoch(0)) + list(adapt(Ragged(4)).epoch(0))
    assert caught.value.__notes__ == ["while making batch 0 of epoch 0 from the dataset Ragged"]


def test_steps():
    batches = adapt(Squares(8), batch_size=2, steps=3)
    assert numbers(batches.epoch(0)) == [[0, 1], [2, 3], [4, 5]]
    with pytest.warns(UserWarning, match="needed 3 batches, but the dataset Squares gave 1"):
        assert numbers(batches.epoch(1)) == [[6, 7]]


def test_empty_dataset():
    with pytest.raises(ValueError, match="data is empty: the dataset Squares has length 0"):
        adapt(Squares(0))


@pytest.fixture(params=["fake", "datasets"])
def table(request):
    if request.param == "fake":
        return Table(**TABLE)
    return pytest.importorskip("datasets").Dataset.from_dict(TABLE)


def test_a_table_gives_dicts_of_columns(table):
    first, second = adapt(table, batch_size=2).epoch(0)
    assert first["a"].tolist() == [[1, 2], [3, 4]]
    assert (first["a"].dtype, second["label"].tolist()) == (torch.float32, [2])


def test_a_table_whose_targets_are_named(table):
    x, y = next(adapt(table, "label", shuffle=True).epoch(0))
    assert torch.equal(x[:, 0], 2.0 * y + 1)
    x, y = next(adapt(table, ["label"]).epoch(0))
    assert list(y) == ["label"]


def test_several_columns_stay_a_dict():
    x, y = next(adapt(Table(a=[1, 2], b=[3, 4], label=[0, 1]), "label").epoch(0))
    assert list(x) == ["a", "b"]
    assert y.tolist() == [0, 1]


def test_class_weights_of_a_table(table):
    ((_, _, w),) = adapt(table, "label", class_weight={2: 5.0}).epoch(0)
    assert w.tolist() == [1, 1, 5]
    with pytest.raises(ValueError, match="class_weight needs targets"):
        adapt(table, class_weight={2: 5.0})


def test_wrong_columns(table):
    with pytest.raises(ValueError, match=r"Unknown column: 'lable'. Did you mean 'label'"):
        adapt(table, "lable")
    with pytest.raises(ValueError, match=r"Pass the name of its column.*received a ndarray"):
        adapt(table, np.ones(3))
    with pytest.raises(ValueError, match="sample_weight was passed although x is a table"):
        adapt(table, "label", np.ones(3))


def test_a_column_of_strings():
    with pytest.raises(ValueError, match=r"x\['text'\] holds strings"):
        list(adapt(Table(text=["a", "b"])).epoch(0))
