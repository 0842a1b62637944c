"""Zip archives under the name of a model: bombs, paths, links, members twice."""

import io
import json
import stat
import struct
import sys
import zipfile

import pytest

from kerlite.errors import UnsafeFileError
from kerlite.saving import KerasFileEditor, load_model
from tests.support import malicious
from tests.support.canary import no_effects

BIG = 2**27
CONFIG = json.dumps(malicious.as_class("keras.layers", "Dense"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.keras"


def info(name, kind=stat.S_IFREG, compression=zipfile.ZIP_STORED):
    made = zipfile.ZipInfo(name)
    made.external_attr = (kind | 0o777) << 16
    made.compress_type = compression
    return made


def archive(path, *members):
    with zipfile.ZipFile(path, "w") as made:
        for member, content in members:
            made.writestr(member, content)


def bomb(path):
    archive(path, (info("config.json", compression=zipfile.ZIP_DEFLATED), bytes(BIG)))


def many_bombs(path):
    block = bytes(2**22)
    archive(path, *((info(f"{i}", compression=zipfile.ZIP_DEFLATED), block) for i in range(64)))


def bzip_bomb(path):
    archive(path, (info("config.json", compression=zipfile.ZIP_BZIP2), bytes(BIG)))


def bomb_that_lies(path):
    """The list says that a member is small, and what comes out of it is not."""
    bomb(path)
    content = bytearray(path.read_bytes())
    for place in range(len(content) - 4):
        if content[place : place + 4] == struct.pack("<I", BIG):
            content[place : place + 4] = struct.pack("<I", 100)
    path.write_bytes(content)


def overlapping(path):
    """Every member of the list is the same place in the file."""
    archive(path, *((f"{index:04}", bytes(2**16)) for index in range(900)))
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x01\x02")
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 42 : start + 46] = struct.pack("<I", 0)
        start += 1
    path.write_bytes(content)


def member(name, kind=stat.S_IFREG):
    return lambda path: archive(path, (info(name, kind), "x"))


def duplicate(path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive(path, ("config.json", "{}"), ("config.json", CONFIG))


def nested(path):
    inner = io.BytesIO()
    archive(inner, ("config.json", CONFIG), ("metadata.json", "{}"))
    archive(path, ("model.keras", inner.getvalue()), ("config.json", inner.getvalue()))


CASES = {
    "bomb": (bomb, "would unpack"),
    "many_bombs": (many_bombs, "would unpack"),
    "bzip_bomb": (bzip_bomb, "packed in another way"),
    "bomb_that_lies": (bomb_that_lies, "damaged"),
    "overlapping": (overlapping, "damaged|holds no|would unpack"),
    "absolute": (member("/etc/passwd"), "out of the archive"),
    "parent": (member("../../outside"), "out of the archive"),
    "hidden_parent": (member("a/b/../../../outside"), "out of the archive"),
    "drive": (member("C:/outside"), "out of the archive"),
    "backslashes": (member("..\\outside"), "out of the archive"),
    "link": (member("config.json", stat.S_IFLNK), "a link or device"),
    "device": (member("config.json", stat.S_IFCHR), "a link or device"),
    "pipe": (member("config.json", stat.S_IFIFO), "a link or device"),
    "duplicate": (duplicate, "two members of one name"),
    "nested": (nested, "cannot be read|holds no"),
}


@pytest.mark.parametrize("case", CASES)
def test_is_refused(case, path):
    make, message = CASES[case]
    make(path)
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with no_effects(path), pytest.raises(ValueError, match=message):
        load_model(path)
    with no_effects(path), pytest.raises(ValueError, match=message):
        KerasFileEditor(path)
    unit = 1 if sys.platform == "darwin" else 1024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 2**26
    assert [entry.name for entry in path.parent.iterdir()] == ["model.keras"]


@pytest.mark.parametrize("case", ["bomb", "many_bombs"])
def test_bombs_under_the_name_of_a_torch_file(case, tmp_path):
    import kerlite  # noqa: PLC0415

    path = tmp_path / "weights.pt"
    CASES[case][0](path)
    model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2)])
    with no_effects(path), pytest.raises(UnsafeFileError, match="would unpack"):
        model.load_weights(path)
