"""get_file: checked, kept, resumed, and never outside its folder."""

import functools
import hashlib
import http.server
import threading

import pytest

from kerlite.errors import UnsafeFileError
from kerlite.utils import get_file
from kerlite.utils.get_file import hash_of

CONTENT = bytes(range(256)) * 400


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves one file with ranges; breaks off, changes or redirects as told."""

    def __init__(self, state, *args):
        self.state = state
        super().__init__(*args)

    def do_GET(self):
        state = self.state
        state.requests.append(dict(self.headers))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", state.location)
            self.end_headers()
            return
        if state.missing:
            self.send_error(404)
            return
        start = self._start()
        if start is not None and start >= len(state.content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(state.content)}")
            self.end_headers()
            return
        body = state.content[start or 0 :]
        self.send_response(200 if start is None else 206)
        if start is not None:
            last = len(state.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(state.content)}")
        if state.tag:
            self.send_header("ETag", state.tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: state.most])

    def _start(self):
        wanted = self.headers.get("Range")
        condition = self.headers.get("If-Range")
        if wanted is None or not self.state.ranges or (condition and condition != self.state.tag):
            return None
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    def log_message(self, *_):
        pass


class State:
    def __init__(self):
        self.content, self.tag, self.most = CONTENT, '"one"', None
        self.ranges, self.missing, self.requests, self.location = True, False, [], ""


@pytest.fixture
def served():
    state = State()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, state))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/folder/data.bin"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def get(tmp_path):
    return functools.partial(get_file, cache_dir=tmp_path)


def sha(content=CONTENT):
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_fetched_once(served, get, tmp_path):
    path = get(origin=served.url)
    assert path == str(tmp_path / "datasets" / "data.bin")
    assert (tmp_path / "datasets" / "data.bin").read_bytes() == CONTENT
    assert get(origin=served.url) == path
    assert len(served.requests) == 1
    get(origin=served.url, force_download=True)
    assert len(served.requests) == 2
    assert [one.name for one in (tmp_path / "datasets").iterdir()] == ["data.bin"]


def test_the_place_can_be_chosen(served, get, tmp_path, monkeypatch):
    assert get("other.bin", served.url, cache_subdir="deep/er") == str(
        tmp_path / "deep/er/other.bin"
    )
    monkeypatch.setenv("KERLITE_HOME", str(tmp_path / "home"))
    assert get_file(origin=served.url) == str(tmp_path / "home/datasets/data.bin")


@pytest.mark.parametrize("hashed", [
    {"file_hash": sha()}, {"file_hash": sha().upper()}, {"file_hash": sha()[:8]},
    {"file_hash": hashlib.md5(CONTENT).hexdigest()},
    {"md5_hash": hashlib.md5(CONTENT).hexdigest()},
    {"file_hash": sha(), "hash_algorithm": "sha256"},
    {"file_hash": hashlib.md5(CONTENT).hexdigest(), "hash_algorithm": "md5"},
], ids=["sha256", "upper", "prefix", "md5", "md5_hash", "named_sha256", "named_md5"])  # fmt: skip
def test_the_right_hash(hashed, served, get):
    for _ in range(2):
        assert hash_of(get(origin=served.url, **hashed)) == sha()
    assert len(served.requests) == 1


def test_another_file_is_refused_and_leaves_the_old_one(served, get, tmp_path):
    path = tmp_path / "datasets" / "data.bin"
    get(origin=served.url)
    served.content = b"something else"
    with pytest.raises(ValueError, match=r"has the sha256 .* not 0000.*deleted"):
        get(origin=served.url, file_hash="0" * 64)
    assert path.read_bytes() == CONTENT
    assert [one.name for one in path.parent.iterdir()] == ["data.bin"]


def test_a_stale_copy_is_fetched_again(served, get, tmp_path):
    path = tmp_path / "datasets" / "data.bin"
    path.parent.mkdir()
    path.write_bytes(b"old")
    get(origin=served.url, file_hash=sha())
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", ["abc", "0" * 65, "xyz" * 10, "g" * 64])
def test_what_is_no_hash(wrong, get):
    with pytest.raises(ValueError, match="8 hexadecimal digits"):
        get(origin="https://example.com/x", file_hash=wrong)


def test_an_unknown_algorithm(get):
    with pytest.raises(ValueError, match="'auto', 'sha256' or 'md5'"):
        get(origin="https://example.com/x", hash_algorithm="sha1")


def broken_off(served, get, **kwargs):
    served.most = 30_000
    with pytest.raises(ConnectionError, match="ended after 30000 of 102400 bytes"):
        get(origin=served.url, **kwargs)
    served.most = None


def test_it_goes_on_where_it_stopped(served, get, tmp_path):
    broken_off(served, get)
    assert not (tmp_path / "datasets" / "data.bin").exists()
    path = get(origin=served.url)
    assert hash_of(path) == sha()
    assert served.requests[-1]["Range"] == "bytes=30000-"


def test_it_goes_on_without_a_tag_if_there_is_a_hash(served, get):
    served.tag = None
    broken_off(served, get, file_hash=sha())
    assert hash_of(get(origin=served.url, file_hash=sha())) == sha()
    assert served.requests[-1]["Range"] == "bytes=30000-"


def test_without_a_tag_and_hash_it_starts_again(served, get):
    served.tag = None
    broken_off(served, get)
    assert hash_of(get(origin=served.url)) == sha()
    assert "Range" not in served.requests[-1]


def test_a_file_that_has_changed_is_fetched_from_the_start(served, get):
    broken_off(served, get)
    served.content, served.tag = CONTENT[::-1], '"two"'
    assert hash_of(get(origin=served.url)) == sha(CONTENT[::-1])


def test_a_server_without_ranges(served, get):
    served.ranges = False
    broken_off(served, get)
    assert hash_of(get(origin=served.url)) == sha()


@pytest.mark.parametrize("left", [CONTENT, CONTENT + b"more"], ids=["whole", "too_much"])
def test_what_is_left_may_be_all_of_it(left, served, get, tmp_path):
    folder = tmp_path / "datasets"
    folder.mkdir()
    (folder / "data.bin.part").write_bytes(left)
    assert hash_of(get(origin=served.url, file_hash=sha())) == sha()


def test_offline_from_the_cache(served, get, monkeypatch):
    path = get(origin=served.url)
    monkeypatch.setenv("KERLITE_OFFLINE", "1")
    assert get(origin=served.url) == path
    with pytest.raises(ConnectionError, match=r"KERLITE_OFFLINE.*fetch http"):
        get("other", served.url)


def test_without_a_network_the_message_says_what_to_do(get, tmp_path):
    with pytest.raises(ConnectionError, match=r"no network.*put it at .*data\.bin"):
        get(origin="http://127.0.0.1:9/data.bin")
    assert not (tmp_path / "datasets" / "data.bin").exists()


def test_a_file_that_is_not_there(served, get):
    served.missing = True
    with pytest.raises(ConnectionError, match="404"):
        get(origin=served.url)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_redirects_lead_to_the_web_only(location, served, get, tmp_path):
    served.location = location
    with pytest.raises((ConnectionError, ValueError)):
        get(origin=served.url.replace("/folder/", "/to/"))
    assert not (tmp_path / "datasets" / "data.bin").exists()


@pytest.mark.parametrize("origin", ["ftp://example.com/x", "data:,x", "/etc/passwd", "x.csv", ""])
def test_other_addresses_are_refused(origin, get):
    with pytest.raises(ValueError, match="https, http and file"):
        get("name", origin)


def test_an_address_is_needed(get):
    with pytest.raises(ValueError, match="address"):
        get("name")
    with pytest.raises(ValueError, match="names no file"):
        get(origin="https://example.com/")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "x\0y"])
def test_names_stay_in_the_folder(name, get, tmp_path):
    with pytest.raises(UnsafeFileError, match="leads out of"):
        get(name, "https://example.com/x")
    assert list(tmp_path.iterdir()) == []


def test_local_files(get, tmp_path):
    source = tmp_path / "source.txt"
    source.write_text("hello")
    path = get(origin=source.as_uri())
    assert (tmp_path / "datasets" / "source.txt").read_text() == "hello"
    assert path == str(tmp_path / "datasets" / "source.txt")
    for wrong in (tmp_path, "/dev/zero", tmp_path / "nowhere"):
        with pytest.raises(ValueError, match="is no file"):
            get("name", f"file://{wrong}")
