import itertools

import pytest

from kerlite.callbacks import CallbackList, ModelCheckpoint
from tests.callbacks.fakes import FakeModel, fit, losses, run_epochs, wandering

SETTINGS = list(itertools.product(("auto", "min", "max"), (None, 0.375), (False, True)))


@pytest.mark.parametrize(("mode", "threshold", "best_only"), SETTINGS)
@pytest.mark.parametrize("weights_only", [False, True])
def test_same_files_as_keras_every_epoch(tmp_path, mode, threshold, best_only, weights_only):
    keras = pytest.importorskip("keras")
    ending = ".weights.h5" if weights_only else ".keras"
    settings = {
        "filepath": tmp_path / f"{{epoch:02d}}-{{val_loss:.2f}}{ending}",
        "mode": mode,
        "save_best_only": best_only,
        "save_weights_only": weights_only,
        "initial_value_threshold": threshold,
    }
    logs = losses(*wandering(3))
    theirs, ours = FakeModel(), FakeModel()
    run_epochs(
        keras.callbacks.CallbackList([keras.callbacks.ModelCheckpoint(**settings)]), theirs, logs
    )
    run_epochs(CallbackList([ModelCheckpoint(**settings)]), ours, logs)
    assert ours.saved == theirs.saved
    assert ours.saved


@pytest.mark.parametrize("save_freq", [1, 2, 3, 5, 7, 100])
@pytest.mark.parametrize("batches", [1, 4, 5])
def test_same_files_as_keras_every_few_batches(tmp_path, save_freq, batches):
    keras = pytest.importorskip("keras")
    settings = {
        "filepath": tmp_path / "{epoch}-{batch:03d}-{loss:.1f}.keras",
        "save_freq": save_freq,
    }
    theirs, ours = FakeModel(), FakeModel()
    logs = losses(*wandering(1))
    run_epochs(
        keras.callbacks.CallbackList([keras.callbacks.ModelCheckpoint(**settings)]),
        theirs,
        logs,
        batches,
    )
    run_epochs(CallbackList([ModelCheckpoint(**settings)]), ours, logs, batches)
    assert ours.saved == theirs.saved


def test_executions_of_several_batches_count_as_many():
    checkpoint, model = ModelCheckpoint("{batch}.keras", save_freq=4), FakeModel()
    checkpoint.set_model(model)
    checkpoint.on_train_begin()
    for epoch in range(2):
        checkpoint.on_epoch_begin(epoch)
        for last_batch in (2, 5, 8):
            checkpoint.on_train_batch_end(last_batch, {})
    assert [path for _, path in model.saved] == ["6.keras", "3.keras", "9.keras"]


def test_best_of_batches():
    checkpoint, model = ModelCheckpoint("a.keras", "loss", save_best_only=True, save_freq=1), None
    model = FakeModel()
    checkpoint.set_model(model)
    checkpoint.on_epoch_begin(0)
    for batch, loss in enumerate([3.0, 4.0, 2.0]):
        checkpoint.on_train_batch_end(batch, {"loss": loss})
    assert len(model.saved) == 2


def test_folders_are_made(tmp_path):
    fit(ModelCheckpoint(tmp_path / "new" / "{epoch}" / "m.keras"), losses(1, 2))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["1", "2"]


def test_a_folder_in_the_way(tmp_path):
    (tmp_path / "m.keras").mkdir()
    with pytest.raises(IsADirectoryError, match=r"m\.keras'.* is a folder"):
        fit(ModelCheckpoint(tmp_path / "m.keras"), losses(1))


def test_unknown_name_in_the_path_lists_the_known_ones():
    with pytest.raises(KeyError, match=r"'acc', which there is not.*epoch, loss, val_loss"):
        fit(ModelCheckpoint("{acc:.2f}.keras"), [{"loss": 1.0, "val_loss": 2.0}])


@pytest.mark.parametrize(
    ("path", "weights_only"),
    [
        ("m.keras", False), ("m.h5", False), ("m.weights.h5", True), ("m.safetensors", True),
        ("m.pt", True),
    ],
)  # fmt: skip
def test_endings_that_are_known(path, weights_only):
    model = fit(ModelCheckpoint(path, save_weights_only=weights_only), losses(1))
    assert model.saved == [("weights" if weights_only else "model", path)]


@pytest.mark.parametrize(
    ("path", "weights_only"),
    [("m", False), ("m.safetensors", False), ("m.keras", True), ("m.h5", True), ("m", True)],
)
def test_endings_that_are_not(path, weights_only):
    with pytest.raises(ValueError, match=rf"must end in .*received '{path}'"):
        ModelCheckpoint(path, save_weights_only=weights_only)


@pytest.mark.parametrize("save_freq", ["batch", 0, -1, 2.5, None])
def test_bad_frequency(save_freq):
    with pytest.raises(ValueError, match="'epoch' or a number of batches"):
        ModelCheckpoint("m.keras", save_freq=save_freq)


def test_missing_quantity_saves_with_a_warning():
    with pytest.warns(UserWarning, match=r"ModelCheckpoint watches `val_loss`.*have: loss"):
        model = fit(ModelCheckpoint("m.keras", save_best_only=True), losses(1.0, name="loss"))
    assert len(model.saved) == 1


def test_the_best_outlives_a_training_but_not_a_change_of_model():
    checkpoint = ModelCheckpoint("m.keras", save_best_only=True)
    model = fit(checkpoint, losses(0.5))
    fit(checkpoint, losses(0.6, 0.4), model)
    assert len(model.saved) == 2
    assert len(fit(checkpoint, losses(3.0)).saved) == 1


def test_batches_are_counted_anew_in_a_second_training():
    checkpoint = ModelCheckpoint("{batch}.keras", save_freq=4)
    model = fit(checkpoint, losses(1), batches=3)
    fit(checkpoint, losses(1), model, batches=4)
    assert model.saved == [("model", "4.keras")]


def test_verbose_says_what_happens(capsys):
    fit(ModelCheckpoint("{epoch}.keras", save_best_only=True, verbose=1), losses(0.5, 0.75))
    out = capsys.readouterr().out
    assert "Epoch 1: saving to 1.keras" in out
    assert "Epoch 2: val_loss is 0.75, the best was 0.5" in out
    assert "2.keras" not in out
