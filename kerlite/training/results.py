"""What `evaluate` and `predict` return."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core import tree
from kerlite.training.compile import CompileMetrics

__all__ = ["Collector", "in_order"]


def in_order(logs: dict[str, Any], metrics: Iterable[Any]) -> Any:
    """Return log values as a list: in the order of the metrics, then what else there is, by name.

    A single value is returned as it is.

    Example:
        >>> from kerlite.metrics import Mean
        >>> in_order({"a": 1.0, "loss": 2.0}, [Mean("loss")]), in_order({"loss": 2.0}, [])
        ([2.0, 1.0], 2.0)
    """
    names: list[str] = []
    for metric in metrics:
        held = metric.metrics if isinstance(metric, CompileMetrics) else [metric]
        names += [one.name for one in held if one.name in logs]
    values = [logs[name] for name in dict.fromkeys([*names, *sorted(logs)])]
    return values[0] if len(values) == 1 else values


class Collector:
    """Gathers the outputs of `predict`, and puts them together as NumPy arrays at the end.

    Outputs stay on their device, so that no step waits for it, until they take up `limit` bytes.

    Args:
        limit: bytes; outputs that take up more go to the host together.
    """

    def __init__(self, limit: int = 2**28) -> None:
        self.limit = limit
        self._batches: list[Any] = []
        self._chunks: list[Any] = []
        self._bytes = 0

    def add(self, outputs: Any) -> None:
        """Take in one batch of outputs, on the device still."""
        self._batches.append(outputs)
        for leaf in (outputs,) if isinstance(outputs, Tensor) else tree.flatten(outputs):
            if isinstance(leaf, Tensor) and not leaf.is_cpu:
                self._bytes += leaf.nbytes
        if self._bytes > self.limit:
            self._move_to_host()

    def result(self) -> Any:
        """Return the arrays, in the structure of the outputs."""
        if self._batches:
            self._move_to_host()
        return self._chunks[0] if len(self._chunks) == 1 else _merged(self._chunks, np.concatenate)

    def _move_to_host(self) -> None:
        self._chunks.append(_merged(self._batches, _joined))
        self._batches, self._bytes = [], 0


def _merged(parts: list[Any], join: Callable[[list[Any]], Any]) -> Any:
    """Return one structure for several alike, with the parts of each leaf joined."""
    columns = zip(*map(tree.flatten, parts), strict=True)
    return tree.pack_sequence_as(parts[0], [join(list(column)) for column in columns])


def _joined(parts: list[Any]) -> Any:
    joined = torch.cat([part if part.ndim else part[None] for part in map(torch.as_tensor, parts)])
    host = joined.detach().cpu()
    return (host.float() if host.dtype == torch.bfloat16 else host).numpy()
