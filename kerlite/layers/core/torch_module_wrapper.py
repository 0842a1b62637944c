"""TorchModuleWrapper: any torch module as a layer."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.core import config
from kerlite.core.errors import UnsafeFileError
from kerlite.core.tensor import infer
from kerlite.layers.base import Layer

__all__ = ["TorchModuleWrapper"]


class TorchModuleWrapper(Layer):
    """Any `nn.Module` as a layer; its parameters are the layer's weights.

    Args:
        module: the module; it moves to the current device.
        name: a name.
        output_shape: the shape of the output, batch first; by default the module is run on tensors
            without data to find out.

    Shape:
        what the module makes of its inputs.

    Raises:
        ValueError: for a lazy torch module that has not seen data yet.

    Note:
        A model that holds one can be saved if the module's class has `get_config` and is registered
        with `@kerlite.saving.register_keras_serializable()`; its weights can be saved always.

    Example:
        >>> import torch
        >>> layer = TorchModuleWrapper(torch.nn.Linear(4, 2))
        >>> layer(torch.ones(3, 4)).shape, [weight.path for weight in layer.weights]
        (torch.Size([3, 2]), ['torch_module_wrapper.../module/weight', '...bias'])

    Source: keras.layers.TorchModuleWrapper, which stores a pickle of the module.
    """

    finds_training = True
    sets_mode = True

    def __init__(
        self, module: nn.Module, name: str | None = None, output_shape: Any = None, **kwargs: Any
    ):
        super().__init__(name=name, **kwargs)
        if not isinstance(module, nn.Module):
            raise ValueError(f"{self.described} needs an nn.Module; received {module!r}.")
        if any(isinstance(p, nn.parameter.UninitializedParameter) for p in module.parameters()):
            raise ValueError(
                f"{self.described} received the lazy module {module!r}, whose weights do not exist "
                "yet. Call it on data first."
            )
        self.module = module.to(config.device())
        self.output_shape = output_shape
        self.build_at_init()

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Run the module, in the mode of this call."""
        training = self._in_training(training)
        if self.module.training != training:
            self.module.train(training)
        return self.module(*args, **kwargs)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the shape that was given, else what the module is found to make."""
        if self.output_shape is not None:
            return tuple(self.output_shape)
        return super().compute_output_shape(*args, **kwargs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs as symbolic tensors."""
        if self.output_shape is None:
            return infer(self, args, kwargs)
        return super().compute_output_spec(*args, **kwargs)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make a layer from what `get_config` returned; a pickle, as Keras has it, is refused."""
        stored = config.get("module")
        kind = stored.get("class_name") if isinstance(stored, dict) else None
        if kind == "__bytes__" or isinstance(stored, (bytes, str)):
            raise UnsafeFileError(
                f"The layer {config.get('name')!r} was saved with a pickle of its torch module, "
                "which kerlite never loads. Build the model in code and load the weights; or give "
                "the module's class get_config(), register it with "
                "@kerlite.saving.register_keras_serializable() and save again."
            )
        return super().from_config(config)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again.

        Raises:
            TypeError: if the module's class has no `get_config`.
        """
        if not hasattr(self.module, "get_config"):
            raise TypeError(
                f"{self.described} holds a {type(self.module).__name__}, which has no get_config() "
                "and so cannot be written to a config: kerlite stores no pickles. Save the weights "
                "(save_weights, state_dict), or give the class get_config() and register it with "
                "@kerlite.saving.register_keras_serializable()."
            )
        return super().get_config()
