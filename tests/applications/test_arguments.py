"""Keras's arguments, what they refuse, and the weights' transform."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
import torchvision

import kerlite
from kerlite import applications
from kerlite.applications import weights as weights_module


def squeezenet(**kwargs):
    given = {"weights": None, "input_shape": (64, 64, 3), **kwargs}
    return applications.get("squeezenet1_1", **given)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    monkeypatch.setenv("KERLITE_OFFLINE", "1")
    monkeypatch.setenv("KERLITE_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (16, 16, 3)}, "at least 32 x 32"),
        ({"input_shape": (64, 64)}, "input_shape is the shape of one image"),
        ({"input_shape": (3, 64, 64)}, r"set_image_data_format\('channels_first'\)"),
        ({"input_shape": (64, 64, 0)}, "1 channel or more; received input_shape"),
        ({"pooling": "mean"}, "pooling is one of"),
        ({"weights": "imagenet", "classes": 10, "input_shape": None}, "1000 classes"),
        ({"weights": "imagenet", "input_shape": (224, 224, 1)}, "3 channels"),
        ({"weights": "IMAGENET1K_V9"}, "There are no weights 'IMAGENET1K_V9'"),
        ({"weights": torchvision.models.ResNet18_Weights.DEFAULT}, "are no weights for"),
        ({"weights": "imagenet", "classifier_activation": "relu", "input_shape": None}, "softmax"),
    ],
    ids=[
        "small",
        "rank",
        "order",
        "no_channels",
        "pooling",
        "classes",
        "channels",
        "name",
        "enum",
        "activation",
    ],
)
def test_bad_arguments_say_what_to_do(arguments, message):
    with pytest.raises(ValueError, match=message):
        squeezenet(**arguments)


@pytest.mark.parametrize("alpha", [0, -1, "1", True])
@pytest.mark.parametrize("name", ["MobileNetV2", "MobileNetV3Small"])
def test_alpha_is_a_number_above_0(name, alpha):
    with pytest.raises(ValueError, match=f"alpha is a number above 0.*received {alpha!r}"):
        getattr(applications, name)(weights=None, alpha=alpha)


@pytest.mark.parametrize("name", ["vit_b_16", "maxvit_t"])
def test_pictures_that_cannot_be_cut_into_patches(name):
    with pytest.raises(ValueError, match=r"pictures of \(225, 225\)(.|\n)*made for 224 x 224"):
        applications.get(name, weights=None, input_shape=(225, 225, 3))


def test_what_is_no_name_no_argument_and_no_module():
    with pytest.raises(TypeError, match=r"name of a network.*received 50\. "):
        applications.get(50)
    with pytest.raises(TypeError, match=r"'squeezenet1_1' takes Keras's arguments.*'wieghts'"):
        squeezenet(wieghts="imagenet")
    with pytest.raises(TypeError, match=r"takes a torch.nn.Module; received 'resnet18'"):
        applications.from_torch("resnet18", input_shape=(64, 64, 3))


def test_unknown_networks_and_files():
    with pytest.raises(ValueError, match=r"There is no network 'resnet51'.*resnet50"):
        applications.get("resnet51")
    with pytest.raises(FileNotFoundError, match="no file of weights"):
        squeezenet(weights="nowhere.pth")


def test_a_file_of_another_model_lists_what_does_not_fit(tmp_path):
    state = torchvision.models.shufflenet_v2_x0_5().state_dict()
    torch.save(state, tmp_path / "other.pth")
    with pytest.raises(ValueError, match=r"not those of 'mine'(.|\n)*missing(.|\n)*unexpected"):
        squeezenet(weights=tmp_path / "other.pth", name="mine")


def test_a_file_of_keras_s_says_whose_network_this_is(tmp_path):
    squeezenet(classes=3).save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match=r"other shape(.|\n)*This network is torchvision's"):
        squeezenet(weights=tmp_path / "w.weights.h5")


def test_a_pickled_module_is_unsafe(tmp_path):
    torch.save(torchvision.models.squeezenet1_1(), tmp_path / "w.pth")
    with pytest.raises(kerlite.errors.UnsafeFileError, match=r"Save module.state_dict\(\) alone"):
        squeezenet(weights=tmp_path / "w.pth")


@pytest.mark.parametrize(
    ("name", "weights", "size"),
    [
        ("efficientnet_b2", "imagenet", 260),  # Keras's
        pytest.param("efficientnet_b2", "imagenet", 288, marks=pytest.mark.slow),
        pytest.param("vit_b_16", "IMAGENET1K_SWAG_E2E_V1", 384, marks=pytest.mark.slow),
    ],
)
def test_published_classifiers_take_the_pictures_of_their_weights(name, weights, size, offline):
    given = {"weights": weights, "input_shape": (size, size, 3)}
    with kerlite.device("meta"), pytest.raises(ConnectionError):  # all was right but the network
        applications.get(name, **given)
    with pytest.raises(ValueError, match="takes images of the shape"):
        applications.get(name, **{**given, "input_shape": (200, 200, 3)})


@pytest.mark.slow
def test_a_model_takes_what_its_preprocess_returns(monkeypatch, tmp_path):
    torch.save(torchvision.models.efficientnet_b2().state_dict(), tmp_path / "w.pth")
    monkeypatch.setattr(weights_module, "download", lambda url: str(tmp_path / "w.pth"))
    model = applications.EfficientNetB2()
    assert model.preprocess(np.zeros((300, 400, 3), "uint8")).shape == model.input_shape[1:]


def test_without_network_the_place_for_the_file_is_named(offline, tmp_path):
    with pytest.raises(ConnectionError, match=r"models/squeezenet1_1-b8a52dc0\.pth"):
        squeezenet(weights="imagenet", input_shape=None)


def test_input_tensor_grey_pictures_and_pooling():
    inputs = kerlite.Input((64, 64, 3))
    model = squeezenet(
        input_shape=None, input_tensor=inputs * 2.0, include_top=False, pooling="max"
    )
    assert model.inputs[0] is inputs
    assert model.output_shape == (None, 512)
    grey = squeezenet(input_shape=(64, 64, 1), include_top=False, pooling="avg")
    assert grey(torch.rand(2, 64, 64, 1)).shape == (2, 512)
    assert squeezenet(include_top=False, input_shape=None).input_shape == (None, None, None, 3)


def test_keras_functions_that_take_bytes_scale_them():
    model = applications.EfficientNetB0(
        weights=None, input_shape=(32, 32, 3), classes=4, classifier_activation=None
    )
    plain = applications.get(
        "efficientnet_b0", weights=None, input_shape=(32, 32, 3), classes=4,
        classifier_activation=None, include_preprocessing=False,
    )  # fmt: skip
    plain.load_torch_weights(model.torch_state_dict())
    x = torch.randint(0, 256, (2, 32, 32, 3)).float()
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    torch.testing.assert_close(model(x), plain((x / 255 - mean) / std), rtol=1e-4, atol=1e-5)


@pytest.fixture
def pretrained(monkeypatch, tmp_path):
    """Return a model with 'published' weights: random ones in a file, as if they were fetched."""
    module = torchvision.models.squeezenet1_1()
    torch.save(module.state_dict(), tmp_path / "w.pth")
    monkeypatch.setattr(weights_module, "download", lambda url: str(tmp_path / "w.pth"))
    return module.eval(), squeezenet(
        weights="IMAGENET1K_V1", input_shape=None, classifier_activation=None
    )


def test_weights_carry_their_transform(pretrained, tmp_path):
    module, model = pretrained
    info = model.weights_info
    assert (info["source"], info["name"]) == ("torchvision", "SqueezeNet1_1_Weights.IMAGENET1K_V1")
    assert info["accuracy"]["acc@1"] == pytest.approx(58.178)
    assert info["hash"] == "sha256:b8a52dc0"
    assert "BSD" in info["licence"]
    pictures = np.random.default_rng(0).integers(0, 256, (2, 240, 300, 3), dtype="uint8")
    transform = torchvision.models.SqueezeNet1_1_Weights.DEFAULT.transforms()
    expected = transform(torch.as_tensor(pictures).permute(0, 3, 1, 2))
    found = model.preprocess(pictures)
    assert torch.equal(found, expected.permute(0, 2, 3, 1))
    torch.testing.assert_close(model(found), module(expected), rtol=1e-5, atol=1e-5)
    model.save(tmp_path / "m.keras")
    read = kerlite.models.load_model(tmp_path / "m.keras")
    assert read.weights_info == info
    assert torch.equal(read.preprocess(pictures), found)
    with pytest.raises(ValueError, match="A picture has the shape"):
        model.preprocess(pictures[..., 0])


@pytest.mark.parametrize(
    ("scale", "shift"), [(255, 0), (2, -1), (1, 0)], ids=["bytes", "minus1to1", "0to1"]
)
def test_input_that_contradicts_the_transform_warns_once(pretrained, scale, shift):
    _, model = pretrained
    x = torch.linspace(0, 1, 224 * 224 * 3).view(1, 224, 224, 3) * scale + shift
    with pytest.warns(UserWarning, match="Use model.preprocess"):
        model(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(x)


def test_normalized_input_does_not_warn(pretrained):
    _, model = pretrained
    model(torch.randn(1, 224, 224, 3).clamp(-2, 2.5))
    assert not model._forward_pre_hooks


def test_random_weights_have_no_transform():
    with pytest.raises(AttributeError, match="no weights whose transform is known"):
        _ = squeezenet().preprocess


def test_fine_tuning_as_in_tutorials(tmp_path):
    base = applications.get(
        "shufflenet_v2_x0_5",
        weights=None,
        include_top=False,
        input_shape=(32, 32, 3),
        pooling="avg",
    )
    base.trainable = False
    inputs = kerlite.Input((32, 32, 3))
    outputs = kerlite.layers.Dense(3, activation="softmax")(base(inputs, training=False))
    model = kerlite.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = torch.rand(8, 32, 32, 3), torch.arange(8) % 3
    model.fit(x, y, epochs=1, verbose=0)
    base.trainable = True
    for layer in base.layers[:-5]:
        layer.trainable = False
    model.compile(kerlite.optimizers.Adam(1e-5), "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=1, verbose=0)
    model.save(tmp_path / "m.keras")
    assert torch.equal(kerlite.models.load_model(tmp_path / "m.keras")(x), model(x))
