import pytest
import torch

from kerlite.data import layout
from kerlite.data.layout import Layout, distinct, fit_on, moved
from kerlite.data.rows import Rows


def test_shared_arrays_are_kept_once():
    weight = torch.ones(3)
    packed = (torch.zeros(3), [torch.zeros(3), torch.zeros(3)], [weight, weight])
    assert len(distinct(packed)) == 4
    there = moved(packed, torch.device("cpu"))
    assert there[2][0] is there[2][1]


def test_a_flat_tuple_passes_through_untouched():
    packed = (torch.zeros(3), torch.ones(3))
    flat = iter([packed])
    assert Layout(packed).restore(flat) is flat


def test_memory_order_survives_a_gather():
    x = torch.randn(4, 5, 6, 7).permute(0, 3, 1, 2)
    plan = Layout((x,))
    (leaf,) = plan.leaves
    assert leaf.is_contiguous()
    ((back,),) = plan.restore(iter([(leaf.index_select(0, torch.tensor([2, 0])),)]))
    assert torch.equal(back, x[[2, 0]])
    assert back.stride() == x[:2].stride()


@pytest.mark.parametrize(("free", "fits"), [(100, False), (160, True)])
def test_arrays_move_to_cuda_if_they_take_half_of_its_memory_at_most(monkeypatch, free, fits):
    monkeypatch.setattr(layout.torch.cuda, "mem_get_info", lambda device: (free, 10**9))
    assert fit_on(torch.device("cuda:0"), [torch.zeros(20)]) is fits


def test_rows_never_move():
    assert not fit_on(torch.device("cpu"), [torch.zeros(2), Rows(torch.zeros(2))])
    assert fit_on(torch.device("cpu"), [torch.zeros(2)])
