"""`python -m kerlite classify`: torchvision's own numbers, or an error that says what to do."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models

from kerlite import applications
from kerlite.__main__ import main
from kerlite.applications import imagenet_utils


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with two pictures, a file of random weights, and the module these are from."""
    path = tmp_path_factory.mktemp("classify")
    torch.manual_seed(0)
    network = models.get_model("squeezenet1_1", weights=None).eval()
    torch.save(network.state_dict(), path / "weights.pth")
    pixels = np.random.default_rng(0).integers(0, 256, size=(2, 60, 80, 3), dtype="uint8")
    for name, picture in zip(("a.png", "b.png"), pixels, strict=True):
        Image.fromarray(picture).save(path / name)
    return path, network


def run(folder, *words, model="squeezenet1_1"):
    return main(["classify", *words, "--model", model, "--weights", str(folder / "weights.pth")])


def test_the_top_five_are_torchvisions(folder, capsys):
    path, network = folder
    assert run(path, str(path / "a.png"), str(path / "b.png"), "--top", "3") == 0
    lines = capsys.readouterr().out.splitlines()
    transform = models.get_model_weights("squeezenet1_1").DEFAULT.transforms()
    expected = []
    for name in ("a.png", "b.png"):
        x = transform(Image.open(path / name).convert("RGB"))[None]
        best = imagenet_utils.decode_predictions(network(x).softmax(1).detach(), top=3)[0]
        expected.append(str(path / name))
        expected += [f"{score:8.2%}  {label.replace('_', ' ')}" for _, label, score in best]
    assert lines == expected


@pytest.mark.parametrize(
    ("words", "model", "message"),
    [
        (["nothing.png"], "squeezenet1_1", "There is no picture"),
        (["weights.pth"], "squeezenet1_1", "no picture that Pillow can read"),
        (["a.png"], "squeezenet9", "There is no network 'squeezenet9'"),
        (["a.png"], "squeezenet1_0", "are not those of"),
        (["a.png", "--top", "0"], "squeezenet1_1", "whole number from 1, received '0'"),
    ],
)
def test_errors_say_what_is_wrong(folder, words, model, message, capsys):
    path, _ = folder
    words = [str(path / word) if "." in word else word for word in words]
    with pytest.raises(SystemExit) as stopped:
        run(path, *words, model=model)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_missing_weights_are_told(folder, capsys):
    path, _ = folder
    with pytest.raises(SystemExit):
        main(["classify", str(path / "a.png"), "--model", "resnet18", "--weights", "no.pth"])
    assert "There is no file of weights 'no.pth'" in capsys.readouterr().err


@pytest.mark.slow
def test_keras_files_get_keras_preprocessing(folder, tmp_path, capsys):
    path, _ = folder
    torch.manual_seed(0)
    model = applications.MobileNetV2(weights=None)
    model.save_weights(tmp_path / "w.weights.h5")
    main(["classify", str(path / "a.png"), "--model", "mobilenet_v2", "--top", "1",
          "--weights", str(tmp_path / "w.weights.h5")])  # fmt: skip
    picture = np.asarray(Image.open(path / "a.png").resize((224, 224)), dtype="float32")
    scores = model(torch.tensor(picture[None] / 127.5 - 1)).detach()
    ((_, label, score),) = imagenet_utils.decode_predictions(scores, top=1)[0]
    assert capsys.readouterr().out.splitlines()[1:] == [f"{score:8.2%}  {label.replace('_', ' ')}"]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["efficientnet_b0", "mobilenet_v3_small"])
def test_models_that_take_bytes_get_them(model, folder, tmp_path, capsys):
    path, _ = folder
    torch.manual_seed(0)
    network = models.get_model(model, weights=None).eval()
    torch.save(network.state_dict(), tmp_path / "w.pth")
    main(["classify", str(path / "a.png"), "--model", model, "--top", "1",
          "--weights", str(tmp_path / "w.pth")])  # fmt: skip
    x = models.get_model_weights(model).DEFAULT.transforms()(Image.open(path / "a.png"))
    ((_, label, score),) = imagenet_utils.decode_predictions(network(x[None]).softmax(1).detach())[
        0
    ][:1]
    assert capsys.readouterr().out.splitlines()[1:] == [f"{score:8.2%}  {label.replace('_', ' ')}"]


@pytest.mark.slow
def test_it_runs_as_a_module():
    result = subprocess.run(
        [sys.executable, "-m", "kerlite", "classify", "--help"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "IMAGE" in result.stdout
