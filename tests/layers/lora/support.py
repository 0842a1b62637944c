"""Layers with LoRA of random values, ours and Keras's, and the kinds of layers that can have it."""

import torch

from kerlite.layers import Dense
from tests.layers.support import data, pair, random_values

CASES = [
    ("Dense", {"units": 3}, data(5, 4)),
    ("Dense", {"units": 3, "activation": "tanh", "use_bias": False}, data(2, 3, 4)),
    ("Dense", {"units": 2, "kernel_regularizer": "l2", "activity_regularizer": "l1"}, data(1, 4)),
    ("Embedding", {"input_dim": 7, "output_dim": 3}, data(2, 5, low=7)),
    ("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True}, data(2, 5, low=7)),
    ("ReversibleEmbedding", {"input_dim": 7, "output_dim": 3}, data(2, 5, low=7)),
    ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3, "activation": "relu"}, data(5, 4)),
    (
        "EinsumDense",
        {"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "de"},
        data(2, 5, 4),
    ),
    (
        "EinsumDense",
        {"equation": "abde,dec->abc", "output_shape": (None, 3), "bias_axes": "c"},
        data(2, 5, 4, 3),
    ),
    ("EinsumDense", {"equation": "ab,cb->ac", "output_shape": 3}, data(5, 4)),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 6}, data(2, 3, 4)),
    ("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3}, data(2, 4, 3)),
    ("EinsumDense", {"equation": "abc,bc->abc", "output_shape": (3, 4)}, data(2, 3, 4)),
    ("EinsumDense", {"equation": "ab,b->ab", "output_shape": 4}, data(3, 4)),
    ("Conv1D", {"filters": 4, "kernel_size": 3, "padding": "causal"}, data(2, 8, 3)),
    ("Conv1D", {"filters": 4, "kernel_size": 2, "strides": 2, "groups": 2}, data(2, 8, 4)),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "activation": "relu"}, data(2, 6, 7, 3)),
    (
        "Conv2D",
        {"filters": 6, "kernel_size": (2, 3), "strides": 2, "padding": "same", "groups": 2},
        data(2, 6, 7, 4),
    ),
    (
        "Conv2D",
        {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "use_bias": False,
         "data_format": "channels_first"},
        data(2, 3, 6, 7),
    ),
    ("Conv3D", {"filters": 4, "kernel_size": 2, "padding": "same"}, data(2, 4, 5, 4, 2)),
]  # fmt: skip
IDS = [f"{name}-{index}" for index, (name, _, _) in enumerate(CASES)]


def adapted(name, arguments, inputs):
    """Return Keras's layer and ours with LoRA and the same random weights."""
    theirs, ours = pair(name, arguments, inputs)
    theirs.enable_lora(2, lora_alpha=3)
    ours.enable_lora(2, lora_alpha=3)
    theirs.set_weights(random_values(theirs))
    ours.set_weights(theirs.get_weights())
    return theirs, ours


def randomized(layer):
    """Give the factors random values; return the layer."""
    generator = torch.Generator().manual_seed(3)
    for factor in layer.lora_factors:
        factor.data = torch.randn(factor.shape, generator=generator)
    return layer


def dense(units=3, size=4, **arguments):
    layer = Dense(units, **arguments)
    layer.build((None, size))
    return layer
