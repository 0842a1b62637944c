"""SpaceLayer: what the layers that crop, pad and enlarge images share."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.arguments import is_whole
from kerlite.core.config import standardize_data_format
from kerlite.core.tensor import KerasTensor
from kerlite.core.windows import channels_first_order, channels_last_order
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec

__all__ = ["SpaceLayer", "border_widths", "checked_count"]


class SpaceLayer(Layer):
    """A layer that changes the sizes of `rank` dimensions of space, each by itself.

    A subclass says in `call_channels_first` what to do, and in `new_size` what comes of a size.
    """

    rank: ClassVar[int]
    checks_input_shape = True

    def _lay_out(self, data_format: str | None) -> None:
        """Settle, in `__init__`, where the channels are."""
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._last = self.takes_channels_first = self.data_format == "channels_last"
        self._order = channels_first_order(self.rank), channels_last_order(self.rank)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs in their new size."""
        if inputs.ndim != self.rank + 2:
            self._check_inputs((inputs,))
        if not self._last:
            return self.call_channels_first(inputs)
        return self.call_channels_first(inputs.permute(self._order[0])).permute(self._order[1])

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1; a subclass says how."""
        raise NotImplementedError

    def new_size(self, size: int, dimension: int) -> int:
        """Return what comes of a size of the given dimension of space; a subclass says how."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        first = 1 if self._last else 2
        sizes = list(input_shape)
        for dimension, size in enumerate(input_shape[first : first + self.rank]):
            if size is not None:
                sizes[first + dimension] = self.new_size(size, dimension)
        return tuple(sizes)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; the number type stays."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)


def border_widths(value: Any, rank: int, name: str, owner: str) -> tuple[tuple[int, int], ...]:
    """Return the two widths of a border at each dimension of space.

    Args:
        value: one whole number >= 0 for all sides; or for each dimension a number for both sides
            or a pair (before, after). With one dimension it is that pair.
        rank: how many dimensions there are.
        name: the argument's name, for errors.
        owner: the layer, for errors.

    Raises:
        ValueError: for anything else.

    Example:
        >>> border_widths((1, (2, 3)), 2, "padding", "ZeroPadding2D 'z'")
        ((1, 1), (2, 3))
    """
    several = isinstance(value, (list, tuple))
    entries = tuple(value) if several and rank > 1 else (value,) * rank
    pairs = [tuple(one) if isinstance(one, (list, tuple)) else (one, one) for one in entries]
    if len(pairs) != rank or any(
        len(pair) != 2 or not all(is_whole(width) and width >= 0 for width in pair)
        for pair in pairs
    ):
        each = f", {rank} of them, or {rank} pairs (before, after)"
        raise ValueError(
            f"{owner} needs {name} to be a whole number >= 0"
            f"{each if rank > 1 else ', or a pair (before, after)'}; received {name}={value!r}."
        )
    return tuple((int(before), int(after)) for before, after in pairs)


def checked_count(value: Any, name: str, owner: str) -> int:
    """Return an argument that is one whole number >= 1.

    Raises:
        TypeError: for something else than a whole number.
        ValueError: for one below 1.
    """
    message = f"{owner} needs {name} to be a whole number >= 1; received {name}={value!r}."
    if not is_whole(value):
        raise TypeError(message)
    if value < 1:
        raise ValueError(message)
    return int(value)
