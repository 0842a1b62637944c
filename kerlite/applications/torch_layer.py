"""TorchLayer: a torch module as a layer that can be saved, over images with the channels last."""

from __future__ import annotations

from typing import Any, NoReturn

import torch
from torch import nn

from kerlite.applications.order import first, last
from kerlite.applications.torch_modules import describe_module, make_module
from kerlite.core import config, registry, tree
from kerlite.layers import Layer, TorchModuleWrapper
from kerlite.layers.attributes import take_in

__all__ = ["TorchLayer"]


@registry.register_keras_serializable(package="kerlite")
class TorchLayer(TorchModuleWrapper):
    """A torch module as a layer: its code is run as it is.

    What is written to files is the name of its class, if that is one of torch's or torchvision's
    own, and its arguments as plain values. Frozen (`trainable=False`), batch normalization inside
    uses its moving averages, as Keras's does.

    Args:
        kind: the name of the module's class ("LayerNorm").
        arguments: its arguments, plain values.
        image_inputs, image_outputs: whether inputs and outputs of rank 4 have their channels last,
            where the module has them at axis 1. The axes of views are permuted; no data moves.
        module: the module itself, in place of the first two.

    Shape:
        what the module makes of its inputs.

    Raises:
        ValueError: for a class that files have no name for.

    Example:
        >>> import torch
        >>> layer = TorchLayer("MaxPool2d", {"kernel_size": 2}, True, True)
        >>> layer(torch.ones(1, 8, 8, 3)).shape
        torch.Size([1, 4, 4, 3])

    Source: torch.nn.
    """

    def __init__(
        self,
        kind: str | None = None,
        arguments: dict[str, Any] | None = None,
        image_inputs: bool = False,
        image_outputs: bool = False,
        module: nn.Module | None = None,
        **kwargs: Any,
    ):
        if (kind is None) == (module is None):
            raise ValueError(f"TorchLayer takes either kind or module; received {kind!r}.")
        if module is not None and config.device().type != "meta" and _is_meta(module):
            kind, arguments = describe_module(module) or _refused(module)
            module = None
        if module is None:
            with torch.device(config.device()):
                module = make_module(str(kind), arguments or {})
        _without_counters(module)
        super().__init__(module, **kwargs)
        self.image_inputs, self.image_outputs = image_inputs, image_outputs
        self.takes_channels_first = image_inputs and image_outputs
        self._has_mode = any(_depends_on_mode(part) for part in module.modules())
        if not [*module.parameters(), *module.buffers()]:
            # a call of a layer with nothing inside is a short one
            take_in(self, module)
            del self._modules["module"]
            object.__setattr__(self, "module", module)
            self._settle()

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Run the module."""
        self._set_mode(training)
        if self.image_inputs:
            args, kwargs = tree.map_structure(first, (args, kwargs))
        outputs = self.module(*args, **kwargs)
        return tree.map_structure(last, outputs) if self.image_outputs else outputs

    def call_channels_first(self, inputs: Any) -> Any:
        """Return the same for channels at axis 1."""
        self._set_mode(None)
        return self.module(inputs)

    def _set_mode(self, training: bool | None) -> None:
        if not self._has_mode:
            return
        training = self._in_training(training)
        if self.module.training != training:
            self.module.train(training)
        if training and not self._trainable:
            for part in self.module.modules():
                if isinstance(part, nn.modules.batchnorm._BatchNorm):
                    part.training = False

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again.

        Raises:
            TypeError: if files have no name for the module's class.
        """
        described = describe_module(self.module)
        if described is None:
            raise TypeError(
                f"{self.described} holds a {type(self.module).__name__}, for which files have no "
                "name: kerlite stores no pickles. Save the weights (save_weights, state_dict)."
            )
        plain = Layer.get_config(self)
        del plain["module"], plain["output_shape"]
        return {**plain, "kind": described[0], "arguments": described[1]}

    def _config_value(self, name: str) -> Any:
        return None if name == "module" else super()._config_value(name)


def _depends_on_mode(module: nn.Module) -> bool:
    kind = type(module).__name__
    normalization = isinstance(module, nn.modules.batchnorm._NormBase)
    return normalization or "Dropout" in kind or "Depth" in kind or "Attention" in kind


def _without_counters(module: nn.Module) -> None:
    """Drop the counts of batches, which averages of a known speed have no use for."""
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._NormBase) and part.momentum is not None:
            part.num_batches_tracked = None


def _is_meta(module: nn.Module) -> bool:
    return any(parameter.is_meta for parameter in module.parameters())


def _refused(module: nn.Module) -> NoReturn:
    raise ValueError(
        f"A {type(module).__name__} on the meta device has no weights. Move it: "
        "module.to_empty(device='cpu'), and load its state dict."
    )
