"""The arguments of Keras's image models: what fits is used, what does not is refused at once."""

import pytest
import torch

import kerlite
from kerlite.applications.inception_resnet_v2 import InceptionResNetV2
from kerlite.applications.mobilenet import MobileNet
from kerlite.applications.mobilenet_v3 import MobileNetV3Small
from kerlite.applications.nasnet import NASNetMobile
from kerlite.applications.resnet_v2 import ResNet50V2
from kerlite.applications.xception import Xception


def tiny(**options):
    return MobileNet(**{"weights": None, "alpha": 0.25, "input_shape": (32, 32, 3), **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 10}, r"1000 classes; received classes=10. Pass include_top=False"),
        ({"input_shape": (224, 224, 1), "include_top": False}, r"3 channels.*\(224, 224, 1\)"),
        ({"input_shape": (100, 100, 3)}, r"\(299, 299, 3\); received input_shape=\(100, 100, 3\)"),
        ({"classifier_activation": "relu"}, "'softmax', or None for its logits; received .*'relu'"),
        ({"weights": "imagnet"}, "None .*'imagenet'.* received 'imagnet'"),
        ({"weights": 3}, "received 3"),
        ({"weights": None, "classes": 0}, "whole number from 1; received 0"),
        ({"weights": None, "classes": 2.0}, "whole number from 1; received 2.0"),
        ({"weights": None, "include_top": False, "pooling": "mean"}, "pooling is one of .*'mean'"),
        ({"weights": None, "input_shape": (70, 99, 3)}, r"at least 71 x 71; received .*\(70, 99"),
        ({"weights": None, "input_shape": (99, 99)}, r"such as \(224, 224, 3\); received \(99, 99"),
        ({"weights": None, "input_shape": (99.0, 99, 3)}, r"received \(99.0"),
        ({"weights": None, "input_shape": (None, None, 3)}, "whole input_shape; received"),
        ({"weights": None, "input_shape": (99, 99, None)}, "number of channels"),
        ({"weights": None, "input_tensor": torch.ones(1, 99, 99, 3)}, "symbolic.*received Tensor"),
        (
            {"input_tensor": kerlite.Input((99, 99, 3)), "input_shape": (99, 88, 3)},
            r"shape \(99, 99, 3\), but input_shape=\(99, 88, 3\). Leave",
        ),
    ],
)
def test_contradictions_are_told_before_anything_is_built(options, message):
    with pytest.raises(ValueError, match=message):
        Xception(**options)


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(FileNotFoundError, match=r"a file that is there.* 'none"):
        Xception(weights="none.weights.h5")


@pytest.mark.parametrize(
    ("network", "size"), [(InceptionResNetV2, 75), (NASNetMobile, 32), (ResNet50V2, 32)]
)
def test_small_images_are_refused(network, size):
    with pytest.raises(ValueError, match=f"at least {size} x {size}"):
        network(weights=None, include_top=False, input_shape=(size - 1, size, 3))
    inputs = kerlite.Input((size, size - 1, 3))
    with pytest.raises(ValueError, match=f"at least {size} x {size}; received input_tensor"):
        network(weights=None, include_top=False, input_tensor=inputs)


def test_nasnet_has_to_know_the_size():
    with pytest.raises(ValueError, match=r"has to know it; received the shape \(None, 64, 3\)"):
        NASNetMobile(weights=None, include_top=False, input_shape=(None, 64, 3))


def test_odd_numbers_of_channels_are_told():
    with pytest.warns(UserWarning, match="1 or 3 channels as a rule"):
        model = tiny(input_shape=(32, 32, 4))
    assert model.input_shape == (None, 32, 32, 4)


@pytest.mark.parametrize("options", [{"alpha": 0.3}, {"depth_multiplier": 2}])
def test_there_are_no_weights_of_other_widths(options):
    with pytest.raises(ValueError, match=r"weights for alpha in .*depth_multiplier=1; received"):
        MobileNet(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "imagenet", "alpha": 0.75}, "alpha=1.0 only; received alpha=0.75"),
        ({"weights": "imagenet", "alpha": 0.75, "minimalistic": False}, "torchvision has weights"),
        ({"alpha": 0}, "number above 0.*received 0"),
        ({"dropout_rate": -0.5}, "-0.5"),
        ({"input_shape": (31, 40, 3)}, "at least 32 x 32"),
        ({"weights": "IMAGENET1K_V1"}, "'imagenet' .*received 'IMAGENET1K_V1'"),
    ],
)
def test_minimalistic_networks_refuse_what_does_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        MobileNetV3Small(**{"minimalistic": True, "weights": None, **options})


def test_alpha_leaves_filters():
    with pytest.raises(ValueError, match=r"alpha must leave filters.*received 0.01"):
        tiny(alpha=0.01)


def test_the_model_begins_where_its_tensor_begins():
    inputs = kerlite.Input((64, 64, 1), name="grey")
    colours = kerlite.layers.Concatenate()([inputs] * 3)
    halved = kerlite.layers.AveragePooling2D(2)(colours)
    model = tiny(input_tensor=halved, input_shape=None, include_top=False, pooling="avg")
    assert model.input_names == ["grey"]
    assert model(torch.rand(2, 64, 64, 1)).shape == (2, 256)
    plain = tiny(include_top=False, pooling="avg")
    plain.set_weights(model.get_weights())
    x = torch.rand(2, 64, 64, 1)
    wide = torch.nn.functional.avg_pool2d(x.movedim(-1, 1).repeat(1, 3, 1, 1), 2).movedim(1, -1)
    with torch.no_grad():
        torch.testing.assert_close(model(x), plain(wide))


def test_two_inputs_become_two_inputs():
    a, b = (kerlite.Input((32, 32, channels)) for channels in (1, 2))
    model = tiny(input_tensor=kerlite.layers.Concatenate()([a, b]), include_top=False)
    assert [tensor.shape[-1] for tensor in model.inputs] == [1, 2]


def test_logits_and_classes():
    model = tiny(classes=4, classifier_activation=None)
    softened = tiny(classes=4)
    softened.set_weights(model.get_weights())
    x = torch.rand(3, 32, 32, 3)
    with torch.no_grad():
        torch.testing.assert_close(model(x).softmax(-1), softened(x))


@pytest.mark.parametrize(
    ("options", "name"),
    [({}, "mobilenet_0.25_32"), ({"name": "mine"}, "mine"), ({"alpha": 0.5}, "mobilenet_0.50_32")],
)
def test_names(options, name):
    assert tiny(include_top=False, **options).name == name


def test_a_file_of_another_network_says_whose_it_is(tmp_path):
    tiny(include_top=False, alpha=0.5).save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match=r"w.weights.h5 are not those of 'mobilenet_0.25_32'"):
        tiny(include_top=False, weights=tmp_path / "w.weights.h5")


def test_a_state_dict_goes_into_a_network_that_only_keras_has(tmp_path):
    model = tiny(classes=3)
    torch.save(model.torch_state_dict(), tmp_path / "w.pth")
    again = tiny(classes=3, weights=tmp_path / "w.pth")
    x = torch.rand(2, 32, 32, 3)
    assert torch.equal(again(x), model(x))


def test_a_clone_is_a_network_of_its_own(tmp_path):
    clone = kerlite.models.clone_model(tiny(classes=3))
    assert clone.weights_info == {"source": "random"}
    clone.save(tmp_path / "m.keras")
    x = torch.rand(2, 32, 32, 3)
    assert torch.equal(kerlite.models.load_model(tmp_path / "m.keras")(x), clone(x))


def test_a_frozen_base_takes_a_new_head():
    base = tiny(include_top=False, pooling="avg")
    base.trainable = False
    model = kerlite.Sequential([base, kerlite.layers.Dense(2)])
    model.build((None, 32, 32, 3))
    assert len(model.trainable_weights) == 2
    before = base.get_weights()
    model.compile("sgd", kerlite.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(torch.rand(8, 32, 32, 3), torch.randint(2, (8,)), verbose=0)
    for old, new in zip(before, base.get_weights(), strict=True):
        assert (old == new).all()
