"""KerasTensor: what is done to one is recorded, with the right shape and type.

Every case runs twice: on tensors, and through a `Function` over the recorded graph.
"""

import operator

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from kerlite import Function, Input
from kerlite.core import tree
from kerlite.core.tensor import KerasTensor, any_symbolic, infer, is_keras_tensor, record

UNARY = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "sum": torch.sum,
    "sum_dim": lambda x: torch.sum(x, dim=1),
    "mean_keepdim": lambda x: x.mean(dim=(1, 2), keepdim=True),
    "reshape": lambda x: x.reshape(-1, 12),
    "reshape_tuple": lambda x: x.reshape((x.shape[1], -1)),
    "view": lambda x: x.view(-1, 3, 2, 2),
    "flatten": lambda x: torch.flatten(x, 1),
    "permute": lambda x: x.permute(0, 2, 1),
    "transpose": lambda x: x.transpose(1, 2),
    "mT": lambda x: x.mT,
    "unsqueeze": lambda x: x.unsqueeze(-1),
    "squeeze": lambda x: x.unsqueeze(1).squeeze(1),
    "squeeze_torch": lambda x: torch.squeeze(x.unsqueeze(1), 1),
    "pad": lambda x: F.pad(x, (1, 2)),
    "softmax": lambda x: F.softmax(x, dim=-1),
    "layer_norm": lambda x: F.layer_norm(x, (4,)),
    "getitem": lambda x: x[:, 0],
    "getitem_slice": lambda x: x[..., 1:3],
    "getitem_none": lambda x: x[:, None, :, ::2],
    "getitem_list": lambda x: x[:, [0, 2]],
    "getitem_array": lambda x: x[:, np.array([2, 0, 0])],
    "getitem_tensor": lambda x: x[:, torch.tensor([1, 1])],
    "mask_fill": lambda x: x.masked_fill(x > 0, -1.0),
    "where": lambda x: torch.where(x > 0, x, x * 2),
    "clamp": lambda x: x.clamp(min=0.0, max=0.5),
    "type": lambda x: x.to(torch.float64),
    "half": lambda x: x.half().float(),
    "int": lambda x: (x * 10).int(),
    "argmax": lambda x: x.argmax(dim=-1),
    "cumsum": lambda x: x.cumsum(1),
    "einsum": lambda x: torch.einsum("bij,bkj->bik", x, x),
    "bmm": lambda x: torch.bmm(x, x.transpose(1, 2)),
    "linear": lambda x: F.linear(x, torch.ones(5, 4)),
    "stack": lambda x: torch.stack([x, x + 1], dim=1),
    "cat": lambda x: torch.cat([x, x * 2], dim=-1),
    "cat_batch": lambda x: torch.cat([x, x]),
    "repeat": lambda x: x.repeat(1, 2, 1),
    "expand": lambda x: x[:, :1].expand(-1, 5, -1),
    "flip": lambda x: torch.flip(x, dims=[1]),
    "roll": lambda x: torch.roll(x, 1, 1),
    "interpolate": lambda x: F.interpolate(x, scale_factor=2.0),
    "norm": lambda x: torch.linalg.vector_norm(x, dim=-1),
    "zeros_like": torch.zeros_like,
    "isnan": torch.isnan,
    "avg_pool": lambda x: F.avg_pool1d(x, 2),
    "one_hot": lambda x: F.one_hot((x > 0).long(), 2),
    "log_abs": lambda x: torch.log(abs(x) + 1e-3),
    "neg": operator.neg,
    "logical_not": lambda x: ~(x > 0),
    "tensor_constant": lambda x: torch.arange(4.0) * x,
    "kwargs": lambda x: torch.sum(input=x, dim=-1),
    "view_method": lambda x: x.view(torch.int32),
    "keep_batch": lambda x: x.view(x.size(0), -1),
    "keep_two": lambda x: x.reshape([x.shape[0], x.shape[1], 2, 2]),
    "einsum_list": lambda x: torch.einsum("bij->bji", [x]),
    "detach": lambda x: x.detach() + x,
    "T": lambda x: x.sum(-1).T,
    "sub_method": lambda x: x.sub(1).mul(2).add(x),
}
SEVERAL = {
    "split": lambda x: torch.split(x, [1, 2], dim=1),
    "split_method": lambda x: x.split(2, dim=2),
    "chunk": lambda x: x.chunk(2, dim=-1),
    "unbind": lambda x: x.unbind(1),
    "topk": lambda x: torch.topk(x, 2, dim=-1),
    "max_dim": lambda x: x.max(dim=1),
    "max_torch": lambda x: torch.max(x, dim=-1),
    "sort": lambda x: torch.sort(x, dim=-1),
    "aminmax": lambda x: torch.aminmax(x, dim=1),
    "list": lambda x: [x + 1, {"a": x * 2}],
}
BINARY = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge"),
    *("eq", "ne"),
)


def check(function, shape=(None, 3, 4), feed=(2, 3, 4)):
    """Compare a function of tensors with the same function recorded."""
    x = torch.randn(feed)
    expected = tree.flatten(function(x))
    symbolic = KerasTensor(shape)
    recorded = function(symbolic)
    for tensor, value in zip(tree.flatten(recorded), expected, strict=True):
        known = [size for size in tensor.shape if size is not None]
        assert len(tensor.shape) == value.ndim
        assert all(
            size in (None, real) for size, real in zip(tensor.shape, value.shape, strict=True)
        )
        assert len(known) >= value.ndim - 1
        assert str(value.dtype) == f"torch.{tensor.dtype}"
    outputs = tree.flatten(Function(symbolic, recorded)(x))
    for output, value in zip(outputs, expected, strict=True):
        torch.testing.assert_close(output, value)
    return recorded


@pytest.mark.filterwarnings("ignore:The use of `x.T`")
@pytest.mark.parametrize("name", UNARY)
def test_function_of_one_tensor(name):
    check(UNARY[name])


@pytest.mark.parametrize("name", SEVERAL)
def test_function_with_several_outputs(name):
    check(SEVERAL[name])


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("other", [2.0, torch.full((4,), 2.0), np.full(4, 2.0, "float32")],
                         ids=["number", "tensor", "array"])  # fmt: skip
def test_operator(name, other):
    function = getattr(operator, name)
    numeric = name not in ("lt", "le", "gt", "ge", "eq", "ne")
    # torch has no reflected form for arrays on the left of some operators
    check(lambda x: function(abs(x) + 0.5, torch.as_tensor(other)))
    symbolic = KerasTensor((None, 4))
    x = torch.rand(3, 4) + 0.5
    result = Function(symbolic, function(symbolic, other))(x)
    torch.testing.assert_close(result, function(x, torch.as_tensor(other)))
    if numeric:
        result = Function(symbolic, function(other, symbolic))(x)
        expected = function(torch.as_tensor(other), x)
        torch.testing.assert_close(result, expected)


@pytest.mark.parametrize("name", ["and_", "or_", "xor"])
def test_logical_operator(name):
    function = getattr(operator, name)
    check(lambda x: function(x > 0, x < 1))


@pytest.mark.parametrize("name", ["lshift", "rshift"])
def test_shift_operator(name):
    check(lambda x: getattr(operator, name)((x.abs() * 10).int(), 1))


def test_matmul_operator():
    check(lambda x: x @ torch.ones(4, 2))
    check(lambda x: torch.ones(2, 3) @ x)
    symbolic, x = KerasTensor((None, 3, 4)), torch.randn(2, 3, 4)
    array = np.random.rand(2, 3).astype("float32")
    result = Function(symbolic, array @ symbolic)(x)
    torch.testing.assert_close(result, torch.as_tensor(array) @ x)


def test_unknown_sizes_stay_unknown():
    x = KerasTensor((None, None, 8))
    assert torch.relu(x).shape == (None, None, 8)
    assert x[:, -1].shape == (None, 8)
    assert x.sum(1).shape == (None, 8)
    assert torch.cat([x, x], 1).shape == (None, None, 8)
    assert (x[:, :, None] + x[:, None]).shape == (None, None, None, 8)
    assert F.pad(x, (0, 0, 1, 1)).shape == (None, None, 8)
    assert F.one_hot(x.long(), 4).shape == (None, None, 8, 4)


def test_size_and_dim_are_told_at_once():
    x = KerasTensor((None, 3))
    assert (x.dim(), x.ndim, x.size(1), x.size(0)) == (2, 2, 3, None)
    assert x.shape == (None, 3)
    assert len(KerasTensor((4, 2))) == 4
    assert x.is_floating_point()


def test_iteration_over_a_known_dimension():
    x = KerasTensor((2, 3))
    first, second = x
    function = Function(x, [first, second])
    assert [t.tolist() for t in function(torch.arange(6.0).reshape(2, 3))] == [[0, 1, 2], [3, 4, 5]]


def test_parameters_in_a_graph_get_gradients():
    x = KerasTensor((None, 3))
    weight = nn.Parameter(torch.ones(3))
    function = Function(x, x * weight)
    assert list(function.parameters()) == [weight]
    function(torch.full((2, 3), 4.0)).sum().backward()
    assert weight.grad.tolist() == [8.0, 8.0, 8.0]


@pytest.mark.parametrize(
    "use",
    [
        lambda x: float(x), lambda x: int(x), lambda x: bool(x), lambda x: 1 if x > 0 else 2,
        lambda x: list(range(x)), lambda x: np.asarray(x), lambda x: np.sin(x),
        lambda x: [1, 2][x],
    ],
)  # fmt: skip
def test_values_are_not_there_yet(use):
    with pytest.raises(TypeError, match="no values while the model is"):
        use(KerasTensor((), name="logit"))


def test_item_and_tolist_say_so_too():
    for name in ("item", "tolist", "numpy"):
        with pytest.raises(TypeError, match="no values while the model is"):
            getattr(KerasTensor((), name="logit"), name)()


def test_iterating_over_the_batch():
    with pytest.raises(TypeError, match="not known while the model is built"):
        list(KerasTensor((None, 2)))
    with pytest.raises(TypeError, match="no length"):
        len(KerasTensor((None, 2)))


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="'nonsense'"):
        _ = KerasTensor((2,)).nonsense


def test_a_bare_module_is_refused():
    with pytest.raises(TypeError, match=r"TorchModuleWrapper\(Linear"):
        nn.Linear(3, 2)(KerasTensor((None, 3)))
    with pytest.raises(TypeError, match=r"TorchModuleWrapper\(Sequential|TorchModuleWrapper\(ReLU"):
        nn.Sequential(nn.ReLU())(KerasTensor((None, 3)))


def test_an_impossible_call_names_function_and_shapes():
    with pytest.raises(ValueError, match=r"cat\(\) cannot run .*\(None, 3\), \(2, 2, 2\)"):
        torch.cat([KerasTensor((None, 3)), KerasTensor((2, 2, 2))])
    with pytest.raises(ValueError, match=r"matmul.*\(None, 3\)"):
        KerasTensor((None, 3)) @ torch.ones(4, 2)


def test_wrong_arguments_are_a_type_error():
    with pytest.raises(TypeError, match="relu"):
        torch.relu(KerasTensor((2,)), 3, 4)


@pytest.mark.parametrize("kwargs", [{"sparse": True}, {"ragged": True}, {"record_history": False}])
def test_only_dense_and_recorded(kwargs):
    with pytest.raises(ValueError, match="dense"):
        KerasTensor((2,), **kwargs)


def test_nothing_random_is_drawn_while_recording():
    before = torch.get_rng_state()
    F.dropout(KerasTensor((None, 4)), training=True)
    torch.rand_like(KerasTensor((None, 4)))
    assert torch.equal(torch.get_rng_state(), before)


def test_no_gradient_graph_is_kept_while_recording():
    weight = nn.Parameter(torch.ones(3))
    KerasTensor((None, 3)) * weight
    assert weight.grad is None


def test_arrays_of_doubles_are_floatx_in_a_graph():
    x = KerasTensor((None, 2))
    assert (x + np.ones(2)).dtype == "float32"
    assert (np.ones(2) * x).dtype == "float32"
    assert (x + torch.ones(2, dtype=torch.float64)).dtype == "float64"


def test_a_function_of_ones_own():
    x = KerasTensor((None, 2))
    y = record(lambda t, k: t * k + 1, (x,), {"k": 3})
    assert Function(x, y)(torch.ones(1, 2)).tolist() == [[4.0, 4.0]]


@pytest.mark.parametrize("function", [torch.nonzero, lambda x: x[x > 0], torch.unique])
def test_shapes_that_depend_on_values(function):
    with pytest.raises(ValueError, match="depends on the values of its inputs"):
        function(KerasTensor((None, 2)))


def test_history():
    x = Input((3,), name="x")
    assert x._keras_history.operation.name == "x"
    y = torch.split(x, 1, dim=1)
    assert [t._keras_history.tensor_index for t in y] == [0, 1, 2]
    assert y[0]._keras_history.operation is torch.split or callable(y[0].producer.target)
    with pytest.raises(AttributeError, match="_keras_history"):
        _ = KerasTensor((2,))._keras_history


def test_nodes_are_numbered_in_the_order_they_were_made():
    x = KerasTensor((None, 3))
    first = x + 1
    second = first * 2
    assert first.producer.index < second.producer.index
    assert second.producer.inputs == [first]


def test_hash_and_identity():
    x, y = KerasTensor((2,)), KerasTensor((2,))
    assert len({x, y, x}) == 2


def test_repr():
    assert repr(KerasTensor((None, 2), name="x")) == (
        "<KerasTensor shape=(None, 2), dtype=float32, name=x>"
    )


def test_is_keras_tensor_and_any_symbolic():
    x = KerasTensor((2,))
    assert is_keras_tensor(x)
    assert not is_keras_tensor(torch.ones(2))
    assert any_symbolic({"a": [1, x]})
    assert any_symbolic(1, x)
    assert not any_symbolic([torch.ones(2)], {"b": None})


def test_infer_keeps_what_is_no_tensor():
    outputs = infer(lambda x: {"y": x + 1, "n": 3, "s": "name"}, (KerasTensor((None, 2)),), {})
    assert (outputs["n"], outputs["s"]) == (3, "name")
    assert outputs["y"].shape == (None, 2)


def test_sizes_read_inside_a_recorded_function_follow_the_data():
    x = KerasTensor((None, 4))
    y = record(lambda t: t.reshape(t.shape[0] * 2, 2), (x,), {})
    assert y.shape == (None, 2)
    assert Function(x, y)(torch.ones(3, 4)).shape == (6, 2)
