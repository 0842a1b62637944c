"""Files that take the place of others: permissions, and what killed processes leave."""

import errno
import io
import os
import signal
import stat
import threading

import pytest
import torch

from kerlite.saving import archive
from kerlite.saving.archive import atomic_write

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and permissions of POSIX")


def write(path, text="new"):
    with atomic_write(path) as temporary:
        temporary.write_text(text)


def killed_within_a_write(path):
    process = os.fork()
    if not process:
        with atomic_write(path) as temporary:
            temporary.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(process, 0)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_next_write_sweeps_what_a_killed_one_left(tmp_path):
    target = tmp_path / "model.keras"
    write(target, "old")
    killed_within_a_write(target)
    killed_within_a_write(tmp_path / "other.keras")
    assert len(names(tmp_path)) == 3
    assert target.read_text() == "old"
    write(target)
    assert len(names(tmp_path)) == 2  # that of the other file is left to it
    assert target.read_text() == "new"
    write(tmp_path / "other.keras")
    assert names(tmp_path) == ["model.keras", "other.keras"]


def test_what_somebody_is_writing_stays(tmp_path):
    target = tmp_path / "model.keras"
    of_parent = tmp_path / f".model.keras.{archive._host}-{os.getppid()}-0123abcd.tmp"
    of_another_machine = tmp_path / ".model.keras.00000000-999999999-0123abcd.tmp"
    of_a_user = tmp_path / ".model.keras.tmp"
    for path in (of_parent, of_another_machine, of_a_user):
        path.touch()
    with atomic_write(target) as first:
        write(target, "by another thread")
        first.write_text("last")
    assert target.read_text() == "last"
    assert {of_parent.name, of_another_machine.name, of_a_user.name} < set(names(tmp_path))
    assert len(names(tmp_path)) == 4


def test_a_successor_with_the_same_process_number(tmp_path):
    left = tmp_path / f".model.keras.{archive._host}-{os.getpid()}-0123abcd.tmp"
    left.touch()
    write(tmp_path / "model.keras")
    assert names(tmp_path) == ["model.keras"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_of_a_new_file_are_those_of_any(tmp_path, mask):
    before = os.umask(mask)
    try:
        thread = threading.Thread(target=write, args=(tmp_path / "new",))
        thread.start()
        thread.join()
        (tmp_path / "plain").touch()
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o666 & ~mask}


def test_permissions_of_a_replaced_file_stay(tmp_path):
    target = tmp_path / "private"
    target.touch(0o600)
    with atomic_write(target) as temporary:
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_torch_hides_what_the_system_said_of_a_full_disk(tmp_path):
    class Full(io.BytesIO):
        def __init__(self, room):
            super().__init__()
            self.room = room

        def write(self, data):
            if self.tell() + len(data) > self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    target, told = tmp_path / "model.pt", []
    write(target, "old")
    for room in range(0, 900, 50):
        with pytest.raises(OSError, match="No space left") as caught, atomic_write(target):
            torch.save({"x": torch.zeros(3)}, Full(room))
        assert caught.value.errno == errno.ENOSPC
        told.append(caught.value.filename)
    assert str(target) in told  # it was a RuntimeError
    assert target.read_text() == "old"
    with pytest.raises(RuntimeError, match="another"), atomic_write(target):
        raise RuntimeError("another error, that the system has no part in")
    assert names(tmp_path) == ["model.pt"]
