"""Cross-entropies: values and gradients against Keras, logits from the activation, smoothing."""

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kerlite import losses
from kerlite.activations import sigmoid, softmax

LOGITS = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
LABELS = np.array([0, 3, 1, 1, 2, 0])
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
PROBABILITIES = np.exp(LOGITS)  # not normalized: Keras does that
CHANCES = 1 / (1 + np.exp(-LOGITS))


def gradient(loss, y_true, y_pred):
    leaf = torch.tensor(y_pred, requires_grad=True)
    value = loss(torch.tensor(y_true), leaf)
    value.sum().backward()
    return value.detach(), leaf.grad


def assert_same(ours, theirs, y_true, y_pred):
    for a, b in zip(gradient(ours, y_true, y_pred), gradient(theirs, y_true, y_pred), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
def test_binary_matches_keras(from_logits, label_smoothing, reduction):
    options = {
        "from_logits": from_logits, "label_smoothing": label_smoothing, "reduction": reduction,
    }  # fmt: skip
    assert_same(
        losses.BinaryCrossentropy(**options),
        keras.losses.BinaryCrossentropy(**options),
        ONE_HOT,
        LOGITS if from_logits else CHANCES,
    )


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_binary_axis_is_where_a_sample_is_averaged(axis):
    ours = losses.binary_crossentropy(ONE_HOT, CHANCES, axis=axis)
    theirs = keras.losses.binary_crossentropy(ONE_HOT, CHANCES, axis=axis)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("y_true", [np.array([1, 0, 1]), np.array([[1.0], [0.0], [1.0]])])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_binary_takes_flat_and_column_targets(y_true, shape):
    y_pred = np.array([0.9, 0.2, 0.4], "float32").reshape(shape)
    loss = losses.BinaryCrossentropy()(y_true, y_pred)
    np.testing.assert_allclose(loss, -np.log([0.9, 0.8, 0.4]).mean(), rtol=1e-6)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
def test_categorical_matches_keras(from_logits, label_smoothing, reduction):
    options = {
        "from_logits": from_logits, "label_smoothing": label_smoothing, "reduction": reduction,
    }  # fmt: skip
    assert_same(
        losses.CategoricalCrossentropy(**options),
        keras.losses.CategoricalCrossentropy(**options),
        ONE_HOT,
        LOGITS if from_logits else PROBABILITIES,
    )


@pytest.mark.parametrize("axis", [-1, 1, 2, -2])
@pytest.mark.parametrize("from_logits", [False, True])
def test_categorical_axis_matches_keras(axis, from_logits):
    y_pred = np.random.default_rng(1).uniform(0.1, 1, (3, 5, 4)).astype("float32")
    y_true = np.random.default_rng(2).uniform(0, 1, (3, 5, 4)).astype("float32")
    for reduction in ("none", "sum_over_batch_size"):
        options = {"axis": axis, "from_logits": from_logits, "reduction": reduction}
        assert_same(
            losses.CategoricalCrossentropy(**options),
            keras.losses.CategoricalCrossentropy(**options),
            y_true,
            y_pred,
        )


def test_categorical_smoothing_goes_by_the_number_of_classes():
    y_pred = torch.randn(3, 4, 5)
    labels = torch.randint(0, 4, (3, 5))
    one_hot = F.one_hot(labels, 4).movedim(-1, 1).float()
    ours = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2, axis=1)
    expected = F.cross_entropy(y_pred, labels, label_smoothing=0.2)
    torch.testing.assert_close(ours(one_hot, y_pred), expected)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], LABELS.astype("float32")], ids=str)
def test_sparse_matches_keras(from_logits, reduction, labels):
    options = {"from_logits": from_logits, "reduction": reduction}
    assert_same(
        losses.SparseCategoricalCrossentropy(**options),
        keras.losses.SparseCategoricalCrossentropy(**options),
        labels,
        LOGITS if from_logits else PROBABILITIES,
    )


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
def test_sparse_sequences_match_keras(axis, from_logits, reduction):
    y_pred = np.random.default_rng(1).uniform(0.1, 1, (3, 5, 4)).astype("float32")
    shape = (3, 5) if axis == -1 else (3, 4)
    labels = np.random.default_rng(2).integers(0, 4, shape)
    options = {"from_logits": from_logits, "axis": axis, "reduction": reduction}
    assert_same(
        losses.SparseCategoricalCrossentropy(**options),
        keras.losses.SparseCategoricalCrossentropy(**options),
        labels,
        y_pred,
    )


@pytest.mark.parametrize("ignore_class", [-1, 0, 255])
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
@pytest.mark.parametrize("everything", [False, True])
def test_ignored_class_matches_keras(ignore_class, from_logits, reduction, everything):
    labels = np.where(np.arange(6) % 2 | everything, ignore_class, LABELS)
    options = {"from_logits": from_logits, "ignore_class": ignore_class, "reduction": reduction}
    y_pred = LOGITS if from_logits else PROBABILITIES
    ours = losses.SparseCategoricalCrossentropy(**options)
    theirs = keras.losses.SparseCategoricalCrossentropy(**options)
    assert_same(ours, theirs, labels, y_pred)
    weight = np.arange(6, dtype="float32")
    np.testing.assert_allclose(
        ours(labels, y_pred, weight), theirs(labels, y_pred, weight), rtol=1e-5, atol=1e-6
    )


def test_ignored_class_works_for_unsigned_labels():
    labels = torch.tensor([0, 255, 1], dtype=torch.uint8)
    logits = torch.randn(3, 2)
    ours = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
    torch.testing.assert_close(
        ours(labels, logits), F.cross_entropy(logits[::2], labels[::2].long())
    )


@pytest.mark.parametrize("name", ["binary", "categorical", "sparse_categorical"])
def test_functions_match_keras(name):
    y_true = LABELS if name == "sparse_categorical" else ONE_HOT
    ours = getattr(losses, f"{name}_crossentropy")
    theirs = getattr(keras.losses, f"{name}_crossentropy")
    np.testing.assert_allclose(ours(y_true, CHANCES), theirs(y_true, CHANCES), rtol=1e-5)
    np.testing.assert_allclose(
        ours(y_true, LOGITS, from_logits=True), theirs(y_true, LOGITS, from_logits=True), rtol=1e-5
    )


def test_one_sample_without_a_batch_dimension():
    for ours, theirs, y_true in (
        (losses.categorical_crossentropy, keras.losses.categorical_crossentropy, ONE_HOT[0]),
        (losses.sparse_categorical_crossentropy, keras.losses.sparse_categorical_crossentropy, 2),
    ):
        target = np.asarray(y_true)
        np.testing.assert_allclose(
            ours(target, PROBABILITIES[0]), theirs(target, PROBABILITIES[0]), rtol=1e-6
        )


@pytest.mark.parametrize("probabilities", [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [0.0, 0.0]])
def test_certain_predictions_match_keras(probabilities):
    y_pred = np.array([probabilities], "float32")
    for name, target in (
        ("binary_crossentropy", np.array([[1.0, 0.0]], "float32")),
        ("categorical_crossentropy", np.array([[1.0, 0.0]], "float32")),
        ("sparse_categorical_crossentropy", np.array([0])),
    ):
        ours, theirs = getattr(losses, name), getattr(keras.losses, name)
        np.testing.assert_allclose(ours(target, y_pred), theirs(target, y_pred), rtol=1e-6)


# --- logits behind an activation


def test_softmax_is_computed_from_its_logits():
    logits = torch.tensor([[200.0, -200.0]], requires_grad=True)
    loss = losses.SparseCategoricalCrossentropy()(torch.tensor([1]), softmax(logits))
    loss.backward()
    assert loss.item() == 400.0
    assert logits.grad.tolist() == [[1.0, -1.0]]
    loss = losses.CategoricalCrossentropy()(torch.tensor([[0.0, 1.0]]), softmax(logits))
    assert loss.item() == 400.0


def test_sigmoid_is_computed_from_its_logits():
    logits = torch.tensor([[200.0], [-200.0]], requires_grad=True)
    loss = losses.BinaryCrossentropy()(torch.tensor([[0.0], [1.0]]), sigmoid(logits))
    loss.backward()
    assert loss.item() == 200.0
    assert logits.grad.tolist() == [[0.5], [-0.5]]


def test_only_logits_of_the_right_function_are_taken():
    for ours, theirs, y_true, y_pred in (
        (losses.BinaryCrossentropy(), keras.losses.BinaryCrossentropy(), ONE_HOT, softmax),
        (
            losses.CategoricalCrossentropy(),
            keras.losses.CategoricalCrossentropy(),
            ONE_HOT,
            sigmoid,
        ),
    ):
        y_pred = y_pred(torch.tensor(LOGITS))
        theirs = theirs(y_true, y_pred.detach().numpy())
        np.testing.assert_allclose(ours(y_true, y_pred), theirs, rtol=1e-5)


def test_logits_that_user_code_leaves_are_taken():
    logits = torch.tensor(LOGITS)
    y_pred = torch.softmax(logits, -1)
    y_pred._keras_logits = logits * 2
    loss = losses.sparse_categorical_crossentropy(LABELS, y_pred)
    expected = F.cross_entropy(2 * logits, torch.tensor(LABELS), reduction="none")
    torch.testing.assert_close(loss, expected)


def test_logits_along_another_axis_are_not_taken():
    y_pred = softmax(torch.tensor(PROBABILITIES))
    ours = losses.categorical_crossentropy(ONE_HOT, y_pred, axis=0)
    theirs = keras.losses.categorical_crossentropy(ONE_HOT, y_pred.numpy(), axis=0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_logits_of_half_precision_activations_are_taken_and_lifted(dtype):
    logits = torch.tensor([[30.0, -30.0]], dtype=dtype)
    loss = losses.SparseCategoricalCrossentropy()(torch.tensor([1]), softmax(logits))
    assert (loss.item(), loss.dtype) == (60.0, torch.float32)


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], LABELS.astype("uint8")], ids=str)
@pytest.mark.parametrize("activated", [False, True])
def test_sparse_default_reduction_is_one_fused_kernel(labels, activated, monkeypatch):
    calls, kernel = [], F.cross_entropy
    monkeypatch.setattr(F, "cross_entropy", lambda *a, **k: calls.append(a) or kernel(*a, **k))
    logits = torch.tensor(LOGITS)
    y_pred = softmax(logits) if activated else logits
    loss = losses.SparseCategoricalCrossentropy(from_logits=not activated)
    value = loss(torch.tensor(labels), y_pred)
    assert len(calls) == 1
    assert calls[0][0] is logits
    assert torch.equal(value, kernel(logits, torch.tensor(LABELS)))


def test_autocast_does_not_change_the_loss():
    chances = torch.tensor(CHANCES)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = losses.BinaryCrossentropy()(torch.tensor(ONE_HOT), chances)
    torch.testing.assert_close(inside, losses.BinaryCrossentropy()(torch.tensor(ONE_HOT), chances))


@pytest.mark.parametrize("labels", ["int64", "int32"])
def test_compiled_model_and_loss_are_the_same(labels):
    layer = torch.nn.Linear(4, 4)
    loss = losses.SparseCategoricalCrossentropy()
    y_true = torch.tensor(LABELS, dtype=getattr(torch, labels))
    x = 100 * torch.tensor(LOGITS)

    def step(x, y):
        return loss(y, softmax(layer(x)))

    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x, y_true), step(x, y_true))


# --- bad arguments


def test_bad_shapes_say_what_to_use():
    with pytest.raises(ValueError, match="For integer labels use sparse_categorical_crossentropy"):
        losses.CategoricalCrossentropy()(LABELS, LOGITS)
    with pytest.raises(ValueError, match="one-hot targets use categorical_crossentropy"):
        losses.SparseCategoricalCrossentropy()(ONE_HOT, LOGITS)
    with pytest.raises(ValueError, match="cannot be compared value by value"):
        losses.BinaryCrossentropy()(np.zeros((6, 1)), LOGITS)


@pytest.mark.parametrize("cls", [losses.BinaryCrossentropy, losses.CategoricalCrossentropy])
def test_bad_options_say_so(cls):
    with pytest.raises(ValueError, match="label_smoothing=2"):
        cls(label_smoothing=2)
    with pytest.raises(ValueError, match="axis must be an integer; received axis=True"):
        cls(axis=True)
