"""The families: shapes, numbers of weights, names of layers."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
import torchvision

import kerlite
from kerlite import applications

SMALL = {  # name -> (size, second size)
    "squeezenet1_1": (64, 80),
}
LARGE = {
    "convnext_tiny": (32, 64),
    "densenet121": (32, 64),
    "efficientnet_b0": (32, 64),
    "efficientnet_v2_s": (32, 64),
    "googlenet": (32, 64),
    "inception_v3": (75, 96),
    "maxvit_t": (224, 448),
    "mnasnet0_5": (32, 64),
    "mobilenet_v2": (32, 64),
    "mobilenet_v3_large": (32, 64),
    "regnet_y_400mf": (32, 64),
    "resnext50_32x4d": (32, 64),
    "shufflenet_v2_x0_5": (32, 64),
    "swin_t": (32, 64),
    "swin_v2_t": (64, 32),
    "vgg11": (32, 48),
    "vgg16_bn": (32, 48),
    "vit_b_32": (64, 96),
    "wide_resnet50_2": (32, 64),
}
CASES = [
    *(pytest.param(name, *sizes, id=name) for name, sizes in SMALL.items()),
    *(pytest.param(name, *sizes, id=name, marks=pytest.mark.slow) for name, sizes in LARGE.items()),
]
AUXILIARY = ("_pad", "_se_reshape", "zero_padding2d", "normalization", "input_layer")


@pytest.fixture(autouse=True)
def _fresh_compiler():
    yield
    torch._dynamo.reset()


@pytest.mark.parametrize(("name", "size", "second"), CASES)
def test_family(name, size, second, tmp_path):
    torch.manual_seed(0)
    model = applications.get(name, weights=None, input_shape=(size, size, 3), classes=7)
    x = torch.rand(2, size, size, 3)
    assert model(x).shape == (2, 7)
    torch.testing.assert_close(model(x).sum(-1), torch.ones(2))
    model(x, training=True).square().sum().backward()
    assert all(p.grad is not None for p in model.parameters() if p.requires_grad)
    model.save(tmp_path / "m.keras")
    assert torch.equal(kerlite.models.load_model(tmp_path / "m.keras")(x), model(x))
    torch.save(model.torch_state_dict(), tmp_path / "m.pth")
    again = applications.get(
        name, weights=tmp_path / "m.pth", input_shape=(size, size, 3), classes=7
    )
    assert torch.equal(again(x), model(x))
    assert again.weights_info["source"] == "file"
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), model(x))
    body = applications.get(
        name, weights=tmp_path / "m.pth", include_top=False, input_shape=(size, size, 3)
    )
    other = applications.get(name, weights=None, include_top=False, input_shape=(second, second, 3))
    assert other(torch.rand(1, second, second, 3)).shape[-1] == body(x).shape[-1]


@pytest.mark.parametrize("name", ["vgg11", "resnet50", "densenet121", "vit_b_32", "convnext_tiny"])
def test_numbers_of_weights_are_torchvisions(name):
    with kerlite.device("meta"):
        model = applications.get(name, weights=None)
    published = torchvision.models.get_model_weights(name).DEFAULT.meta["num_params"]
    assert sum(p.numel() for p in model.parameters()) == published
    assert model.output_shape == (None, 1000)


def test_convnext_xlarge_has_as_many_weights_as_keras_s():
    with kerlite.device("meta"):
        model = applications.ConvNeXtXLarge(weights=None)
    assert model.count_params() == 350_196_968
    twin = model.get_layer("features_5_26_block_5")  # the last of 27 blocks
    assert tuple(twin.kernel.shape) == (4096, 1024)


@pytest.mark.parametrize("weights", ["imagenet", "IMAGENET1K_V1"])
def test_convnext_xlarge_has_no_published_weights(weights):
    with pytest.raises(ValueError, match=r"publishes no weights for 'convnext_xlarge'.*Pass None"):
        applications.ConvNeXtXLarge(weights=weights)


def test_mnasnet_goes_back_to_torchvision(tmp_path):
    model = applications.get(
        "mnasnet0_5", weights=None, input_shape=(64, 64, 3), classes=5, classifier_activation=None
    )
    model.save(tmp_path / "m.keras")
    read = kerlite.models.load_model(tmp_path / "m.keras")
    torch.save(read.torch_state_dict(), tmp_path / "m.pth")
    twin = torchvision.models.mnasnet0_5(num_classes=5).eval()
    twin.load_state_dict(torch.load(tmp_path / "m.pth"), strict=True)  # looks at the version
    x = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(model(x.permute(0, 2, 3, 1)), twin(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "alpha"),
    [
        ("MobileNetV3Small", 0.75),
        *(pytest.param(name, alpha, marks=pytest.mark.slow) for name, alpha in (
            ("MobileNetV3Small", 0.1), ("MobileNetV3Small", 1.3), ("MobileNetV3Large", 0.75),
            ("MobileNetV3Large", 1.3), ("MobileNetV2", 0.1), ("MobileNetV2", 1.3),
        )),
    ],
)  # fmt: skip
def test_alpha_gives_as_many_weights_as_keras_s(name, alpha):
    keras = pytest.importorskip("keras")
    with keras.device("meta"), kerlite.device("meta"):
        theirs = getattr(keras.applications, name)(weights=None, alpha=alpha)
        ours = getattr(applications, name)(weights=None, alpha=alpha)
    assert ours.count_params() == theirs.count_params()


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copy", "pickle"]
)
def test_a_long_network_is_copied(copied):
    model = applications.get("mnasnet0_5", weights=None, input_shape=(32, 32, 3), classes=2)
    twin, x = copied(model), torch.rand(1, 32, 32, 3)
    assert torch.equal(twin(x), model(x))
    assert twin.torch_versions == {"": 2}
    assert twin.weights_info == {"source": "random"}


def test_mobilenet_v3_takes_pictures_of_any_size_as_keras_s():
    model = applications.MobileNetV3Small(weights=None, classes=3)
    assert model.input_shape == (None, None, None, 3)
    assert model(torch.rand(2, 40, 56, 3) * 255).shape == (2, 3)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2"])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_outputs_and_features_are_torchvisions(name, data_format):
    torch.manual_seed(0)
    module = torchvision.models.get_model(name, num_classes=5).eval()
    x = torch.randn(2, 3, 48, 48)
    last = data_format == "channels_last"
    kerlite.config.set_image_data_format(data_format)
    try:
        shape = (48, 48, 3) if last else (3, 48, 48)
        given = {"weights": None, "input_shape": shape, "classifier_activation": None}
        model = applications.get(name, classes=5, **given)
        model.load_torch_weights(module.state_dict())
        body = kerlite.Model(model.input, model.layers[-4].output)
    finally:
        kerlite.config.set_image_data_format("channels_last")
    outputs = model(x.permute(0, 2, 3, 1) if last else x)
    if last:
        torch.testing.assert_close(outputs, module(x), rtol=1e-5, atol=1e-5)
    else:
        assert torch.equal(outputs, module(x))
    assert body.outputs[0].ndim == 4


def test_vgg16_has_keras_layers_and_their_order():
    with kerlite.device("meta"):
        model = applications.VGG16(weights=None, include_top=False)
        top = applications.VGG16(weights=None)
    names = [layer.name for layer in model.layers[1:]]
    convolutions = (2, 2, 3, 3, 3)
    expected = [
        f"block{b}_{part}"
        for b, n in enumerate(convolutions, 1)
        for part in [*(f"conv{i + 1}" for i in range(n)), "pool"]
    ]
    assert names == expected
    assert model.get_layer("block5_conv3").activation is kerlite.activations.relu
    assert top.count_params() == 138_357_544
    assert [layer.name for layer in top.layers[-6:]] == [
        "flatten", "fc1", "fc1_dropout", "fc2", "fc2_dropout", "predictions"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["ResNet50", "MobileNetV2", "DenseNet121", "EfficientNetB0"])
def test_some_of_kerass_names(name):
    known = {
        "ResNet50": ["conv1_conv", "pool1_pool", "conv5_block3_out", "conv2_block1_0_bn"],
        "MobileNetV2": ["Conv1_relu", "block_16_project_BN", "expanded_conv_depthwise", "out_relu"],
        "DenseNet121": ["conv5_block16_concat", "pool4_pool", "bn", "relu"],
        "EfficientNetB0": ["rescaling", "block7a_project_bn", "block2b_drop", "top_activation"],
    }
    with kerlite.device("meta"):
        model = getattr(applications, name)(weights=None)
    names = {layer.name for layer in model.layers}
    assert names.issuperset({*known[name], "avg_pool", "predictions"} - (
        {"avg_pool"} if name == "MobileNetV2" else set()
    ))  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["VGG16", "ResNet50", "MobileNetV2", "EfficientNetB0", "InceptionV3", "DenseNet121"]
)
def test_names_of_layers_are_kerass(name):
    keras = pytest.importorskip("keras")
    keras.utils.clear_session()
    theirs = [layer.name for layer in getattr(keras.applications, name)(weights=None).layers]
    with kerlite.device("meta"):
        ours = [layer.name for layer in getattr(applications, name)(weights=None).layers]
    missing = [one for one in theirs if one not in ours and not one.startswith("input_layer")]
    assert [one for one in missing if not any(part in one for part in AUXILIARY)] == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_vgg_reads_kerass_file(tmp_path):
    keras = pytest.importorskip("keras")
    model = applications.VGG16(weights=None, classes=9)
    x = np.random.default_rng(0).normal(size=(1, 224, 224, 3)).astype("float32")
    twin = keras.applications.VGG16(weights=None, classes=9)
    twin.save_weights(tmp_path / "vgg.weights.h5")
    model.load_weights(tmp_path / "vgg.weights.h5")
    expected = keras.ops.convert_to_numpy(twin(x))
    np.testing.assert_allclose(model(torch.as_tensor(x)).detach(), expected, rtol=1e-4, atol=1e-6)
