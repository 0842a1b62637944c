import numpy as np
import pytest
import torch

from kerlite.data.convert import as_floatx, from_list, from_numpy, is_number_list


def test_memory_is_shared_even_if_read_only():
    array = np.arange(4)
    array.flags.writeable = False
    assert from_numpy(array, "x").data_ptr() == array.ctypes.data


def test_a_field_of_records_is_copied():
    records = np.zeros(3, dtype=[("a", "u1"), ("b", "<f4")])
    records["b"] = [1, 2, 3]
    assert from_numpy(records["b"], "x").tolist() == [1, 2, 3]


def test_records_are_refused():
    with pytest.raises(ValueError, match="x has dtype"):
        from_numpy(np.zeros(3, dtype=[("a", "u1"), ("b", "<f4")]), "x")


def test_objects_say_what_they_hold():
    ragged = np.empty(2, dtype=object)
    ragged[:] = [[1, 2], [3]]
    with pytest.raises(ValueError, match=r"first is of type list.*pad_sequences"):
        from_numpy(ragged, "x")


def test_casting_a_frames_memory_makes_rows():
    columns = np.asfortranarray(np.random.rand(5, 3))
    assert as_floatx(torch.from_numpy(columns)).is_contiguous()


def test_casting_keeps_channels_last():
    x = torch.randn(2, 3, 4, 4, dtype=torch.float64).to(memory_format=torch.channels_last)
    assert as_floatx(x).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1, 2], True),
        ((1.5, 2.0), True),
        ([[[True]]], True),
        ([np.float32(1)], True),
        (["a"], True),
        ([np.ones(2)], False),
        ([torch.ones(2)], False),
        ([], False),
        ([[], []], False),
        (3, True),
        (None, False),
    ],
)
def test_number_lists(value, expected):
    assert is_number_list(value) is expected


def test_ragged_lists_of_arrays():
    with pytest.raises(ValueError, match="rows are of different shapes"):
        from_list([1, np.ones(3)], "x")
