"""The networks that only Keras has: real Keras's, layer by layer and number by number."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import torch

import kerlite
from tests.applications.keras_pairs import PAIRS, both, images, names, shaken

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def by_default(*quick):
    """Run a test for some networks, and for the rest of them where time does not matter."""
    marks = ((name, () if name in quick else pytest.mark.slow) for name in PAIRS)
    return pytest.mark.parametrize("name", [pytest.param(n, marks=m) for n, m in marks])


def assert_twins(ours, theirs):
    """Check everything about two models but their numbers."""
    assert names(ours) == names(theirs)
    assert ours.name == theirs.name
    assert ours.output_shape == theirs.output_shape
    assert ours.count_params() == theirs.count_params()
    shapes = [layer.output.shape for layer in ours.layers]
    assert shapes == [layer.output.shape for layer in theirs.layers]


@by_default("MobileNet")
def test_whole_network_is_keras_s(name):
    assert_twins(*both(name))


def test_inception_resnet_has_as_many_parameters_as_keras_s():
    pair = PAIRS["InceptionResNetV2"]
    assert pair.ours(weights=None).count_params() == pair.parameters


@by_default("MobileNet")
def test_body_of_any_size_is_keras_s(name):
    size = 64 if name.startswith("NASNet") else None
    for pooling in (None, "max"):
        options = {"pooling": pooling, "input_shape": (size, size, 3)}
        assert_twins(*both(name, include_top=False, **options))


@by_default("MobileNet", "ResNet50V2", "MinimalisticSmall")
def test_weights_in_a_file_give_keras_s_outputs(name, tmp_path):
    size = PAIRS[name].smallest
    options = {"input_shape": (size, size + 5, 3), "classifier_activation": None}
    ours, theirs = both(name, **options)
    assert_twins(ours, theirs)
    assert ours.count_params() == PAIRS[name].parameters
    shaken(theirs).save_weights(tmp_path / "w.weights.h5")
    ours.load_weights(tmp_path / "w.weights.h5")
    x = images(ours)
    with torch.no_grad():
        expected = theirs(x, training=False).numpy()
        result = ours(x).numpy()
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(result, expected, atol=1e-4 * max(1, np.abs(expected).max()))


@by_default("MobileNet")
def test_legacy_file_with_classifier_gives_keras_s_outputs(name, tmp_path):
    size = PAIRS[name].smallest
    _, theirs = both(name, input_shape=(size, size, 3), classes=7)
    shaken(theirs).save(tmp_path / "w.h5")
    ours = PAIRS[name].ours(weights=tmp_path / "w.h5", input_shape=(size, size, 3), classes=7)
    assert ours.weights_info["source"] == "file"
    x = images(ours)
    with torch.no_grad():
        expected = theirs(x, training=False).numpy()
        np.testing.assert_allclose(ours(x).numpy(), expected, atol=1e-4)


@by_default("MobileNet")
def test_channels_first_gives_the_same_numbers(name, tmp_path):
    shape = (PAIRS[name].smallest,) * 2
    last = PAIRS[name].ours(weights=None, input_shape=(*shape, 3), classes=5)
    last.save_weights(tmp_path / "w.weights.h5")
    kerlite.config.set_image_data_format("channels_first")
    first = PAIRS[name].ours(
        weights=tmp_path / "w.weights.h5", input_shape=(3, *shape), classes=5
    )  # fmt: skip
    x = images(last)
    with torch.no_grad():
        torch.testing.assert_close(first(x.movedim(-1, 1)), last(x), atol=1e-5, rtol=1e-4)


@by_default("MobileNet")
def test_gradients_reach_every_weight_and_the_model_is_saved_and_read(name, tmp_path):
    size = PAIRS[name].smallest + 1
    model = PAIRS[name].ours(weights=None, input_shape=(size, size, 3), classes=3)
    x = images(model)
    model.train()
    model(x).square().sum().backward()
    assert all(weight.grad is not None for weight in model.trainable_weights)
    model.eval()
    model.save(tmp_path / "m.keras")
    again = kerlite.saving.load_model(tmp_path / "m.keras")
    with torch.no_grad():
        expected = model(x)
        assert torch.equal(again(x), expected)
    assert names(again) == names(model)
    assert again.weights_info == {"source": "random"}


@by_default()
def test_it_compiles_without_a_break(name):
    size = PAIRS[name].smallest
    model = PAIRS[name].ours(weights=None, input_shape=(size, size, 3), classes=3)
    x = images(model)
    torch._dynamo.reset()
    with torch.no_grad():
        compiled = torch.compile(model, backend="eager", fullgraph=True)
        torch.testing.assert_close(compiled(x), model(x))


def test_alpha_and_depth_multiplier_are_keras_s(tmp_path):
    options = {"alpha": 0.25, "depth_multiplier": 2, "dropout": 0.5, "input_shape": (64, 64, 1)}
    ours, theirs = both("MobileNet", classifier_activation=None, **options)
    assert_twins(ours, theirs)
    assert ours.get_layer("dropout").rate == 0.5
    shaken(theirs).save_weights(tmp_path / "w.weights.h5")
    ours.load_weights(tmp_path / "w.weights.h5")
    x = images(ours)
    with torch.no_grad():
        np.testing.assert_allclose(ours(x), theirs(x, training=False), atol=1e-4)


@pytest.mark.parametrize("alpha", [0.35, pytest.param(1.3, marks=pytest.mark.slow)])
def test_alpha_of_a_minimalistic_network_is_keras_s(alpha, tmp_path):
    options = {
        "alpha": alpha, "classes": 7, "input_shape": (64, 47, 3), "dropout_rate": 0.0,
        "include_preprocessing": False, "classifier_activation": None,
    }  # fmt: skip
    ours, theirs = both("MinimalisticSmall", **options)
    assert_twins(ours, theirs)
    shaken(theirs).save_weights(tmp_path / "w.weights.h5")
    ours.load_weights(tmp_path / "w.weights.h5")
    x = torch.rand(2, 64, 47, 3) * 2 - 1
    with torch.no_grad():
        np.testing.assert_allclose(ours(x), theirs(x, training=False), atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("channels", "inside"), [(3, False), (1, True)])
def test_preprocessing_inside_is_keras_s(channels, inside):
    options = {"include_preprocessing": inside, "input_shape": (40, 40, channels)}
    ours, theirs = both("EfficientNetV2B0", include_top=False, **options)
    assert_twins(ours, theirs)
    if inside:
        assert (ours.layers[1].scale, ours.layers[1].offset) == (1 / 128, -1)


@pytest.mark.parametrize(
    "name", ["MobileNet", pytest.param("InceptionResNetV2", marks=pytest.mark.slow)]
)
def test_keras_opens_the_plain_model(name, tmp_path):
    size = PAIRS[name].smallest
    ours = PAIRS[name].ours(weights=None, include_top=False, input_shape=(size, size, 3))
    kerlite.Model(ours.inputs, ours.outputs).save(tmp_path / "m.keras")
    theirs = keras.saving.load_model(tmp_path / "m.keras")
    x = images(ours)
    with torch.no_grad():
        expected = theirs(x, training=False)
        expected = expected[0] if isinstance(expected, list) else expected
        np.testing.assert_allclose(ours(x), expected, atol=1e-4)


@pytest.mark.slow
def test_we_open_keras_s_model(tmp_path):
    _, theirs = both("InceptionResNetV2", include_top=False, input_shape=(75, 75, 3))
    theirs.save(tmp_path / "m.keras")
    ours = kerlite.saving.load_model(tmp_path / "m.keras")
    x = images(theirs)
    with torch.no_grad():
        np.testing.assert_allclose(ours(x), theirs(x, training=False), atol=1e-4)


@pytest.mark.slow
def test_another_process_reads_what_was_saved(tmp_path):
    model = PAIRS["InceptionResNetV2"].ours(
        weights=None, include_top=False, input_shape=(75, 75, 3)
    )  # fmt: skip
    model.save(tmp_path / "m.keras")
    code = (
        "import sys, kerlite\n"
        "print(type(kerlite.saving.load_model(sys.argv[1])).__name__)"
    )  # fmt: skip
    command = [sys.executable, "-c", code, str(tmp_path / "m.keras")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["PretrainedModel"]
