"""Initializers that keep the size of a signal as it passes through a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from kerlite.initializers.random import RandomInitializer, Seed

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "VarianceScaling",
    "compute_fans",
]

Axes = Sequence[int] | None

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
_STDDEV_LEFT_BY_CUT = 0.87962566103423978  # of a standard normal distribution cut at -2 and 2


class VarianceScaling(RandomInitializer):
    """Draws values whose variance is scale / n, with n counted from the weight's shape.

    n is the number of inputs ("fan_in"), of outputs ("fan_out") or the mean of both ("fan_avg").

    Args:
        scale: the variance times n, > 0.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (or "normal"; cut at two standard deviations),
            "untruncated_normal" or "uniform".
        seed: None, an int or a `SeedGenerator`.
        input_axes: the axes of the shape that count as inputs. Used only together with
            `output_axes`; by default the shape is (..., in, out).
        output_axes: the axes that count as outputs.

    Raises:
        ValueError: for a scale that is not positive, or an unknown mode or distribution.

    Example:
        >>> values = VarianceScaling(scale=2.0, mode="fan_in", seed=0)((100, 500))
        >>> bool(abs(values.var() - 2.0 / 100) < 0.001)
        True

    Source: keras.initializers.VarianceScaling.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ):
        distribution = distribution.lower()
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if not scale > 0.0:
            raise ValueError(
                f"Argument `scale` must be a positive float; received scale={scale!r}."
            )
        if mode not in _MODES:
            raise ValueError(f"Invalid `mode` argument: {mode!r}. Expected one of {_MODES}.")
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"Invalid `distribution` argument: {distribution!r}. Expected one of "
                f"{_DISTRIBUTIONS}."
            )
        super().__init__(seed)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return values scaled for this shape."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        stddev = math.sqrt(self.scale / max(1.0, fans[self.mode]))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0) * stddev
            return self._uniform(shape, dtype, -limit, limit)
        if self.distribution == "untruncated_normal":
            return self._normal(shape, dtype, 0.0, stddev)
        return self._truncated_normal(shape, dtype, 0.0, stddev / _STDDEV_LEFT_BY_CUT)


class GlorotUniform(VarianceScaling):
    """Draws uniform values within sqrt(6 / (fan_in + fan_out)) of zero; also named Xavier uniform.

    Args:
        seed: None, an int or a `SeedGenerator`.
        input_axes: as in `VarianceScaling`.
        output_axes: as in `VarianceScaling`.

    Example:
        >>> GlorotUniform(seed=1)((3, 2)).shape
        torch.Size([3, 2])

    Source: Glorot and Bengio 2010; keras.initializers.GlorotUniform.
    """

    def __init__(self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


class GlorotNormal(VarianceScaling):
    """Draws truncated normal values of variance 2 / (fan_in + fan_out); also named Xavier normal.

    Args:
        seed: None, an int or a `SeedGenerator`.
        input_axes: as in `VarianceScaling`.
        output_axes: as in `VarianceScaling`.

    Example:
        >>> GlorotNormal(seed=1)((3, 2)).shape
        torch.Size([3, 2])

    Source: Glorot and Bengio 2010; keras.initializers.GlorotNormal.
    """

    def __init__(self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


class HeUniform(VarianceScaling):
    """Draws uniform values within sqrt(6 / fan_in) of zero, made for relu.

    Args:
        seed: None, an int or a `SeedGenerator`.
        input_axes: as in `VarianceScaling`.
        output_axes: as in `VarianceScaling`.

    Example:
        >>> HeUniform(seed=1)((3, 2)).shape
        torch.Size([3, 2])

    Source: He et al. 2015, arXiv:1502.01852; keras.initializers.HeUniform.
    """

    def __init__(self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


class HeNormal(VarianceScaling):
    """Draws truncated normal values of variance 2 / fan_in, made for relu.

    Args:
        seed: None, an int or a `SeedGenerator`.
        input_axes: as in `VarianceScaling`.
        output_axes: as in `VarianceScaling`.

    Example:
        >>> HeNormal(seed=1)((3, 2)).shape
        torch.Size([3, 2])

    Source: He et al. 2015, arXiv:1502.01852; keras.initializers.HeNormal.
    """

    def __init__(self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


class LecunUniform(VarianceScaling):
    """Draws uniform values within sqrt(3 / fan_in) of zero.

    Args:
        seed: None, an int or a `SeedGenerator`.
        input_axes: as in `VarianceScaling`.
        output_axes: as in `VarianceScaling`.

    Example:
        >>> LecunUniform(seed=1)((3, 2)).shape
        torch.Size([3, 2])

    Source: LeCun et al. 1998, Efficient BackProp; keras.initializers.LecunUniform.
    """

    def __init__(self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


class LecunNormal(VarianceScaling):
    """Draws truncated normal values of variance 1 / fan_in, made for selu.

    Args:
        seed: None, an int or a `SeedGenerator`.
        input_axes: as in `VarianceScaling`.
        output_axes: as in `VarianceScaling`.

    Example:
        >>> LecunNormal(seed=1)((3, 2)).shape
        torch.Size([3, 2])

    Source: Klambauer et al. 2017, arXiv:1706.02515; keras.initializers.LecunNormal.
    """

    def __init__(self, seed: Seed = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


def compute_fans(
    shape: Sequence[int],
    input_axes: Sequence[int] | None = None,
    output_axes: Sequence[int] | None = None,
) -> tuple[int, int]:
    """Return (fan in, fan out), the inputs of each output unit and the outputs of each input unit.

    Args:
        shape: a weight's shape in Keras's layout.
        input_axes: the axes that count as inputs; used only together with `output_axes`.
        output_axes: the axes that count as outputs.

    Example:
        >>> compute_fans((3, 3, 8, 16))
        (72, 144)
        >>> compute_fans((8, 4, 16), input_axes=(0,), output_axes=(1, 2))
        (8, 64)
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[i] for i in input_axes), math.prod(shape[i] for i in output_axes)
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field
