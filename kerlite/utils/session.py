"""Back to the state of a fresh process."""

from __future__ import annotations

import gc

import torch

from kerlite.core import names, policy

__all__ = ["clear_session"]


def clear_session(free_memory: bool = True) -> None:
    """Forget what earlier models left behind: counts of names, and the global dtype policy.

    Args:
        free_memory: also collect garbage and give the device's unused memory back.

    Example:
        >>> clear_session()

    Source: keras.utils.clear_session.
    """
    policy.set_dtype_policy(None)
    names.reset_uids()
    if free_memory:
        gc.collect()
        if torch.cuda.is_initialized():
            torch.cuda.empty_cache()
