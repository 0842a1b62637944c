"""Fair timings: the contenders take turns, and ratios are made round by round."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Result", "by_turns", "table"]


@dataclass
class Result:
    """What one contender took: the time of a round in seconds, and its ratio to the reference's."""

    name: str
    seconds: float
    ratio: float


def by_turns(
    contenders: dict[str, Callable[[], object]],
    references: list[str],
    rounds: int = 7,
    warmup: int = 1,
    slow: tuple[str, ...] = (),
    best: bool = False,
    before: Callable[[], object] = lambda: None,
) -> list[Result]:
    """Run the contenders in turn, round after round; ratios are to the faster reference.

    The median counts, of the times and of the ratios in the rounds.

    Args:
        contenders: name -> what to time.
        references: the names of which the one with the lower median is the measure.
        rounds: rounds that count.
        warmup: rounds that do not.
        slow: contenders that take part in the first counted round only.
        best: whether the best rounds count instead: they show differences of a few hundredths,
            where other work on the machine makes rounds longer by more than that.
        before: called ahead of each contender, and not timed.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for index in range(-warmup, rounds):
        for name, run in contenders.items():
            if name in slow and index > 0:
                continue
            before()
            start = time.perf_counter()
            run()
            if index >= 0:
                times[name].append(time.perf_counter() - start)
    middle = min if best else statistics.median
    first = min(references, key=lambda name: middle(times[name]))
    return [
        Result(
            name,
            middle(taken),
            min(taken) / min(times[first])
            if best
            else statistics.median(t / r for t, r in zip(taken, times[first], strict=False)),
        )
        for name, taken in times.items()
    ]


def table(title: str, results: list[Result], unit: float = 1e-3, unit_name: str = "ms") -> None:
    """Print the results, the ratios last."""
    print(f"\n{title}", flush=True)
    for result in results:
        print(f"  {result.name:34} {result.seconds / unit:10.2f} {unit_name} {result.ratio:7.2f}x")
