"""File names, overwriting, and what happens when something fails half-way."""

import stat
import zipfile

import pytest

import kerlite
from kerlite import saving
from kerlite.core import budget
from kerlite.core.errors import UnsafeFileError
from kerlite.saving import archive, files, weight_files
from tests.support import pairs

ENDINGS = [".keras", ".h5", ".weights.h5", ".safetensors", ".pt"]


@pytest.fixture(params=ENDINGS)
def path(request, tmp_path):
    return tmp_path / f"model{request.param}"


@pytest.fixture
def model():
    return pairs.build("chain", kerlite)


def test_a_failure_leaves_the_old_file_whole(path, model, monkeypatch):
    path.write_bytes(b"old")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.os, "fsync", fails)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_while_writing_leaves_the_old_file_whole(path, model, monkeypatch):
    path.write_bytes(b"old")

    def half(_, temporary, *rest):
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt

    for writer in ("write_keras", "write_legacy"):
        monkeypatch.setattr(files, writer, half)
    writers = dict.fromkeys(weight_files._WRITERS, half)
    monkeypatch.setattr(weight_files, "_WRITERS", writers)
    with pytest.raises(KeyboardInterrupt):
        model.save(path)
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_an_existing_file_is_replaced(path, model):
    path.write_bytes(b"old")
    path.chmod(0o640)
    model.save(path)
    assert path.read_bytes() != b"old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_has_the_usual_permissions(path, model, tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    model.save(path)
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(path, model, tmp_path):
    target = tmp_path / "elsewhere"
    target.mkdir()
    path.symlink_to(target / path.name)
    model.save(path)
    assert path.is_symlink()
    assert (target / path.name).is_file()


def test_names_may_be_strings_or_paths(path, model):
    model.save(str(path))
    model.load_weights(str(path))
    model.load_weights(path)


class Terminal:
    def __init__(self, interactive):
        self.isatty = lambda: interactive


def test_overwriting_is_refused_if_nobody_can_be_asked(path, model, monkeypatch):
    path.write_bytes(b"old")
    monkeypatch.setattr(weight_files.sys, "stdin", Terminal(False))
    with pytest.raises(FileExistsError, match="overwrite=False"):
        model.save(path, overwrite=False)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("answer", "replaced"), [("n", False), ("", False), ("y", True), ("Yes", True)]
)
def test_the_user_is_asked(answer, replaced, path, model, monkeypatch):
    path.write_bytes(b"old")
    monkeypatch.setattr(weight_files.sys, "stdin", Terminal(True))
    monkeypatch.setattr("builtins.input", lambda _: answer)
    model.save(path, overwrite=False)
    assert (path.read_bytes() != b"old") == replaced


def test_folders_are_explained(path, model, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere.* does not exist"):
        model.save(tmp_path / "nowhere" / path.name)
    path.mkdir()
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        model.save(path)
    with pytest.raises(ValueError, match="is not a file"):
        model.load_weights(path)


def test_missing_files_are_explained(path, model):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        model.load_weights(path)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        saving.load_model(path.with_suffix(".keras"))


@pytest.mark.parametrize("name", ["model", "model.hdf", "model.zip", "weights.json"])
def test_unknown_endings_are_explained(name, model, tmp_path):
    path = tmp_path / name
    with pytest.raises(ValueError, match=r"\.keras.*\.h5"):
        model.save(path)
    with pytest.raises(ValueError, match=r"\.weights\.h5"):
        model.save_weights(path)
    path.touch()
    with pytest.raises(ValueError, match=r"\.weights\.h5"):
        model.load_weights(path)
    with pytest.raises(ValueError, match=r"must end in one of \['\.keras'"):
        saving.load_model(path)


def test_zipped_false_is_explained(model, tmp_path):
    with pytest.raises(ValueError, match=r"a \.keras file is a zip archive"):
        model.save(tmp_path / "m.keras", zipped=False)


def archive_with(path, names, contents=b"x", compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as made:
        for name in names:
            made.writestr(name, contents)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../outside", "assets/../../outside", "C:/windows", "a\\..\\..\\b"]
)
def test_names_that_lead_out_of_the_archive_are_refused(name, tmp_path):
    path = tmp_path / "m.keras"
    archive_with(path, [name])
    with pytest.raises(UnsafeFileError, match="a path out of the archive"):
        saving.load_model(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path):
    path = tmp_path / "m.keras"
    archive_with(path, ["config.json", "config.json"])
    with pytest.raises(UnsafeFileError, match="two members of one name"):
        saving.load_model(path)


def test_links_in_the_archive_are_refused(tmp_path):
    path = tmp_path / "m.keras"
    info = zipfile.ZipInfo("config.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive_with(path, [info])
    with pytest.raises(UnsafeFileError, match="a link"):
        saving.load_model(path)


def test_zip_bombs_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "m.keras"
    monkeypatch.setattr(budget, "_FREE_BYTES", 1000)
    archive_with(path, ["config.json"], bytes(10**6), zipfile.ZIP_DEFLATED)
    with pytest.raises(UnsafeFileError, match="would unpack to 1,000,000 bytes"):
        saving.load_model(path)


def test_public_names_are_those_of_keras():
    assert kerlite.models.load_model is saving.load_model
    assert kerlite.models.save_model is saving.save_model
    assert kerlite.Model.save is saving.save_model
