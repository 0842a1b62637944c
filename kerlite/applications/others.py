"""Torchvision's networks that Keras has not: by `get`, with torchvision's names of layers."""

from __future__ import annotations

from kerlite.applications.builder import Architecture, add_architecture

__all__ = ["CONVOLUTIONAL", "TRANSFORMERS"]

CONVOLUTIONAL = (
    *(f"regnet_{kind}_{size}" for kind in "xy" for size in (
        "400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf",
    )),
    "regnet_y_128gf",
    *(f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")),
    *(f"mnasnet{width}" for width in ("0_5", "0_75", "1_0", "1_3")),
)  # fmt: skip
TRANSFORMERS = (
    "vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14", "swin_t", "swin_s", "swin_b",
    "swin_v2_t", "swin_v2_s", "swin_v2_b", "maxvit_t",
)  # fmt: skip

for _name in CONVOLUTIONAL:
    add_architecture(Architecture(_name, on_meta="regnet" not in _name))
for _name in ("squeezenet1_0", "squeezenet1_1"):
    add_architecture(Architecture(_name, features="classifier_0"))
for _name in TRANSFORMERS:
    if _name.startswith("vit"):
        add_architecture(Architecture(_name, sized="image_size", features="getitem"))
    elif _name == "maxvit_t":
        add_architecture(Architecture(_name, sized="input_size"))
    else:
        add_architecture(Architecture(_name, size=256 if "v2" in _name else 224))
