"""What holds for every public metric: exact over batches, mergeable, storable, never waiting."""

import copy
import io
import json
import pickle

import keras
import pytest
import torch

from kerlite import metrics
from kerlite.core.settings import settings
from kerlite.metrics.lookup import _NAMES
from tests.metrics.support import CASES, PARTS, ROWS, WEIGHT, close, make, seen
from tests.training.test_no_waiting import no_waiting

WEIGHTS = [None, WEIGHT, torch.zeros(ROWS)]
weighted = pytest.mark.parametrize("weight", WEIGHTS, ids=["plain", "weighted", "zeros"])


def through_json(config):
    return json.loads(json.dumps(config))


every = pytest.mark.parametrize("name", CASES)


def test_every_metric_is_here():
    abstract = {"Metric", "Mean", "Sum", "MeanMetricWrapper"}
    classes = {name for name in metrics.__all__ if isinstance(getattr(metrics, name), type)}
    assert set(CASES) == classes - abstract


@every
@weighted
def test_any_split_gives_the_same_as_one_batch_and_as_keras(name, weight):
    y_true, y_pred = CASES[name][1]
    once = seen(make(name), y_true, y_pred, weight)
    for parts in (PARTS, [slice(i, i + 1) for i in range(ROWS)]):
        close(seen(make(name), y_true, y_pred, weight, parts), once)
    if name == "ConcordanceCorrelation" or (name == "R2Score" and weight is WEIGHTS[2]):
        return  # held against the definition in tests of their own
    theirs = seen(make(name, keras.metrics), y_true, y_pred, weight, PARTS).result()
    close(once, theirs.cpu(), rtol=1e-4 if name == "AUC" else 1e-5)


@every
@weighted
def test_merging_parts_equals_one_over_all(name, weight):
    y_true, y_pred = CASES[name][1]
    parts = [seen(make(name), y_true, y_pred, weight, [rows]) for rows in (*PARTS, slice(0, 0))]
    whole = seen(make(name), y_true, y_pred, weight)
    first, *others = copy.deepcopy(parts)
    first.merge_state(others)
    close(first, whole)
    blank = make(name)
    blank.merge_state([*parts, make(name)])
    close(blank, whole)
    assert {v.aggregation for v in whole.variables} <= {"sum", "mean", "only_first_replica"}


@every
def test_state_survives_files_copies_and_moves(name):
    y_true, y_pred = CASES[name][1]
    half = seen(make(name), y_true, y_pred, parts=PARTS[:1])
    whole = seen(make(name), y_true, y_pred)
    file = io.BytesIO()
    torch.save(half.state_dict(), file)
    file.seek(0)
    loaded = make(name)
    loaded.load_state_dict(torch.load(file, weights_only=True))
    copies = [loaded, copy.deepcopy(half), pickle.loads(pickle.dumps(half)), half.to("cpu")]
    for metric in copies:
        close(seen(metric, y_true, y_pred, parts=PARTS[1:]), whole)
        assert [v.name for v in metric.variables] == [v.name for v in whole.variables]
    moved = make(name).to("meta")
    moved.to_empty(device="cpu")
    moved.reset_state()
    assert {v.device.type for v in moved.variables} <= {"cpu"}


@every
def test_state_is_made_where_the_data_is(name):
    y_true, y_pred = (part.to("meta") for part in CASES[name][1])
    metric = make(name)
    metric.update_state(y_true, y_pred)
    metric.update_state(y_true=y_true, y_pred=y_pred)
    assert {variable.device.type for variable in metric.variables} == {"meta"}


@every
def test_arrays_go_to_the_device_of_the_state(name, monkeypatch):
    monkeypatch.setattr(settings, "device", torch.device("meta"))  # as on a machine with a GPU
    y_true, y_pred = (part.numpy() for part in CASES[name][1])
    metric = make(name)
    metric.update_state(y_true, y_pred, WEIGHT.numpy())
    assert metric.result().device.type == "meta"
    assert {buffer.device.type for buffer in metric.buffers()} == {"meta"}


@every
def test_reset_is_in_place_and_starts_anew(name):
    y_true, y_pred = CASES[name][1]
    metric = seen(make(name), y_true, y_pred, parts=PARTS[1:])
    addresses = [variable.data_ptr() for variable in metric.variables]
    metric.reset_state()
    close(seen(metric, y_true, y_pred), seen(make(name), y_true, y_pred))
    assert [variable.data_ptr() for variable in metric.variables] == addresses


@every
@weighted
def test_nothing_waits_for_the_device(name, weight, monkeypatch):
    y_true, y_pred = CASES[name][1]
    monkeypatch.setattr("kerlite.losses.probabilities.is_readable", lambda x: False)
    for module in ("counting", "iou"):  # values are looked at on the CPU, where that is free
        monkeypatch.setattr(f"kerlite.metrics.{module}.runs_eagerly_on_cpu", lambda x: False)
    metric = make(name)
    with no_waiting():
        seen(metric, y_true, y_pred, weight, PARTS)
        metric.result()
        metric.reset_state()


@every
def test_updates_keep_no_graph(name):
    y_true, y_pred = CASES[name][1]
    y_pred = y_pred.clone().requires_grad_() if y_pred.is_floating_point() else y_pred
    metric = make(name)
    metric.update_state(y_true, y_pred * 1)
    assert not metric.result().requires_grad
    assert not any(variable.requires_grad for variable in metric.variables)


@every
def test_config_is_that_of_keras_and_round_trips(name):
    ours, theirs = make(name, name="mine"), make(name, keras.metrics, name="mine")
    config, expected = through_json(ours.get_config()), through_json(theirs.get_config())
    assert config.items() >= expected.items()
    assert set(config) - set(expected) <= {"axis", "from_sorted_ids"}  # Keras forgets them
    again = keras.metrics.deserialize(through_json(metrics.serialize(ours)))
    assert through_json(again.get_config()).items() >= expected.items()
    again = metrics.deserialize(through_json(keras.metrics.serialize(theirs)))
    assert through_json(again.get_config()).items() >= expected.items()


def test_every_name_of_keras_stands_for_the_same_class():
    for name, theirs in keras.src.metrics.ALL_OBJECTS_DICT.items():
        if theirs.__name__ != "MeanMetricWrapper":
            assert _NAMES[name].__name__ == theirs.__name__, name


@pytest.mark.parametrize(
    "name", ["huber", "log_cosh", "binary_focal_crossentropy", "categorical_focal_crossentropy"]
)
def test_functions_without_a_class_have_names_too(name):
    assert metrics.get(name) is getattr(metrics, name)
