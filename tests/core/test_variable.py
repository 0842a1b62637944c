"""Variable: an `nn.Parameter` that answers to Keras's names."""

import copy
import io
import pickle

import keras
import numpy as np
import pytest
import torch
from torch import nn

from kerlite import Variable, constraints, regularizers
from kerlite.core import config
from kerlite.core.layout import permuted


def test_it_is_a_parameter_and_a_leaf():
    v = Variable(np.ones((2, 3)), name="w")
    assert isinstance(v, nn.Parameter)
    assert v.is_leaf
    assert v.requires_grad
    assert v.shape == (2, 3)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(np.zeros(2), "float64"), (np.zeros(2, "float16"), "float16"), (1.5, "float32"),
     ([1.0, 2.0], "float32"), (3, "int32"), ([True], "bool"),
     (torch.zeros(2, dtype=torch.float64), "float64"),
     (np.zeros(2, "int64"), "int64"), (torch.zeros(2).bool(), "bool")],
)  # fmt: skip
def test_dtype_of_what_is_given(value, dtype):
    v = Variable(value)
    assert str(v.dtype) == f"torch.{dtype}"
    assert v.trainable == dtype.startswith("float")
    assert keras.Variable(value, trainable=False).dtype == dtype


def test_dtype_and_floatx():
    assert Variable([1.0], dtype="float16").dtype == torch.float16
    config.set_floatx("float64")
    assert Variable([1.0]).dtype == torch.float64


def test_made_by_a_function():
    seen = []

    def initializer(shape, dtype):
        seen.append((shape, dtype))
        return torch.full(shape, 3.0)

    v = Variable(initializer, shape=(2,), dtype="float64")
    assert seen == [((2,), "float64")]
    assert v.dtype == torch.float64
    assert v.tolist() == [3.0, 3.0]


def test_a_function_needs_a_shape():
    with pytest.raises(ValueError, match="needs a shape"):
        Variable(lambda shape, dtype: torch.zeros(shape))


def test_shape_and_first_values_must_agree():
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        Variable([1.0, 2.0], shape=(3,))


def test_unsupported_arguments():
    with pytest.raises(ValueError, match="aggregation"):
        Variable(1.0, aggregation="sum")
    with pytest.raises(ValueError, match="synchronization"):
        Variable(1.0, synchronization="on_read")


@pytest.mark.parametrize("source", [np.zeros(2, "float32"), torch.zeros(2)])
def test_first_values_are_copied(source):
    v = Variable(source)
    source[0] = 5
    assert v[0] == 0


def test_assign_matches_keras():
    ours, theirs = Variable(np.arange(3.0)), keras.Variable(np.arange(3.0))
    for method, value in (("assign", [1, 2, 3]), ("assign_add", [0.5] * 3), ("assign_sub", 1.0)):
        getattr(ours, method)(value)
        getattr(theirs, method)(value)
        np.testing.assert_allclose(ours.numpy(), theirs.value.detach().numpy())


def test_assign_returns_the_variable_and_keeps_its_identity():
    v = Variable(np.zeros(2))
    pointer = v.data_ptr()
    assert v.assign([1.0, 2.0]) is v
    assert v.data_ptr() == pointer
    assert v.is_leaf
    assert v.requires_grad


def test_assign_takes_tensors_that_want_gradients():
    x = torch.ones(2, requires_grad=True)
    v = Variable(np.zeros(2))
    v.assign(x * 2)
    assert v.is_leaf
    assert v.tolist() == [2.0, 2.0]


def test_assign_converts_the_type():
    v = Variable(np.zeros(2, "float32"))
    v.assign(np.array([1, 2], "int64"))
    assert v.dtype == torch.float32


def test_assign_of_another_shape():
    v = Variable(np.zeros((2, 3)), name="kernel")
    with pytest.raises(ValueError, match=r"\(3, 2\).*'kernel'.*\(2, 3\)"):
        v.assign(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="shape"):
        v.assign(0.0)


def test_numpy_is_a_copy():
    v = Variable(np.zeros(2))
    array = v.numpy()
    array[0] = 4
    assert v[0] == 0


def test_numpy_functions_take_variables():
    v = Variable([[1.0, 2.0], [3.0, 4.0]], layout=permuted(1, 0))
    assert (np.sum(v), np.mean(v.keras_view()), np.max(v)) == (10.0, 2.5, 4.0)
    np.testing.assert_array_equal(np.concatenate([v, v], axis=0).shape, (4, 2))


def test_numpy_of_bfloat16_is_float32():
    assert Variable([1.0], dtype="bfloat16").numpy().dtype == np.float32


def test_value_carries_the_gradient():
    v = Variable([2.0])
    (v.value**2).sum().backward()
    assert v.value.grad.tolist() == v.grad.tolist() == [4.0]


def test_names():
    v = Variable([1.0], name="scale")
    assert (v.name, v.path) == ("scale", "scale")
    assert Variable([1.0]).name.startswith("variable")


def test_trainable_is_requires_grad():
    v = Variable([1.0])
    v.trainable = False
    assert not v.requires_grad
    v.trainable = True
    assert v.requires_grad


def test_what_was_never_trainable_stays_so():
    for v in (Variable([1.0], trainable=False), Variable(np.array([1]))):
        v.trainable = True
        assert not v.requires_grad


def test_operations_give_plain_tensors():
    v = Variable([1.0, 2.0])
    for result in (v + 1, 1 - v, torch.relu(v), v[0], v.sum(), v.detach(), v.data):
        assert type(result) is torch.Tensor


def test_it_can_be_compared_indexed_and_read_as_an_array():
    v = Variable([1.0, 2.0])
    assert (v > 1.5).tolist() == [False, True]
    assert np.asarray(v.detach()).tolist() == [1.0, 2.0]
    assert v[1].item() == 2.0
    assert len(v) == 2


def full_variable():
    return Variable(
        np.arange(6.0).reshape(2, 3), name="kernel", layout=permuted(1, 0),
        regularizer=regularizers.L2(0.1), constraint=constraints.NonNeg(),
    )  # fmt: skip


def saved_and_loaded(v):
    buffer = io.BytesIO()
    torch.save(v, buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=False)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v)), saved_and_loaded]
)
@pytest.mark.parametrize("trainable", [True, False])
def test_copies_keep_everything(copied, trainable):
    v = full_variable()
    v._path = "dense/kernel"
    v.trainable = trainable
    other = copied(v)
    assert type(other) is Variable
    assert torch.equal(other, v)
    assert other.data_ptr() != v.data_ptr()
    assert (other.name, other.path, other.trainable) == ("kernel", "dense/kernel", trainable)
    assert isinstance(other.regularizer, regularizers.L2)
    assert isinstance(other.constraint, constraints.NonNeg)
    assert other.keras_view().shape == (2, 3)
    other.trainable = True
    assert other.requires_grad


def test_deepcopy_keeps_sharing():
    v = full_variable()
    first, second = copy.deepcopy([v, v])
    assert first is second


def test_deepcopy_keeps_the_memory_format():
    v = Variable(torch.randn(2, 3, 4, 4).contiguous(memory_format=torch.channels_last))
    assert v.is_contiguous(memory_format=torch.channels_last)
    assert copy.deepcopy(v).is_contiguous(memory_format=torch.channels_last)


def test_layout_stores_transposed():
    v = full_variable()
    assert v.shape == (3, 2)
    assert v.keras_view().shape == (2, 3)
    np.testing.assert_array_equal(v.keras_view().numpy(), np.arange(6.0).reshape(2, 3))


def test_without_a_layout_it_is_its_own_keras_view():
    v = Variable([1.0])
    assert v.keras_view() is v


def test_repr():
    assert repr(Variable([1.0], name="w")) == (
        "<Variable path=w, shape=(1,), dtype=float32, value=[1.]>"
    )


def test_repr_without_values():
    with config.device_scope("meta"):
        v = Variable(np.zeros((2, 3)), name="w")
    assert repr(v) == "<Variable path=w, shape=(2, 3), dtype=float64>"


def test_it_registers_as_a_modules_parameter():
    module = nn.Module()
    module.w = Variable([1.0])
    assert list(dict(module.named_parameters())) == ["w"]
    assert list(module.state_dict()) == ["w"]


def test_it_compiles_in_a_graph():
    v = Variable([2.0, 3.0])
    compiled = torch.compile(lambda x: x * v, fullgraph=True, backend="eager")
    assert compiled(torch.ones(2)).tolist() == [2.0, 3.0]
    v.assign([5.0, 5.0])
    assert compiled(torch.ones(2)).tolist() == [5.0, 5.0]


def test_device():
    with config.device_scope("meta"):
        assert Variable(np.zeros(2)).device.type == "meta"
