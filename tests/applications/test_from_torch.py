"""Torch modules as functional models: numbers, names, files and modes."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models import (
    convnext,
    mobilenetv3,
    regnet,
    resnet,
    shufflenetv2,
    swin_transformer,
    vision_transformer,
)

import kerlite
from kerlite.applications import from_torch
from kerlite.core.fx_code import FxBuilder

MODULES = {
    "resnet": lambda: resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=5),
    "mobilenet_v3": lambda: mobilenetv3.MobileNetV3(
        [
            mobilenetv3.InvertedResidualConfig(16, 3, 16, 16, True, "RE", 2, 1, 1.0),
            mobilenetv3.InvertedResidualConfig(16, 5, 24, 16, True, "HS", 1, 1, 1.0),
        ],
        32,
        num_classes=5,
    ),
    "shufflenet": lambda: shufflenetv2.ShuffleNetV2([2, 1, 1], [8, 16, 32, 64, 64], num_classes=5),
    "regnet": lambda: regnet.RegNet(
        regnet.BlockParams([1, 1], [16, 32], [8, 8], [1.0, 1.0], [2, 2], 0.25), num_classes=5
    ),
    "convnext": lambda: convnext.ConvNeXt(
        [convnext.CNBlockConfig(16, 32, 1), convnext.CNBlockConfig(32, None, 1)], num_classes=5
    ),
    "vit": lambda: vision_transformer.VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=5),
    "swin": lambda: swin_transformer.SwinTransformer(
        [4, 4], 16, [1, 2], [2, 4], [4, 4], num_classes=5
    ),
}


def made(kind: str) -> nn.Module:
    torch.manual_seed(0)
    module = MODULES[kind]().eval()
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
    return module


@pytest.mark.parametrize("kind", list(MODULES))
def test_outputs_are_the_modules(kind, tmp_path):
    module, x = made(kind), torch.randn(2, 3, 32, 32)
    expected = module(x)
    first = from_torch(module, (3, 32, 32), data_format="channels_first")
    last = from_torch(module, (32, 32, 3), name="net")
    seen = x.permute(0, 2, 3, 1).contiguous()
    assert torch.equal(first(x), expected)
    torch.testing.assert_close(last(seen), expected, rtol=1e-5, atol=1e-5)
    counters = [name for name in module.state_dict() if "num_batches" in name]
    assert set(last.torch_state_dict()) == set(module.state_dict()) - set(counters)
    module.load_state_dict(last.torch_state_dict())  # torch fills in its counters
    last.save(tmp_path / "net.keras")
    read = kerlite.models.load_model(tmp_path / "net.keras")
    assert torch.equal(read(seen), last(seen))
    assert read.torch_names == last.torch_names


def test_a_training_step_is_torchs():
    module, x = made("resnet"), torch.randn(4, 3, 32, 32)
    model = from_torch(module, (3, 32, 32), data_format="channels_first")
    module.train()
    module(x).square().sum().backward()
    model(x, training=True).square().sum().backward()
    ours = dict(model.named_parameters())
    for own, theirs in model.torch_names.items():
        if own in ours:
            assert torch.equal(ours[own].grad, module.get_parameter(theirs).grad), theirs
    state = module.state_dict()
    assert all(torch.equal(v, state[k]) for k, v in model.torch_state_dict().items())


def test_frozen_batch_normalization_uses_its_averages_in_nested_models_too():
    base = from_torch(made("resnet"), (32, 32, 3))
    base.trainable = False
    inputs = kerlite.Input((32, 32, 3))
    model = kerlite.Model(inputs, kerlite.layers.Dense(2)(base(inputs)))
    x = torch.randn(4, 32, 32, 3)
    before = {k: v.clone() for k, v in base.state_dict().items()}
    assert torch.equal(model(x, training=True), model(x, training=False))
    model.compile("sgd", "mse")
    model.fit(x, torch.zeros(4, 2), verbose=0)
    assert all(torch.equal(v, before[k]) for k, v in base.state_dict().items())


def test_images_are_permuted_once():
    model = from_torch(made("resnet"), (32, 32, 3))
    graph, builder = model._graph, FxBuilder(model._code.names, direct=True)
    built, _ = builder.build(graph.flat_inputs, graph.nodes, graph.outputs, [None])
    assert [node.target for node in built.nodes].count("permute") == 1


def test_layers_are_named_after_paths_and_found():
    model = from_torch(made("resnet"), (32, 32, 3))
    assert model.get_layer("layer2_0_downsample_0").kernel.shape == (1, 1, 64, 128)
    assert model.get_layer("layer2_0_add").output.shape == (None, 4, 4, 128)
    features = kerlite.Model(model.input, model.get_layer("layer1_0_relu_1").output)
    assert features.output_shape == (None, 8, 8, 64)


class Scaled(nn.Module):
    """Functions, a weight outside any leaf, views, a dropout function and a parallel path."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.gamma = nn.Parameter(torch.full((8, 1, 1), 0.5))
        self.fc = nn.Linear(8 * 8 * 8, 4)

    def forward(self, x):
        x = self.gamma * F.relu(self.conv(x), inplace=True)
        left, right = x.chunk(2, dim=1)
        x = torch.cat([right, left], dim=1) + x.mean((2, 3), keepdim=True)
        x = F.dropout(x, 0.5, training=self.training)
        return self.fc(x.reshape(x.shape[0], -1).contiguous())


def test_functions_and_weights_outside_leaves_are_layers(tmp_path):
    torch.manual_seed(0)
    module, x = Scaled().eval(), torch.randn(2, 3, 8, 8)
    model = from_torch(module, (8, 8, 3))
    seen = x.permute(0, 2, 3, 1)
    torch.testing.assert_close(model(seen), module(x), rtol=1e-5, atol=1e-5)
    assert "gamma" in model.torch_state_dict()
    assert not torch.equal(model(seen, training=True), model(seen, training=True))
    model.save(tmp_path / "m.keras")
    assert torch.equal(kerlite.models.load_model(tmp_path / "m.keras")(seen), model(seen))


class Tokens(nn.Module):
    """What is computed from weights alone: a token for each picture, and scaled positions."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.positions = nn.Parameter(torch.randn(1, 5, 8))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
        return x + self.positions.reshape(1, 5, 8) * 0.5


def test_what_is_computed_from_weights_alone_is_trained(tmp_path):
    torch.manual_seed(0)
    module, x = Tokens(), torch.randn(3, 3, 8, 8)
    model = from_torch(module, (8, 8, 3))
    seen = x.permute(0, 2, 3, 1)
    torch.testing.assert_close(model(seen), module(x))
    model(seen, training=True).square().sum().backward()
    module(x).square().sum().backward()
    ours = dict(model.named_parameters())
    for own, theirs in model.torch_names.items():
        torch.testing.assert_close(ours[own].grad, module.get_parameter(theirs).grad)
    model.save(tmp_path / "m.keras")
    assert torch.equal(kerlite.models.load_model(tmp_path / "m.keras")(seen), model(seen))
    model.set_weights([weight * 0 for weight in model.get_weights()])
    assert module.token.abs().sum() > 0  # weights are copied


def test_channels_are_shuffled_in_pictures_of_any_size():
    net = made("shufflenet")
    model = from_torch(net, (None, None, 3))
    for size in [(32, 32), (48, 40)]:
        x = torch.randn(2, 3, *size)
        torch.testing.assert_close(model(x.permute(0, 2, 3, 1)), net(x), rtol=1e-5, atol=1e-5)


def test_flattened_kernels_are_seen_as_keras_flattens():
    module = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Flatten(), nn.Linear(2 * 4 * 4, 3)).eval()
    model = from_torch(module, (4, 4, 3))
    x = torch.randn(5, 4, 4, 3)
    hidden = kerlite.Model(model.input, model.layers[1].output)(x)
    kernel, bias = model.layers[-1].get_weights()
    expected = hidden.reshape(5, -1).detach().numpy() @ kernel + bias
    torch.testing.assert_close(model(x).detach(), torch.as_tensor(expected), rtol=1e-5, atol=1e-5)


def test_what_does_not_trace_says_so():
    class Branching(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ValueError, match="cannot trace Branching"):
        from_torch(Branching(), (4,))
    with pytest.raises(ValueError, match="needs input_shape"):
        from_torch(nn.ReLU())


def test_a_module_files_cannot_name_runs_but_is_not_written(tmp_path):
    model = from_torch(nn.Sequential(nn.Linear(4, 4), nn.Threshold(0.1, 0.0)), (4,))
    assert model(torch.ones(1, 4)).shape == (1, 4)
    with pytest.raises(TypeError, match="files have no name"):
        model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")


def test_compiles_in_one_graph():
    torch._dynamo.reset()
    model, x = from_torch(made("resnet"), (32, 32, 3)), torch.randn(2, 32, 32, 3)
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    assert torch.equal(compiled(x), model(x))
    torch._dynamo.reset()


def test_timm_is_optional(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "timm", None)
    with pytest.raises(ImportError, match="pip install timm"):
        kerlite.applications.from_timm("resnet18")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["resnet18", "vit_tiny_patch16_224", "mobilenetv3_small_100", "convnext_atto"]
)
def test_timms_networks(name, tmp_path):
    timm = pytest.importorskip("timm")
    torch.manual_seed(0)
    model = kerlite.applications.from_timm(name, num_classes=7)
    module, x = timm.create_model(name, num_classes=7).eval(), torch.randn(2, 3, 224, 224)
    model.load_torch_weights(module.state_dict())
    seen = x.permute(0, 2, 3, 1)
    torch.testing.assert_close(model(seen), module(x), rtol=1e-4, atol=1e-5)
    module.load_state_dict(model.torch_state_dict())
    model(seen, training=True).sum().backward()
    assert all(p.grad is not None for p in model.parameters() if p.requires_grad)
    model.save(tmp_path / "m.keras")
    assert torch.equal(kerlite.models.load_model(tmp_path / "m.keras")(seen), model(seen))
