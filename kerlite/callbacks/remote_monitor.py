"""Send the values of every epoch to a server."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np

from kerlite.callbacks.callback import Callback
from kerlite.core.user_warning import warn

__all__ = ["RemoteMonitor"]

_SECONDS = 10.0


class RemoteMonitor(Callback):
    """Send the log values of every epoch to a server, by HTTP POST.

    A server that cannot be reached, or that answers with an error, makes a warning; training goes
    on. After ten seconds without an answer the epoch's values are given up.

    Args:
        root: the server's address, "http://..." or "https://...".
        path: what comes after it.
        field: the name of the form's field; it holds the values as JSON.
        headers: further HTTP headers.
        send_as_json: whether the values are the whole message, as JSON, rather than a form.

    Raises:
        ValueError: if the address is not one of HTTP.

    Example:
        >>> RemoteMonitor("localhost:9000")
        Traceback (most recent call last):
        ...
        ValueError: RemoteMonitor's `root` must begin with http:// or https://...

    Source: keras.callbacks.RemoteMonitor, which needs the package `requests`, waits for ever, and
    says nothing when the server answers with an error.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        if not root.startswith(("http://", "https://")):
            raise ValueError(
                "RemoteMonitor's `root` must begin with http:// or https://, as "
                f"'http://localhost:9000' does; received {root!r}."
            )
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Send the epoch's values."""
        values = {"epoch": epoch, **{key: _plain(value) for key, value in (logs or {}).items()}}
        request = Request(self.root + self.path, self._body(values), self._headers())
        try:
            with urlopen(request, timeout=_SECONDS) as answer:
                answer.read()
        except (OSError, HTTPException) as error:  # URLError and HTTPError are OSErrors
            warn(
                f"Could not send the values of epoch {epoch + 1} to the RemoteMonitor server at "
                f"{self.root}: {error}"
            )

    def _body(self, values: dict[str, Any]) -> bytes:
        text = json.dumps(values)
        return (text if self.send_as_json else urlencode({self.field: text})).encode()

    def _headers(self) -> dict[str, str]:
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        return {"Content-Type": kind, **(self.headers or {})}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
