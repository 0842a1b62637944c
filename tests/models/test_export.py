"""Exported models, run by torch.export and ONNX Runtime, compute what the model does."""

import importlib.util

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.core import tree
from tests.support import pairs

NAMES = list(pairs.BUILDERS)


def tensors(model, batch):
    return tree.map_structure(torch.as_tensor, pairs.data_for(model, batch))


def run_torch(path):
    return torch.export.load(path).module()


def run_onnx(path):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(path)
    names = [one.name for one in session.get_inputs()]

    def run(inputs):
        arrays = [one.numpy() for one in tree.flatten(inputs)]
        outputs = session.run(None, dict(zip(names, arrays, strict=True)))
        return [torch.as_tensor(one) for one in outputs]

    run.names, run.outputs = names, [one.name for one in session.get_outputs()]
    return run


def assert_same(program, model, inputs):
    got, expected = tree.flatten(program(inputs)), tree.flatten(model(inputs))
    for one, other in zip(got, expected, strict=True):
        torch.testing.assert_close(one, other.detach(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_torch_for_any_batch(name, tmp_path):
    model = pairs.shake(pairs.build(name, kerlite))
    model.export(tmp_path / "m.pt2", format="torch")
    program = run_torch(tmp_path / "m.pt2")
    for batch in (1, 5):
        assert_same(program, model, tensors(model, batch))
    assert list(tmp_path.iterdir()) == [tmp_path / "m.pt2"]


@pytest.mark.parametrize("name", ["images", "shared", "structured"])
def test_onnx_for_any_batch(name, tmp_path):
    pytest.importorskip("onnxscript")
    model = pairs.shake(pairs.build(name, kerlite))
    model.export(tmp_path / "m.onnx", format="onnx")
    program = run_onnx(tmp_path / "m.onnx")
    assert program.names == model.input_names
    assert program.outputs == [f"{n}_1" if n in program.names else n for n in model.output_names]
    for batch in (1, 5):
        assert_same(program, model, tensors(model, batch))
    assert list(tmp_path.iterdir()) == [tmp_path / "m.onnx"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chain", "words", "nested", "operators"])
def test_onnx_of_the_other_models(name, tmp_path):
    test_onnx_for_any_batch(name, tmp_path)


class Net(kerlite.Model):
    def __init__(self):
        super().__init__()
        self.dense, self.drop = layers.Dense(3), layers.Dropout(0.9)

    def call(self, inputs):
        return {"sum": self.drop(self.dense(inputs["a"])) + inputs["b"], "a": inputs["a"]}


def test_a_subclass_with_dict_inputs_in_training_mode(tmp_path):
    model = Net()
    data = {"a": torch.rand(4, 2), "b": torch.rand(4, 3)}
    model(data)
    model.train()
    model.export(tmp_path / "m.pt2")
    assert model.training
    model.eval()
    for batch in (1, 7):
        assert_same(run_torch(tmp_path / "m.pt2"), model, {k: v[:1].repeat(batch, 1)
                                                           for k, v in data.items()})  # fmt: skip


@pytest.mark.parametrize("of_keras", [False, True], ids=["alone", "in a list"])
def test_a_signature_says_what_is_free(of_keras, tmp_path):
    class Steps(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.conv, self.pool = layers.Conv1D(3, 3), layers.GlobalMaxPooling1D()

        def call(self, inputs):
            return self.pool(self.conv(inputs))

    net = Steps()
    signature = kerlite.Input((None, 2))
    net(torch.ones(1, 9, 2))
    net.export(tmp_path / "m.pt2", input_signature=[signature] if of_keras else signature)
    assert_same(run_torch(tmp_path / "m.pt2"), net, torch.rand(3, 17, 2))


def test_recurrent_and_attention_layers(tmp_path):
    inputs = kerlite.Input((7,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(inputs)
    x = layers.MultiHeadAttention(2, 3)(x, x) + layers.Bidirectional(
        layers.LSTM(2, return_sequences=True)
    )(x)
    model = kerlite.Model(inputs, layers.GRU(3)(x))
    model.export(tmp_path / "m.pt2")
    data = torch.randint(0, 9, (3, 7), dtype=torch.int32)
    assert_same(run_torch(tmp_path / "m.pt2"), model, data)


def test_options_of_torch_are_handed_on_and_verbose_says_where(tmp_path, capsys):
    model = pairs.build("chain", kerlite)
    model.export(tmp_path / "m.pt2", verbose=True, dynamic_shapes=None)
    assert "m.pt2" in capsys.readouterr().out
    with pytest.raises((RuntimeError, AssertionError), match=r"8|shape|[gG]uard"):
        run_torch(tmp_path / "m.pt2")(torch.ones(9, 8))


def test_mistakes_are_explained(tmp_path, monkeypatch):
    model = pairs.build("chain", kerlite)
    with pytest.raises(ValueError, match=r"'tf_saved_model'.*convert ONNX"):
        model.export(tmp_path / "m", format="tf_saved_model")
    with pytest.raises(ValueError, match="opset_version applies"):
        model.export(tmp_path / "m", opset_version=18)
    with pytest.raises(ValueError, match="has not been built"):
        Net().export(tmp_path / "m")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install onnx onnxscript"):
        model.export(tmp_path / "m", format="onnx")
    assert list(tmp_path.iterdir()) == []


def test_integers_go_into_onnx(tmp_path):
    pytest.importorskip("onnxscript")
    inputs = kerlite.Input((3,), dtype="int32", name="tokens")
    model = kerlite.Model(inputs, layers.Embedding(9, 4, name="e")(inputs))
    model.export(tmp_path / "m.onnx", format="onnx")
    data = torch.randint(0, 9, (5, 3), dtype=torch.int32)
    np.testing.assert_allclose(
        run_onnx(tmp_path / "m.onnx")(data)[0], model(data).detach(), rtol=1e-6
    )
