"""A text table with box-drawing lines that fits a given width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["Column", "column_widths", "render"]


class Column(NamedTuple):
    """One column: its title, where its text stands, and the width it would like."""

    title: str
    align: str
    width: int


def column_widths(ends: Sequence[float], length: int) -> list[int]:
    """Return the widths of columns that end at the given parts of a line.

    Raises:
        ValueError: if a column would be narrower than four characters.

    Example:
        >>> column_widths([0.45, 0.8, 1.0], 76)
        [34, 26, 16]
    """
    edges = [0, *(int(end * length) for end in ends)]
    widths = [edges[i + 1] - edges[i] for i in range(len(ends))]
    if min(widths) < 4:
        raise ValueError(
            f"The columns of the summary would be {widths} characters wide, and 4 is the least. "
            "Pass a larger line_length, or other positions."
        )
    return widths


def render(columns: list[Column], rows: list[list[str]], length: int) -> list[str]:
    r"""Return the lines of the table; text too long for its column goes on below.

    Example:
        >>> print(*render([Column("Name", "left", 6), Column("#", "right", 4)], [["a b", "1"]], 12),
        ...       sep="\n")
        ┏━━━━━━┳━━━┓
        ┃ Name ┃ # ┃
        ┡━━━━━━╇━━━┩
        │ a b  │ 1 │
        └──────┴───┘
    """
    widths = _fitted([column.width + 2 for column in columns], length - len(columns) - 1)
    aligns = [column.align for column in columns]
    lines = [_rule("┏━┳┓", widths)]
    lines += _cells([column.title for column in columns], aligns, widths, "┃")
    for position, row in enumerate(rows):
        lines.append(_rule("├─┼┤" if position else "┡━╇┩", widths))
        lines += _cells(row, aligns, widths, "│")
    lines.append(_rule("└─┴┘", widths))
    return lines


def _fitted(widths: list[int], available: int) -> list[int]:
    """Take from each column its share of what is too much; padding counts as width."""
    excess, left = sum(widths) - available, len(widths)
    fitted = []
    for width in widths:
        share = min(width, round(excess / left))
        fitted.append(width - share)
        excess, left = excess - share, left - 1
    return fitted


def _rule(marks: str, widths: list[int]) -> str:
    left, line, between, right = tuple(marks)
    return left + between.join(line * width for width in widths) + right


def _cells(texts: list[str], aligns: list[str], widths: list[int], mark: str) -> Iterator[str]:
    """Yield the lines of one row."""
    wrapped = [_wrapped(text, width - 2) for text, width in zip(texts, widths, strict=True)]
    for index in range(max(map(len, wrapped))):
        parts = [
            f" {_aligned(lines[index] if index < len(lines) else '', align, width - 2)} "
            for lines, align, width in zip(wrapped, aligns, widths, strict=True)
        ]
        yield mark + mark.join(parts) + mark


def _aligned(text: str, align: str, width: int) -> str:
    if align == "center":
        left = (width - len(text)) // 2
        return " " * left + text + " " * (width - len(text) - left)
    return text.rjust(width) if align == "right" else text.ljust(width)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text between words; a word too long for a line is cut short."""
    indent = text[: len(text) - len(text.lstrip())]
    lines = [indent]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1].strip() else lines[-1] + word
        if len(joined) > width and lines[-1].strip():
            lines.append(word)
        else:
            lines[-1] = joined
    return [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]
