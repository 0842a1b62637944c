"""State that the first batch gives its shape: loaded, merged, stateless, inside other modules."""

import numpy as np
import pytest
import torch

from kerlite import metrics
from kerlite.metrics.lazy import value_weights
from tests.metrics.support import GUESS, ONE_HOT, REAL, close, seen

BOTH = [(metrics.R2Score, REAL, GUESS), (metrics.F1Score, ONE_HOT, ONE_HOT.roll(1, 0) + 0.1)]
both = pytest.mark.parametrize(("make", "y_true", "y_pred"), BOTH, ids=["R2Score", "F1Score"])


@both
def test_load_state_dict_makes_the_state(make, y_true, y_pred):
    holder, other = (torch.nn.ModuleDict({"metric": make()}) for _ in range(2))
    seen(holder["metric"], y_true, y_pred)
    other.load_state_dict(holder.state_dict())
    close(other["metric"], holder["metric"])
    assert [v.dtype for v in other["metric"].variables] == [
        v.dtype for v in holder["metric"].variables
    ]
    blank = make()
    blank.load_state_dict(make().state_dict())
    assert not blank.is_made


@both
def test_merging_works_whichever_has_seen_nothing(make, y_true, y_pred):
    whole = seen(make(), y_true, y_pred)
    blank, full = make(), seen(make(), y_true, y_pred)
    blank.merge_state([make(), full, make()])
    close(blank, whole)
    full.merge_state([make(), make()])
    close(full, whole)
    nothing = make()
    nothing.merge_state([make()])
    assert not nothing.is_made
    with pytest.raises(ValueError, match="of one class"):
        make().merge_state([metrics.Mean()])


@both
def test_stateless_updates_start_from_nothing_and_from_a_state(make, y_true, y_pred):
    blank, whole = make(), seen(make(), y_true, y_pred)
    state = blank.variables
    for rows in (slice(0, 5), slice(5, None)):
        state = blank.stateless_update_state(state, y_true[rows], y_pred[rows])
    np.testing.assert_allclose(blank.stateless_result(state), whole.result(), rtol=1e-6)
    assert not blank.is_made
    with pytest.raises(ValueError, match="received 9"):
        whole.stateless_result([0.0] * 9)


@both
def test_first_update_in_inference_mode_does_not_spoil_the_state(make, y_true, y_pred):
    metric = make()
    with torch.inference_mode():
        seen(metric, y_true[:5], y_pred[:5])
    seen(metric, y_true[5:], y_pred[5:])
    metric.reset_state()
    close(seen(metric, y_true, y_pred), seen(make(), y_true, y_pred))


@both
def test_half_models_keep_the_type_of_the_state(make, y_true, y_pred):
    metric = seen(make(), y_true, y_pred)
    kinds = [variable.dtype for variable in metric.variables]
    torch.nn.ModuleList([metric]).half()
    assert [variable.dtype for variable in metric.variables] == kinds


@both
def test_compiled_updates_are_the_same(make, y_true, y_pred):
    def update(metric, y_true, y_pred):
        metric.update_state(y_true, y_pred)
        return metric.result()

    metric = seen(make(), y_true, y_pred)
    compiled = torch.compile(update, backend="eager", fullgraph=True)
    ours = seen(make(), y_true, y_pred)
    torch.testing.assert_close(compiled(ours, y_true, y_pred), update(metric, y_true, y_pred))


def test_weights_and_masks_come_together():
    values = torch.zeros(3, 2)
    assert value_weights(None, None, values) is None
    mask = torch.tensor([True, False, True])
    assert value_weights(None, mask, values).tolist() == [[1, 1], [0, 0], [1, 1]]
    assert value_weights([2, 3, 4], mask, values).tolist() == [[2, 2], [0, 0], [4, 4]]
    assert value_weights(0.5, mask[:, None], values).sum().item() == 2
