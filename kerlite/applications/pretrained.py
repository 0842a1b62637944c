"""PretrainedModel: a functional model that knows where its weights come from."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from kerlite.applications.input_range import InputRange
from kerlite.applications.preprocess import Preprocess
from kerlite.core import registry
from kerlite.models import Model
from kerlite.saving.from_state_dict import from_state_dict

__all__ = ["PretrainedModel"]

# names in torchvision's older files
_OLD_NAMES = (
    (re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.)"), r"\1\2"),
    (re.compile(r"^(.*encoder_layer_\d+\.mlp)\.linear_1\."), r"\1.0."),
    (re.compile(r"^(.*encoder_layer_\d+\.mlp)\.linear_2\."), r"\1.3."),
)


@registry.register_keras_serializable(package="kerlite")
class PretrainedModel(Model):
    """A functional model made from a torch module, or one of `kerlite.applications`.

    Args:
        inputs, outputs, name, trainable: as for Model.

    Attributes:
        torch_names: the names of the weights, as in `state_dict()`, to those of the torch module;
            empty where there is none, as in a clone: then they are the model's own.
        left_out: names of weights of the torch module that the model has no use for; patterns, if
            they end with "*".
        torch_versions: of modules inside the torch module, by path, the version of the layout of
            their weights, where their class states one.
        weights_info: where the weights come from: source, licence, accuracy, hash.

    Example:
        >>> import torch
        >>> from kerlite.applications import from_torch
        >>> twin = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU())
        >>> model = from_torch(twin, input_shape=(8, 8, 3))
        >>> model.load_torch_weights(twin.state_dict())
        >>> sorted(model.torch_state_dict())
        ['0.bias', '0.weight']

    Source: keras.applications; the weights' names are torchvision's.
    """

    torch_names: dict[str, str]
    left_out: list[str]
    torch_versions: dict[str, int]
    weights_info: dict[str, Any]
    preprocessing: dict[str, Any] | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the object; inputs and outputs are in the graph: kept beside it, a long chain."""
        self = super().__new__(cls, *args, **kwargs)
        self.__dict__.update(
            _init_arguments={}, torch_names={}, left_out=[], torch_versions={},
            weights_info={"source": "random"}, preprocessing=None,
        )  # fmt: skip
        return self

    def describe(
        self,
        torch_names: dict[str, str],
        left_out: list[str],
        weights_info: dict[str, Any] | None = None,
        preprocessing: dict[str, Any] | None = None,
        torch_versions: dict[str, int] | None = None,
    ) -> None:
        """Note where the weights come from; the arguments are the attributes' values."""
        self.__dict__.update(
            torch_names=torch_names, left_out=left_out, torch_versions=torch_versions or {}
        )
        self.set_source(weights_info or {"source": "random"}, preprocessing)

    def set_source(self, info: dict[str, Any], preprocessing: dict[str, Any] | None) -> None:
        """Say where the weights come from, and what pictures they were trained on.

        Args:
            info: what `weights_info` is from now on.
            preprocessing: the arguments of the transform that `preprocess` is; None if unknown.
        """
        self.__dict__.update(weights_info=dict(info), preprocessing=preprocessing)
        for key, hook in list(self._forward_pre_hooks.items()):
            if isinstance(hook, InputRange):
                del self._forward_pre_hooks[key]
        if preprocessing is not None:
            self.register_forward_pre_hook(InputRange(preprocessing, self.name))

    @property
    def preprocess(self) -> Preprocess:
        """The exact transform, from pictures to inputs, of the weights that were loaded.

        Raises:
            AttributeError: if the weights are no published ones.
        """
        if self.preprocessing is None:
            raise AttributeError(
                f"The model {self.name!r} has no weights whose transform is known: their source "
                f"is {self.weights_info['source']!r}. Use the family's preprocess_input()."
            )
        return Preprocess(**self.preprocessing)

    def load_torch_weights(
        self, state: str | os.PathLike[str] | Mapping[str, Any], skip_mismatch: bool = False
    ) -> None:
        """Set the weights from a state dict that has the torch module's names; all, or none.

        Args:
            state: the state dict, or the path of a ".pth" or ".safetensors" file.
            skip_mismatch: whether to load what fits, with a warning that lists the rest.

        Raises:
            ValueError: listing all that is missing, unexpected or of another shape.
        """
        ours = {theirs: own for own, theirs in self._all_torch_names().items()}
        from_state_dict(self, state, lambda name: self._own_name(name, ours), skip_mismatch)

    def torch_state_dict(self) -> dict[str, Tensor]:
        """Return the weights under the torch module's names; its `load_state_dict` takes them."""
        state, names = self.state_dict(), self._all_torch_names()
        named: Any = OrderedDict((theirs, state[own]) for own, theirs in names.items())
        # where torch looks for versions; of batch norms it is told none, and fills in its counters
        named._metadata = {path: {"version": n} for path, n in self.torch_versions.items()}
        return named

    def _all_torch_names(self) -> dict[str, str]:
        return self.torch_names or {name: name for name in self.state_dict()}

    def _own_name(self, name: str, ours: dict[str, str]) -> str | None:
        for pattern, replacement in _OLD_NAMES:
            name = pattern.sub(replacement, name)
        if name in ours:
            return ours[name]
        unused = name.endswith("num_batches_tracked") or any(
            name.startswith(one[:-1]) if one.endswith("*") else name == one for one in self.left_out
        )
        return None if unused else name

    def get_config(self) -> dict[str, Any]:
        """Return a plain description from which the model can be made again."""
        kept = {
            name: getattr(self, name)
            for name in (
                "torch_names", "left_out", "weights_info", "preprocessing", "torch_versions"
            )
        }  # fmt: skip
        return {**super().get_config(), "pretrained": kept}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a model from what `get_config` returned."""
        rest = dict(config)
        kept = rest.pop("pretrained")
        model = super().from_config(rest, custom_objects)
        model.describe(**kept)
        return model
