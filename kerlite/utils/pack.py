"""How inputs, targets and sample weights travel together."""

from __future__ import annotations

from typing import Any

__all__ = ["pack_x_y_sample_weight", "unpack_x_y_sample_weight"]


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Put inputs, targets and weights into the form in which `train_step` receives a batch.

    `(x, y, sample_weight)`, or `(x, y)` without weights. Without targets it is `x` itself, or
    `(x,)` where `x` is a list or a tuple and would be mistaken for the whole.

    Args:
        x: the inputs, in any structure.
        y: the targets.
        sample_weight: the weights; left out when there are no targets.

    Example:
        >>> pack_x_y_sample_weight(1), pack_x_y_sample_weight([1, 2]), pack_x_y_sample_weight(1, 2)
        (1, ([1, 2],), (1, 2))

    Source: keras.utils.pack_x_y_sample_weight.
    """
    if y is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Take a batch apart into inputs, targets and weights; None for what is not there.

    Args:
        data: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.

    Raises:
        ValueError: for a tuple or list of any other length.

    Example:
        >>> unpack_x_y_sample_weight((1, 2))
        (1, 2, None)

    Source: keras.utils.unpack_x_y_sample_weight.
    """
    if not isinstance(data, (list, tuple)):
        return data, None, None
    if len(data) == 2:
        return data[0], data[1], None
    if len(data) == 1:
        return data[0], None, None
    if len(data) == 3:
        return data[0], data[1], data[2]
    raise ValueError(
        f"A batch is x, (x,), (x, y) or (x, y, sample_weight); received a {type(data).__name__} of "
        f"{len(data)} items. Put several inputs or targets into a list or dict of their own."
    )
