import collections

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from kerlite.data.delivery import annotate, deliver, place, to_host

CPU = torch.device("cpu")


def test_lists_become_tuples_at_the_top_only():
    batch = to_host([[np.ones(2), np.ones(3)], {"y": [1, 2]}])
    assert isinstance(batch, tuple)
    assert isinstance(batch[0], list)
    assert batch[1]["y"].tolist() == [1, 2]


def test_number_types():
    x, y = to_host((np.ones(1, "float16"), torch.ones(1, dtype=torch.float16)))
    assert (x.dtype, y.dtype) == (torch.float32, torch.float16)
    assert to_host(np.ones(1, "uint8")).dtype == torch.uint8


def test_mappings_of_other_kinds_become_dicts():
    assert type(to_host(collections.UserDict(a=np.ones(1)))) is dict


def test_mapped_batches_are_read(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(4.0))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert to_host(mapped[1:3]).tolist() == [1, 2]


def test_what_can_move_itself_is_left_alone():
    packed = pack_sequence([torch.ones(2), torch.ones(1)])
    (x, _) = to_host((packed, torch.ones(2)))
    assert x is packed
    moved = place((packed, None), CPU)
    assert isinstance(moved[0], PackedSequence)
    assert moved[1] is None


def test_place_keeps_structures():
    Pair = collections.namedtuple("Pair", ["a", "b"])
    batch = ({"a": torch.ones(1)}, [torch.ones(1), None], Pair(torch.ones(1), torch.ones(1)))
    placed = place(batch, torch.device("meta"))
    assert placed[0]["a"].is_meta
    assert isinstance(placed[1], list)
    assert isinstance(placed[2], Pair)
    assert placed[2].b.is_meta


def test_deliver_weighs_on_the_device_and_counts_batches():
    seen = []

    def weigh(batch):
        seen.append(batch.device.type)
        return batch * 2

    raw = iter([np.ones(1), np.ones(1), object()])
    batches = deliver(raw, CPU, weigh, lambda i: f"number {i}")
    assert next(batches).item() == 2
    next(batches)
    with pytest.raises(ValueError, match=r"x is a builtins.object") as caught:
        next(batches)
    assert caught.value.__notes__ == ["while making number 2"]
    assert seen == ["cpu", "cpu"]


def test_notes_before_python_3_11():
    class Old(Exception):
        add_note = property()  # hasattr() is False, as in 3.10

    error = Old("bad", 3)
    annotate(error, "while making batch 1")
    assert error.args == ("bad (while making batch 1)", 3)
    error = Old()
    annotate(error, "while making batch 1")
    assert error.args == ("(while making batch 1)",)
