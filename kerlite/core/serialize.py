"""Objects to plain dictionaries and back, in Keras's format.

A dictionary names a class by Keras's public module and name, or by its registered name; the class
itself comes from the registry. Nothing is imported, evaluated or unpickled.

Source: keras.saving.serialize_keras_object and deserialize_keras_object.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from kerlite.core import registry, sharing, special_values
from kerlite.core.init_arguments import given_arguments, init_parameters

__all__ = ["Configurable", "deserialize_keras_object", "serialize_keras_object"]

_PLAIN = (str, int, float, bool, type(None))


class Configurable:
    """An object whose configuration is the arguments it was made with.

    `get_config` reads the signature of `__init__` and returns, for each argument, the attribute of
    the same name, serialized; an argument stored under another name is returned as it was passed.
    A class overrides `get_config` only to add or to drop something.

    Example:
        >>> class Scale(Configurable):
        ...     def __init__(self, factor=2.0):
        ...         self.factor = factor
        >>> Scale(3.0).get_config()
        {'factor': 3.0}
        >>> Scale.from_config({"factor": 4.0}).factor
        4.0
    """

    _init_arguments: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give kerlite's own public classes Keras's public names."""
        super().__init_subclass__(**kwargs)
        if cls.__module__.startswith("kerlite.") and not cls.__name__.startswith("_"):
            registry.register_public(cls)

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Note the arguments, for `get_config` of classes that do not keep them as attributes."""
        self = object.__new__(cls)
        self.__dict__["_init_arguments"] = given_arguments(cls, args, kwargs)
        return self

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this object again, as plain values."""
        cls: Any = type(self)
        names = init_parameters(cls, Configurable)
        return {name: serialize_keras_object(self._config_value(name)) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make an object from what `get_config` returned.

        None for an argument that the class does not have means a feature of Keras's that is off.
        """
        known: Any = cls
        return cls(**{
            name: _deserialize_value(value) for name, value in config.items()
            if value is not None or name in init_parameters(known)
        })  # fmt: skip

    def _config_value(self, name: str) -> Any:
        if hasattr(self, name):
            return getattr(self, name)
        if name in self._init_arguments:
            return self._init_arguments[name]
        cls: Any = type(self)
        default = init_parameters(cls, Configurable)[name].default
        return None if default is inspect.Parameter.empty else default


def serialize_keras_object(obj: Any) -> Any:
    """Return a plain value (JSON can hold it) that stands for the object.

    Raises:
        TypeError: if the object has neither a plain form nor a `get_config` method.

    Example:
        >>> serialize_keras_object([1, "a", None])
        [1, 'a', None]
    """
    if isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, (list, tuple)):
        values = [serialize_keras_object(value) for value in obj]
        return tuple(values) if type(obj) is tuple else values
    if isinstance(obj, Mapping) and not hasattr(obj, "get_config"):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    special = special_values.written(obj)
    if special is not None:
        return special
    if inspect.isfunction(obj) or inspect.isbuiltin(obj) or inspect.isclass(obj):
        return _serialize_function(obj)
    return _serialize_instance(obj)


def deserialize_keras_object(
    config: Any,
    custom_objects: dict[str, Any] | None = None,
    safe_mode: bool = True,
    **kwargs: Any,
) -> Any:
    """Return the object that a plain value stands for.

    Args:
        config: what `serialize_keras_object` returned.
        custom_objects: name to class or function, for what is not registered.
        safe_mode: accepted for Keras's sake; nothing in a config is ever run either way.
        **kwargs: refused; a mistyped argument must not go unnoticed.

    Raises:
        ValueError: if the config names a class that is neither built in nor registered nor passed.

    Example:
        >>> deserialize_keras_object({"class_name": "__numpy__",
        ...                           "config": {"value": [1, 2], "dtype": "int32"}})
        array([1, 2], dtype=int32)
    """
    if kwargs:
        raise TypeError(f"Unknown arguments: {sorted(kwargs)}.")
    with registry.CustomObjectScope(custom_objects):
        return _deserialize_value(config)


def is_serialized(value: Any) -> bool:
    """Return whether a value is a dictionary that names a class."""
    return isinstance(value, dict) and "class_name" in value and "config" in value


def _serialize_function(function: Any) -> Any:
    public = registry.public_name(function)
    if public is not None:
        return public[1]
    name = registry.get_registered_name(function)
    if name == "<lambda>":
        raise TypeError(
            "A lambda has no name to be found by again. Define a function with `def` and register "
            "it with @kerlite.saving.register_keras_serializable()."
        )
    module = function.__module__
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def _serialize_instance(obj: Any) -> dict[str, Any]:
    if not hasattr(obj, "get_config"):
        raise TypeError(
            f"Cannot serialize {obj!r} of type {type(obj).__name__}: it is not a plain value and "
            "its class has no get_config() method."
        )
    cls = getattr(type(obj), "written_as", type(obj))  # a variant made at run time says as what
    module, name = registry.public_name(cls) or (cls.__module__, cls.__name__)
    builtin = registry.public_name(cls) is not None
    serialized = {
        "module": module,
        "class_name": name,
        "config": obj.get_config(),
        "registered_name": None if builtin else registry.get_registered_name(cls),
    }
    for part in ("build_config", "compile_config"):
        value = getattr(obj, f"get_{part}", lambda: None)()
        if value is not None:
            serialized[part] = serialize_keras_object(value)
    sharing.note_written(obj, serialized)
    return serialized


def _deserialize_value(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_deserialize_value, value))
    if not isinstance(value, dict):
        return value
    if not is_serialized(value):
        return {key: _deserialize_value(item) for key, item in value.items()}
    try:
        return _deserialize_object(value)
    except RecursionError as error:
        raise ValueError("The config is nested too deeply to be read.") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(
            f"The config of {value['class_name']!r} cannot be read: {type(error).__name__}: "
            f"{error}. If the class is yours, its from_config() must accept what its get_config() "
            "returns."
        ) from error


def _deserialize_object(value: dict[str, Any]) -> Any:
    name = value["class_name"]
    if not isinstance(name, str):
        raise ValueError(f"The config names a class by {name!r}, which is no name.")
    if name == "function":
        return _named(value, str(value["config"]))
    if name in special_values.READERS:
        return special_values.READERS[name](value["config"])
    known = sharing.known_object(value)
    return _deserialize_instance(value) if known is None else known


def _deserialize_instance(value: dict[str, Any]) -> Any:
    cls = _named(value, value["class_name"])
    if not hasattr(cls, "from_config"):
        return cls
    obj = cls.from_config(dict(value["config"]))
    for part in ("build_config", "compile_config"):
        restore = getattr(obj, part.replace("_config", "_from_config"), None)
        if value.get(part) and restore is not None:
            restore(value[part])
    sharing.note_read(obj, value)
    return obj


def _named(value: dict[str, Any], name: str) -> Any:
    return registry.object_for(value.get("module"), name, value.get("registered_name"))
