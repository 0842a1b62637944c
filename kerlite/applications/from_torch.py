"""from_torch, from_timm: any torch module as a functional model whose layers have names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.tracing import LayerGraph
from kerlite.core import config
from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.tensor import KerasTensor
from kerlite.layers import Input

__all__ = ["from_timm", "from_torch", "torch_names", "torch_versions"]


def from_torch(
    module: nn.Module,
    input_shape: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    input_tensor: Any = None,
    layer_names: Callable[[str], str] | None = None,
) -> PretrainedModel:
    """Return a functional model that computes what a torch module computes.

    torch.fx traces the module, in evaluation mode, and each of torch's modules in it becomes a
    layer that runs the same kernel. A layer is named after its path ("layer1_0_conv1"), a function
    after the module around it ("layer1_0_add"). Weights are copied. Images have their channels
    last: that is torch's channels-last memory format, and nothing is copied for it.

    Args:
        module: the module; one that computes with the batch's size or with values does not trace.
        input_shape: the shape of the input without the batch, or a list of shapes.
        name: a name; by default the class's.
        data_format: where an image's channels are: by default `image_data_format()`.
        input_tensor: a symbolic tensor to begin with, in place of `input_shape`.
        layer_names: from the name a layer would have to the one it is to have.

    Raises:
        TypeError: for what is no module.
        ValueError: if no shape is given, or the module does not trace; it says what hinders.

    Example:
        >>> import torch
        >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.ReLU())
        >>> model = from_torch(net, input_shape=(16, 16, 3))
        >>> [layer.name for layer in model.layers[1:]], model.output_shape
        (['0', '1'], (None, 16, 16, 8))

    Source: torch.fx; the images' order of axes is Keras's.
    """
    if not isinstance(module, nn.Module):
        raise TypeError(
            f"from_torch() takes a torch.nn.Module; received {module!r}. Networks are had by name "
            "from kerlite.applications.get(name) and from_timm(name)."
        )
    if (input_shape is None) == (input_tensor is None):
        raise ValueError(
            "from_torch() needs input_shape, such as (224, 224, 3), or input_tensor; received "
            f"input_shape={input_shape!r}, input_tensor={input_tensor!r}."
        )
    name = name or auto_name(to_snake_case(type(module).__name__))
    images = (data_format or config.image_data_format()) == "channels_last"
    inputs = input_tensor if input_shape is None else _inputs(input_shape)
    graph = LayerGraph(module, layer_names or str)
    outputs = graph(inputs if isinstance(inputs, list) else [inputs], images)
    model = PretrainedModel(inputs=inputs, outputs=outputs, name=name)
    model.describe(
        torch_names(model, graph), [], {"source": type(module).__name__},
        torch_versions=torch_versions(module),
    )  # fmt: skip
    return model


def from_timm(
    name: str, pretrained: bool = False, input_shape: Any = None, **kwargs: Any
) -> PretrainedModel:
    """Return one of timm's networks as a functional model; see `from_torch`.

    Args:
        name: timm's name for it ("resnet18d").
        pretrained: whether timm is to fetch its weights.
        input_shape: the shape of the input; by default what timm says the network was made for.
        **kwargs: arguments of `timm.create_model`.

    Raises:
        ImportError: if timm is not installed.
        ValueError: if the network does not trace.

    Source: timm.create_model.
    """
    try:
        import timm
    except ImportError as error:
        raise ImportError("from_timm() needs the package timm: pip install timm.") from error
    module: Any = timm.create_model(name, pretrained=pretrained, **kwargs)
    settings = module.pretrained_cfg
    if input_shape is None:
        channels, height, width = settings["input_size"]
        last = config.image_data_format() == "channels_last"
        input_shape = (height, width, channels) if last else (channels, height, width)
    model = from_torch(module, input_shape=input_shape, name=name.partition(".")[0])
    if pretrained:
        model.set_source(_timm_info(settings), _timm_preprocessing(settings))
    return model


def torch_names(model: Any, graph: LayerGraph) -> dict[str, str]:
    """Return, for the weights of a model, the names that the traced module has for them.

    Args:
        model: the model, of the graph's layers or some of them.
        graph: the traced module.
    """
    children = {module: key for key, module in model._modules.items()}
    return {
        f"{children[layer]}.{stored}": own
        for (layer, stored), own in graph.names.items()
        if layer in children
    }


def torch_versions(module: nn.Module) -> dict[str, int]:
    """Return the versions that modules inside a module give the layout of their weights, by path.

    Batch normalization is left out: its second version has a counter, which no layer here keeps.

    Args:
        module: any.

    Example:
        >>> from torchvision.models import mnasnet0_5
        >>> torch_versions(mnasnet0_5())
        {'': 2}
    """
    return {
        path: part._version
        for path, part in module.named_modules()
        if type(part)._version != nn.Module._version and not _is_normalization(part)
    }


def _is_normalization(module: nn.Module) -> bool:
    return isinstance(module, nn.modules.batchnorm._NormBase)


def _inputs(shape: Any) -> KerasTensor | list[KerasTensor]:
    several = bool(shape) and isinstance(shape[0], (list, tuple))
    return [Input(one) for one in shape] if several else Input(shape)


def _timm_info(settings: dict[str, Any]) -> dict[str, Any]:
    wanted = ("url", "hf_hub_id", "license", "architecture", "tag")
    return {"source": "timm", **{key: settings[key] for key in wanted if settings.get(key)}}


def _timm_preprocessing(settings: dict[str, Any]) -> dict[str, Any]:
    crop = settings["input_size"][-1]
    return {
        "crop": crop,
        "resize": int(crop / settings.get("crop_pct", 0.875)),
        "mean": list(settings["mean"]),
        "std": list(settings["std"]),
        "interpolation": settings.get("interpolation", "bilinear"),
    }
