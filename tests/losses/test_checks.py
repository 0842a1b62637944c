"""Targets that cannot work are refused before training, with the value and the remedy."""

import numpy as np
import pytest
import torch

from kerlite import losses

SPARSE = losses.SparseCategoricalCrossentropy()
GOOD = np.array([0, 1, 2, 1])


@pytest.mark.parametrize("as_type", ["int64", "uint8", "float32", "bool", "int8"])
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
@pytest.mark.parametrize("make", [np.array, torch.tensor, lambda a: np.array(a).tolist()])
def test_good_labels_pass(as_type, shape, make):
    SPARSE.check_targets(make(GOOD.astype(as_type).reshape(shape)), (None, 3))


def test_labels_of_images_pass_on_any_axis():
    SPARSE.check_targets(np.zeros((2, 5, 6), int), (None, 5, 6, 3))
    losses.SparseCategoricalCrossentropy(axis=1).check_targets(
        np.zeros((2, 5, 6), int), (None, 3, 5, 6)
    )
    SPARSE.check_targets(np.zeros((2, 5, 1), int), (None, None, 3))


@pytest.mark.parametrize("make", [np.array, torch.tensor])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 3], r"labels from 0 to 2.*holds 3 at position 2.*at least 4 units"),
        ([0, -1, 1], r"holds -1 at position 1.*ignore_class"),
        ([0.0, float("nan")], r"holds nan at position 1.*missing"),
        ([0.5, 1.0], r"holds 0.5 at position 0.*whole numbers"),
        ([2.0, float("inf")], r"holds inf at position 1"),
    ],
)
def test_bad_labels_are_named(make, labels, message):
    with pytest.raises(ValueError, match=message):
        SPARSE.check_targets(make(labels), (None, 3))


def test_wide_class_counts_work_with_small_types():
    SPARSE.check_targets(torch.tensor([0, 255], dtype=torch.uint8), (None, 1000))
    with pytest.raises(ValueError, match="holds 255"):
        SPARSE.check_targets(torch.tensor([0, 255], dtype=torch.uint8), (None, 10))


def test_ignored_label_may_be_out_of_range():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    loss.check_targets(np.array([0, -1, 2]), (None, 3))
    with pytest.raises(ValueError, match="holds -2 at position 2"):
        loss.check_targets(np.array([0, -1, -2]), (None, 3))


def test_strings_and_one_hot_targets_name_the_remedy():
    with pytest.raises(ValueError, match=r"'cat'.*np.unique"):
        SPARSE.check_targets(np.array(["cat", "dog"]), (None, 2))
    with pytest.raises(ValueError, match="categorical_crossentropy"):
        SPARSE.check_targets(np.eye(3), (None, 3))


def test_no_data_and_unknown_class_counts_pass():
    SPARSE.check_targets(np.zeros((0,), int), (None, 3))
    SPARSE.check_targets(np.array([7]), (None, None))


@pytest.mark.parametrize(
    "loss",
    [losses.MeanSquaredError(), losses.BinaryCrossentropy(), losses.CategoricalCrossentropy()],
    ids=lambda loss: loss.name,
)
def test_values_are_compared_one_by_one(loss):
    loss.check_targets(np.zeros((9, 3)), (None, 3))
    with pytest.raises(ValueError, match=r"targets of shape \(2,\).*predictions of shape \(3,\)"):
        loss.check_targets(np.zeros((9, 2)), (None, 3))
    with pytest.raises(ValueError, match="sparse_categorical_crossentropy"):
        loss.check_targets(np.zeros(5), (None, 5))


@pytest.mark.parametrize("make", [np.array, torch.tensor, lambda a: np.array(a).tolist()])
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([[0.0], [1.5]], r"from 0 to 1, but y holds 1.5 at position 1.*Scale"),
        ([[-1], [1]], r"holds -1 at position 0"),
        ([[0], [255]], r"holds 255 at position 1.*Divide images by 255"),
        ([[0.5], [float("nan")]], r"holds nan at position 1.*missing"),
    ],
)
def test_chances_are_from_zero_to_one(make, targets, message):
    loss = losses.BinaryCrossentropy()
    with pytest.raises(ValueError, match=message):
        loss.check_targets(make(targets), (None, 1))
    for good in ([[0], [1]], [[0.25], [0.75]], [[True], [False]]):
        loss.check_targets(make(good), (None, 1))
    loss.check_targets(np.zeros((0, 1)), (None, 1))


def test_shapes_that_fit_after_squeezing_pass():
    loss = losses.MeanSquaredError()
    for target, prediction in (((9,), (None, 1)), ((9, 1), (None,)), ((9, 4), (None, 4, 1))):
        loss.check_targets(np.zeros(target), prediction)


def test_a_single_class_is_warned_of():
    with pytest.warns(UserWarning, match="always 0.*binary_crossentropy"):
        losses.CategoricalCrossentropy().check_targets(np.zeros((9, 1)), (None, 1))


def test_user_losses_are_not_checked():
    class Mine(losses.Loss):
        pass

    Mine().check_targets(np.array(["x"]), (None, 3))
