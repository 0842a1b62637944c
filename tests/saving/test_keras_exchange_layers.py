"""Every layer, in a model of its own: each side reads the other's files and computes the same."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.saving import load_model
from tests.contracts import catalog
from tests.contracts.test_layers import INTEGERS, LAYERS, shapes

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CLASSES = catalog.public_classes(("kerlite.layers",))
OWN = {path for path in LAYERS if not hasattr(keras.layers, path.rpartition(".")[2])}
NOT_HERE = {
    "kerlite.layers.Lambda",  # its function is registered with one side only
}
KNOWN = [path for path in LAYERS if path not in OWN | NOT_HERE]


def model_of(path):
    layer = catalog.make(path)
    dtype = "int32" if path in INTEGERS else None
    inputs = [kerlite.Input(s, dtype=dtype, name=f"x{i}") for i, s in enumerate(shapes(path))]
    model = kerlite.Model(inputs, layer(inputs if len(inputs) > 1 else inputs[0]), name="model")
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.1, 0.9, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


def data(path):
    rng = np.random.default_rng(1)
    made = [rng.random((3, *shape)).astype("float32") for shape in shapes(path)]
    return [(x * 8).astype("int32") if path in INTEGERS else x for x in made]


def outputs(model, arrays):
    if isinstance(model, kerlite.Model):
        arrays = [torch.as_tensor(one) for one in arrays]
    with torch.no_grad():
        result = model(arrays, training=False)
    return [np.asarray(one.detach().cpu()) for one in keras.tree.flatten(result)]


def assert_same(one, other, path):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    arrays = data(path)
    for a, b in zip(outputs(one, arrays), outputs(other, arrays), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("path", KNOWN)
def test_models_and_weights_go_both_ways(path, tmp_path):
    ours = model_of(path)
    ours.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    assert_same(ours, theirs, path)
    rng = np.random.default_rng(2)
    theirs.set_weights([rng.uniform(0.1, 0.9, w.shape).astype(w.dtype)
                        for w in theirs.get_weights()])  # fmt: skip
    theirs.save(tmp_path / "theirs.keras")
    again = load_model(tmp_path / "theirs.keras")
    assert_same(again, theirs, path)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    assert_same(ours, theirs, path)
    ours.set_weights([w * 0.5 if w.dtype.kind == "f" else w for w in ours.get_weights()])
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    assert_same(ours, theirs, path)


def test_the_layers_keras_has_not_are_few():
    assert len(OWN) < 10, sorted(OWN)
