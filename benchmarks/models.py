"""The networks that are timed: in torch, and with Keras's interface (kerlite's or Keras's own)."""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["TorchResNet20", "convnet", "mlp", "resnet20", "torch_convnet", "torch_mlp"]


def mlp(api: Any) -> Any:
    """64-64-64-10, with Keras's interface."""
    dense = api.layers.Dense
    return api.Sequential(
        [api.Input((64,)), dense(64, "relu"), dense(64, "relu"), dense(64, "relu"), dense(10)]
    )


def torch_mlp() -> nn.Module:
    """The same in torch."""
    widths = [64, 64, 64, 64]
    hidden = [m for a, b in itertools.pairwise(widths) for m in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(64, 10))


def convnet(api: Any) -> Any:
    """Two convolutions on 28x28x1, with Keras's interface."""
    layers = api.layers
    return api.Sequential(
        [
            api.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )


def torch_convnet() -> nn.Module:
    """The same in torch, NCHW."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10),
    )  # fmt: skip


def resnet20(api: Any) -> Any:
    """ResNet-20 for 32x32x3, built functionally with Keras's interface."""
    layers = api.layers

    def convolved(x: Any, filters: int, stride: int = 1) -> Any:
        x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = api.Input((32, 32, 3))
    x = layers.Activation("relu")(convolved(inputs, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage and not block else 1
            y = layers.Activation("relu")(convolved(x, filters, stride))
            y = convolved(y, filters)
            if stride == 2:
                x = layers.BatchNormalization()(layers.Conv2D(filters, 1, 2, use_bias=False)(x))
            x = layers.Activation("relu")(layers.Add()([x, y]))
    return api.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


class TorchResNet20(nn.Module):
    """The same in torch."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16))
        widths = [(16, 16, 1), *[(16, 16, 1)] * 2, (16, 32, 2), *[(32, 32, 1)] * 2,
                  (32, 64, 2), *[(64, 64, 1)] * 2]  # fmt: skip
        self.blocks = nn.Sequential(*(_Block(*width) for width in widths))
        self.head = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        x = self.blocks(F.relu(self.stem(x)))
        return self.head(x.mean((2, 3)))


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs),
            nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )  # fmt: skip
        self.short: nn.Module = nn.Identity()
        if stride == 2:
            self.short = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.body(x) + self.short(x))
