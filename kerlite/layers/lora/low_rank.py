"""LowRank: what a layer is while LoRA is enabled, and how it comes to be and ends."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite.core.arguments import whole_numbers
from kerlite.core.variable import VariableView, storage_of
from kerlite.layers.lora.variant import low_rank_class, remade
from kerlite.layers.weights import keras_view, own_weights

__all__ = ["LowRank", "adapt", "merge"]


class LowRank:
    """A layer's LoRA: `weight` is frozen, and a low-rank map is added to what it computes.

    A subclass computes, for one kind of layer; it comes before that layer's class.
    """

    lora_enabled: ClassVar[bool] = True
    #: the class the layer has without LoRA, which files name
    written_as: ClassVar[type]
    lora_rank: int
    lora_alpha: float
    weight: Any
    _torch_dtype: torch.dtype

    @property
    def lora_factors(self) -> tuple[Tensor, Tensor]:
        """The matrices a and b."""
        a, b = (getattr(self, name) for name in _factor_names(self))
        return a, b

    def merged_kernel(self) -> Tensor:
        """Return what `kernel` (or `embeddings`) is: the sum of both, as in Keras."""
        return _merged(self).to(self._torch_dtype)

    def _added(self, outputs: Tensor, change: Tensor) -> Tensor:
        """Return outputs + lora_alpha / lora_rank * change."""
        return torch.add(outputs, change.to(outputs.dtype), alpha=self.lora_alpha / self.lora_rank)

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the weights of the merged layer into `store`, which any layer can load."""
        for index, weight in enumerate(_base_weights(self)):
            if storage_of(weight) is self.weight:
                weight = VariableView.of(_merged(self), None, weight.name, weight.path)
            store[str(index)] = weight.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the weights of a layer without LoRA; b becomes 0, so the outputs are that layer's.

        Raises:
            ValueError: if there are more or fewer.
        """
        weights = _base_weights(self)
        if len(store.keys()) != len(weights):
            raise ValueError(
                f"The layer {self.name!r} has {len(weights)} weights besides LoRA's, but "  # type: ignore[attr-defined]
                f"{len(store.keys())} were stored. Check that it is the same layer."
            )
        for index, weight in enumerate(weights):
            weight.assign(store[str(index)])
        with torch.no_grad():
            self.lora_factors[1].zero_()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return remade, (self.written_as,), self.__getstate__()


def adapt(
    layer: Any, rank: int, alpha: float | None, a_initializer: Any, b_initializer: Any
) -> None:
    """Enable LoRA; see `Adaptable.enable_lora`."""
    kind, owner = layer.keras_names["weight"], layer.described
    (rank,) = whole_numbers(rank, 1, "rank", owner)
    weight = layer._parameters.get("weight")
    if layer.lora_enabled:
        raise ValueError(
            f"{owner} has LoRA of rank {layer.lora_rank} already. Call merge_lora() first."
        )
    if not layer.built or weight is None:
        raise ValueError(
            f"{owner} has no {kind} yet, or one that a tool computes, so LoRA cannot be enabled. "
            "Call the layer on data, or build(input_shape), first."
        )
    if getattr(layer, f"{kind}_constraint") is not None:
        raise ValueError(
            f"{owner} has a {kind}_constraint, which LoRA cannot keep. Make the layer without."
        )
    *rows, columns = keras_view(layer, "weight").shape
    shapes, initializers = ((*rows, rank), (rank, columns)), (a_initializer, b_initializer)
    for name, shape, initializer in zip(_factor_names(layer), shapes, initializers, strict=True):
        factor = layer.add_weight(
            name=name, shape=shape, initializer=initializer, dtype="float32",
            regularizer=getattr(layer, f"{kind}_regularizer"),
        )  # fmt: skip
        factor.data = factor.data.to(weight.device)
        setattr(layer, name, factor)
    weight.frozen = True
    weight.requires_grad_(False)
    layer.lora_rank, layer.lora_alpha = rank, rank if alpha is None else alpha
    layer.__class__ = low_rank_class(type(layer))  # type: ignore[arg-type]


def merge(layer: Any) -> None:
    """Add LoRA's matrix to the kernel and forget it; see `Adaptable.merge_lora`."""
    if not layer.lora_enabled:
        raise ValueError(f"{layer.described} has no LoRA to merge. Call enable_lora(rank) first.")
    keras_view(layer, "weight").assign(_merged(layer))
    weight = layer.weight
    del weight.frozen
    weight.requires_grad_(layer._trainable)
    for name in _factor_names(layer):
        delattr(layer, name)
    layer.lora_rank = layer.lora_alpha = None
    layer.__class__ = layer.written_as


def _merged(layer: Any) -> Tensor:
    """Return kernel + lora_alpha / lora_rank * a @ b, in Keras's layout."""
    kernel, (a, b) = keras_view(layer, "weight"), layer.lora_factors
    return (kernel + layer.lora_alpha / layer.lora_rank * (a @ b)).to(kernel.dtype)


def _base_weights(layer: Any) -> list[Any]:
    return [weight for weight in own_weights(layer) if weight.name not in _factor_names(layer)]


def _factor_names(layer: Any) -> tuple[str, str]:
    kind = layer.keras_names["weight"]
    return f"lora_{kind}_a", f"lora_{kind}_b"
