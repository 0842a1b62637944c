"""Keras's published weights: its addresses, its hashes, its files."""

import keras
import pytest
import torch

from kerlite.applications import keras_files
from kerlite.applications.mobilenet import MobileNet
from tests.applications.keras_pairs import PAIRS, both, images, shaken

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


QUICK = ("MobileNet", "MinimalisticSmall", "Xception")


class Asked(Exception):
    """What was to be downloaded."""


def ask(fname, origin, cache_subdir=None, file_hash=None):
    raise Asked(fname, origin, cache_subdir, file_hash)


@pytest.fixture
def asking(monkeypatch):
    monkeypatch.setattr(keras_files, "get_file", ask)
    monkeypatch.setattr(keras.src.utils.file_utils, "get_file", ask)


def asked(network, **options):
    with pytest.raises(Asked) as error:
        network(weights="imagenet", **options)
    return error.value.args


@pytest.mark.parametrize("include_top", [True, False])
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in PAIRS],
)
def test_files_are_those_of_keras(name, include_top, asking):
    size = PAIRS[name].smallest
    shape = {} if include_top else {"input_shape": (size, size, 3)}
    if name == "MobileNet":
        shape = {"input_shape": (160, 160, 3)}
    if name.startswith("Minimalistic"):  # Keras warns of other sizes
        shape = {"input_shape": (224, 224, 3)}
    ours = asked(PAIRS[name].ours, include_top=include_top, **shape)
    assert ours == asked(PAIRS[name].theirs, include_top=include_top, **shape)


@pytest.mark.parametrize(("alpha", "size"), [(1.0, 224), (0.75, 192), (0.5, 160), (0.25, 128)])
def test_mobilenets_are_those_of_keras(alpha, size, asking):
    options = {"alpha": alpha, "input_shape": (size, size, 3), "include_top": False}
    ours = asked(MobileNet, **options)
    assert ours == asked(keras.applications.MobileNet, **options)


def test_mobilenet_of_another_size_takes_the_weights_for_224(asking):
    options = {"alpha": 0.25, "input_shape": (64, 96, 3), "include_top": False}
    with pytest.warns(UserWarning, match="received images of 64 x 96"):
        ours = asked(MobileNet, **options)
    with pytest.warns(UserWarning, match="Weights for input shape"):
        assert ours == asked(keras.applications.MobileNet, **options)


SMALLEST = {"alpha": 0.25, "input_shape": (128, 128, 3)}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Let real Keras write a file."""
    path = tmp_path_factory.mktemp("published") / "w.h5"
    _, theirs = both("MobileNet", **SMALLEST)
    shaken(theirs).save(path)
    return path, theirs


@pytest.fixture
def published(written, monkeypatch):
    """Put a file that real Keras wrote where the download would be."""
    path, theirs = written
    monkeypatch.setattr(keras_files, "get_file", lambda *args, **kwargs: str(path))
    return MobileNet(**SMALLEST), theirs


def test_published_weights_carry_their_story(published, tmp_path):
    ours, theirs = published
    x = images(ours)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x, training=False), atol=1e-5, rtol=1e-4)
    assert ours.weights_info["source"] == "keras"
    assert ours.weights_info["licence"] == "Apache-2.0"
    assert ours.weights_info["url"].endswith("mobilenet/mobilenet_2_5_128_tf.h5")
    picture = torch.full((200, 300, 3), 255, dtype=torch.uint8)
    result = ours.preprocess(picture)
    torch.testing.assert_close(result, torch.ones(128, 128, 3))


def test_pixels_that_were_not_scaled_are_told(published):
    ours, _ = published
    with pytest.warns(UserWarning, match="goes from .* trained on inputs from -1 to 1"):
        ours(torch.rand(1, 128, 128, 3) * 255)


def test_what_is_known_of_the_files():
    for name in ("xception", "nasnet_large", "resnet50v2", "efficientnetv2-b3"):
        file = keras_files.keras_file(name, include_top=True)
        assert 70 < file.accuracy[0] < file.accuracy[1] < 97
        assert len(file.md5) == 32
