import collections
import warnings

import numpy as np
import pytest
import torch

from kerlite.core import config
from kerlite.core.random import permutation
from kerlite.data import adapt
from kerlite.data.arrays import _CHUNK

Point = collections.namedtuple("Point", ["a", "b"])


def test_plain_batches_are_views_of_the_users_memory():
    x = np.arange(10, dtype="float32").reshape(5, 2)
    y = np.arange(5)
    batches = list(adapt(x, y, batch_size=2).epoch(0))
    assert [type(batch) for batch in batches] == [tuple] * 3
    assert [len(bx) for bx, _ in batches] == [2, 2, 1]
    assert batches[1][0].data_ptr() == x[2:].ctypes.data
    assert batches[1][1].data_ptr() == y[2:].ctypes.data
    np.testing.assert_array_equal(torch.cat([bx for bx, _ in batches]), x)


@pytest.mark.parametrize("n", [1, 7, 64, 4 * _CHUNK + 3])
def test_shuffled_batches_follow_the_permutation(n):
    x = torch.arange(n)
    batches = adapt(x, -x, batch_size=4, shuffle=True, seed=5)
    for epoch in (0, 3):
        order = permutation(n, 5, epoch)
        got = list(batches.epoch(epoch))
        assert len(got) == batches.num_batches == -(-n // 4)
        assert torch.equal(torch.cat([bx for bx, _ in got]), order)
        assert torch.equal(torch.cat([by for _, by in got]), -order)


def test_epochs_differ_and_repeat():
    def epoch(index, seed=0):
        batches = adapt(np.arange(50), batch_size=8, shuffle=True, seed=seed)
        return torch.cat(list(batches.epoch(index))).tolist()

    assert epoch(0) == epoch(0)
    assert epoch(0) != epoch(1)
    assert epoch(0) != epoch(0, seed=1)
    assert sorted(epoch(1)) == list(range(50))


@pytest.mark.parametrize("shuffle", [False, True, "batch"])
@pytest.mark.parametrize("start", [0, 1, 4, 5])
def test_an_epoch_resumes_at_any_batch(shuffle, start):
    x, y = np.random.rand(37, 3), np.arange(37)
    whole = list(adapt(x, y, batch_size=8, shuffle=shuffle).epoch(2))
    rest = list(adapt(x, y, batch_size=8, shuffle=shuffle).epoch(2, start=start))
    assert len(rest) == 5 - start
    for (ax, ay), (bx, by) in zip(whole[start:], rest, strict=True):
        assert torch.equal(ax, bx)
        assert torch.equal(ay, by)


def test_shuffle_batch_keeps_every_batchs_samples():
    got = list(adapt(np.arange(70), batch_size=32, shuffle="batch").epoch(0))
    assert [sorted(batch.tolist()) for batch in got] == [
        list(range(32)),
        list(range(32, 64)),
        list(range(64, 70)),
    ]
    assert got[0].tolist() != list(range(32))


@pytest.mark.parametrize("shuffle", [False, True])
def test_packing(shuffle):
    x = np.zeros((4, 2))
    options = {"batch_size": 4, "shuffle": shuffle}
    (alone,) = adapt(x, **options).epoch(0)
    assert isinstance(alone, torch.Tensor)
    (several,) = adapt([x, x], **options).epoch(0)
    assert isinstance(several, tuple)
    assert len(several) == 1
    assert isinstance(several[0], list)
    (weighted,) = adapt(x, x[:, 0], np.ones(4), **options).epoch(0)
    assert [tuple(t.shape) for t in weighted] == [(4, 2), (4,), (4,)]
    (as_dict,) = adapt({"a": x}, **options).epoch(0)
    assert list(as_dict) == ["a"]


def test_structures_come_back_as_they_were():
    x = {"b": np.arange(6), "a": (np.arange(6.0), [np.ones((6, 2)), None])}
    y = Point(np.arange(6) * 2, np.arange(6) * 3)
    for shuffle in (False, True):
        for bx, by in adapt(x, y, batch_size=3, shuffle=shuffle).epoch(0):
            assert list(bx) == ["b", "a"]
            assert isinstance(bx["a"], tuple)
            assert isinstance(bx["a"][1], list)
            assert bx["a"][1][1] is None
            assert isinstance(by, Point)
            assert torch.equal(by.a, bx["b"] * 2)
            assert torch.equal(by.b, bx["b"] * 3)
            assert torch.equal(bx["a"][0], bx["b"].float())


def test_read_only_and_odd_arrays_do_not_warn_and_are_right():
    base = np.arange(24, dtype="float32").reshape(6, 4)
    frozen = base.copy()
    frozen.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in (frozen, base[::-1], base[:, ::2], base.T[:4], np.asfortranarray(base)):
            got = torch.cat(list(adapt(x, batch_size=4).epoch(0)))
            np.testing.assert_array_equal(got, x)
    assert not frozen.flags.writeable


def test_the_users_arrays_are_not_written():
    x = np.random.rand(8, 2).astype("float32")
    kept = x.copy()
    for (batch,) in zip(adapt(x, shuffle=True, batch_size=4).epoch(0), strict=True):
        batch.mul_(0)
    np.testing.assert_array_equal(x, kept)


def test_channels_last_tensors_stay_channels_last():
    x = torch.randn(6, 3, 4, 5).to(memory_format=torch.channels_last)
    y = torch.arange(6)
    for shuffle in (False, True):
        for bx, by in adapt(x, y, batch_size=3, shuffle=shuffle).epoch(0):
            assert bx.is_contiguous(memory_format=torch.channels_last)
            assert torch.equal(bx, x[by])


def test_steps_decide_the_batch_size():
    batches = adapt(np.arange(10), steps=4)
    assert (batches.batch_size, batches.num_batches) == (3, 4)
    assert [len(batch) for batch in batches.epoch(0)] == [3, 3, 3, 1]


def test_fewer_steps_than_batches_go_on_in_the_next_epoch():
    batches = adapt(np.arange(12), batch_size=2, steps=3)
    got = [[batch.tolist() for batch in batches.epoch(epoch)] for epoch in range(3)]
    assert got[0] == [[0, 1], [2, 3], [4, 5]]
    assert got[1] == [[6, 7], [8, 9], [10, 11]]
    assert got[2] == got[0]


def test_more_steps_than_batches_warn():
    batches = adapt(np.arange(6), batch_size=2, steps=5)
    assert batches.num_batches == 5
    with pytest.warns(UserWarning, match=r"epoch 0 needed 5 batches, but data of 6 samples gave 3"):
        assert len(list(batches.epoch(0))) == 3
    assert not batches.exhausted


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("float64", "float32"),
        ("float16", "float32"),
        ("float32", "float32"),
        (">f4", "float32"),
        ("longdouble", "float32"),
        ("uint8", "uint8"),
        ("int8", "int8"),
        ("int64", "int64"),
        (">i4", "int32"),
        ("uint16", "int32"),
        ("uint32", "int64"),
        ("bool", "bool"),
        ("complex64", "complex64"),
    ],
)
def test_number_types(given, expected):
    x = np.array([[0, 1], [1, 0]]).astype(given)
    (batch,) = adapt(x).epoch(0)
    assert batch.dtype == getattr(torch, expected)
    np.testing.assert_array_equal(batch.numpy(), x)


def test_floats_follow_floatx():
    config.set_floatx("float64")
    (batch,) = adapt(np.ones((2, 2), "float32")).epoch(0)
    assert batch.dtype == torch.float64


def test_torch_halves_stay():
    (batch,) = adapt(torch.ones(2, dtype=torch.bfloat16)).epoch(0)
    assert batch.dtype == torch.bfloat16
    (batch,) = adapt(torch.ones(2, dtype=torch.float64)).epoch(0)
    assert batch.dtype == torch.float32


def test_a_tensor_that_wants_gradients_is_data():
    x = torch.ones(4, 2, requires_grad=True)
    (batch,) = adapt(x, shuffle=True).epoch(0)
    assert not batch.requires_grad


def test_lists_of_numbers():
    x, y = [[1, 2], [3, 4], [5, 6]], [0.5, 1.5, 2.5]
    ((bx, by),) = adapt(x, y).epoch(0)
    assert bx.tolist() == x
    assert bx.dtype == torch.int64
    assert by.tolist() == y
    assert by.dtype == torch.float32


def test_one_weight_array_serves_all_targets_and_is_gathered_once():
    x, w = np.arange(4), np.array([1, 2, 3, 4])
    y = {"a": x, "b": -x}
    ((_, _, sw),) = adapt(x, y, w, shuffle=True).epoch(0)
    assert list(sw) == ["a", "b"]
    assert sw["a"] is sw["b"]
    assert sw["a"].dtype == torch.float32
    assert sorted(sw["a"].tolist()) == [1, 2, 3, 4]


def test_weights_in_the_structure_of_the_targets():
    x = np.arange(4)
    ((_, _, sw),) = adapt(x, [x, x], [np.ones(4), None]).epoch(0)
    assert sw[0].tolist() == [1] * 4
    assert sw[1] is None


@pytest.mark.parametrize(
    ("y", "weight", "message"),
    [
        (None, np.ones(4), "sample_weight was given without y"),
        ([np.ones(4)] * 2, np.ones((4, 3)), r"shape \(4, 3\) for several targets"),
        ({"a": np.ones(4)}, {"b": np.ones(4)}, r"has not the structure of y.*\['b'\].*\['a'\]"),
        (np.ones(4), [np.ones(4)] * 2, "holds 2 arrays, but y is one"),
        (np.ones(4), np.ones(3), "x has 4 samples, y has 4 samples, sample_weight has 3 samples"),
    ],
)
def test_weights_that_do_not_fit(y, weight, message):
    with pytest.raises(ValueError, match=message):
        adapt(np.ones(4), y, weight)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((5, 2)), np.ones(4), "differ in length: x has 5 samples, y has 4 samples"),
        ({"image": np.ones(3), "tab": np.ones(2)}, None, r"x\['image'\] has 3.*x\['tab'\] has 2"),
        ([np.ones(3), np.ones(3)], np.ones(2), r"list of 2 arrays.*2 inputs.*numpy.stack"),
        (np.ones((0, 2)), np.ones(0), "data is empty: x has 0 samples"),
        ([], None, "data is empty: x holds no arrays"),
        (np.float32(3), None, r"x is a single number \(shape \(\)\)"),
        (np.array([1, "a"], dtype=object), None, r"array of Python objects"),
        (np.array(["a", "b"]), None, "x holds strings.*StringLookup"),
        (np.ones(2), ["cat", "dog"], "y holds strings.*return_inverse"),
        ([[1, 2], [3]], None, "x is a ragged list: its rows are of 1 to 2 items.*pad_sequences"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), None, r"x has dtype datetime64\[D\]"),
        ([np.ones(2), "text"], None, r"x\[1\] holds strings"),
        ({"a": object()}, None, r"x\['a'\] is a builtins.object; expected a NumPy array"),
        ("data.csv", None, "x holds strings"),
        (3, None, r"x is a single number"),
        (np.ones(2), iter([]), "y is a builtins.list_iterator"),
    ],
)
def test_bad_arrays(x, y, message):
    with pytest.raises(ValueError, match=message):
        adapt(x, y)


def test_sparse_tensors_are_read_dense():
    dense = torch.tensor([[0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])
    for shuffle in (False, True):
        batches = adapt(dense.to_sparse(), torch.arange(3), batch_size=2, shuffle=shuffle)
        for x, y in batches.epoch(0):
            assert torch.equal(x, dense[y])


def test_no_state_is_kept_between_epochs():
    batches = adapt(np.arange(8), batch_size=2, shuffle=True)
    one, two = batches.epoch(0), batches.epoch(0)
    next(one)
    assert torch.equal(torch.cat(list(two)), torch.cat(list(batches.epoch(0))))
    assert len(list(one)) == 3
