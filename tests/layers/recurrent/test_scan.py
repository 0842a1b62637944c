import pytest
import torch

from kerlite.layers.recurrent.scan import scan
from tests.layers.support import data


def total(x, state):
    return state + x, state + x


def counting(x, states):
    return x, [states[0] + 1, states[1] * 2]


def test_goes_through_the_steps():
    x = data(2, 4, 3)
    outputs, last, state = scan(total, x, torch.zeros(2, 3))
    torch.testing.assert_close(outputs, x.cumsum(1))
    torch.testing.assert_close(last, x.sum(1))
    torch.testing.assert_close(state, last)


def test_backwards():
    x = data(2, 4, 3)
    outputs, _, _ = scan(total, x, torch.zeros(2, 3), go_backwards=True)
    torch.testing.assert_close(outputs, x.flip(1).cumsum(1))


def test_only_the_last_output():
    outputs, last, _ = scan(total, data(2, 4), torch.zeros(2), return_all=False)
    assert outputs is None
    torch.testing.assert_close(last, data(2, 4).sum(1))


@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_masked_steps_change_nothing(zero, backwards):
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    mask = torch.tensor([[0, 1, 0, 1]])
    outputs, last, state = scan(
        total, x, torch.zeros(1), mask, go_backwards=backwards, zero_output_for_mask=zero
    )
    repeated, zeros = ([4, 4, 6, 6], [4, 0, 6, 0]) if backwards else ([0, 2, 2, 6], [0, 2, 0, 6])
    assert outputs.tolist() == [zeros if zero else repeated]
    assert last.tolist() == [outputs[0, -1]]
    assert state.tolist() == [6]


def test_states_of_any_structure_and_outputs_of_any_rank():
    x, mask = data(2, 3, 4, 5), torch.tensor([[True, False, True], [False, False, False]])
    states = [torch.zeros(2), torch.ones(2, 1)]
    outputs, _, (count, double) = scan(counting, x, states, mask)
    assert count.tolist() == [2, 0]
    assert double.tolist() == [[4], [1]]
    torch.testing.assert_close(outputs[0], x[0, [0, 0, 2]])
    assert not outputs[1].any()


def test_a_state_that_comes_back_without_its_list():
    _, _, state = scan(lambda x, s: (x, s[0] + x), data(1, 3), [torch.zeros(1)], torch.ones(1, 3))
    torch.testing.assert_close(state, data(1, 3).sum(1))


def test_bad_input():
    with pytest.raises(ValueError, match=r"a step at least; received the shape \(2, 0, 3\)"):
        scan(total, torch.zeros(2, 0, 3), torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"here of shape \(2, 4\); received one of shape \(4,\)"):
        scan(total, torch.zeros(2, 4, 3), torch.zeros(2, 3), torch.ones(4))
