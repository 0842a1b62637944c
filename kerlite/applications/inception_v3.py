"""Inception V3, and its forerunner GoogLeNet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_tf as preprocess_input
from kerlite.applications.registry import application

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]

_KINDS = {
    "conv": "conv2d",
    "bn": "batch_normalization",
    "relu": "activation",
    "maxpool1": "max_pooling2d",
    "maxpool2": "max_pooling2d",
    "pool2d": "average_pooling2d",
}
_BLOCKS = ("5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c")
_JOINED = {
    "Mixed_7b_cat": "mixed9_0",
    "Mixed_7b_cat_1": "concatenate",
    "Mixed_7b_cat_2": "mixed9",
    "Mixed_7c_cat": "mixed9_1",
    "Mixed_7c_cat_1": "concatenate_1",
    "Mixed_7c_cat_2": "mixed10",
    **{f"Mixed_{block}_cat": f"mixed{i}" for i, block in enumerate(_BLOCKS[:9])},
    "avgpool": "avg_pool",
}


def _names(module: Any) -> Callable[[str], str]:
    """Name layers as Keras does in a fresh session: by kind, and in the order they are made."""
    counts: Counter[str] = Counter()

    def rename(name: str) -> str:
        if name in _JOINED:
            return _JOINED[name]
        ending = name.removesuffix(f"_{name.rpartition('_')[2]}") if name[-1].isdigit() else name
        last = (name if name in _KINDS else ending).rpartition("_")[2]
        kind = "max_pooling2d" if "max_pool2d" in name else _KINDS.get(last)
        if kind is None:
            return name
        counts[kind] += 1
        return kind if counts[kind] == 1 else f"{kind}_{counts[kind] - 1}"

    return rename


_OPTIONS = {"aux_logits": False, "transform_input": False, "init_weights": True}
add_architecture(
    Architecture(
        "inception_v3", _names, size=299, min_size=75, options=_OPTIONS, left_out=("AuxLogits.",)
    )
)
add_architecture(Architecture("googlenet", options=_OPTIONS, left_out=("aux1.", "aux2.")))

InceptionV3: Any = application("inception_v3", "InceptionV3", "inception_v3", "Inception V3.")
