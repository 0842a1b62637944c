"""ReversibleEmbedding: a vector for each whole number, and back from vectors to numbers."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core import dtypes
from kerlite.core.tensor import KerasTensor
from kerlite.layers.calls import mask_of
from kerlite.layers.core.embedding import Embedding
from kerlite.layers.lora.forms import LowRankReversibleEmbedding

__all__ = ["ReversibleEmbedding"]


class ReversibleEmbedding(Embedding):
    """A learned vector for each whole number; in reverse, a score of each number for a vector.

    embeddings[inputs], and with `reverse` inputs @ embeddings.T, as language models end. It is an
    `nn.Embedding`.

    Call:
        inputs: whole numbers; with `reverse`, vectors.
        reverse: whether to go from vectors to scores (logits) of the numbers.

    Args:
        input_dim: how many numbers there are, >= 1: inputs lie in [0, input_dim).
        output_dim: size of the vectors, >= 1.
        tie_weights: whether the way back uses the same matrix, rather than one of its own,
            `reverse_embeddings` (output_dim, input_dim).
        embeddings_initializer: first values of the vectors.
        embeddings_regularizer: penalty on the vectors.
        embeddings_constraint: what the vectors must satisfy after each update.
        mask_zero: whether 0 is padding, which the mask of the output hides from later layers.
        reverse_dtype: number type of the way back and of its scores; by default the layer's.
        logit_soft_cap: a bound > 0 that keeps scores within (-cap, cap): cap * tanh(scores / cap).
        weights, lora_rank, lora_alpha, quantization_config: as in Embedding.

    Shape:
        any shape of whole numbers -> (*that shape, output_dim); with `reverse`,
        (..., output_dim) -> (..., input_dim).

    Raises:
        ValueError: for sizes < 1, a cap <= 0, or vectors of another size.

    Example:
        >>> import torch
        >>> layer = ReversibleEmbedding(1000, 64)
        >>> vectors = layer(torch.tensor([[4, 20, 7]]))
        >>> vectors.shape, layer(vectors, reverse=True).shape
        (torch.Size([1, 3, 64]), torch.Size([1, 3, 1000]))

    Source: Press and Wolf 2016, arXiv:1608.05859; keras.layers.ReversibleEmbedding.
    """

    low_rank: ClassVar[type] = LowRankReversibleEmbedding

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ):
        self.tie_weights = bool(tie_weights)  # given `weights` make it build at once
        super().__init__(
            input_dim, output_dim, embeddings_initializer, embeddings_regularizer,
            embeddings_constraint, mask_zero, **kwargs,
        )  # fmt: skip
        if logit_soft_cap is not None and not logit_soft_cap > 0:
            raise ValueError(
                f"{self.described} needs logit_soft_cap > 0, or None; received {logit_soft_cap!r}."
            )
        self.reverse_dtype, self.logit_soft_cap = reverse_dtype, logit_soft_cap
        self._reverse_dtype = reverse_dtype and dtypes.to_torch_dtype(reverse_dtype)

    def build(self, input_shape: Any = None) -> None:
        """Make the vectors, and the matrix of the way back if that has its own."""
        if self.built:
            return
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                name="reverse_embeddings", shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )  # fmt: skip

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute, or record a symbolic call; scores have no mask."""
        outputs = super().__call__(*args, **kwargs)
        reverse = kwargs.get("reverse", args[1] if len(args) > 1 else False)
        if reverse and mask_of(outputs) is not None:
            outputs._keras_mask = None
        return outputs

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        """Return the vectors of the inputs, or in reverse the scores of all numbers."""
        if not reverse:
            return super().call(inputs)
        if inputs.shape[-1] != self.output_dim:
            raise ValueError(
                f"{self.described} takes vectors of size output_dim={self.output_dim} in reverse; "
                f"received the shape {tuple(inputs.shape)}."
            )
        scores = self._scores(inputs)
        if self.logit_soft_cap is None:
            return scores
        return torch.tanh(scores / self.logit_soft_cap) * self.logit_soft_cap

    def _scores(self, inputs: Tensor) -> Tensor:
        matrix = self.weight if self.tie_weights else self.reverse_embeddings.t()
        if self._reverse_dtype is None:
            return F.linear(inputs.to(self._torch_dtype), matrix)
        with torch.autocast(inputs.device.type, enabled=False):
            return F.linear(inputs.to(self._reverse_dtype), matrix.to(self._reverse_dtype))

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], reverse: bool = False
    ) -> tuple[int | None, ...]:
        """Return (*input_shape, output_dim), or in reverse (..., input_dim)."""
        if reverse:
            return (*input_shape[:-1], self.input_dim)
        return super().compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: KerasTensor, reverse: bool = False) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape and type."""
        dtype = (self.reverse_dtype if reverse else None) or self.compute_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape, reverse), dtype)
