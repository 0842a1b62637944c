"""What a layer asks of its inputs."""

from __future__ import annotations

from typing import Any

from kerlite.core import dtypes, tree

__all__ = ["InputSpec", "check_inputs"]


class InputSpec:
    """The rank, type and sizes that an input must have.

    Args:
        dtype: its number type; None for any.
        shape: its shape, None for free dimensions; implies `ndim`.
        ndim: its number of dimensions.
        max_ndim: the most dimensions.
        min_ndim: the fewest dimensions.
        axes: axis to size, for the axes whose size matters.
        allow_last_axis_squeeze: take (…, 1) for an input specified without that axis, and the
            reverse.
        name: the key of this input where inputs are a dict.
        optional: whether None is a valid input.

    Example:
        >>> InputSpec(min_ndim=2, axes={-1: 784})
        InputSpec(min_ndim=2, axes={-1: 784})

    Source: keras.InputSpec.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: tuple[int | None, ...] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ):
        self.dtype = None if dtype is None else dtypes.standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name, self.optional = name, optional
        if self.ndim is not None and any(not -self.ndim <= axis < self.ndim for axis in self.axes):
            raise ValueError(f"axes {list(self.axes)} lie outside an input of rank {self.ndim}.")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this specification again."""
        return dict(self.__dict__)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """Make a specification from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        given = {key: value for key, value in self.__dict__.items() if value}
        return f"InputSpec({', '.join(f'{key}={value!r}' for key, value in given.items())})"

    def mismatch(self, shape: tuple[int | None, ...], dtype: str) -> str | None:
        """Return in words how an input differs from this specification; None if it does not."""
        if self._fits_squeezed(shape):
            return None
        found = self._rank_mismatch(len(shape)) or self._axis_mismatch(shape)
        if found is None and not _sizes_fit(self.shape, shape):
            return f"expected shape {self.shape}"
        if found is None and self.dtype is not None and dtype != self.dtype:
            return f"expected dtype {self.dtype}, found {dtype}"
        return found

    def _fits_squeezed(self, shape: tuple[int | None, ...]) -> bool:
        if not self.allow_last_axis_squeeze or self.shape is None:
            return False
        wanted, found = _squeezed(self.shape), _squeezed(shape)
        return len(wanted) == len(found) and _sizes_fit(wanted, found)

    def _rank_mismatch(self, rank: int) -> str | None:
        if self.ndim is not None and rank != self.ndim:
            return f"expected ndim={self.ndim}, found ndim={rank}"
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"expected at most {self.max_ndim} dimensions, found {rank}"
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"expected at least {self.min_ndim} dimensions, found {rank}"
        return None

    def _axis_mismatch(self, shape: tuple[int | None, ...]) -> str | None:
        for axis, size in self.axes.items():
            if not -len(shape) <= axis < len(shape):
                return f"expected an axis {axis}, found {len(shape)} dimensions"
            if size is not None and shape[axis] not in (size, None):
                return f"expected axis {axis} to have size {size}, found {shape[axis]}"
        return None


def _squeezed(shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    return shape[:-1] if shape and shape[-1] == 1 else shape


def _sizes_fit(wanted: Any, found: Any) -> bool:
    pairs = zip(wanted or (), found, strict=False)
    return not any(None not in (want, got) and want != got for want, got in pairs)


def check_inputs(spec: Any, inputs: Any, owner: str) -> None:
    """Hold inputs (tensors or KerasTensors) against a specification or a structure of them.

    Raises:
        ValueError: naming the layer, the expectation and the shape found.
    """
    specs, tensors = _paired(spec, inputs, owner)
    for one, tensor in zip(specs, tensors, strict=True):
        if one is None or (tensor is None and one.optional):
            continue
        if not hasattr(tensor, "shape"):
            raise ValueError(f"{owner} expects a tensor, but received {tensor!r}.")
        shape = tuple(tensor.shape)
        problem = one.mismatch(shape, dtypes.standardize_dtype(tensor.dtype))
        if problem:
            raise ValueError(f"An input of {owner} does not fit: {problem}. Its shape is {shape}.")


def _paired(spec: Any, inputs: Any, owner: str) -> tuple[list[Any], list[Any]]:
    specs, tensors = tree.flatten(spec), tree.flatten(inputs)
    if isinstance(inputs, dict) and all(s is not None and s.name in inputs for s in specs):
        tensors = [inputs[s.name] for s in specs]
    if len(specs) != len(tensors):
        raise ValueError(
            f"{owner} expects {len(specs)} input(s), but it received {len(tensors)} input tensors."
        )
    return specs, tensors
