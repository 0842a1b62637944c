"""`python -m benchmarks.compiled_keras ROUNDS THREADS`: the same training by Keras itself.

KERAS_BACKEND says by which of its backends; a process has one only. Prints for each network the
seconds of the first epoch, and the median of those after it, in JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time

import keras
import torch

from benchmarks.compiled import CASES, Case

__all__ = ["main"]


def main(rounds: int) -> None:
    """Train every network and print the times."""
    print(json.dumps({case.title: _epochs(case, rounds) for case in CASES}))


def _epochs(case: Case, rounds: int) -> tuple[float, float]:
    model = case.build(keras)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    compiles = os.environ["KERAS_BACKEND"] != "torch"  # there it crashes
    model.compile(keras.optimizers.Adam(1e-3), loss, jit_compile=compiles)
    x, y = (tensor.numpy() for tensor in case.samples())
    seconds = []
    for _ in range(1 + rounds):
        start = time.perf_counter()
        model.fit(x, y, batch_size=case.batch, verbose=0)
        seconds.append(time.perf_counter() - start)
    return seconds[0], statistics.median(seconds[1:])


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[2]))
    main(int(sys.argv[1]))
