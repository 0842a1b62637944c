"""What holds for every layer: shapes, gradients, copies, weights, compilation, bfloat16."""

import copy
import pickle

import numpy as np
import pytest
import torch

import kerlite
from kerlite.layers import Layer
from tests.contracts import catalog

# Shapes of the inputs, without the batch; a list where a layer takes several.
SHAPES = {
    "kerlite.layers.AdaptiveAveragePooling1D": (6, 2),
    "kerlite.layers.AdaptiveAveragePooling2D": (6, 6, 2),
    "kerlite.layers.AdaptiveAveragePooling3D": (4, 4, 4, 2),
    "kerlite.layers.AdaptiveMaxPooling1D": (6, 2),
    "kerlite.layers.AdaptiveMaxPooling2D": (6, 6, 2),
    "kerlite.layers.AdaptiveMaxPooling3D": (4, 4, 4, 2),
    "kerlite.layers.Add": [(4,), (4,)],
    "kerlite.layers.AdditiveAttention": [(3, 4), (5, 4)],
    "kerlite.layers.Attention": [(3, 4), (5, 4)],
    "kerlite.layers.Average": [(4,), (4,)],
    "kerlite.layers.AveragePooling1D": (6, 2),
    "kerlite.layers.AveragePooling2D": (6, 6, 2),
    "kerlite.layers.AveragePooling3D": (4, 4, 4, 2),
    "kerlite.layers.Bidirectional": (3, 4),
    "kerlite.layers.Concatenate": [(4,), (3,)],
    "kerlite.layers.ConvLSTM1D": (3, 5, 2),
    "kerlite.layers.ConvLSTM2D": (3, 4, 4, 2),
    "kerlite.layers.ConvLSTM3D": (2, 3, 3, 3, 2),
    "kerlite.layers.Conv1D": (6, 2),
    "kerlite.layers.Conv1DTranspose": (6, 2),
    "kerlite.layers.Conv2D": (6, 6, 2),
    "kerlite.layers.Conv2DTranspose": (6, 6, 2),
    "kerlite.layers.Conv3D": (6, 6, 6, 2),
    "kerlite.layers.Conv3DTranspose": (6, 6, 6, 2),
    "kerlite.layers.Cropping1D": (5, 3),
    "kerlite.layers.Cropping2D": (6, 6, 2),
    "kerlite.layers.Cropping3D": (4, 4, 4, 2),
    "kerlite.layers.DepthwiseConv1D": (6, 2),
    "kerlite.layers.DepthwiseConv2D": (6, 6, 2),
    "kerlite.layers.Dot": [(4,), (4,)],
    "kerlite.layers.Flatten": (3, 2),
    "kerlite.layers.GRU": (5, 3),
    "kerlite.layers.GlobalAveragePooling1D": (6, 2),
    "kerlite.layers.GlobalAveragePooling2D": (6, 6, 2),
    "kerlite.layers.GlobalAveragePooling3D": (4, 4, 4, 2),
    "kerlite.layers.GlobalMaxPooling1D": (6, 2),
    "kerlite.layers.GlobalMaxPooling2D": (6, 6, 2),
    "kerlite.layers.GlobalMaxPooling3D": (4, 4, 4, 2),
    "kerlite.layers.LSTM": (5, 3),
    "kerlite.layers.Masking": (5, 3),
    "kerlite.layers.MaxPooling1D": (6, 2),
    "kerlite.layers.MaxPooling2D": (6, 6, 2),
    "kerlite.layers.MaxPooling3D": (4, 4, 4, 2),
    "kerlite.layers.Maximum": [(4,), (4,)],
    "kerlite.layers.Minimum": [(4,), (4,)],
    "kerlite.layers.Multiply": [(4,), (4,)],
    "kerlite.layers.Permute": (3, 2),
    "kerlite.layers.RNN": (5, 3),
    "kerlite.layers.SeparableConv1D": (6, 2),
    "kerlite.layers.SeparableConv2D": (6, 6, 2),
    "kerlite.layers.SimpleRNN": (5, 3),
    "kerlite.layers.SpatialDropout1D": (5, 3),
    "kerlite.layers.SpatialDropout2D": (6, 6, 2),
    "kerlite.layers.SpatialDropout3D": (4, 4, 4, 2),
    "kerlite.layers.Subtract": [(4,), (4,)],
    "kerlite.layers.TimeDistributed": (5, 4),
    "kerlite.layers.UpSampling1D": (5, 3),
    "kerlite.layers.UpSampling2D": (6, 6, 2),
    "kerlite.layers.UpSampling3D": (4, 4, 4, 2),
    "kerlite.layers.ZeroPadding1D": (5, 3),
    "kerlite.layers.ZeroPadding2D": (6, 6, 2),
    "kerlite.layers.ZeroPadding3D": (4, 4, 4, 2),
}
INTEGERS = {"kerlite.layers.Embedding", "kerlite.layers.ReversibleEmbedding"}
NOT_CALLED = {
    "kerlite.layers.GroupQueryAttention",  # takes query and value; its own tests do all this
    "kerlite.layers.MultiHeadAttention",  # likewise
    *(f"kerlite.layers.{name}" for name in ("GRUCell", "LSTMCell", "SimpleRNNCell")),  # take states
    "kerlite.layers.StackedRNNCells",  # takes states
    "kerlite.layers.InputLayer",  # stands for a feed, computes nothing
    "kerlite.layers.Layer",  # has no call
    "kerlite.layers.TorchModuleWrapper",  # is what the module in it is
    "kerlite.layers.Wrapper",  # has no call
}
LAYERS = [
    path
    for path, cls in catalog.public_classes(("kerlite.layers",)).items()
    if issubclass(cls, Layer) and path not in NOT_CALLED
]


def shapes(path):
    given = SHAPES.get(path, (4,))
    return given if isinstance(given, list) else [given]


def symbols(path):
    dtype = "int32" if path in INTEGERS else None
    return _one_or_all([kerlite.Input(shape, dtype=dtype) for shape in shapes(path)])


def tensors(path, batch=3):
    made = [torch.rand(batch, *shape) for shape in shapes(path)]
    return _one_or_all([(x * 8).int() if path in INTEGERS else x for x in made])


def _one_or_all(items):
    return items[0] if len(items) == 1 else items


@pytest.mark.parametrize("path", LAYERS)
def test_symbolic_shape_and_dtype_are_those_of_the_result(path):
    layer = catalog.make(path)
    symbolic = layer(symbols(path))
    for batch in (1, 3):
        result = layer(tensors(path, batch))
        assert (batch, *symbolic.shape[1:]) == tuple(result.shape)
        assert symbolic.dtype == str(result.dtype).removeprefix("torch.")


@pytest.mark.parametrize("path", LAYERS)
def test_computed_shape_is_the_result_s(path):
    layer = catalog.make(path)
    full = [(3, *shape) for shape in shapes(path)]
    computed = layer.compute_output_shape(_one_or_all(full))
    assert tuple(computed) == tuple(layer(tensors(path)).shape)


@pytest.mark.parametrize("path", LAYERS)
def test_gradients_reach_every_trainable_weight(path):
    layer = catalog.make(path)
    inputs = tensors(path)
    layer(inputs)
    layer.train()
    torch.manual_seed(1)
    result = layer(inputs)
    if layer.trainable_weights:
        (result * torch.rand_like(result)).sum().backward()
    for name, parameter in layer.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name


@pytest.mark.parametrize("path", LAYERS)
def test_config_and_weights_make_a_layer_that_computes_the_same(path):
    layer, inputs = catalog.make(path), tensors(path)
    expected = layer(inputs)
    weights = [np.random.default_rng(i).random(w.shape) for i, w in enumerate(layer.get_weights())]
    layer.set_weights(weights)
    again = type(layer).from_config(layer.get_config())
    again(inputs)
    again.set_weights(layer.get_weights())
    for ours, theirs in zip(again.get_weights(), weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    torch.testing.assert_close(again(inputs), layer(inputs))
    assert layer(inputs).shape == expected.shape


@pytest.mark.parametrize("path", LAYERS)
@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))],
    ids=["deepcopy", "pickle"],
)
def test_a_copy_computes_the_same_and_shares_nothing(path, duplicate):
    layer, inputs = catalog.make(path), tensors(path)
    expected = layer(inputs)
    twin = duplicate(layer)
    torch.testing.assert_close(twin(inputs), expected)
    ours = {p.data_ptr() for p in layer.parameters() if p.numel()}
    assert ours.isdisjoint(p.data_ptr() for p in twin.parameters())


@pytest.mark.parametrize("path", LAYERS)
def test_state_dict_loads_into_a_new_layer(path):
    layer, inputs = catalog.make(path), tensors(path)
    expected = layer(inputs)
    again = catalog.make(path)
    again(inputs)
    again.load_state_dict(layer.state_dict())
    torch.testing.assert_close(again(inputs), expected)


@pytest.mark.parametrize("path", LAYERS)
def test_compiles_without_a_graph_break(path):
    layer, inputs = catalog.make(path), tensors(path)
    expected = layer(inputs)
    torch._dynamo.reset()
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(inputs), expected)


@pytest.mark.parametrize("path", LAYERS)
def test_runs_in_bfloat16(path):
    arguments = catalog.arguments(path, dtype="bfloat16")
    layer = catalog.public_classes(("kerlite.layers",))[path](**arguments)
    result = layer(tensors(path))
    assert result.dtype == torch.bfloat16
    assert all(p.dtype == torch.bfloat16 for p in layer.parameters())


@pytest.mark.parametrize("path", LAYERS)
def test_mixed_precision_keeps_float32_weights(path):
    arguments = catalog.arguments(path, dtype="mixed_bfloat16")
    layer = catalog.public_classes(("kerlite.layers",))[path](**arguments)
    assert layer(tensors(path)).dtype == torch.bfloat16
    assert all(p.dtype == torch.float32 for p in layer.parameters())
