"""The state of metrics: buffers that move, copy, save, merge, and need no gradients."""

import copy
import io
import pickle

import numpy as np
import pytest
import torch

from kerlite import metrics
from kerlite.core import config
from kerlite.core.registry import register_keras_serializable
from kerlite.metrics.variable import MetricVariable


class Positives(metrics.Metric):
    """Written as Keras's documentation writes metrics; the buffer has another name."""

    def __init__(self, name="positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count_of = self.add_variable(shape=(), initializer="zeros", name="seen")
        self.table = self.add_weight(shape=(2, 2), initializer="ones")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.count_of.assign_add((y_pred > 0).sum())
        self.count_of.assign(self.count_of + 0 * y_pred.sum())
        self.table.assign_sub(torch.ones(2, 2))

    def result(self):
        return self.count_of


def scores(*shape):
    return torch.ones(*shape, requires_grad=True)


def test_state_is_made_of_buffers_without_gradients():
    metric = Positives()
    assert metric(None, scores(3)).item() == 3
    assert list(metric.parameters()) == []
    assert [tuple(b.shape) for b in metric.buffers()] == [(), (2, 2)]
    assert not any(v.requires_grad for v in metric.variables)
    assert [v.name for v in metric.variables] == ["seen", "variable"]
    assert metric.table.numpy().tolist() == [[0, 0], [0, 0]]


def test_reset_is_in_place():
    metric = Positives()
    metric.update_state(None, scores(3))
    address = metric.count_of.data_ptr()
    metric.reset_state()
    assert metric.result().item() == 0
    assert metric.count_of.data_ptr() == address


@pytest.mark.parametrize("copier", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_whole_and_separate(copier):
    torch.manual_seed(0)
    metric = metrics.Mean()
    metric.update_state([1.0, 3.0])
    twin = copier(metric)
    twin.update_state([8.0, 8.0])
    assert (metric.result().item(), twin.result().item()) == (2.0, 5.0)
    assert twin.variables[0] is twin.total is twin._buffers["total"]
    assert isinstance(twin.total, MetricVariable)
    assert twin.total.aggregation == "sum"


def test_state_dict_round_trip():
    metric, other = Positives(), Positives()
    metric.update_state(None, scores(3))
    file = io.BytesIO()
    torch.save(metric.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert other.result().item() == 3
    other.update_state(None, scores(2))
    assert other.result().item() == 5


def test_state_stays_the_same_object_when_it_moves():
    metric = Positives()
    variables = metric.variables
    held = metric.count_of
    metric.to("meta")
    assert metric.count_of is held is metric.variables[0] is metric._buffers["seen"]
    assert {b.device.type for b in metric.buffers()} == {"meta"}
    assert metric.variables == variables
    assert isinstance(held, MetricVariable)


def test_state_follows_the_data_to_its_device():
    metric = metrics.MeanSquaredError()
    metric.update_state(torch.zeros(2, 1, device="meta"), torch.zeros(2, 1, device="meta"))
    mean = metrics.Mean()
    mean.update_state(torch.zeros((), device="meta"), 3)
    assert mean.count.device.type == "meta"
    assert metric.total.device.type == "meta"


def test_state_follows_data_that_is_passed_by_name():
    metric, data = metrics.MeanSquaredError(), torch.zeros(2, 1, device="meta")
    metric.update_state(y_true=data, y_pred=data)
    assert metric.total.device.type == "meta"


def test_state_keeps_its_type_in_half_precision_models():
    holder = torch.nn.ModuleList([metrics.Mean()]).half()
    assert holder[0].total.dtype == torch.float32
    assert metrics.Mean(dtype="float16").total.dtype == torch.float32
    metric = metrics.Mean(dtype="bfloat16")
    metric.update_state(torch.full((1000,), 1.0, dtype=torch.bfloat16))
    assert metric.count.item() == 1000
    assert metric.result().dtype == torch.bfloat16
    config.set_floatx("float64")
    assert metrics.Mean().total.dtype == torch.float64


@pytest.mark.parametrize("first", [True, False])
def test_inference_mode_does_not_spoil_the_state(first):
    with torch.inference_mode(first):
        metric = Positives()
        mean = metrics.Mean()
        metric.update_state(None, torch.ones(2))
        mean.update_state(torch.ones(2))
    with torch.inference_mode(not first):
        metric.update_state(None, torch.ones(2))
        mean.update_state(torch.ones(2))
    metric.to(torch.float64)
    metric.reset_state()
    metric.update_state(None, scores(1))
    assert metric.result().item() == 1
    assert mean.count.item() == 4


def test_updates_leave_no_graph():
    metric = metrics.Mean()
    metric.update_state(scores(3) * 2)
    assert metric.total.grad_fn is None
    assert not metric.result().requires_grad


def test_held_metrics_count_as_state():
    class Two(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.first = metrics.Mean()
            self.others = [metrics.Sum(), metrics.Mean()]

        def update_state(self, values):
            for metric in (self.first, *self.others):
                metric.update_state(values)

        def result(self):
            return {"mean": self.first.result(), "sum": self.others[0].result()}

    metric = Two()
    result = metric([1.0, 2.0])
    assert {k: v.item() for k, v in result.items()} == {"mean": 1.5, "sum": 3.0}
    assert [v.name for v in metric.variables] == ["total", "count", "total", "total", "count"]
    metric.reset_state()
    assert metric.result()["sum"].item() == 0


def test_merging_equals_one_metric_over_both_halves():
    y_true, y_pred = torch.randint(0, 3, (10,)), torch.randn(10, 3)
    whole, parts = metrics.SparseCategoricalAccuracy(), []
    whole.update_state(y_true, y_pred)
    for rows in (slice(0, 3), slice(3, 7), slice(7, 10)):
        parts.append(metrics.SparseCategoricalAccuracy())
        parts[-1].update_state(y_true[rows], y_pred[rows])
    parts[0].merge_state(parts[1:])
    torch.testing.assert_close(parts[0].result(), whole.result())


def test_merging_goes_by_aggregation():
    class Kinds(metrics.Metric):
        def __init__(self, value):
            super().__init__()
            for kind in ("sum", "mean", "only_first_replica", "none", None):
                self.add_variable((), lambda shape, dtype: torch.tensor(value), aggregation=kind)

    first = Kinds(1.0)
    first.merge_state([Kinds(2.0), Kinds(6.0)])
    assert [v.item() for v in first.variables] == [9.0, 3.0, 1.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="of one class"):
        first.merge_state([metrics.Mean()])
    with pytest.raises(ValueError, match="Unknown aggregation: 'max'"):
        first.add_variable((), "zeros", aggregation="max")


def test_stateless_methods_leave_the_state_alone():
    metric = metrics.Mean()
    metric.update_state([5.0])
    state = metric.stateless_update_state([torch.tensor(4.0), torch.tensor(1.0)], [2.0])
    assert [v.item() for v in state] == [6.0, 2.0]
    assert metric.stateless_result(state).item() == 3.0
    assert [v.item() for v in metric.stateless_reset_state()] == [0.0, 0.0]
    assert metric.result().item() == 5.0
    with pytest.raises(ValueError, match="has 2 variables; received 1"):
        metric.stateless_result([0.0])


def test_forgotten_super_and_methods_say_so():
    class Forgetful(metrics.Metric):
        def __init__(self):
            self.add_variable((), "zeros")

    class Empty(metrics.Metric):
        pass

    with pytest.raises(RuntimeError, match=r"calls super\(\).__init__\(\). Call that first"):
        Forgetful()
    with pytest.raises(NotImplementedError, match="defines no update_state"):
        Empty().update_state(1)
    with pytest.raises(NotImplementedError, match="defines no result"):
        Empty().result()


def test_names_count_up_and_states_of_one_name_are_kept_apart():
    class Unnamed(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.a = self.add_weight(name="x.y")
            self.b = self.add_weight(name="x.y")
            self.c = self.add_weight(name="result")

    first, second = Unnamed(), Unnamed()
    assert second.name == f"{first.name}_1"
    assert list(first.state_dict()) == ["x_y", "x_y_1", "result_1"]


def test_assigning_another_shape_says_so():
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        metrics.Mean().total.assign(np.zeros(2))


def test_user_metrics_round_trip():
    @register_keras_serializable("tests")
    class Above(metrics.Metric):
        def __init__(self, level, **kwargs):
            super().__init__(**kwargs)
            self.level = level

    metric = Above(0.25, name="above")
    again = metrics.deserialize(metrics.serialize(metric))
    assert (again.level, again.name, again.dtype) == (0.25, "above", "float32")


def test_compiled_updates_are_the_same():
    def run(metric, y_true, y_pred):
        metric.update_state(y_true, y_pred)
        return metric.result()

    for name in ("SparseCategoricalAccuracy", "MeanSquaredError"):
        ours, eager = getattr(metrics, name)(), getattr(metrics, name)()
        y_true = torch.tensor([0.0, 1.0, 2.0])
        y_pred = torch.randn(3, 3) if name.startswith("Sparse") else torch.randn(3)
        compiled = torch.compile(run, backend="eager", fullgraph=True)
        for _ in range(3):
            got, expected = compiled(ours, y_true, y_pred), run(eager, y_true, y_pred)
            torch.testing.assert_close(got, expected)
