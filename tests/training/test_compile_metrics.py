"""Metrics of one and of several outputs: values and log names against Keras."""

import copy
import pickle

import keras
import pytest
import torch

from kerlite import losses, metrics
from kerlite.training.compile import CompileMetrics

Theirs = keras.src.trainers.compile_utils.CompileMetrics


def numbers(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


Y = [numbers(6, 1, seed=1).round(), torch.arange(6) % 3]
P = [numbers(6, 1, seed=3), numbers(6, 3, seed=4)]
W = [torch.arange(6.0), torch.arange(6.0) ** 2]
NAMES = ["first", "second"]


def by(keys, values):
    return dict(zip(keys, values, strict=True))


def updated(compiled, *batches):
    for batch in batches:
        compiled.update_state(*batch)
    return compiled


def check(plain, weighted, names, y_true, y_pred, sample_weight=None):
    ours = updated(CompileMetrics(plain, weighted, names), (y_true, y_pred, sample_weight))
    theirs = Theirs(plain, weighted, output_names=names)
    theirs = updated(theirs, (y_true, y_pred, sample_weight)).result()
    ours = {name: float(value) for name, value in ours.results().items()}
    assert ours == pytest.approx({name: float(value) for name, value in theirs.items()}, rel=1e-5)


@pytest.mark.parametrize(
    ("plain", "weighted"),
    [
        (["accuracy"], None),
        (["acc", "mse", "MeanAbsoluteError"], ["mse"]),
        (["mse", "mse"], ["mse", "mse"]),
        (None, ["accuracy", "mae"]),
        ([["mae"]], None),
        ({"first": ["mae", "mse"]}, None),
        ({"whatever": "mae"}, None),
        ((), ["mae"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("weight", [None, W[0]], ids=["plain", "weighted"])
def test_one_output_matches_keras(plain, weighted, weight):
    check(plain, weighted, ["first"], Y[0], P[0], weight)


@pytest.mark.parametrize(
    ("plain", "weighted"),
    [
        ([["acc"], ["acc", "sparse_categorical_crossentropy"]], None),
        (["acc", "acc"], ["acc", "acc"]),
        ([["acc", "acc"], None], [None, ["acc"]]),
        ({"second": ["accuracy"], "first": "mse"}, None),
        ({"second": "acc"}, {"first": ["mae"], "second": ["acc", "acc"]}),
        ([[], "acc"], None),
    ],
    ids=str,
)
@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
def test_a_list_of_outputs_matches_keras(plain, weighted, weight):
    check(plain, weighted, NAMES, Y, P, weight)


@pytest.mark.parametrize("names", [["a", "b"], ["x", "y"], None])
@pytest.mark.parametrize(
    "plain", [{"b": ["acc", "mse"]}, {"a": "acc", "b": "acc"}, ["acc", "acc"]], ids=str
)
def test_a_dict_of_outputs_matches_keras(plain, names):
    check(plain, None, names, by("ba", Y), by("ba", P))


def test_nested_outputs_match_keras():
    plain = {"p": ["acc", "mse"], "q": [None, ["acc"]]}
    y_true, y_pred = {"q": Y, "p": Y[0]}, {"q": P, "p": P[0]}
    names = ["one", "two", "three"]
    check(plain, None, names, y_true, y_pred)
    results = updated(CompileMetrics(plain, None, names), (y_true, y_pred)).results()
    assert set(results) == {"one_acc", "one_mse", "three_acc"}


def test_outputs_without_names_have_no_prefix():
    compiled = updated(CompileMetrics([["acc"], ["acc"]]), (Y, P))
    theirs = updated(Theirs([["acc"], ["acc"]], None), (Y, P))
    assert list(compiled.results()) == list(theirs.result()) == ["acc", "acc_1"]


def test_functions_losses_classes_and_objects_match_keras():
    def MyOwn(y_true, y_pred):
        return y_pred - y_true

    ours = [MyOwn, lambda t, p: p, losses.MeanAbsoluteError(), losses.mean_squared_error]
    ours += [metrics.MeanSquaredError, metrics.MeanSquaredError(name="squares")]
    theirs = [*ours[:2], keras.losses.MeanAbsoluteError(), keras.losses.mean_squared_error]
    theirs += [keras.metrics.MeanSquaredError, keras.metrics.MeanSquaredError(name="squares")]
    results = updated(CompileMetrics(ours), (Y[0], P[0])).results()
    expected = updated(Theirs(theirs, None), (Y[0], P[0])).result()
    assert list(results) == list(expected)
    assert [float(v) for v in results.values()] == pytest.approx(
        [float(v) for v in expected.values()]
    )


def test_streaming_reset_and_other_containers():
    compiled = CompileMetrics({"second": ["acc"], "first": ["mse"]}, None, NAMES)
    whole = updated(CompileMetrics({"second": ["acc"], "first": ["mse"]}, None, NAMES), (Y, P))
    for make in (list, tuple, lambda values: by(NAMES, values)):
        for rows in (slice(0, 4), slice(4, 6)):
            compiled.update_state(make([y[rows] for y in Y]), [p[rows] for p in P])
        torch.testing.assert_close(compiled.results(), whole.results())
        compiled.reset_state()
        assert all(value.item() == 0 for value in compiled.results().values())
    assert len(compiled.variables) == 4


def test_lazy_results_are_made_once_and_read_late():
    compiled = updated(CompileMetrics(["mae"]), (Y[0], P[0]))
    lazy = compiled.lazy_results()
    before = lazy["mae"]()
    compiled.update_state(Y[0], 1 - Y[0])
    assert compiled.lazy_results() is lazy
    assert lazy["mae"]() != before


def test_metrics_with_several_values_log_each():
    class Two(metrics.Metric):
        def update_state(self, y_true, y_pred, sample_weight=None):
            pass

        def result(self):
            return {"low": torch.tensor(1.0), "high": torch.tensor(2.0)}

    one = updated(CompileMetrics([Two()]), (Y[0], P[0]))
    assert {k: v.item() for k, v in one.results().items()} == {"low": 1.0, "high": 2.0}
    two = updated(CompileMetrics([[Two()], [Two()]], None, NAMES), (Y, P))
    assert list(two.results()) == ["first_low", "first_high", "second_low", "second_high"]


def test_torchmetrics_are_taken_as_they_are():
    classification = pytest.importorskip("torchmetrics").classification
    collection = pytest.importorskip("torchmetrics").MetricCollection(
        [classification.MulticlassF1Score(num_classes=3)]
    )
    given = [classification.MulticlassAccuracy(num_classes=3, average="micro"), collection, "acc"]
    results = updated(CompileMetrics(given), (Y[1], P[1])).results()
    assert list(results) == ["multiclass_accuracy", "multiclass_f1_score", "acc"]
    assert results["multiclass_accuracy"] == results["acc"]
    weighted = CompileMetrics(None, [classification.MulticlassAccuracy(num_classes=3)])
    with pytest.raises(ValueError, match="takes no sample weights"):
        weighted.update_state(Y[1], P[1], W[0])


def test_torchmetrics_of_every_task_are_logged_under_their_own_names():
    torchmetrics = pytest.importorskip("torchmetrics")
    given = {
        "first": [
            torchmetrics.classification.BinaryF1Score(),
            torchmetrics.MeanSquaredError(),
            torchmetrics.MetricCollection([torchmetrics.classification.BinaryAUROC()], prefix="x_"),
            torchmetrics.Accuracy("binary"),
        ],
        "second": [torchmetrics.classification.MulticlassRecall(3), torchmetrics.MeanMetric()],
    }
    results = updated(CompileMetrics(given, None, NAMES), (Y, P)).results()
    assert list(results) == [
        "first_binary_f1_score", "first_mean_squared_error", "first_x_binary_auroc",
        "first_binary_accuracy", "second_multiclass_recall", "second_mean_metric",
    ]  # fmt: skip
    ours = updated(CompileMetrics({"first": ["mse", "acc"]}, None, NAMES), (Y, P)).results()
    torch.testing.assert_close(results["first_mean_squared_error"], ours["first_mse"])
    torch.testing.assert_close(results["first_binary_accuracy"], ours["first_acc"])


def test_a_reduced_loss_cannot_be_weighted():
    compiled = CompileMetrics(None, [losses.Huber()])
    with pytest.raises(ValueError, match="one value for each sample, and a loss with a reduction"):
        compiled.update_state(Y[0], P[0], W[0])


def test_one_weight_is_for_all_outputs_and_some_may_have_none():
    weighted = CompileMetrics(None, [["mse"], ["acc"]], NAMES)
    each = updated(weighted, (Y, P, W[0])).results()
    same = updated(CompileMetrics(None, [["mse"], ["acc"]], NAMES), (Y, P, [W[0], W[0]])).results()
    torch.testing.assert_close(each, same)
    some = updated(CompileMetrics(None, [["mse"], ["acc"]], NAMES), (Y, P, {"first": W[0]}))
    plain = updated(CompileMetrics([["mse"], ["acc"]], None, NAMES), (Y, P)).results()
    assert some.results()["first_mse"] == each["first_mse"]
    assert some.results()["second_acc"] == plain["second_acc"]


def test_masks_count_for_unweighted_metrics_too():
    y_pred = P[1].clone()
    y_pred._keras_mask = torch.tensor([True, False, True, True, False, False])
    result = updated(CompileMetrics(["acc"]), (Y[1], y_pred)).results()["acc"]
    keep = y_pred._keras_mask
    torch.testing.assert_close(result, (P[1].argmax(-1) == Y[1])[keep].float().mean())


def test_no_gradients_are_kept():
    compiled = updated(CompileMetrics(["mse"]), (Y[0], P[0].clone().requires_grad_()))
    assert not compiled.results()["mse"].requires_grad


def test_before_the_first_batch_there_is_nothing():
    compiled = CompileMetrics(["acc"])
    assert compiled.metrics == []
    assert compiled.results() == {}
    compiled.reset_state()
    compiled.update_state(Y[1], P[1])
    assert list(compiled.results()) == ["acc"]


@pytest.mark.parametrize("copier", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_whole_and_separate(copier):
    compiled = updated(CompileMetrics(["mse"]), (Y[0], P[0]))
    before = compiled.results()["mse"]
    twin = copier(compiled)
    twin.update_state(Y[0], 1 - Y[0])
    assert twin.lazy_results()["mse"]() != before
    assert compiled.results()["mse"] == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("accuracy",), r"metrics must be a list.*write metrics=\['accuracy'\]"),
        ((None, "acc"), "weighted_metrics must be a list"),
        ((["acuracy"],), "Unknown metric: 'acuracy'"),
        (([3],), "received a int"),
    ],
)
def test_compile_refuses_what_cannot_work(arguments, message):
    with pytest.raises(ValueError, match=message):
        CompileMetrics(*arguments)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["acc"], "metrics has 1 entries for 2 outputs"),
        ({"fist": "acc"}, "metrics: Unknown output: 'fist'. Did you mean 'first'"),
    ],
)
def test_several_outputs_refuse_what_does_not_fit(given, message):
    with pytest.raises(ValueError, match=message):
        CompileMetrics(given, None, NAMES).update_state(Y, P)
