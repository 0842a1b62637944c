import csv

import numpy as np
import pytest
import torch

from kerlite.callbacks import CallbackList, CSVLogger
from tests.callbacks.fakes import FakeModel, fit, run_epochs

RUNS = {
    "validation": [{"loss": 0.1, "val_loss": 1 / 3}, {"loss": 1e-9, "val_loss": float("nan")}],
    "no validation": [{"loss": 0.5, "accuracy": 0.25}] * 2,
    "validation at times": [{"loss": 1.0}, {"loss": 0.5, "val_loss": 2.0}],
    "validation missing": [{"loss": 1.0, "val_loss": 2.0}, {"loss": 0.5}],
    "learning rate": [{"loss": 1.0, "learning_rate": 0.5, "val_loss": 2.0}],
    "text and arrays": [{"loss": np.arange(3), "name": 'a "b", c', "val_x": [1, 2.5]}],
    "new keys": [{"loss": 1.0, "val_loss": 2.0}, {"loss": 0.5, "val_loss": 1.0, "more": 3.0}],
    "nothing": [{}, {}],
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("append", [False, True])
@pytest.mark.parametrize("before", [None, "", "old\r\n"])
def test_same_bytes_as_keras(tmp_path, name, separator, append, before):
    keras = pytest.importorskip("keras")
    contents = []
    for folder, library in (("theirs", keras.callbacks), ("ours", None)):
        file = tmp_path / folder / "log.csv"
        file.parent.mkdir()
        if before is not None:
            file.write_bytes(before.encode())
        make = library.CSVLogger if library else CSVLogger
        wrap = library.CallbackList if library else CallbackList
        logger = make(file, separator, append)
        run_epochs(wrap([logger]), FakeModel(), RUNS[name])
        run_epochs(wrap([logger]), FakeModel(), RUNS[name])
        contents.append(file.read_bytes())
    assert contents[0] == contents[1]


def test_rows_read_back(tmp_path):
    fit(CSVLogger(tmp_path / "log.csv"), [{"loss": torch.tensor(0.1)}, {"loss": 0.25}])
    with (tmp_path / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == [torch.tensor(0.1).item(), 0.25]
    assert [row["val_loss"] for row in rows] == ["NA", "NA"]


def test_file_is_up_to_date_after_every_epoch(tmp_path):
    logger = CSVLogger(tmp_path / "log.csv")
    logger.on_train_begin()
    for epoch in range(3):
        logger.on_epoch_end(epoch, {"loss": 0.5})
        assert len((tmp_path / "log.csv").read_text().splitlines()) == epoch + 2


def test_folders_are_made_and_trouble_comes_early(tmp_path):
    logger = CSVLogger(tmp_path / "new" / "log.csv")
    logger.on_train_begin()
    assert (tmp_path / "new" / "log.csv").read_bytes() == b""
    with pytest.raises(IsADirectoryError):
        CSVLogger(tmp_path).on_train_begin()


def test_an_interrupted_run_goes_on_where_its_state_was_saved(tmp_path):
    file = tmp_path / "log.csv"
    fit(CSVLogger(file), [{"loss": value} for value in (0.5, 0.25, 0.125)])
    whole = file.read_bytes()
    first = CSVLogger(file)
    first.on_train_begin()
    first.on_epoch_end(0, {"loss": 0.5})
    state = first.state_dict()
    first.on_epoch_end(1, {"loss": 99})  # after the state was saved, and then the process is killed
    second = CSVLogger(file)
    second.on_train_begin()
    second.load_state_dict(state)
    second.on_epoch_end(1, {"loss": 0.25})
    second.on_epoch_end(2, {"loss": 0.125})
    assert file.read_bytes() == whole


def test_a_file_that_vanishes_is_begun_again(tmp_path):
    file = tmp_path / "log.csv"
    logger = CSVLogger(file)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 0.5})
    file.unlink()
    logger.on_epoch_end(1, {"loss": 0.5})
    assert file.read_text().splitlines() == ["1,0.5,NA"]
