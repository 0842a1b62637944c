"""Configurations that ask for more than the file can be worth, or are no configurations."""

import contextlib
import json
import tracemalloc

import numpy as np
import pytest
import torch

import kerlite
from kerlite import saving
from kerlite.saving import load_model
from tests.support import malicious
from tests.support.canary import no_effects

HUGE = 10**9


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "model.keras"
    malicious.model().save(made)
    return made


def layer(class_name, /, **config):
    return {"module": "keras.layers", "class_name": class_name, "config": config,
            "registered_name": None}  # fmt: skip


def sequential(*entries, shape=(None, 4)):
    front = layer("InputLayer", batch_shape=shape, dtype="float32", name="x")
    config = {"name": "s", "layers": [front, *entries], "build_input_shape": shape}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def called(module, name, args, config=None, shape=(None, 4)):
    front = {**layer("InputLayer", batch_shape=shape, name="x"), "name": "x", "inbound_nodes": []}
    entry = {"module": f"keras.src.ops.{module}", "class_name": name, "config": config or {},
             "name": "o", "inbound_nodes": [{"args": args, "kwargs": {}}]}  # fmt: skip
    graph = {"name": "f", "layers": [front, entry], "input_layers": [["x", 0, 0]],
             "output_layers": [["o", 0, 0]]}  # fmt: skip
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": graph}


def measured(name, **config):
    made = sequential(layer("Dense", units=2, name="d"))
    metric = {**layer(name, **config), "module": "keras.metrics"}
    made["compile_config"] = {"optimizer": "sgd", "loss": "mse", "metrics": [metric]}
    return made


X = {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}
ONE = {"class_name": "__numpy__", "config": {"value": [1.0], "dtype": "float32"}}
TEXT = {"class_name": "__numpy__", "config": {"value": ["a"], "dtype": "U99999999"}}
CASES = {
    "dense": sequential(layer("Dense", units=HUGE, name="d")),
    "embedding": sequential(layer("Embedding", input_dim=HUGE, output_dim=HUGE, name="d")),
    "conv": sequential(layer("Conv1D", filters=8, kernel_size=HUGE, padding="same", name="d"),
                       shape=(None, 9, 4)),
    "cell": sequential(layer("LSTM", units=10**6, name="d"), shape=(None, 9, 4)),
    "metric_list": measured("AUC", num_thresholds=HUGE),
    "metric_list_2": measured("PrecisionAtRecall", recall=0.5, num_thresholds=HUGE),
    "metric_matrix": measured("MeanIoU", num_classes=10**8),
    "range": called("numpy", "Arange", [HUGE]),
    "tiles_of_a_constant": called("numpy", "Tile", [ONE], {"repeats": HUGE}),
    "points": called("numpy", "Linspace", [0.0, 1.0], {"num": HUGE}),
    "slices": called("core", "Unstack", [X], {"num": None, "axis": 1}, shape=(None, HUGE)),
    "text_array": called("numpy", "Add", [X, TEXT]),
    "infinity": sequential(layer("Dense", units=float("inf"), name="d")),
    "negative": sequential(layer("Dense", units=-5, name="d")),
    "huge_number": sequential(layer("Dense", units=10**30, name="d")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_too_much_is_not_made(case, path):
    malicious.rewrite(path, config=CASES[case])
    tracemalloc.start()
    try:
        with no_effects(path), pytest.raises(ValueError, match=r"model\.keras"):
            load_model(path)
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()


def deep(open_, close, inner="1", depth=10_000):
    return open_ * depth + inner + close * depth


DEEP = {
    "lists": deep("[", "]"),
    "dicts": deep('{"a": ', "}"),
    "configs": deep('{"class_name": "Dense", "module": "keras.layers", "config": ', "}"),
    "layers": deep('{"class_name": "TimeDistributed", "module": "keras.layers", "config": '
                   '{"layer": ', "}}"),
    "just_so_deep": deep('{"class_name": "Dense", "config": {"units": ', "}}", depth=250),
    "a_list_just_so_deep": '{"class_name": "Sequential", "module": "keras", "config": {"layers": '
                           + deep("[", "]", depth=900) + "}}",
}  # fmt: skip


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deeply_nested_json(text, path):
    for name in ("config", "metadata"):
        malicious.rewrite(path, **{name: text if name == "config" else '{"keras_version": "2.9"}'})
        with no_effects(path), pytest.raises(ValueError, match=r"model\.keras"):
            load_model(path)
    with no_effects(), pytest.raises(ValueError, match=r"."):
        kerlite.models.model_from_json(text)


WRONG = [None, True, -1, 1.5, "text", "", [], [1], {}, {"a": 1}, [[]], {"class_name": 1},
         {"class_name": [], "config": {}}, {"class_name": {}, "config": {}, "module": 5},
         {"class_name": "Dense", "config": None, "module": "keras.layers"},
         {"class_name": "Dense", "config": [1], "module": ["keras"]},
         {"class_name": "__numpy__", "config": 3}, {"class_name": "__tensor__", "config": {}},
         {"class_name": "__bytes__", "config": None}, {"class_name": "__slice__", "config": []},
         {"class_name": "function", "config": {}}, 1e308, float("nan"), "é" * 50]  # fmt: skip


def leaves(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items) if isinstance(value, (dict, list)) else ():
        if isinstance(item, (dict, list)):
            yield from leaves(item, (*path, key))
        else:
            yield (*path, key)


def wrong_types(path, count):
    """Put values of wrong types at random places; whatever comes out is a ValueError."""
    config = malicious.config_of(path)
    places = [place for place in leaves(config) if place]
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(count):
        changed = json.loads(json.dumps(config))
        place = places[rng.integers(len(places))]
        thing = changed
        for key in place[:-1]:
            thing = thing[key]
        thing[place[-1]] = WRONG[rng.integers(len(WRONG))]
        malicious.rewrite(path, config=changed)
        try:
            with no_effects(path):
                load_model(path)
        except ValueError as error:
            refused += 1
            assert "model.keras" in str(error)  # noqa: PT017
    return refused


@pytest.mark.filterwarnings("ignore")
def test_wrong_types_anywhere(path):
    assert wrong_types(path, 80) > 20


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_wrong_types_everywhere(path):
    wrong_types(path, 3000)


@pytest.mark.parametrize("config", WRONG[10:], ids=range(len(WRONG) - 10))
def test_deserializing_what_is_no_config(config):
    with contextlib.suppress(ValueError):
        saving.deserialize_keras_object(config)


@pytest.mark.parametrize("text", ["", "null", "3", '"os.system"', "[]", "{}", "NaN", "\x00"])
def test_a_description_that_is_none(text):
    with pytest.raises(ValueError, match="model_from_json"):
        kerlite.models.model_from_json(text)


def test_a_torch_file_that_claims_more_than_it_holds(tmp_path):
    path = tmp_path / "weights.pt"
    storage = torch.zeros(1).expand(10**12)  # a trillion numbers, all of them one
    torch.save({"dense.weight": storage, "dense.bias": torch.zeros(2)}, path)
    model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2, name="dense")])
    with pytest.raises(ValueError, match="other shape"):
        model.load_weights(path)
