"""`python -m benchmarks`: print every ratio of benchmarks/README.md anew."""

from __future__ import annotations

import argparse

import torch

from benchmarks import foundation


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (default 7)")
    parser.add_argument("--threads", type=int, default=2, help="torch threads (default 2)")
    parser.add_argument("--without-keras", action="store_true", help="leave Keras out")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(f"torch {torch.__version__}, {arguments.threads} threads, {arguments.rounds} rounds")
    foundation.main(arguments.rounds, with_keras=not arguments.without_keras)


if __name__ == "__main__":
    main()
