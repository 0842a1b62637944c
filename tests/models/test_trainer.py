"""A Trainer keeps a plain module's weights in files, and so do callbacks."""

import pytest
import torch

import kerlite


def trainer():
    made = kerlite.Trainer(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)))
    made.compile("sgd", "mse")
    return made


def fit(made, *callbacks):
    x = torch.arange(24.0).reshape(8, 3) / 24
    made.fit(x, x.sum(1, keepdim=True), epochs=2, verbose=0, callbacks=list(callbacks))


@pytest.mark.parametrize("ending", [".safetensors", ".pt"])
def test_weights_go_to_a_file_and_back(tmp_path, ending):
    one, other = trainer(), trainer()
    one.save_weights(tmp_path / f"w{ending}")
    other.load_weights(tmp_path / f"w{ending}")
    for name, value in one.module.state_dict().items():
        assert torch.equal(other.module.state_dict()[name], value)


def test_file_is_a_plain_state_dict(tmp_path):
    made = trainer()
    made.save_weights(tmp_path / "w.pt")
    plain = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1))
    plain.load_state_dict(torch.load(tmp_path / "w.pt", weights_only=True))
    assert torch.equal(plain[0].weight, made.module[0].weight)


@pytest.mark.parametrize("name", ["w.weights.h5", "w.keras"])
def test_keras_formats_are_refused_with_the_remedy(tmp_path, name):
    made = trainer()
    with pytest.raises(ValueError, match=r"ends? in one of|'\.safetensors' or '\.pt'"):
        made.save_weights(tmp_path / name)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match=r"'\.safetensors' or '\.pt'"):
        made.load_weights(tmp_path / name)


def test_model_checkpoint_saves_a_plain_module(tmp_path):
    made = trainer()
    path = tmp_path / "{epoch}.safetensors"
    fit(made, kerlite.callbacks.ModelCheckpoint(path, save_weights_only=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.safetensors", "2.safetensors"]
    last = made.module[0].weight.detach().clone()
    torch.nn.init.zeros_(made.module[0].weight)
    made.load_weights(tmp_path / "2.safetensors")
    assert torch.equal(made.module[0].weight, last)


@pytest.mark.parametrize("arguments", [("m.keras", False), ("m.weights.h5", True)])
def test_model_checkpoint_refuses_other_files_before_training(tmp_path, arguments):
    made = trainer()
    before = made.module[0].weight.detach().clone()
    name, weights_only = arguments
    callback = kerlite.callbacks.ModelCheckpoint(tmp_path / name, save_weights_only=weights_only)
    with pytest.raises(ValueError, match="save_weights_only=True and a filepath that ends in"):
        fit(made, callback)
    assert torch.equal(made.module[0].weight, before)
