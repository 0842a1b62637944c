"""SpectralNormalization: a layer whose kernel is kept at spectral norm 1."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from kerlite import initializers
from kerlite.core.arguments import whole_numbers
from kerlite.core.variable import storage_of
from kerlite.layers.attributes import stored
from kerlite.layers.base import Layer
from kerlite.layers.core.wrapper import Wrapper
from kerlite.layers.weights import keras_view

__all__ = ["SpectralNormalization"]


class SpectralNormalization(Wrapper):
    """A layer around another one, whose kernel it divides by its largest singular value.

    kernel / (v @ kernel @ u), where u and v follow the kernel's first singular vectors by power
    iteration. It does so, for good, at each call that trains; other calls leave the kernel alone.

    Call:
        inputs: what the layer inside takes.
        training: whether to normalize the kernel first.

    Args:
        layer: a layer with a `kernel` (Dense, Conv2D) or `embeddings`.
        power_iterations: steps of the iteration at each call, >= 1.

    Shape:
        that of the layer inside.

    Raises:
        ValueError: if the layer inside has neither weight, or `power_iterations` is < 1.

    Example:
        >>> import torch
        >>> from kerlite.layers import Dense
        >>> layer = SpectralNormalization(Dense(3), power_iterations=50)
        >>> layer(torch.ones(2, 4), training=True).shape
        torch.Size([2, 3])
        >>> round(torch.linalg.svdvals(layer.layer.weight)[0].item(), 3)
        1.0

    Source: Miyato et al. 2018, arXiv:1802.05957; keras.layers.SpectralNormalization. Several calls
    that train may come before a backward pass, and the output of `embeddings` stays floating.
    """

    finds_training = True

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any):
        super().__init__(layer, **kwargs)
        (self.power_iterations,) = whole_numbers(
            power_iterations, 1, "power_iterations", self.described
        )

    @property
    def kernel(self) -> Any:
        """The weight that is normalized, in Keras's layout."""
        return keras_view(self.layer, self._stored)

    @property
    def borrowed_weights(self) -> list[Any]:
        """The weight that Keras counts as this layer's too, before its own."""
        return [self.kernel] if self.built else []

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside, and make the vector u."""
        super().build(input_shape)
        seen = [getattr(self.layer, name, None) for name in ("kernel", "embeddings")]
        kernels = [storage_of(weight) for weight in seen if weight is not None]
        names = [
            name for name, w in self.layer._parameters.items() if any(w is one for one in kernels)
        ]
        if not names:
            raise ValueError(
                f"{self.described} normalizes a `kernel` or `embeddings`, but "
                f"{self.layer.described} has neither. Wrap a layer such as Dense or Conv2D."
            )
        self._stored = names[0]
        self.vector_u = self.add_weight(
            name="vector_u", shape=(1, self.kernel.shape[-1]), dtype=self.kernel.dtype,
            initializer=initializers.TruncatedNormal(stddev=0.02), trainable=False,
        )  # fmt: skip

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the output of the layer inside, with a normalized kernel if this trains."""
        outputs = self._trained(inputs) if self._in_training(training) else self.layer(inputs)
        return outputs.to(inputs.dtype) if inputs.is_floating_point() else outputs

    def _trained(self, inputs: Tensor) -> Tensor:
        kernel = stored(self.layer, self._stored)
        with torch.no_grad():
            vector, largest = self._power_iteration()
            empty = (kernel == 0).all()  # nothing to normalize
            normalized = torch.where(empty, kernel, kernel / largest)
            self.vector_u.copy_(torch.where(empty, self.vector_u, vector))
        # what is saved for the backward pass must outlive the next call, so it is a copy; the
        # gradient is the kernel's
        copy = normalized + (kernel - kernel.detach())
        with torch.no_grad():
            kernel.copy_(normalized)
        return functional_call(self.layer, {self._stored: copy}, (inputs,))

    def normalized_weights(self) -> tuple[Tensor, Tensor]:
        """Return what the vector u and the kernel become at the next call that trains."""
        vector, largest = self._power_iteration()
        return vector, self.kernel / largest

    def _power_iteration(self) -> tuple[Tensor, Tensor]:
        """Return the vector u, and the largest singular value, after some more iterations."""
        wide = torch.float32 if self.vector_u.itemsize == 2 else self.vector_u.dtype
        with torch.autocast(self.vector_u.device.type, enabled=False):
            rows = self.kernel.reshape(-1, self.kernel.shape[-1]).to(wide)
            u = self.vector_u.to(wide)
            for _ in range(self.power_iterations):
                v = _with_length_1(u @ rows.T)
                u = _with_length_1(v @ rows)
            largest = v.detach() @ rows @ u.detach().T
            return u.detach().to(self.vector_u.dtype), largest.squeeze()

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output shape of the layer inside."""
        return self.layer.compute_output_shape(input_shape)


def _with_length_1(vector: Tensor) -> Tensor:
    return vector * torch.rsqrt(vector.square().sum()).clamp_max(1e7)
