"""One line of progress on the screen: steps, a bar, the time and the metrics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from kerlite.callbacks.screen import IN_NOTEBOOK, Bar, bar_characters, print_line, printable, screen

__all__ = ["ProgressLine"]

_WIDTH = 20


class ProgressLine:
    """A line such as `12/40 ━━━━━━────────────── 3s 5ms/step - accuracy: 0.91 - loss: 0.23`.

    In a terminal or a notebook it moves while work goes on and stays when it is finished. Nothing
    is raised when the screen has gone away (a closed stream, a broken pipe).

    Args:
        target: the number of steps; None where it is not known.
        style: "bar" for a moving bar, "final bar" for one that appears when it is finished, "plain"
            for a line of text that appears when it is finished.

    Example:
        >>> line = ProgressLine(target=4, style="plain")
        >>> line.finish(4, {"loss": 0.25})  # doctest: +ELLIPSIS
        4/4 - 0s - .../step - loss: 0.2500

    Source: the look of keras.utils.Progbar, drawn by tqdm.
    """

    def __init__(self, target: int | None, style: str = "bar") -> None:
        self.target = target
        self._plain = style == "plain"
        self._start = time.perf_counter()
        self._first: tuple[int, float] | None = None
        self._bar: Bar | None = None
        if style == "bar":
            with screen() as stream:
                self._bar = Bar(
                    total=target,
                    file=stream,
                    leave=True,
                    dynamic_ncols=True,
                    ascii=bar_characters(),
                    bar_format=self._layout(0, ""),
                )

    def draw(self, seen: int, values: Mapping[str, Any]) -> None:
        """Show the steps done, the time still needed and the values; the bar moves."""
        if self._bar is None:
            return
        elapsed = time.perf_counter() - self._start
        step_time = self._step_time(seen, elapsed)
        left = (self.target - seen) * step_time if self.target else elapsed
        if self._first is None:
            self._first = seen, elapsed
        self._show(seen, f"{_clock(left)} {_step_text(step_time)}{_metrics_text(values)}")
        with screen():
            self._bar.refresh()

    def finish(self, seen: int, values: Mapping[str, Any]) -> None:
        """Show the steps done, the time they took and the values, and leave the line there."""
        elapsed = time.perf_counter() - self._start
        self.target = self.target or seen
        step_text = f"{_step_text(self._step_time(seen, elapsed))}{_metrics_text(values)}"
        if self._plain:
            print_line(f"{seen}/{self.target} - {elapsed:.0f}s - {step_text}")
        elif self._bar is None:
            print_line(self._still_bar(seen, f"{_clock(elapsed)} {step_text}"))
        else:
            self._bar.total = self.target
            self._bar.ncols = self._bar.dynamic_ncols = None  # metrics are not cut off at the edge
            self._show(seen, f"{_clock(elapsed)} {step_text}")
            self.close()

    def close(self) -> None:
        """Leave the line as it is; the next output starts below it."""
        if self._bar is not None:
            with screen():
                self._bar.close()
            self._bar = None

    def _show(self, seen: int, text: str) -> None:
        if self._bar is not None:
            self._bar.n = seen
            self._bar.bar_format = self._layout(seen, text)

    def _layout(self, seen: int, text: str) -> str:
        """The line for str.format, which tqdm calls with the bar."""
        text = printable(text).replace("{", "{{").replace("}", "}}")
        if not self.target:
            return f"{seen:>7}/Unknown {text}"
        # A notebook draws the bar itself, as a widget as wide as it likes.
        bar = "{bar}" if IN_NOTEBOOK else f"{{bar:{_WIDTH}}}"
        return f"{seen:>{len(str(self.target))}}/{self.target} {bar} {text}"

    def _still_bar(self, seen: int, text: str) -> str:
        layout = self._layout(seen, text)
        return str(
            Bar.format_meter(seen, self.target, 0, ascii=bar_characters(), bar_format=layout)
        )

    def _step_time(self, seen: int, elapsed: float) -> float:
        """Seconds a step takes; the first, which warms up, counts only while it is alone."""
        steps, since = self._first or (0, 0.0)
        if seen <= steps:
            steps, since = 0, 0.0
        return (elapsed - since) / max(seen - steps, 1)


def _metrics_text(values: Mapping[str, Any]) -> str:
    return "".join(f" - {name}: {_number_text(value)}" for name, value in values.items())


def _number_text(value: Any) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"


def _step_text(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.0f}s/step"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms/step"
    return f"{seconds * 1e6:.0f}us/step"
