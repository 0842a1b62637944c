"""Code in files, as byte code or pickles, is refused; registered and passed functions are used."""

import base64
import io
import json
import marshal
import pickle
import warnings

import h5py
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers, saving
from kerlite.errors import UnsafeFileError
from kerlite.saving import load_model
from tests.support import malicious
from tests.support.canary import no_effects

CODE = base64.b64encode(marshal.dumps(compile("open('canary', 'w')", "x", "eval"))).decode()
KERAS_3 = {"class_name": "__lambda__", "config": {"code": CODE, "defaults": None, "closure": None}}
KERAS_2 = [CODE, None, None]
CODE_PLACES = ["function_of_lambda", "shape_of_lambda", "mask_of_lambda", "activation",
               "initializer", "loss", "inbound_keyword"]  # fmt: skip


def double(x):
    return 2 * x


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "model.keras"
    malicious.model().save(made)
    load_model(made)
    return made


def legacy_file(path, function, **extra):
    """Write a legacy `.h5` file with a Lambda layer, as Keras 2 did."""
    arguments = {"name": "code", "function": function, "function_type": "lambda", **extra}
    entries = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "name": "x"}},
        {"class_name": "Lambda", "config": arguments},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": entries}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.15.0"
        file.create_group("model_weights").attrs["layer_names"] = np.array([b"code"])
        file["model_weights"].create_group("code").attrs["weight_names"] = np.array([], "S1")
    return path


@pytest.mark.parametrize("place", CODE_PLACES)
@pytest.mark.parametrize("safe_mode", [True, False, None])
def test_byte_code_in_a_keras_file(place, safe_mode, path):
    config = malicious.placed(malicious.config_of(path), malicious.PLACES[place], KERAS_3)
    malicious.rewrite(path, config=config)
    with no_effects(path), pytest.raises(UnsafeFileError, match=r"never run.*register"):
        load_model(path, safe_mode=safe_mode)


@pytest.mark.parametrize("place", ["function_of_lambda", "shape_of_lambda", "mask_of_lambda"])
def test_byte_code_of_keras_2_in_a_keras_file(place, path):
    config = malicious.placed(malicious.config_of(path), malicious.PLACES[place], KERAS_2)
    malicious.rewrite(path, config=config)
    with no_effects(path), pytest.raises(UnsafeFileError, match="byte code"):
        load_model(path)


@pytest.mark.parametrize("safe_mode", [True, False, None])
@pytest.mark.parametrize("code", [KERAS_2, KERAS_3], ids=["keras_2", "keras_3"])
def test_byte_code_in_a_legacy_file(code, safe_mode, tmp_path):
    path = legacy_file(tmp_path / "model.h5", code)
    with no_effects(path), pytest.raises(UnsafeFileError, match="byte code"):
        load_model(path, safe_mode=safe_mode)


@pytest.mark.parametrize("safe_mode", [True, False, None])
def test_byte_code_by_deserializing(safe_mode):
    config = {"module": "keras.layers", "class_name": "Lambda",
              "config": {"name": "code", "function": KERAS_3}, "registered_name": None}  # fmt: skip
    with no_effects(), pytest.raises(UnsafeFileError, match="byte code"):
        saving.deserialize_keras_object(config, safe_mode=safe_mode)
    with no_effects(), pytest.raises(UnsafeFileError, match="byte code"):
        layers.deserialize(config)
    with no_effects(), pytest.raises(UnsafeFileError, match="byte code"):
        layers.Lambda.from_config(config["config"])


def test_byte_code_by_cloning():
    model = kerlite.Sequential([kerlite.Input((4,))])

    class Evil(layers.Lambda):
        def get_config(self):
            return {"name": "code", "function": KERAS_3}

    model.add(Evil(double, name="evil"))
    with no_effects(), pytest.raises(UnsafeFileError, match="byte code"):
        kerlite.models.clone_model(model)


def test_a_function_passed_by_the_layers_name(path, tmp_path):
    config = malicious.placed(
        malicious.config_of(path), malicious.PLACES["function_of_lambda"], KERAS_3
    )
    config = malicious.placed(config, malicious.PLACES["shape_of_lambda"], KERAS_3)
    malicious.rewrite(path, config=config)
    with no_effects(path):
        model = load_model(path, custom_objects={"code": double})
    assert model.get_layer("code").function is double
    legacy = legacy_file(tmp_path / "model.h5", KERAS_2)
    again = load_model(legacy, custom_objects={"code": double})
    assert torch.equal(again(torch.ones(1, 4)), 2 * torch.ones(1, 4))


def test_a_class_is_not_taken_for_the_function_of_a_lambda(path):
    config = malicious.placed(
        malicious.config_of(path), malicious.PLACES["function_of_lambda"], KERAS_3
    )
    malicious.rewrite(path, config=config)
    with pytest.raises(UnsafeFileError, match="byte code"):
        load_model(path, custom_objects={"code": io.BytesIO})


class Bomb:
    def __reduce__(self):
        return open, ("canary", "w")


def pickled(thing):
    buffer = io.BytesIO()
    torch.save(thing, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["bytes", "text", "object"])
def test_a_torch_module_as_a_pickle(form, path):
    stored = base64.b64encode(pickled(torch.nn.Linear(3, 3))).decode()
    module = {
        "bytes": {"class_name": "__bytes__", "config": {"value": stored}},
        "text": stored,
        "object": malicious.as_class("torch.nn.modules.linear", "Linear"),
    }[form]
    evil = {"module": "keras.layers", "class_name": "TorchModuleWrapper",
            "config": {"name": "wrapper", "module": module}, "registered_name": None}  # fmt: skip
    malicious.rewrite(path, config=malicious.placed(malicious.config_of(path), ("dense",), evil))
    message = "neither built in" if form == "object" else "pickle of its torch module"
    with no_effects(path), pytest.raises(ValueError, match=message):
        load_model(path, safe_mode=False)


STATES = {
    "bomb": lambda: pickled({"w": Bomb()}),
    "module": lambda: pickled(torch.nn.Linear(4, 2)),
    "bare": lambda: pickle.dumps(Bomb()),
    "old_layout": lambda: _old_layout({"w": Bomb()}),
    "optimizer": lambda: pickled(torch.optim.SGD([torch.ones(1)], lr=1.0)),
}


def _old_layout(thing):
    buffer = io.BytesIO()
    torch.save(thing, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", STATES)
def test_pickled_code_in_a_torch_file(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pt"
    path.write_bytes(STATES[kind]())
    model = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(2)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnsafeFileError, match="never loaded"):
            model.load_weights(path)
        with pytest.raises(UnsafeFileError, match="never loaded"):
            saving.from_state_dict(model, path)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    "dtype", ["object", "O", "V8", "U500000000", "S100000000", "f4,O", "M8[s]"]
)
def test_numpy_arrays_of_anything_but_numbers(dtype):
    config = {"class_name": "__numpy__", "config": {"value": ["a"], "dtype": dtype}}
    with no_effects(), pytest.raises(UnsafeFileError, match="only numbers"):
        saving.deserialize_keras_object(config)


@pytest.mark.parametrize("ending", [".npy", ".npz", ".pkl", ".pickle", ".ckpt"])
def test_files_of_kinds_that_hold_objects(ending, tmp_path):
    path = tmp_path / f"weights{ending}"
    path.write_bytes(pickle.dumps(Bomb()))
    model = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(2)])
    with no_effects(path), pytest.raises(ValueError, match="must end in one of"):
        model.load_weights(path)
    with no_effects(path), pytest.raises(ValueError, match="must end in one of"):
        load_model(path)


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5", ".safetensors", ".pt"])
@pytest.mark.parametrize("content", ["objects.npy", "pickle"])
def test_objects_under_another_name(ending, content, tmp_path):
    path = tmp_path / f"weights{ending}"
    if content == "pickle":
        path.write_bytes(pickle.dumps(Bomb()))
    else:
        buffer = io.BytesIO()
        np.save(buffer, np.array([Bomb()], dtype=object), allow_pickle=True)
        path.write_bytes(buffer.getvalue())
    model = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(2)])
    with pytest.raises(ValueError, match="weights"):
        model.load_weights(path)
    assert not (tmp_path / "canary").exists()
