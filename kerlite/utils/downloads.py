"""Downloads that go on where they were interrupted."""

from __future__ import annotations

import http.client
import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

__all__ = ["fetch"]

_BLOCK = 1 << 20
_SECONDS = 60  # without a byte


def fetch(origin: str, target: Path, resume: bool, sure: bool) -> Path:
    """Fetch an address into a file beside `target`, and return that file's path once it is whole.

    Args:
        origin: an address: https, http or file.
        target: where the file will be put; its folder exists.
        resume: whether to go on with what an earlier attempt left.
        sure: whether a hash will tell if parts of different files are put together; else the
            server must say that the file is the one that was begun.

    Raises:
        ValueError: for an address of another kind.
        ConnectionError: if it cannot be fetched.
    """
    scheme = _scheme(origin)
    if scheme == "file" and not _local(origin).is_file():
        raise ValueError(f"{origin} is no file.")
    if scheme != "file" and os.environ.get("KERLITE_OFFLINE", "0") not in ("", "0"):
        raise ConnectionError(
            f"KERLITE_OFFLINE is set, and {target} is not there as it should be. Unset it, or "
            f"fetch {origin} elsewhere and put it there."
        )
    download = _Download(origin, target)
    if not resume:
        download.forget()
    try:
        download.run(sure)
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(
            f"{origin} could not be fetched: {error}. If this machine has no network, fetch it "
            f"elsewhere and put it at {target}; what there is of it so far is kept."
        ) from error
    return download.part


class _Download:
    """One file on its way; `tag` holds what the server calls the version that was begun."""

    def __init__(self, origin: str, target: Path):
        self.origin = origin
        self.part = target.with_name(f"{target.name}.part")
        self.tag = target.with_name(f"{target.name}.part-tag")

    def forget(self) -> None:
        """Leave nothing of an earlier attempt."""
        self.part.unlink(missing_ok=True)
        self.tag.unlink(missing_ok=True)

    def run(self, sure: bool) -> None:
        """Fetch what is missing."""
        have = self.part.stat().st_size if self.part.is_file() else 0
        tag = self.tag.read_text(encoding="utf-8") if self.tag.is_file() else ""
        if not have or not (tag or sure):
            self.forget()
            have, tag = 0, ""
        request = urllib.request.Request(self.origin)
        if have:
            request.add_header("Range", f"bytes={have}-")
        if tag:
            request.add_header("If-Range", tag)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as source:
                self._take(source, have)
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
                raise
            if error.headers.get("Content-Range") != f"bytes */{have}":  # else all of it is here
                self.forget()
                self.run(sure)
        self.tag.unlink(missing_ok=True)

    def _take(self, source: Any, have: int) -> None:
        """Add what comes to what there is, or put it in its place."""
        if _scheme(source.geturl()) != "https" and _scheme(self.origin) == "https":
            raise ConnectionError(f"it was redirected to {source.geturl()!r}, which is not https")
        headers = source.headers
        resumed = headers.get("Content-Range", "").startswith(f"bytes {have}-") and have > 0
        tag = headers.get("ETag") or headers.get("Last-Modified") or ""
        self.tag.write_text("" if tag.startswith("W/") else tag, encoding="utf-8")
        with self.part.open("ab" if resumed else "wb") as file:
            shutil.copyfileobj(source, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell() - (have if resumed else 0)
        expected = headers.get("Content-Length")
        if expected is not None and size < int(expected):
            raise ConnectionError(f"the connection ended after {size} of {expected} bytes")


def _local(origin: str) -> Path:
    return Path(urllib.request.url2pathname(urllib.parse.urlparse(origin).path))


def _scheme(address: str) -> str:
    scheme = urllib.parse.urlparse(address).scheme
    if scheme not in ("https", "http", "file"):
        raise ValueError(
            f"get_file() fetches https, http and file addresses; received {address!r}."
        )
    return scheme
