"""`python -m benchmarks`: print every ratio of benchmarks/README.md anew."""

from __future__ import annotations

import argparse
import os
import sys

import torch

from benchmarks import (
    applications,
    callbacks,
    compiled,
    files,
    foundation,
    layers,
    metrics,
    ops,
    optimizers,
    transfer,
)

_PARTS = (
    foundation, layers, metrics, optimizers, ops, compiled, callbacks, files, applications, transfer
)  # fmt: skip
# By default glibc gives the top of its heap back to the system after each backward pass, and every
# step then waits for the same pages again: how many depends on what else lies in the heap, not on
# what is timed. It reads these before Python starts.
_KEEPING_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(2**32), "MALLOC_MMAP_THRESHOLD_": str(2**32)}


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (default 7)")
    parser.add_argument("--threads", type=int, default=2, help="torch threads (default 2)")
    parser.add_argument("--without-keras", action="store_true", help="leave Keras out")
    parser.add_argument(
        "--only",
        choices=[part.__name__.split(".")[-1] for part in _PARTS],
        help="one part (default all)",
    )
    arguments = parser.parse_args()
    if not _KEEPING_MEMORY.keys() <= os.environ.keys():
        again = [sys.executable, "-m", "benchmarks", *sys.argv[1:]]
        os.execve(sys.executable, again, {**_KEEPING_MEMORY, **os.environ})
    torch.set_num_threads(arguments.threads)
    print(f"torch {torch.__version__}, {arguments.threads} threads, {arguments.rounds} rounds")
    for part in _PARTS:
        if arguments.only in (None, part.__name__.split(".")[-1]):
            part.main(arguments.rounds, with_keras=not arguments.without_keras)


if __name__ == "__main__":
    main()
