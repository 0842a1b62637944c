"""One process at a time; what another has made is found by those that waited."""

import http.server
import inspect
import os
import subprocess
import sys
import threading
import time
import warnings

import pytest

from kerlite.utils import file_lock, get_file
from kerlite.utils.file_lock import locked

CONTENT = bytes(range(256)) * 4096
HOLD = """
import pathlib, runpy, sys
locked = runpy.run_path(sys.argv[2])["locked"]
with locked(pathlib.Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.readline()
"""


class Slow(http.server.BaseHTTPRequestHandler):
    """Takes its time, so that all who ask do so before the first one has the file."""

    def do_GET(self):
        self.server.requests.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        for part in range(4):
            self.wfile.write(CONTENT[part * len(CONTENT) // 4 : (part + 1) * len(CONTENT) // 4])
            time.sleep(0.1)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as made:
        made.requests = []
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def forked(function):
    """Return the number of a process of its own that calls a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forks while there are threads
        child = os.fork()
    if child:
        return child
    try:
        function()
    except BaseException:
        os._exit(1)
    os._exit(0)


@pytest.mark.skipif(sys.platform != "linux", reason="forks while there are threads")
def test_two_processes_fetch_a_file_once(server, tmp_path):
    url = f"http://127.0.0.1:{server.server_port}/data.bin"
    path = tmp_path / "datasets" / "data.bin"

    def fetch():
        assert get_file(origin=url, cache_dir=tmp_path) == str(path)
        assert path.read_bytes() == CONTENT

    both = [forked(fetch) for _ in range(2)]
    assert [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in both] == [0, 0]
    assert path.read_bytes() == CONTENT
    assert server.requests == ["/data.bin"]
    assert [one.name for one in path.parent.iterdir()] == ["data.bin"]


def test_the_lock_of_a_killed_process_does_not_last(tmp_path):
    target = tmp_path / "data"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(target), inspect.getfile(file_lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    assert (tmp_path / "data.lock").exists()
    entered = threading.Event()

    def enter():
        with locked(target):
            entered.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    assert not entered.wait(0.2)
    process.kill()
    process.communicate(timeout=60)
    assert entered.wait(30)
    waiting.join()
    assert list(tmp_path.iterdir()) == []


def test_one_thread_at_a_time(tmp_path):
    path = tmp_path / "data"
    path.write_text("0")

    def work():
        for _ in range(20):
            with locked(path):
                count = int(path.read_text())
                time.sleep(0.001)
                path.write_text(str(count + 1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "80"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_gives_the_lock_back(tmp_path):
    for _ in range(2):
        with pytest.raises(KeyError), locked(tmp_path / "data"):
            raise KeyError
    assert list(tmp_path.iterdir()) == []
