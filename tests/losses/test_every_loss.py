"""What holds for every loss: values and gradients of Keras, reductions, weights, masks, types."""

import inspect
import itertools
import json
import pickle

import keras
import numpy as np
import pytest
import torch

from kerlite import losses
from kerlite.core.names import to_snake_case
from kerlite.core.tensor import KerasTensor
from tests.losses.cases import CASES, SAMPLES

every_case = pytest.mark.parametrize("case", CASES, ids=str)
ONE_EACH = list({case.name: case for case in CASES}.values())
every_class = pytest.mark.parametrize("case", ONE_EACH, ids=lambda case: case.name)
A_SAMPLE = [  # those that give one loss a sample
    case
    for case in CASES
    if case.options.get("axis", None if case.name in ("Dice", "Tversky") else -1) not in (None, 0)
]
REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None]
WEIGHTS = {
    "a number": 0.5,
    "one a sample": np.arange(SAMPLES, dtype="float32"),
    "a column": np.arange(SAMPLES, dtype="float32")[:, None],
    "one for all": np.array([0.5], "float32"),
    "zeros": np.zeros(SAMPLES, "float32"),
}
MASKS = {"some": np.arange(SAMPLES) % 2 == 0, "nothing": np.zeros(SAMPLES, bool)}


def ours(case, **more):
    return getattr(losses, case.name)(**case.options, **more)


def theirs(case, **more):
    return getattr(keras.losses, case.name)(**case.options, **more)


def gradient(loss, y_true, y_pred, weight=None, mask=None):
    leaf = torch.tensor(y_pred, requires_grad=True)
    seen = leaf * 1
    if mask is not None:
        seen._keras_mask = torch.tensor(mask)
    value = loss(torch.tensor(y_true), seen, weight)
    value.sum().backward()
    return value.detach(), leaf.grad


def assert_same(first, second):
    for a, b in zip(first, second, strict=True):
        torch.testing.assert_close(a, b, rtol=2e-6, atol=1e-6, equal_nan=True)


def test_all_losses_are_here():
    classes = {name for name in losses.__all__ if inspect.isclass(getattr(losses, name))}
    assert {case.name for case in CASES} == classes - {"Loss"}
    assert {to_snake_case(name) for name in classes - {"Loss"}} <= set(losses.__all__)


@every_case
def test_values_and_gradients_match_keras(case):
    arguments = case.y_true, case.y_pred
    for reduction in REDUCTIONS:
        assert_same(
            gradient(ours(case, reduction=reduction), *arguments),
            gradient(theirs(case, reduction=reduction), *arguments),
        )


@every_case
def test_functions_match_keras(case):
    name, options = to_snake_case(case.name), dict(case.options)
    if case.name == "CategoricalGeneralizedCrossEntropy":
        options = {"q": 0.5, **options}
    tensors = torch.tensor(case.y_true), torch.tensor(case.y_pred)
    expected = getattr(keras.losses, name)(*tensors, **options)
    for convert in (np.asarray, torch.tensor):
        result = getattr(losses, name)(convert(case.y_true), convert(case.y_pred), **options)
        torch.testing.assert_close(result, expected, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("case", A_SAMPLE, ids=str)
def test_weights_match_keras(case):
    has_mask = case.name == "Circle" or "ignore_class" in case.options
    for name, weight in WEIGHTS.items():
        if has_mask and name in ("a number", "one for all"):
            weight = np.broadcast_to(weight, 6).copy()  # Keras multiplies them in place
        for reduction in ("mean", "mean_with_sample_weight", "sum", "none"):
            arguments = case.y_true, case.y_pred, weight
            assert_same(
                gradient(ours(case, reduction=reduction), *arguments),
                gradient(theirs(case, reduction=reduction), *arguments),
            )


@pytest.mark.parametrize("case", [c for c in A_SAMPLE if c.name != "CTC"], ids=str)
@pytest.mark.parametrize("mask", MASKS)
def test_masks_match_keras(case, mask):
    for weight, reduction in itertools.product((None, WEIGHTS["one a sample"]), REDUCTIONS[1:5]):
        arguments = case.y_true, case.y_pred, weight, MASKS[mask]
        result = gradient(ours(case, reduction=reduction), *arguments)
        assert_same(result, gradient(theirs(case, reduction=reduction), *arguments))
        if mask == "nothing":
            assert not result[0].any()
            assert not result[1].any()


@pytest.mark.parametrize("case", [c for c in CASES if c not in A_SAMPLE], ids=str)
def test_losses_of_a_whole_batch_take_weights_and_masks(case):
    size = 4 if case.options.get("axis") == 0 else 6
    for weight, mask in ((np.arange(size, dtype="float32"), None), (None, MASKS["some"][:size])):
        arguments = case.y_true, case.y_pred, weight, mask
        assert_same(gradient(ours(case), *arguments), gradient(theirs(case), *arguments))


@every_case
@pytest.mark.parametrize("kind", ["zeros", "one class", "nan", "infinite", "minus infinite"])
def test_odd_inputs_match_keras(case, kind):
    y_true, y_pred = case.y_true.copy(), case.y_pred.copy()
    if kind == "one class":
        y_true[:] = y_true[:1]
    elif kind == "zeros":
        y_pred[:] = 0
    else:
        where = 7 if case.name == "CategoricalGeneralizedCrossEntropy" else 5  # of label 3 of 1
        y_pred.flat[where] = {"nan": np.nan, "infinite": np.inf, "minus infinite": -np.inf}[kind]
    loss = ours(case, reduction="none")
    if "infinite" in kind and _takes_probabilities(case, kind):
        with pytest.raises(ValueError, match="Expected probabilities, from 0 to 1"):
            loss(y_true, y_pred)
    elif kind == "nan" and case.name.startswith("Binary"):  # Keras raises
        assert loss(y_true, y_pred).isnan().sum() == 1
    else:
        expected = theirs(case, reduction="none")(y_true, y_pred)
        torch.testing.assert_close(
            loss(y_true, y_pred), expected, rtol=2e-6, atol=1e-6, equal_nan=True
        )


def _takes_probabilities(case, kind):
    """Whether the loss refuses an infinite prediction; too large ones may be normalized."""
    refused = ("BinaryCrossentropy", "BinaryFocal", "CategoricalGeneralized")
    if kind == "minus infinite":
        refused += ("CategoricalCross", "CategoricalFocal", "SparseCategorical")
    return not case.options.get("from_logits") and case.name.startswith(refused)


@every_case
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight"])
def test_an_empty_batch_costs_nothing(case, reduction):
    value, grad = gradient(ours(case, reduction=reduction), case.y_true[:0], case.y_pred[:0])
    whole_batch = case.name in ("Dice", "Tversky") and "axis" not in case.options
    assert value.item() == (1.0 if whole_batch else 0.0)
    assert grad.shape == case.y_pred[:0].shape


@every_case
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(case, dtype):
    rounded = torch.tensor(case.y_pred).to(dtype)
    loss = ours(case)
    value = loss(torch.tensor(case.y_true), rounded)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, loss(torch.tensor(case.y_true), rounded.float()))
    low = ours(case, dtype=str(dtype).removeprefix("torch."))(torch.tensor(case.y_true), rounded)
    torch.testing.assert_close(low, value.to(dtype))


@every_case
def test_configs_are_those_of_keras(case):
    loss = ours(case, reduction="sum", name="mine")
    serialized = json.loads(json.dumps(losses.serialize(loss)))
    reference = keras.losses.serialize(theirs(case, reduction="sum", name="mine"))
    assert serialized["class_name"] == reference["class_name"]
    assert serialized["module"] == reference["module"]
    reference = json.loads(json.dumps(reference))["config"]
    assert reference.items() <= serialized["config"].items()
    assert set(serialized["config"]) - set(reference) <= {"axis", "delta"}  # Keras forgets
    expected = loss(case.y_true, case.y_pred)
    for again in (
        losses.deserialize(serialized),
        losses.deserialize(
            keras.losses.serialize(keras.saving.deserialize_keras_object(serialized))
        ),
        pickle.loads(pickle.dumps(loss)),
    ):
        assert (again.name, again.reduction) == ("mine", "sum")
        if "axis" not in case.options:
            torch.testing.assert_close(again(case.y_true, case.y_pred), expected)


@every_class
def test_names_stand_for_it(case):
    cls, name = getattr(losses, case.name), to_snake_case(case.name)
    assert type(losses.get(case.name)) is cls
    assert losses.get(name) is getattr(losses, name)
    assert losses.serialize(losses.get(name)) == name
    assert losses.deserialize(name) is getattr(losses, name)
    assert getattr(losses, case.name)().name == getattr(keras.losses, case.name)().name


@every_class
def test_symbolic_tensors_are_recorded(case):
    y_true = KerasTensor((None, *case.y_true.shape[1:]), dtype=str(case.y_true.dtype))
    y_pred = KerasTensor((None, *case.y_pred.shape[1:]))
    assert ours(case)(y_true, y_pred).shape == ()


@pytest.mark.parametrize("case", [c for c in ONE_EACH if c.name != "CTC"], ids=str)
def test_compiled_loss_is_the_same(case):
    torch.compiler.reset()
    loss = ours(case)
    compiled = torch.compile(lambda a, b: loss(a, b), backend="eager", fullgraph=True)
    y_true, y_pred = torch.tensor(case.y_true), torch.tensor(case.y_pred, requires_grad=True)
    torch.testing.assert_close(compiled(y_true, y_pred), loss(y_true, y_pred))


@pytest.mark.parametrize("case", [c for c in ONE_EACH if c.name != "CTC"], ids=str)
def test_it_works_under_vmap(case):
    loss, y_true, y_pred = ours(case), torch.tensor(case.y_true), torch.tensor(case.y_pred)
    both = torch.func.vmap(loss)(torch.stack([y_true, y_true]), torch.stack([y_pred, y_pred]))
    torch.testing.assert_close(both, loss(y_true, y_pred).expand(2))


def test_unknown_reductions_name_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'sum_over_batch_size'"):
        losses.Dice(reduction="sum_over_batch")
