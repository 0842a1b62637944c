"""Every test and every doctest starts from the same state, whatever ran before it."""

import pytest
import torch

from kerlite.core import config, random

# Processes that run side by side share the processor; small tensors gain nothing from two threads.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def fresh_state():
    """Settings as in a new process, but on the CPU; tests of other devices say so themselves."""
    config.reset()
    config.set_device("cpu")
    random.set_random_seed(0)
    yield
    config.reset()
