"""Embedding: a vector for each whole number."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kerlite import constraints, initializers, regularizers
from kerlite.core.arguments import whole_numbers
from kerlite.layers.arguments import refuse_quantization
from kerlite.layers.lora.adaptable import Adaptable
from kerlite.layers.lora.forms import LowRankEmbedding

__all__ = ["Embedding"]


class Embedding(Adaptable, nn.Embedding):
    """A learned vector for each whole number: embeddings[inputs].

    It is an `nn.Embedding`: `weight` and `embeddings` are the same (input_dim, output_dim) matrix.

    Args:
        input_dim: how many numbers there are, >= 1: inputs lie in [0, input_dim).
        output_dim: size of the vectors, >= 1.
        embeddings_initializer: first values of the vectors.
        embeddings_regularizer: penalty on the vectors.
        embeddings_constraint: what the vectors must satisfy after each update.
        mask_zero: whether 0 is padding, which the mask of the output hides from later layers.
        weights: first values of the vectors as an array (or a list with one), instead of an
            initializer.
        quantization_config: must be None: quantization is a transform over a built layer.
        lora_rank, lora_alpha: LoRA from the start; see `enable_lora`.

    Shape:
        any shape of whole numbers -> (*that shape, output_dim).

    Raises:
        ValueError: for sizes < 1, or a `quantization_config`.
        IndexError: on the CPU, for inputs outside [0, input_dim).

    Example:
        >>> import torch
        >>> layer = Embedding(1000, 64)
        >>> layer(torch.tensor([[4, 20], [7, 0]])).shape
        torch.Size([2, 2, 64])

    Source: keras.layers.Embedding.
    """

    keras_names: ClassVar[dict[str, str]] = {"weight": "embeddings"}
    low_rank: ClassVar[type] = LowRankEmbedding
    # what nn.Embedding can do and Keras cannot stays off
    padding_idx = max_norm = None
    norm_type, scale_grad_by_freq, sparse = 2.0, False, False

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("input_length is no longer needed.", DeprecationWarning, stacklevel=2)
        super().__init__(**kwargs)
        refuse_quantization(quantization_config, self.described)
        self.quantization_config = None
        (self.input_dim,) = whole_numbers(input_dim, 1, "input_dim", self.described)
        (self.output_dim,) = whole_numbers(output_dim, 1, "output_dim", self.described)
        self.num_embeddings, self.embedding_dim = self.input_dim, self.output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.makes_masks = self.supports_masking = bool(mask_zero)
        self.autocast = False  # whole numbers that come as floats keep their precision
        if weights is not None:
            self.build()
            alone = not (isinstance(weights, list) and len(weights) == 1)
            self.set_weights([weights] if alone else weights)

    def build(self, input_shape: Any = None) -> None:
        """Make the vectors."""
        if self.built:
            return
        self.weight = self.add_weight(
            name="embeddings", shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer, regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )  # fmt: skip

    def call(self, inputs: Tensor) -> Tensor:
        """Return the vectors of the inputs."""
        if inputs.dtype is not torch.int64 and inputs.dtype is not torch.int32:
            inputs = inputs.to(torch.int64)
        try:
            vectors = F.embedding(inputs, self.weight)
        except IndexError as error:
            raise IndexError(
                f"{self.described} received numbers from {inputs.min()} to {inputs.max()}, but has "
                f"vectors for 0 to {self.input_dim - 1} only. Raise input_dim or check the data."
            ) from error
        return vectors if vectors.dtype is self._torch_dtype else vectors.to(self._torch_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where the inputs are not 0, if 0 is padding."""
        return inputs != 0 if self.mask_zero else None

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (*input_shape, output_dim)."""
        return (*input_shape, self.output_dim)

    def _config_value(self, name: str) -> Any:
        return None if name == "weights" else super()._config_value(name)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again; `weights` are saved as weights."""
        config = super().get_config()
        del config["weights"], config["autocast"]
        return {**config, "activity_regularizer": config.get("activity_regularizer")}
