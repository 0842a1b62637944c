import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest

from kerlite.callbacks import RemoteMonitor


@pytest.fixture
def server():
    """A server that keeps what is posted; it answers with the status set on it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.posted.append((self.path, dict(self.headers), body))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.posted, server.status = [], 200
    server.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


LOGS = {"loss": np.float32(0.5), "matrix": np.array([1, 2]), "one": np.array(3.0), "name": "a"}
EXPECTED = {"epoch": 2, "loss": 0.5, "matrix": [1, 2], "one": 3.0, "name": "a"}


def test_a_form_with_json_in_its_field(server):
    RemoteMonitor(server.root, field="values").on_epoch_end(2, LOGS)
    [(path, headers, body)] = server.posted
    assert path == "/publish/epoch/end/"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert json.loads(parse_qs(body)["values"][0]) == EXPECTED


def test_json_and_headers(server):
    monitor = RemoteMonitor(server.root, "/here", headers={"X-Key": "k"}, send_as_json=True)
    monitor.on_epoch_end(2, LOGS)
    [(path, headers, body)] = server.posted
    assert (path, headers["Content-Type"], headers["X-Key"]) == ("/here", "application/json", "k")
    assert json.loads(body) == EXPECTED


@pytest.mark.parametrize("as_json", [False, True], ids=["form", "json"])
def test_same_message_as_keras(server, as_json):
    keras = pytest.importorskip("keras")
    pytest.importorskip("requests")
    for library in (keras.callbacks.RemoteMonitor, RemoteMonitor):
        library(server.root, send_as_json=as_json).on_epoch_end(1, {"loss": 0.25})
    theirs, ours = server.posted
    assert ours[0] == theirs[0]
    assert ours[1]["Content-Type"] == theirs[1]["Content-Type"]
    read = json.loads if as_json else parse_qs
    assert read(ours[2]) == read(theirs[2])


def test_a_server_that_fails_or_is_not_there_makes_a_warning(server):
    server.status = 500
    with pytest.warns(UserWarning, match="epoch 1 .*500"):
        RemoteMonitor(server.root).on_epoch_end(0, {})
    with pytest.warns(UserWarning, match="RemoteMonitor server at http://127.0.0.1:9:"):
        RemoteMonitor("http://127.0.0.1:9").on_epoch_end(0, {})


def test_other_addresses_are_refused():
    with pytest.raises(ValueError, match="received 'file:///etc"):
        RemoteMonitor("file:///etc/passwd")
