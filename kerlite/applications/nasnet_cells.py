"""The two cells of NASNet-A."""

from __future__ import annotations

from kerlite.applications.image_shapes import channel_axis, channels_of, halving_pads, space_of
from kerlite.core.tensor import KerasTensor
from kerlite.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
)

__all__ = ["normal_cell", "normalized", "reduction_cell"]


def normal_cell(
    x: KerasTensor, previous: KerasTensor, filters: int, cell: str
) -> tuple[KerasTensor, KerasTensor]:
    """Return the output of a cell that keeps height and width, and its input.

    Args:
        x: the output of the cell before.
        previous: the output of the cell before that.
        filters: channels of each of the six parts of the output.
        cell: the end of all names in it.
    """
    p = _fitted(previous, x, filters, cell)
    h = _squeezed(x, filters, "normal", cell)
    left = _separable(h, filters, 5, f"normal_left1_{cell}")
    right = _separable(p, filters, 3, f"normal_right1_{cell}")
    x1 = Add(name=f"normal_add_1_{cell}")([left, right])
    left = _separable(p, filters, 5, f"normal_left2_{cell}")
    right = _separable(p, filters, 3, f"normal_right2_{cell}")
    x2 = Add(name=f"normal_add_2_{cell}")([left, right])
    x3 = Add(name=f"normal_add_3_{cell}")([_averaged(h, f"normal_left3_{cell}"), p])
    left, right = (_averaged(p, f"normal_{side}4_{cell}") for side in ("left", "right"))
    x4 = Add(name=f"normal_add_4_{cell}")([left, right])
    x5 = Add(name=f"normal_add_5_{cell}")([_separable(h, filters, 3, f"normal_left5_{cell}"), h])
    joined = Concatenate(axis=channel_axis(), name=f"normal_concat_{cell}")
    return joined([p, x1, x2, x3, x4, x5]), x


def reduction_cell(
    x: KerasTensor, previous: KerasTensor | None, filters: int, cell: str
) -> tuple[KerasTensor, KerasTensor]:
    """Return the output of a cell that halves height and width, and its input.

    Args:
        x: the output of the cell before.
        previous: the output of the cell before that; None if there is none.
        filters: channels of each of the four parts of the output.
        cell: the end of all names in it.
    """
    p = x if previous is None else _fitted(previous, x, filters, cell)
    h = _squeezed(x, filters, "reduction", cell)
    padded = ZeroPadding2D(halving_pads(h, 3), name=f"reduction_pad_1_{cell}")(h)
    left = _separable(h, filters, 5, f"reduction_left1_{cell}", strides=2)
    right = _separable(p, filters, 7, f"reduction_right1_{cell}", strides=2)
    x1 = Add(name=f"reduction_add_1_{cell}")([left, right])
    left = MaxPooling2D(3, strides=2, name=f"reduction_left2_{cell}")(padded)
    right = _separable(p, filters, 7, f"reduction_right2_{cell}", strides=2)
    x2 = Add(name=f"reduction_add_2_{cell}")([left, right])
    left = AveragePooling2D(3, strides=2, name=f"reduction_left3_{cell}")(padded)
    right = _separable(p, filters, 5, f"reduction_right3_{cell}", strides=2)
    x3 = Add(name=f"reduction_add3_{cell}")([left, right])
    x4 = Add()([x2, _averaged(x1, f"reduction_left4_{cell}")])
    left = _separable(x1, filters, 3, f"reduction_left4_{cell}")
    right = MaxPooling2D(3, strides=2, name=f"reduction_right5_{cell}")(padded)
    x5 = Add(name=f"reduction_add4_{cell}")([left, right])
    joined = Concatenate(axis=channel_axis(), name=f"reduction_concat_{cell}")
    return joined([x2, x3, x4, x5]), x


def normalized(x: KerasTensor, name: str) -> KerasTensor:
    """Return batch normalization as the whole network has it."""
    return BatchNormalization(axis=channel_axis(), momentum=0.9997, epsilon=1e-3, name=name)(x)


def _convolved(x: KerasTensor, filters: int, name: str) -> KerasTensor:
    return Conv2D(
        filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)  # fmt: skip


def _squeezed(x: KerasTensor, filters: int, kind: str, cell: str) -> KerasTensor:
    x = _convolved(Activation("relu")(x), filters, f"{kind}_conv_1_{cell}")
    return normalized(x, f"{kind}_bn_1_{cell}")


def _averaged(x: KerasTensor, name: str) -> KerasTensor:
    return AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def _separable(x: KerasTensor, filters: int, size: int, name: str, strides: int = 1) -> KerasTensor:
    """Return relu, separable convolution and normalization, twice; the first one may stride."""
    x = Activation("relu")(x)
    if strides > 1:
        x = ZeroPadding2D(halving_pads(x, size), name=f"separable_conv_1_pad_{name}")(x)
    x = SeparableConv2D(
        filters, size, strides=strides, padding="valid" if strides > 1 else "same",
        use_bias=False, name=f"separable_conv_1_{name}",
    )(x)  # fmt: skip
    x = Activation("relu")(normalized(x, f"separable_conv_1_bn_{name}"))
    x = SeparableConv2D(
        filters, size, padding="same", use_bias=False, name=f"separable_conv_2_{name}"
    )(x)  # fmt: skip
    return normalized(x, f"separable_conv_2_bn_{name}")


def _fitted(p: KerasTensor, x: KerasTensor, filters: int, cell: str) -> KerasTensor:
    """Return the output of an earlier cell in the shape that fits the current one."""
    if space_of(p)[-1] != space_of(x)[-1]:
        return _halved(p, filters, cell)
    if channels_of(p) == filters:
        return p
    p = _convolved(Activation("relu")(p), filters, f"adjust_conv_projection_{cell}")
    return normalized(p, f"adjust_bn_{cell}")


def _halved(p: KerasTensor, filters: int, cell: str) -> KerasTensor:
    """Return every second pixel, beginning with the first, beside the same from the second on."""
    p = Activation("relu", name=f"adjust_relu_1_{cell}")(p)
    even = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{cell}")(p)
    even = _convolved(even, filters // 2, f"adjust_conv_1_{cell}")
    odd = Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(((0, 1), (0, 1)))(p))
    odd = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{cell}")(odd)
    odd = _convolved(odd, filters // 2, f"adjust_conv_2_{cell}")
    return normalized(Concatenate(axis=channel_axis())([even, odd]), f"adjust_bn_{cell}")
