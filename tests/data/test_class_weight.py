import numpy as np
import pytest
import torch
from keras.src.trainers.data_adapters.data_adapter_utils import class_weight_to_sample_weights

from kerlite.core import config
from kerlite.data import adapt
from kerlite.data.class_weight import ClassWeights

LABELS = np.array([0, 2, 1, 2, 5])
WEIGHTS = {0: 0.5, 2: 3.0}
EXPECTED = [0.5, 3.0, 1.0, 3.0, 1.0]


@pytest.mark.parametrize(
    "y",
    [
        LABELS,
        LABELS[:, None],
        LABELS.astype("float32"),
        LABELS.astype("uint8"),
        np.eye(6)[LABELS],
        np.eye(6, dtype=bool)[LABELS],
    ],
    ids=["sparse", "column", "float", "uint8", "one-hot", "bool one-hot"],
)
def test_weights_by_class(y):
    ((_, by, w),) = adapt(np.zeros(5), y, class_weight=WEIGHTS).epoch(0)
    assert w.tolist() == EXPECTED
    assert w.dtype == torch.float32
    assert by.shape == y.shape


def test_as_in_keras():
    y = np.random.default_rng(0).integers(0, 9, size=200)
    table = {1: 2.0, 3: 0.25, 8: 7.0}
    expected = class_weight_to_sample_weights(y, table)
    _, _, w = ClassWeights(table)((None, torch.from_numpy(y), None))
    np.testing.assert_array_equal(w, expected)


def test_negative_labels_weigh_one():
    _, _, w = ClassWeights({0: 9.0})((None, torch.tensor([-1, 0]), None))
    assert w.tolist() == [1, 9]


def test_huge_class_numbers_take_no_room():
    _, _, w = ClassWeights({10**15: 9.0})((None, torch.tensor([3, 10**15]), None))
    assert w.tolist() == [1, 9]


def test_both_weights_multiply():
    sample_weight = np.arange(5.0)
    for given in (sample_weight, sample_weight[:, None]):
        ((_, _, w),) = adapt(np.zeros(5), LABELS, given, class_weight=WEIGHTS).epoch(0)
        assert w.tolist() == (sample_weight * EXPECTED).tolist()


def test_weights_with_steps_in_time_multiply_across_it():
    sample_weight = np.ones((5, 2)) * [[1, 10]]
    ((_, _, w),) = adapt(np.zeros(5), LABELS, sample_weight, class_weight=WEIGHTS).epoch(0)
    assert w.tolist() == [[v, 10 * v] for v in EXPECTED]


def test_every_position_of_an_image_has_its_weight():
    y = np.array([[[[0], [2]], [[1], [2]]]])
    batches = adapt(np.zeros(1), y, np.array([2.0]), class_weight=WEIGHTS)
    ((_, _, w),) = batches.epoch(0)
    assert w.tolist() == [[[1.0, 6.0], [2.0, 6.0]]]


def test_shuffled_weights_stay_with_their_samples():
    y = np.arange(40) % 4
    for x, by, w in adapt(np.arange(40), y, class_weight={3: 7.0}, shuffle=True).epoch(0):
        assert torch.equal(by, x % 4)
        assert torch.equal(w == 7, by == 3)


@pytest.mark.parametrize(
    "class_weight", [{"a": {1: 4.0}}, {"a": {1: 4.0}, "b": None}, {"a": {1: 4.0}, "b": {}}]
)
def test_several_outputs_by_name(class_weight):
    y = {"a": np.array([0, 1]), "b": np.array([1, 1])}
    ((_, _, w),) = adapt(np.zeros(2), y, class_weight=class_weight).epoch(0)
    assert w["a"].tolist() == [1, 4]
    assert w["b"] is None


def test_several_outputs_in_a_list():
    y = [np.array([0, 1]), np.array([1, 1])]
    ((_, _, w),) = adapt(np.zeros(2), y, np.array([1, 2]), class_weight=[None, {1: 3.0}]).epoch(0)
    assert isinstance(w, list)
    assert [v.tolist() for v in w] == [[1, 2], [3, 6]]


def test_names_for_targets_in_a_tuple():
    y = (np.array([0, 1]), np.array([1, 1]))
    batches = adapt(np.zeros(2), y, class_weight={"b": {1: 3.0}}, output_names=["a", "b"])
    ((_, _, w),) = batches.epoch(0)
    assert w[0] is None
    assert w[1].tolist() == [3, 3]


def test_one_output_by_name():
    ((_, _, w),) = adapt(np.zeros(5), LABELS, class_weight={"out": WEIGHTS}).epoch(0)
    assert w.tolist() == EXPECTED


def test_no_classes_no_weights():
    assert len(next(adapt(np.zeros(5), LABELS, class_weight={}).epoch(0))) == 2


def test_weights_are_floatx():
    config.set_floatx("float64")
    ((_, _, w),) = adapt(np.zeros(5), LABELS, class_weight=WEIGHTS).epoch(0)
    assert w.dtype == torch.float64


def test_in_batches_of_a_generator():
    batches = adapt(iter([(np.zeros(5), LABELS, np.arange(5))]), class_weight=WEIGHTS)
    ((_, _, w),) = batches.epoch(0)
    assert w.tolist() == (np.arange(5) * EXPECTED).tolist()


TWO = [np.zeros(2), np.zeros(2)]


@pytest.mark.parametrize(
    ("y", "class_weight", "message"),
    [
        (LABELS, {-1: 1.0}, "has the class -1; classes are whole numbers >= 0"),
        (LABELS, {"cat": 1.0}, "has the class 'cat'"),
        (LABELS, {1.0: 1.0}, "has the class 1.0"),
        (LABELS, {True: 1.0}, "has the class True"),
        (LABELS, {0: "heavy"}, r"class_weight\[0\] is 'heavy'"),
        (LABELS, {0: float("nan")}, r"class_weight\[0\] is nan"),
        (LABELS, 3.0, "must be a dict: class number -> weight; received 3.0"),
        (LABELS, [3.0], "for an output must be a dict.*received 3.0"),
        (LABELS, [{0: 1.0}, {0: 1.0}], "weights for 2 outputs, but there is one target"),
        (None, {0: 1.0}, "class_weight needs targets"),
        (TWO, {0: 1.0}, r"is one dict, but there are 2 targets \(0, 1\)"),
        (TWO, [{0: 1.0}], "is a list of 1, but there are 2 targets"),
        ({"head": LABELS}, {"haed": {0: 1.0}}, "'haed'. Did you mean 'head'"),
    ],
)
def test_bad_class_weights(y, class_weight, message):
    n = 5 if y is not TWO else 2
    with pytest.raises(ValueError, match=message):
        adapt(np.zeros(n), y, class_weight=class_weight)


def test_a_generator_without_targets_is_told_at_once():
    with pytest.raises(ValueError, match="class_weight needs targets"):
        adapt(iter([np.zeros(2)]), class_weight={0: 1.0})
