"""The processes whose batches count as one."""

from __future__ import annotations

from typing import Any

from kerlite.core.processes import all_processes

__all__ = ["processes"]


def processes(layer: Any) -> Any:
    """Return the group of processes whose batches count as one, None for this one alone."""
    group = all_processes() if layer.synchronized else None
    return group if group is None else layer.process_group or group
