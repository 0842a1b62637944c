import json
import sys

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef

import kerlite
from kerlite import layers
from kerlite.callbacks import Callback, CallbackList, TensorBoard
from tests.callbacks import small


def _read(folder):
    events = EventAccumulator(str(folder), size_guidance={"histograms": 0, "images": 0})
    return events.Reload()


def _scalars(folder):
    """Return tag -> [(step, value), ...] of a folder's files."""
    events = _read(folder)
    return {
        tag: [(event.step, event.value) for event in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }


def _fit(model, board, **settings):
    arguments = {"epochs": 2, "batch_size": 16, "verbose": 0, **settings}
    return model.fit(*small.data(), callbacks=board, **arguments).history


def test_scalars_of_every_epoch(tmp_path):
    model = small.model(metrics=["mae"])
    history = _fit(model, TensorBoard(tmp_path), validation_split=0.25)
    train, validation = _scalars(tmp_path / "train"), _scalars(tmp_path / "validation")
    assert sorted(train) == ["epoch_learning_rate", "epoch_loss", "epoch_mae"]
    assert sorted(validation) == [
        "epoch_loss", "epoch_mae", "evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations",
    ]  # fmt: skip
    for written, key in ((train["epoch_loss"], "loss"), (validation["epoch_mae"], "val_mae")):
        assert written == [(i, pytest.approx(value)) for i, value in enumerate(history[key])]
    steps = [step for step, _ in validation["evaluation_loss_vs_iterations"]]
    assert steps == [3, 6]
    assert train["epoch_learning_rate"] == [(0, pytest.approx(0.01)), (1, pytest.approx(0.01))]


@pytest.mark.parametrize("freq", ["batch", 3], ids=str)
def test_scalars_of_batches(freq, tmp_path):
    board = TensorBoard(tmp_path, update_freq=freq, write_steps_per_second=True)
    _fit(small.model(), board)
    train = _scalars(tmp_path / "train")
    expected = [3, 6] if freq == 3 else list(range(1, 9))
    for tag in ("batch_loss", "batch_steps_per_second"):
        assert [step for step, _ in train[tag]] == expected
    assert all(value > 0 for _, value in train["epoch_steps_per_second"])


def test_hooks_of_batches_are_there_only_if_they_are_needed(tmp_path):
    quiet = CallbackList([TensorBoard(tmp_path, histogram_freq=1, write_steps_per_second=True)])
    assert not quiet.has("on_train_batch_begin")
    assert not quiet.has("on_train_batch_end")
    assert CallbackList([TensorBoard(tmp_path, update_freq=5)]).has("on_train_batch_end")


def test_histograms_and_images_of_weights(tmp_path):
    kerlite.utils.set_random_seed(0)
    model = kerlite.Sequential([
        kerlite.Input((4, 4, 1)), layers.Conv2D(3, 2, name="conv"), layers.Flatten(),
        layers.Dense(1, name="top"),
    ], name="net")  # fmt: skip
    model.compile("sgd", "mse")
    board = TensorBoard(tmp_path, histogram_freq=2, write_images=True)
    model.fit(np.ones((4, 4, 4, 1)), np.ones((4, 1)), epochs=3, verbose=0, callbacks=board)
    events = _read(tmp_path / "train")
    names = ["net/conv/bias", "net/conv/kernel", "net/top/bias", "net/top/kernel"]
    assert sorted(events.Tags()["histograms"]) == [f"{name}/histogram" for name in names]
    assert [event.step for event in events.Histograms("net/conv/kernel/histogram")] == [0, 2]
    kernel = events.Histograms("net/top/kernel/histogram")[-1].histogram_value
    values = model.get_layer("top").get_weights()[0]
    assert kernel.num == values.size
    assert kernel.max == pytest.approx(values.max())
    images = {tag: events.Images(tag)[0] for tag in events.Tags()["images"]}
    assert (images["net/top/kernel/image"].height, images["net/top/kernel/image"].width) == (1, 27)
    assert [tag for tag in images if "conv/kernel" in tag] == ["net/conv/kernel/image"]


def test_the_graph_of_a_functional_model(tmp_path):
    inputs = kerlite.Input((4,), name="x")
    low = layers.Dense(4, name="low")(inputs)
    model = kerlite.Model(inputs, layers.Dense(1, name="top")(low + inputs))
    model.compile("sgd", "mse")
    _fit(model, TensorBoard(tmp_path))
    nodes = {node.name: node for node in _read(tmp_path / "train").Graph().node}
    assert nodes["low/low"].op == "Dense"
    assert list(nodes["low/low"].input) == ["x"]
    assert len(nodes["top/top"].input) == 1
    middle = nodes[nodes["top/top"].input[0]]
    assert set(middle.input) == {"x", "low/low"}


@pytest.mark.parametrize("traced", [True, False], ids=["traced", "not traced"])
def test_the_graph_of_another_module(traced, tmp_path):
    class Branching(torch.nn.Sequential):
        def forward(self, x):
            return super().forward(x) if x.sum() > 0 else super().forward(-x)

    kind = torch.nn.Sequential if traced else Branching
    trainer = kerlite.Trainer(kind(torch.nn.Linear(4, 8), torch.nn.Linear(8, 1)))
    trainer.compile("sgd", "mse")
    _fit(trainer, TensorBoard(tmp_path, histogram_freq=1))
    events = _read(tmp_path / "train")
    assert "0/weight/histogram" in events.Tags()["histograms"]
    if traced:
        assert isinstance(events.Graph(), GraphDef)
        assert [node.op for node in events.Graph().node] == [
            "placeholder", "Linear", "Linear", "output",
        ]  # fmt: skip
    else:
        assert not events.Tags()["graph"]
        text = events.Tensors("model/text_summary")[0].tensor_proto.string_val[0]
        assert b"Branching" in text


@pytest.mark.parametrize(("batches", "count"), [(2, 1), ((2, 5), 4), ("3,4", 2)])
def test_profile_of_some_batches(batches, count, tmp_path):
    _fit(small.model(), TensorBoard(tmp_path, profile_batch=batches))
    [trace] = (tmp_path / "train").glob("*.pt.trace.json")
    events = json.loads(trace.read_text())["traceEvents"]
    assert sum(one.get("name", "").startswith("Optimizer.step") for one in events) == count


def test_embeddings_with_labels(tmp_path):
    model = kerlite.Sequential([
        kerlite.Input((2,), dtype="int32"), layers.Embedding(3, 4, name="words"), layers.Flatten(),
        layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    (tmp_path / "words.tsv").write_text("word\tkind\na\t1\nb\t2\nc\t3\n")
    board = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "words.tsv"})
    x, y = np.array([[0, 1], [1, 2]]), np.ones((2, 1))
    model.fit(x, y, verbose=0, callbacks=board)
    folder = next((tmp_path / "train").glob("00000/words"))
    table = np.loadtxt(folder / "tensors.tsv")
    np.testing.assert_allclose(table, model.get_layer("words").get_weights()[0], rtol=1e-5)
    assert (folder / "metadata.tsv").read_text().splitlines()[:2] == ["word\tkind", "a\t1"]
    (tmp_path / "words.tsv").write_text("a\nb\n")
    with pytest.raises(ValueError, match=r"has 3 rows, .* has 2 labels"):
        model.fit(x, y, verbose=0, callbacks=board)
    with pytest.raises(ValueError, match="Did you mean 'words'"):
        model.fit(x, y, verbose=0, callbacks=TensorBoard(tmp_path, embeddings_metadata={"w": "f"}))


def test_values_of_ones_own_and_evaluation(tmp_path):
    class Own(Callback):
        def on_epoch_end(self, epoch, logs=None):
            board.summary.add_scalar("mine", 7.0, epoch)

    board, model = TensorBoard(tmp_path), small.model()
    _fit(model, [Own(), board])
    assert _scalars(tmp_path / "train")["mine"] == [(0, 7.0), (1, 7.0)]
    loss = model.evaluate(*small.data(), verbose=0, callbacks=[board])
    written = _scalars(tmp_path / "validation")["evaluation_loss_vs_iterations"]
    assert written == [(8, pytest.approx(loss))]


def test_training_is_not_changed(tmp_path):
    plain = small.model("adam", dropout=0.5)
    _fit(plain, [])
    watched = small.model("adam", dropout=0.5)
    board = TensorBoard(
        tmp_path, histogram_freq=1, write_images=True, update_freq=1, profile_batch=2
    )
    _fit(watched, board)
    assert small.same(small.weights(plain), small.weights(watched))


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ImportError, match="pip install tensorboard"):
        _fit(small.model(), TensorBoard(tmp_path, write_graph=False))


@pytest.mark.parametrize("freq", ["always", 0, 1.5], ids=str)
def test_frequencies_that_cannot_be(freq):
    with pytest.raises(ValueError, match="update_freq"):
        TensorBoard(update_freq=freq)


@pytest.mark.parametrize("batch", [-1, (3, 2), (1, 2, 3), "1,2,3", 2.5], ids=str)
def test_batches_that_cannot_be(batch):
    with pytest.raises(ValueError, match="non-negative integer"):
        TensorBoard(profile_batch=batch)
