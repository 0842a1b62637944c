"""Configurations as legacy `.h5` files and Keras 2 spell them, rewritten as Keras 3 does.

Old files name no modules, give inputs' shapes as `batch_input_shape`, and hold arguments that are
gone. Only the plain values are changed here; nothing is made of them.
"""

from __future__ import annotations

import contextlib
from typing import Any

from kerlite.core import registry
from kerlite.core.init_arguments import init_parameters
from kerlite.core.op_forms import form_named

__all__ = ["is_legacy", "modern_config", "modern_optimizer"]

_MODELS = {"Model": "Functional", "Functional": "Functional", "Sequential": "Sequential"}
_PACKAGES = ("layers", "initializers", "regularizers", "constraints", "activations", "losses",
             "metrics", "optimizers", "optimizers.schedules")  # fmt: skip
_BY_ARGUMENT = ("initializer", "regularizer", "constraint")
_OPS = "keras.src.ops.numpy"
_POLICIES = ("Policy", "PolicyV1", "DTypePolicy")
_RENAMED = {"LeakyReLU": {"alpha": "negative_slope"}}
# What Keras 2 wrote and Keras 3 has no more, where its value changes nothing.
_GONE: dict[str, tuple[Any, ...]] = {
    "groups": (1,),
    "time_major": (False,),
    "ragged": (False, None),
    "sparse": (False, None),
    "input_dtype": (None,),
    "batch_size": (None,),
    "fused": (True, False, None),
    "implementation": (0, 1, 2),
    "causal": (False,),
    "decay": (0.0,),
    "jit_compile": (True, False),
    "is_legacy_optimizer": (True, False),
    "vocabulary_size": (None,),
}
_ALWAYS_GONE = {
    "input_length", "query_shape", "key_shape", "value_shape", "kernel_initializer",
    "kernel_regularizer", "kernel_constraint", "virtual_batch_size", "adjustment", "dtype",
}  # fmt: skip


def is_legacy(config: Any) -> bool:
    """Return whether the description of a model is spelled the old way: without a module.

    Example:
        >>> is_legacy({"class_name": "Sequential", "config": []})
        True
    """
    return isinstance(config, dict) and "class_name" in config and not config.get("module")


def modern_config(config: Any, argument: str = "") -> Any:
    """Return a configuration as Keras 3 spells it; what is modern already stays.

    Args:
        config: the configuration of a model, or of anything inside one.
        argument: the name of the argument whose value it is.

    Raises:
        ValueError: for the layers that TensorFlow made of its operations.

    Example:
        >>> modern_config({"class_name": "Flatten", "config": {"batch_input_shape": [None, 2, 3]}})
        {'class_name': 'Flatten', 'config': {'batch_input_shape': [None, 2, 3]},
         'module': 'keras.layers'}
    """
    if isinstance(config, (list, tuple)):
        return [modern_config(item, argument) for item in config]
    if not isinstance(config, dict):
        return config
    if not isinstance(config.get("class_name"), str) or config["class_name"].startswith("__"):
        return {key: modern_config(item, str(key)) for key, item in config.items()}
    if config["class_name"] in _POLICIES and "name" in (config.get("config") or {}):
        return config["config"]["name"]
    return _modern_object(config, argument)


def modern_optimizer(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of an optimizer; the `decay` of Keras 2 becomes a schedule."""
    arguments = dict(config.get("config") or {})
    if arguments.get("decay"):
        arguments["learning_rate"] = {
            "class_name": "InverseTimeDecay",
            "config": {
                "initial_learning_rate": arguments.get("learning_rate", arguments.get("lr")),
                "decay_steps": 1,
                "decay_rate": arguments.pop("decay"),
            },
        }
    if "lr" in arguments:
        arguments.setdefault("learning_rate", arguments.pop("lr"))
    if isinstance(arguments.get("name"), str):
        arguments["name"] = arguments["name"].lower()
    return modern_config({**config, "config": arguments}, "optimizer")


def _modern_object(config: dict[str, Any], argument: str) -> dict[str, Any]:
    name = config["class_name"]
    if name in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod"):
        raise ValueError(
            f"The file holds a {name!r}, which TensorFlow made of one of its own operations. Write "
            "that step as a layer or with kerlite.ops, build the model in code, and load the "
            "weights alone: model.load_weights(path)."
        )
    arguments = config.get("config")
    if name == "Sequential" and isinstance(arguments, list):  # as the oldest files have it
        arguments = {"layers": arguments}
    modern = {**config, "config": arguments}
    if not config.get("module") or ".engine." in config["module"]:
        modern.update(_module_of(modern, argument))
    if isinstance(arguments, dict):
        modern["config"] = _modern_arguments(modern, arguments)
    return modern


def _module_of(config: dict[str, Any], argument: str) -> dict[str, Any]:
    """Return the "module" that a configuration lacks, and what else depends on it."""
    name = config["class_name"]
    if registry.get_registered_object(name) is not None:
        return {"registered_name": name}
    if name in _MODELS:
        module = "keras.src.models.functional" if name != "Sequential" else "keras"
        return {"module": module, "class_name": _MODELS[name]}
    if _is_operation(config):
        return {"module": _OPS}
    preferred = [f"{kind}s" for kind in _BY_ARGUMENT if argument.endswith(kind)]
    for package in (*preferred, *_PACKAGES):
        if registry.public_object(f"keras.{package}", name) is not None:
            return {"module": f"keras.{package}"}
    return {}


def _is_operation(config: dict[str, Any]) -> bool:
    """Return whether an entry of a graph is a function call: those have neither type nor mode."""
    arguments = config.get("config")
    return (
        "inbound_nodes" in config
        and isinstance(arguments, dict)
        and not {"dtype", "trainable", "batch_shape", "batch_input_shape"} & arguments.keys()
        and form_named(_OPS, config["class_name"]) is not None
    )


def _modern_arguments(config: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    if config["class_name"] == "Lambda":
        arguments = _lambda_arguments(arguments)
    axis = arguments.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        arguments = {**arguments, "axis": axis[0]}
    renamed = _RENAMED.get(config["class_name"], {})
    modern = {
        renamed.get(key, key): value if key == "name" else modern_config(value, key)
        for key, value in arguments.items()
    }
    cls = registry.public_object(config.get("module"), config["class_name"])
    if not isinstance(cls, type) or config["class_name"] in _MODELS.values():
        return modern
    accepted = init_parameters(cls, _root_of(cls))
    return {
        key: value for key, value in modern.items() if key in accepted or not _is_gone(key, value)
    }


def _root_of(cls: Any) -> Any:
    """Return the class that all of kerlite's derive from, whose own arguments do not count."""
    roots = [base for base in cls.__mro__ if base.__name__ == "Configurable"]
    return roots[0] if roots else object


def _is_gone(key: str, value: Any) -> bool:
    if key in _ALWAYS_GONE:
        return True
    with contextlib.suppress(TypeError):
        return any(value is one or value == one for one in _GONE.get(key, ()))
    return False


def _lambda_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a Lambda layer, its function by name."""
    kept = dict(arguments)
    for key in ("function", "output_shape", "mask"):
        kind = kept.pop(f"{key}_type", None)
        kept.pop(f"{key}_module", None)
        value = kept.get(key)
        if isinstance(value, str) and kind in (None, "function"):
            kept[key] = {"class_name": "function", "config": value, "registered_name": value}
    kept.pop("module", None)
    return kept
