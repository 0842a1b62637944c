"""Arguments of layers that need a check."""

from __future__ import annotations

import inspect
from typing import Any

__all__ = ["check_name_and_rest", "refuse_quantization"]


def refuse_quantization(quantization_config: Any, owner: str) -> None:
    """Refuse Keras's argument for quantization; only None, which asks for none, is taken.

    Raises:
        ValueError: for any other.
    """
    if quantization_config is not None:
        raise ValueError(
            f"{owner} received quantization_config={quantization_config!r}, but a layer is "
            "quantized after it is built, with torchao for instance. Leave it out."
        )


def check_name_and_rest(cls: type, name: Any, rest: dict[str, Any]) -> None:
    """Refuse a name that cannot be in a path, and keyword arguments that a layer does not know.

    Raises:
        ValueError: for either, as Keras does.
    """
    if rest:
        parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
        known = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} - {"self"}
        raise ValueError(
            f"{cls.__name__} received unknown arguments: {sorted(rest)}. It accepts "
            f"{sorted(known | {'dtype', 'name', 'trainable'})}."
        )
    if name is not None and not isinstance(name, str):
        raise ValueError(f"A layer's name is a string; received name={name!r}.")
    if name is not None and "/" in name:
        raise ValueError(
            f"A layer's name holds no '/', which separates names in the paths of weights; received "
            f"name={name!r}."
        )
