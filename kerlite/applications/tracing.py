"""A torch module's code as a functional graph: what torch.fx finds in it, layers compute."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn

from kerlite.applications.fx_trace import attribute_of, scoped_name, traced
from kerlite.applications.native import keeps_size, native_layer, takes_in
from kerlite.applications.substitutes import parts_of, traceable
from kerlite.applications.torch_function import TorchFunction, function_name
from kerlite.applications.torch_layer import TorchLayer
from kerlite.applications.traced_functions import (
    NOTHING_ASKED,
    ArgumentWriter,
    evaluated,
    plain_layer,
    shape_question,
)
from kerlite.core import tree
from kerlite.core.tensor import KerasTensor

__all__ = ["LayerGraph"]

_SAME = ("contiguous", "clone")
_CAT = (torch.cat, torch.concat)
_TURNS = ("permute", "transpose", "swapaxes")


class LayerGraph:
    """Calls layers, on symbolic tensors, as a torch module calls its parts.

    Args:
        module: the module. It is traced in evaluation mode; its weights are copied.
        rename: from the name that a layer would have (the module's path, "layer1_0_conv1"; for a
            function that of the module around it and its own, "layer1_0_add") to its name.
        fuses: whether a ReLU becomes the activation of the layer before it.

    Attributes:
        names: a layer's weight, as in `state_dict`, to the module's own name for it.
        before: name of a layer, not renamed, to the tensor it was called on.
        features: what the last pooling over all of an image was called on.
    """

    def __init__(self, module: nn.Module, rename: Callable[[str], str] = str, fuses: bool = False):
        self.fuses = fuses
        self.module, self.rename = traceable(module), rename
        self.own_names = {id(t): name for name, t in _weights(module, remove_duplicate=True)}
        self.features: KerasTensor | None = None
        self.names: dict[tuple[Any, str], str] = {}
        self.before: dict[str, KerasTensor] = {}
        self.images: dict[int, KerasTensor] = {}
        self.values: dict[fx.Node, Any] = {}
        self.layers: dict[nn.Module, Any] = {}
        self.parts: dict[nn.Module, list[tuple[str, nn.Module]]] = {}
        self.counts: dict[str, int] = {}
        self.flattened: dict[int, Any] = {}
        self.grouped: dict[int, KerasTensor] = {}
        self.nodes = traced(self.module)

    def __call__(self, inputs: list[KerasTensor], images: bool) -> Any:
        """Return the outputs for symbolic inputs.

        Args:
            inputs: in the order of the module's arguments.
            images: whether those of rank 4 have the channels last.
        """
        self.in_last_order = images
        given = iter(inputs)
        for node in self.nodes:
            if node.op == "output":
                return self._resolved(node.args[0])
            if node.op == "placeholder":
                self.values[node] = self._input(node, next(given, None), images)
            elif node.op == "get_attr":
                self.values[node] = attribute_of(self.module, str(node.target))
            elif node.op == "call_module":
                self.values[node] = self._call_module(node)
            else:
                self.values[node] = self._call_function(node)
        raise ValueError("The traced module returns nothing.")

    def _input(self, node: fx.Node, tensor: KerasTensor | None, images: bool) -> Any:
        if tensor is None:
            return node.args[0] if node.args else None  # the argument's default
        if images and len(tensor.shape) == 4:
            self.images[id(tensor)] = tensor
        return tensor

    def _resolved(self, structure: Any) -> Any:
        return fx.node.map_arg(structure, self.values.__getitem__)

    def _name(self, base: str) -> str:
        count = self.counts[base] = self.counts.get(base, -1) + 1
        return f"{base}_{count}" if count else base

    # ---- modules

    def _call_module(self, node: fx.Node) -> Any:
        module = self.module.get_submodule(str(node.target))
        args, kwargs = self._resolved(node.args), self._resolved(node.kwargs)
        if not _symbolic((args, kwargs)):
            raise ValueError(f"The module {node.target!r} is called on nothing of the input's.")
        if self.fuses and takes_in(node, module, args[0]):
            return args[0]
        base = str(node.target).replace(".", "_")
        if module not in self.parts:
            self.parts[module] = parts_of(module)
        for suffix, part in self.parts[module]:
            args, kwargs = (self._call_part(part, base + suffix, args, kwargs),), {}
        return args[0]

    def _call_part(self, module: nn.Module, base: str, args: Any, kwargs: Any) -> Any:
        if isinstance(module, nn.Identity):
            return args[0]
        tensors = _symbolic((args, kwargs))
        image = any(id(t) in self.images for t in tensors)
        if isinstance(module, nn.AdaptiveAvgPool2d):
            self.features = tensors[0]
            if keeps_size(module, tensors[0], image):
                return tensors[0]
        layer = self.layers.get(module)
        if layer is None:
            name = self._name(base)
            self.before.setdefault(name, tensors[0])
            layer = self._layer(module, image, tensors[0], self.rename(name), bool(kwargs))
        outputs = layer(*args, **kwargs)
        self._note_flattened(tensors[0], outputs)
        return self._note_images(outputs, self._stays_image(module, image))

    def _stays_image(self, module: nn.Module, image: bool) -> bool:
        if type(module).__name__ != "Permute":
            return image
        back = tuple(module.dims) == (0, 3, 1, 2)  # type: ignore[arg-type]
        return self.in_last_order and not image and back

    def _layer(
        self, module: nn.Module, image: bool, x: KerasTensor, name: str, special: bool
    ) -> Any:
        layer = None if special else native_layer(module, image, x, name, self.flattened)
        prefix = ""
        if layer is None:
            layer = TorchLayer(
                module=copy.deepcopy(module), name=name,
                image_inputs=image, image_outputs=self._stays_image(module, image),
            )  # fmt: skip
            prefix = "module."
        for stored, tensor in _weights(module):
            own = self.own_names.get(id(tensor))
            if own is not None and not own.endswith("num_batches_tracked"):
                self.names[layer, prefix + stored] = own
        if _weights(module):
            self.layers[module] = layer
        return layer

    def _note_images(self, outputs: Any, image: bool) -> Any:
        for tensor in tree.flatten(outputs):
            if image and isinstance(tensor, KerasTensor) and len(tensor.shape) == 4:
                self.images[id(tensor)] = tensor
        return outputs

    def _note_flattened(self, x: KerasTensor, outputs: Any) -> None:
        """Note that a vector holds an image's numbers, channels before height and width."""
        if id(x) in self.images and isinstance(outputs, KerasTensor) and outputs.ndim == 2:
            height, width, channels = (size or 0 for size in x.shape[1:])
            if height * width > 1 and outputs.shape[1] == height * width * channels:
                self.flattened[id(outputs)] = (height, width, channels)

    # ---- functions

    def _call_function(self, node: fx.Node) -> Any:
        target: Any = node.target
        args, kwargs = self._resolved(node.args), self._resolved(node.kwargs)
        if target in (torch._assert, fx.wrap):
            return None
        tensors = _symbolic((args, kwargs))
        if not tensors or (target is operator.getitem and not isinstance(args[0], KerasTensor)):
            return evaluated(node.target, args, kwargs)
        if target in _SAME or (target in _CAT and len(tree.flatten(args[0])) == 1):
            return tensors[0]
        asked = shape_question(target, args, id(args[0]) in self.images)
        if asked is not NOTHING_ASKED:
            return asked
        base = scoped_name(node)
        name = self._name(base)
        self.before.setdefault(name, tensors[0])
        image = any(id(t) in self.images for t in tensors)
        if target is nn.functional.adaptive_avg_pool2d or (target == "mean" and image):
            self.features = tensors[0]
        name = self.rename(name)
        images = [id(t) in self.images for t in tensors]
        layer = plain_layer(target, args, kwargs, tensors, images, name)
        if layer is not None:
            outputs = layer(tensors if len(tensors) > 1 else tensors[0])
            return self._note_images(outputs, image)
        return self._torch_function(node, args, kwargs, image, name)

    def _torch_function(self, node: fx.Node, args: Any, kwargs: Any, image: bool, name: str) -> Any:
        function = function_name(node.target)
        if function is None:
            raise ValueError(
                f"{self.module._get_name()} calls {node.target}, which is none of the functions "
                "that a layer can stand for. Put it into a module that does not trace."
            )
        writer = ArgumentWriter(self.own_names, self.grouped)
        kwargs = {key: value for key, value in kwargs.items() if key != "inplace"}
        written = [writer.written(one) for one in args]
        options = {key: writer.written(one) for key, one in kwargs.items()}
        if "training" in options:
            options["training"] = {"training": True}
        # rank 5 is an image whose channels are in groups; it comes back as one
        grouped = any(id(t) in self.grouped for t in writer.tensors)
        becomes = grouped or (image and function.rpartition(".")[2] not in _TURNS)
        layer = TorchFunction(
            function, written, options, {k: list(w.shape) for k, w in writer.weights.items()},
            image_inputs=image, image_outputs=becomes, name=name,
        )  # fmt: skip
        outputs = layer(writer.tensors if len(writer.tensors) > 1 else writer.tensors[0])
        with torch.no_grad():
            for key, weight in writer.weights.items():
                if not weight.is_meta:
                    getattr(layer, key).copy_(weight)
                self.names[layer, key] = self.own_names[id(weight)]
        self._note_images(outputs, becomes)
        if (image or grouped) and isinstance(outputs, KerasTensor) and outputs.ndim == 5:
            origin = writer.tensors[0]
            self.grouped[id(outputs)] = self.grouped.get(id(origin), origin)
        self._note_flattened(writer.tensors[0], outputs)
        return outputs


def _symbolic(structure: Any) -> list[KerasTensor]:
    return [leaf for leaf in tree.flatten(structure) if isinstance(leaf, KerasTensor)]


def _weights(module: nn.Module, remove_duplicate: bool = False) -> list[tuple[str, Tensor]]:
    return [
        *module.named_parameters(remove_duplicate=remove_duplicate),
        *module.named_buffers(remove_duplicate=remove_duplicate),
    ]
