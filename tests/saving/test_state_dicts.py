"""`.safetensors` and `.pt` files: PyTorch's names, for PyTorch's tools."""

import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import kerlite
from kerlite import layers
from kerlite.core.errors import UnsafeFileError
from tests.support import pairs

NAMES = list(pairs.BUILDERS)
ENDINGS = [".safetensors", ".pt"]


def read(path):
    return load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)


def write(path, state):
    save_file(state, path) if path.suffix == ".safetensors" else torch.save(state, path)


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    return tmp_path / f"model{request.param}"


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name, path):
    model, again = pairs.shake(pairs.build(name, kerlite)), pairs.build(name, kerlite)
    model.save_weights(path)
    again.load_weights(path)
    pairs.assert_same_outputs(model, again, pairs.data_for(model), atol=0)


def test_names_and_shapes_are_those_of_the_state_dict(path):
    model = pairs.shake(pairs.build("images", kerlite))
    model.save_weights(path)
    state, expected = read(path), model.state_dict()
    assert state.keys() == expected.keys()
    for name, tensor in expected.items():
        torch.testing.assert_close(state[name], tensor.detach())


def test_the_torch_twin_takes_it(path):
    model = kerlite.Sequential(
        [
            kerlite.Input((4,)),
            layers.Dense(3, activation="relu", name="0"),
            layers.Dense(2, name="2"),
        ]
    )
    model.save_weights(path)
    twin = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
    twin.load_state_dict(read(path))
    data = torch.randn(5, 4)
    torch.testing.assert_close(twin(data), model(data))


def test_save_under_such_a_name_saves_the_weights(path):
    model = pairs.build("chain", kerlite)
    model.save(path)
    assert read(path).keys() == model.state_dict().keys()
    with pytest.raises(ValueError, match=r"holds weights alone.*load_weights"):
        kerlite.saving.load_model(path)


def test_tied_weights_are_stored_once(tmp_path):
    class Tied(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.one, self.two = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
            self.two.weight = self.one.weight

        def call(self, inputs):
            return self.two(self.one(inputs))

    def made():
        x = kerlite.Input((4,))
        return kerlite.Model(x, Tied(name="tied")(x))

    path = tmp_path / "tied.safetensors"
    model, again = made(), made()
    model.save_weights(path)
    assert len(load_file(path)) == len(model.state_dict()) - 1
    again.load_weights(path)
    data = torch.randn(2, 4)
    torch.testing.assert_close(again(data), model(data))


def test_everything_that_does_not_fit_is_listed_and_nothing_changes(path):
    model = kerlite.Sequential(
        [kerlite.Input((2,)), layers.Dense(3, name="a"), layers.Dense(4, name="b")]
    )
    shapes = {"a.weight": (3, 2), "a.bias": (5,), "b.weight": (4, 3), "c.bias": (1,)}
    write(path, {name: torch.zeros(shape) for name, shape in shapes.items()})
    before = model.get_weights()
    with pytest.raises(ValueError, match="does not fit") as raised:
        model.load_weights(path)
    message = str(raised.value)
    assert "missing: b.bias (4,)" in message
    assert "unexpected: c.bias (1,)" in message
    assert "other shape: a.bias is (3,), the file has (5,)" in message
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.warns(UserWarning, match=r"c\.bias"):
        model.load_weights(path, skip_mismatch=True)
    assert (model.get_weights()[0] == 0).all()
    assert (model.get_weights()[1] == before[1]).all()


@pytest.mark.parametrize("keep", [0, 4, 0.5, 0.9])
def test_a_truncated_file_is_named(keep, path):
    model = pairs.build("chain", kerlite)
    model.save_weights(path)
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(len(content) * keep)])
    with pytest.raises(ValueError, match=r"truncated|damaged") as raised:
        model.load_weights(path)
    assert str(path) in str(raised.value)


class Evil:
    def __reduce__(self):
        return (print, ("code was run",))


def test_pickled_code_is_refused(tmp_path, capsys):
    path = tmp_path / "evil.pt"
    torch.save({"hidden.weight": Evil()}, path)
    with pytest.raises(UnsafeFileError, match="never loaded"):
        pairs.build("chain", kerlite).load_weights(path)
    path.write_bytes(pickle.dumps({"hidden.weight": Evil()}))
    with pytest.raises(ValueError, match=str(path)):
        pairs.build("chain", kerlite).load_weights(path)
    assert "code was run" not in capsys.readouterr().out


def test_a_file_that_is_no_state_dict_is_explained(tmp_path):
    path = tmp_path / "list.pt"
    torch.save([torch.zeros(2)], path)
    with pytest.raises(ValueError, match="holds no state dict"):
        pairs.build("chain", kerlite).load_weights(path)
