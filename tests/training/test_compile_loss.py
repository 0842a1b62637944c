"""Losses of one and of several outputs: totals and log names against Keras."""

import copy
import pickle

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kerlite import losses
from kerlite.training.compile import CompileLoss

Theirs = keras.src.trainers.compile_utils.CompileLoss


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


Y = [numbers(6, 2, seed=1), numbers(6, 3, seed=2)]
P = [numbers(6, 2, seed=3), numbers(6, 3, seed=4)]
W = [torch.arange(6.0), torch.arange(6.0) ** 2]
NAMES = ["first", "second"]


def by(keys, values):
    return dict(zip(keys, values, strict=True))


def values_and_names(compiled, y_true, y_pred, sample_weight):
    total = compiled(y_true, y_pred, sample_weight)
    return float(total), {m.name: float(m.result()) for m in compiled.metrics}


def check(loss, weights, names, y_true, y_pred, sample_weight=None):
    ours = values_and_names(CompileLoss(loss, weights, names), y_true, y_pred, sample_weight)
    theirs = Theirs(loss, weights, output_names=names)
    theirs = values_and_names(theirs, y_true, y_pred, sample_weight)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    assert ours[1] == pytest.approx(theirs[1], rel=1e-5)


@pytest.mark.parametrize("loss", ["mse", "MeanSquaredError", losses.mean_squared_error])
@pytest.mark.parametrize("weight", [None, 0.5, [0.5]])
def test_one_output_matches_keras(loss, weight):
    theirs = keras.losses.mean_squared_error if callable(loss) else loss
    ours = CompileLoss(loss, weight)(Y[0], P[0], W[0])
    expected = Theirs(theirs, weight, output_names=["first"])(Y[0], P[0], W[0])
    torch.testing.assert_close(ours, expected)


@pytest.mark.parametrize(
    ("loss", "weights"),
    [
        ("mse", None),
        (["mse", "mae"], None),
        (("mse", "mae"), [0.5, 2.0]),
        (["mse", None], None),
        ({"first": "mse", "second": "mae"}, None),
        ({"second": "mae", "first": "mse"}, {"second": 3.0, "first": 0.5}),
        (["huber", "MeanAbsoluteError"], (1.0, 2.0)),
    ],
    ids=str,
)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_list_of_outputs_matches_keras(loss, weights, weighted):
    check(loss, weights, NAMES, Y, P, W if weighted else None)


@pytest.mark.parametrize(
    ("loss", "weights"),
    [
        ("mse", None),
        ({"b": "mse", "a": "mae"}, {"b": 0.5, "a": 2.0}),
        ({"a": "mae"}, None),
        (["mse", "mae"], None),
    ],
    ids=str,
)
@pytest.mark.parametrize("names", [["a", "b"], ["x", "y"]])
def test_a_dict_of_outputs_matches_keras(loss, weights, names):
    check(loss, weights, names, by("ba", Y), by("ba", P))
    check(loss, weights, names, by("ba", Y), by("ba", P), by("ba", W))


def test_nested_outputs_match_keras():
    y_true, y_pred = {"q": Y, "p": Y[1]}, {"q": P, "p": P[1]}
    names = ["p_out", "q_one", "q_two"]
    loss = {"q": ["mse", "mae"], "p": "huber"}
    check(loss, None, names, y_true, y_pred)
    _, means = values_and_names(CompileLoss(loss, None, names), y_true, y_pred, None)
    assert set(means) == {"q/q_one_loss", "q/q_two_loss", "p_loss"}


def test_outputs_without_names_are_called_after_their_losses():
    compiled = CompileLoss(["mse", "mae"])
    compiled(Y, P)
    assert [m.name for m in compiled.metrics] == ["mse_loss", "mae_loss"]
    compiled = CompileLoss("mse")
    compiled(Y, P)
    assert [m.name for m in compiled.metrics] == ["mse_loss", "mse_1_loss"]


def test_targets_of_other_containers_match():
    expected = CompileLoss("mse", None, NAMES)(Y, P)
    compiled = CompileLoss("mse", None, NAMES)
    for y_true in (tuple(Y), by(NAMES, Y), Y):
        torch.testing.assert_close(compiled(y_true, P), expected)
    torch.testing.assert_close(CompileLoss("mse")([Y[0]], P[0]), F.mse_loss(P[0], Y[0]))
    torch.testing.assert_close(CompileLoss("mse")(Y[0], [P[0]]), F.mse_loss(P[0], Y[0]))


def test_targets_are_needed_only_where_there_is_a_loss():
    expected = F.l1_loss(P[1], Y[1])
    torch.testing.assert_close(CompileLoss([None, "mae"], None, NAMES)([Y[1]], P), expected)
    torch.testing.assert_close(CompileLoss({"second": "mae"}, None, NAMES)(Y, P), expected)
    torch.testing.assert_close(CompileLoss([None, "mae"], None, NAMES)([None, Y[1]], P), expected)
    assert CompileLoss([None, None], None, NAMES)(Y, P) is None


def test_weights_may_be_partial_whole_numbers_and_for_one_loss():
    expected = 2 * F.mse_loss(P[0], Y[0]) + F.mse_loss(P[1], Y[1])
    for weights in ([2, 1], [2, None], {"first": 2}):
        torch.testing.assert_close(CompileLoss("mse", weights, NAMES)(Y, P), expected)
    single = CompileLoss("mse", 3)(Y[0], P[0])
    torch.testing.assert_close(single, 3 * F.mse_loss(P[0], Y[0]))


def test_sample_weights_may_be_for_some_outputs():
    expected = losses.MeanSquaredError()(Y[0], P[0], W[0]) + F.mse_loss(P[1], Y[1])
    for weights in ({"first": W[0]}, [W[0], None]):
        torch.testing.assert_close(CompileLoss("mse", None, NAMES)(Y, P, weights), expected)
    one = CompileLoss("mse")(Y[0], P[0], [W[0]])
    torch.testing.assert_close(one, losses.MeanSquaredError()(Y[0], P[0], W[0]))


def test_torch_losses_are_called_in_their_own_order():
    labels = torch.arange(6) % 3
    for loss in (torch.nn.CrossEntropyLoss(), F.cross_entropy):
        torch.testing.assert_close(CompileLoss(loss)(labels, P[1]), F.cross_entropy(P[1], labels))


def test_functions_are_called_in_the_order_of_keras():
    assert (
        CompileLoss(lambda y_true, y_pred: y_pred * 2)(torch.zeros(3, 1), torch.ones(3, 1)).item()
        == 2.0
    )


def test_means_are_exact_with_a_short_last_batch():
    compiled = CompileLoss("mse", None, NAMES)
    for rows in (slice(0, 4), slice(4, 6)):
        compiled([y[rows] for y in Y], [p[rows] for p in P])
    for metric, y_true, y_pred in zip(compiled.metrics, Y, P, strict=True):
        torch.testing.assert_close(metric.result(), F.mse_loss(y_pred, y_true))


def test_gradient_reaches_every_output():
    y_pred = [p.clone().requires_grad_() for p in P]
    CompileLoss("mse", [1.0, 3.0], NAMES)(Y, y_pred).backward()
    torch.testing.assert_close(y_pred[1].grad, 3 * 2 * (P[1] - Y[1]) / Y[1].numel())
    torch.testing.assert_close(y_pred[0].grad, 2 * (P[0] - Y[0]) / Y[0].numel())


@pytest.mark.parametrize("several", [False, True])
def test_compiled_step_is_the_same(several):
    y_true, y_pred = (Y, P) if several else (Y[0], P[0])
    compiled = CompileLoss("mse", None, NAMES if several else None)
    expected = compiled(y_true, y_pred)
    step = torch.compile(lambda t, p: compiled(t, p), backend="eager", fullgraph=True)
    torch.testing.assert_close(step(y_true, y_pred), expected)


@pytest.mark.parametrize("copier", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_give_the_same(copier):
    compiled = CompileLoss(["mse", "huber"], [1, 2], NAMES)
    total = compiled(Y, P)
    twin = copier(compiled)
    torch.testing.assert_close(twin(Y, P), total)
    assert [m.count.item() for m in (*compiled.metrics, *twin.metrics)] == [6, 6, 12, 12]


# --- before training


def test_targets_are_checked_output_by_output():
    compiled = CompileLoss(["mse", "sparse_categorical_crossentropy"], None, NAMES)
    shapes = [(None, 2), (None, 3)]
    labels = np.array([0, 1, 2, 0, 1, 2])
    compiled.check_targets([np.zeros((6, 2)), labels], shapes)
    compiled.check_targets({"first": np.zeros((6, 2)), "second": labels}, shapes)
    with pytest.raises(ValueError, match="holds 3 at position 2"):
        compiled.check_targets([np.zeros((6, 2)), labels + (labels == 2)], shapes)
    with pytest.raises(ValueError, match="targets of shape"):
        compiled.check_targets([np.zeros((6, 5)), labels], shapes)
    with pytest.raises(ValueError, match="y does not match the model's outputs"):
        compiled.check_targets([labels], shapes)


def test_check_of_one_output_and_shape_names():
    compiled = CompileLoss("crossentropy")
    compiled.check_targets(np.array([0, 1, 2]), (None, 3))
    assert compiled(torch.tensor([0, 1]), torch.rand(2, 3)).ndim == 0
    with pytest.raises(ValueError, match="holds 7"):
        compiled.check_targets(np.array([0, 7]), (None, 3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mean_sqared_error",), "Unknown loss: 'mean_sqared_error'.*mean_squared_error"),
        ((["mse", "maee"],), "Unknown loss: 'maee'"),
        (("mse", "heavy"), "loss_weights must be a number.*'heavy' of type str"),
        ((losses.Huber(reduction="none"),), "one loss for each sample"),
    ],
)
def test_compile_refuses_what_cannot_work(arguments, message):
    with pytest.raises(ValueError, match=message):
        CompileLoss(*arguments)


@pytest.mark.parametrize(
    ("loss", "weights", "message"),
    [
        ({"fist": "mse"}, None, "loss: Unknown output: 'fist'. Did you mean 'first'"),
        (["mse"], None, "loss has 1 entries for 2 outputs"),
        (["mse", "mse"], [1.0], "loss_weights has 1 entries for 2 outputs"),
        ("mse", 0.5, "loss_weights is 0.5 for 2 outputs"),
        ("mse", {"third": 1.0}, "loss_weights: Unknown output: 'third'"),
    ],
)
def test_several_outputs_refuse_what_does_not_fit(loss, weights, message):
    with pytest.raises(ValueError, match=message):
        CompileLoss(loss, weights, NAMES)(Y, P)


def test_one_output_takes_one_loss():
    with pytest.raises(ValueError, match="loss has 2 entries for one output"):
        CompileLoss(["mse", "mae"])(Y[0], P[0])
    with pytest.raises(ValueError, match=r"Unknown output: 'other'. Did you mean 'first'"):
        CompileLoss({"other": "mse"}, None, ["first"])(Y[0], P[0])
