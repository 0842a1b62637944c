"""ImageNet's helpers: the same numbers as Keras's, the same classes as torchvision's."""

import keras
import numpy as np
import pytest
import torch
from torchvision.models import ResNet50_Weights

import kerlite
from kerlite.applications import imagenet
from kerlite.applications.imagenet_utils import decode_predictions, preprocess_input

MODES = ("caffe", "tf", "torch")
SHAPES = {
    ("channels_last", 3): (4, 5, 3), ("channels_last", 4): (2, 4, 5, 3),
    ("channels_first", 3): (3, 4, 5), ("channels_first", 4): (2, 3, 4, 5),
}  # fmt: skip


def pixels(shape, dtype="float32"):
    return np.random.default_rng(0).integers(0, 256, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64", "float16"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("data_format", "rank"), SHAPES)
def test_arrays_become_what_keras_makes_of_them(mode, data_format, rank, dtype):
    x = pixels(SHAPES[data_format, rank], dtype)
    expected = keras.applications.imagenet_utils.preprocess_input(x.copy(), data_format, mode)
    before = x.copy()
    result = preprocess_input(x, data_format, mode)
    assert result.dtype == expected.dtype
    np.testing.assert_allclose(result, expected, rtol=2e-3 if dtype == "float16" else 1e-6)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("data_format", "rank"), SHAPES)
def test_tensors_and_symbolic_ones_become_what_arrays_become(mode, data_format, rank):
    x = pixels(SHAPES[data_format, rank])
    expected = preprocess_input(x, data_format, mode)
    result = preprocess_input(torch.tensor(x), data_format, mode)
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-5, atol=1e-4)
    if rank == 4:
        inputs = kerlite.Input(x.shape[1:], dtype="uint8")
        model = kerlite.Model(inputs, preprocess_input(inputs, data_format, mode))
        result = model(torch.tensor(x.astype("uint8")))
        np.testing.assert_allclose(result.numpy(), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_a_model_that_preprocesses_is_saved_and_read(mode, tmp_path):
    inputs = kerlite.Input((4, 5, 3))
    model = kerlite.Model(inputs, preprocess_input(inputs, mode=mode))
    model.save(tmp_path / "m.keras")
    x = torch.tensor(pixels((2, 4, 5, 3)))
    torch.testing.assert_close(kerlite.saving.load_model(tmp_path / "m.keras")(x), model(x))


def test_lists_and_the_setting_of_the_data_format():
    kerlite.config.set_image_data_format("channels_first")
    x = pixels((3, 2, 2))
    expected = preprocess_input(x.astype("float64"), "channels_first")
    np.testing.assert_array_equal(preprocess_input(x.tolist()), expected)


@pytest.mark.parametrize(
    ("function", "family"),
    [
        (imagenet.preprocess_caffe, "vgg16"),
        (imagenet.preprocess_caffe, "resnet"),
        (imagenet.preprocess_tf, "xception"),
        (imagenet.preprocess_tf, "nasnet"),
        (imagenet.preprocess_torch, "densenet"),
        (imagenet.preprocess_none, "efficientnet_v2"),
        (imagenet.preprocess_none, "mobilenet_v3"),
    ],
)
def test_each_family_has_its_own(function, family):
    x = pixels((2, 4, 5, 3))
    expected = getattr(keras.applications, family).preprocess_input(x.copy())
    np.testing.assert_allclose(function(x), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (np.zeros((2, 2, 3)), {"mode": "tensorflow"}, "mode is one of .* 'tensorflow'"),
        (np.zeros((2, 2, 3)), {"data_format": "NHWC"}, "data_format is one of"),
        (np.zeros((2, 2, 1)), {}, r"\(height, width, 3\).*received \(2, 2, 1\)"),
        (np.zeros((3, 2, 2)), {"mode": "torch"}, "received"),
        (np.zeros((2, 2)), {}, r"received \(2, 2\)"),
        (np.zeros((2, 2, 3)), {"data_format": "channels_first"}, r"\(3, height, width\)"),
    ],
)
def test_what_is_no_rgb_image_is_refused(x, options, message):
    with pytest.raises(ValueError, match=message):
        preprocess_input(x, **options)


def test_the_classes_are_those_of_torchvision_in_the_order_of_their_ids():
    ids, names = zip(*imagenet.class_names(), strict=True)
    assert len(set(ids)) == 1000
    assert list(ids) == sorted(ids)
    theirs = [name.replace(" ", "_") for name in ResNet50_Weights.DEFAULT.meta["categories"]]
    others = {place for place in range(1000) if names[place] != theirs[place]}
    assert {names[place] for place in others} == {"crane", "maillot"}
    assert others == {134, 639}


def test_predictions_are_decoded_as_keras_does(monkeypatch):
    index = {str(place): list(known) for place, known in enumerate(imagenet.class_names())}
    monkeypatch.setattr(keras.src.applications.imagenet_utils, "CLASS_INDEX", index)
    preds = np.random.default_rng(0).random((3, 1000), "float32")
    for top in (1, 5, 1000):
        expected = keras.applications.imagenet_utils.decode_predictions(preds, top)
        assert decode_predictions(preds, top) == expected
        assert decode_predictions(torch.tensor(preds, requires_grad=True), top) == expected


@pytest.mark.parametrize("shape", [(1000,), (1, 10), (1, 1, 1000)])
def test_other_shapes_have_no_names(shape):
    with pytest.raises(ValueError, match="1000 classes for a batch"):
        decode_predictions(np.zeros(shape))


@pytest.mark.parametrize("top", [0, -1, 2.5, True])
def test_top_is_a_whole_number(top):
    with pytest.raises(ValueError, match="from 1; received"):
        decode_predictions(np.zeros((1, 1000)), top)
