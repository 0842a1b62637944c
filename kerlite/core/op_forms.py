"""How files name the functions that a functional model calls: as Keras's operation classes.

A recorded call such as `torch.mean(x, dim=1)` is written as Keras's `Mean` with the option
`axis=1`, called on `x`. What has no form here can run, but not be saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

__all__ = ["OpForm", "form_named", "form_of", "register_op", "write_as"]


class OpForm(NamedTuple):
    """The written form of one function.

    Attributes:
        function: what is called when the form is read.
        module: Keras's module of the operation.
        class_name: Keras's class of the operation.
        inputs: how many leading arguments belong to the call; the others are options.
        options: the function's name of each option -> Keras's name and the default.
        sequence: whether the only option is a sequence that may come as separate arguments.
        free: whether keyword arguments that are no options belong to the call.
    """

    function: Callable[..., Any]
    module: str
    class_name: str
    inputs: int
    options: Mapping[str, tuple[str, Any]]
    sequence: bool = False
    free: bool = False

    def split(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        """Return the arguments of the recorded call as (positional, by keyword, Keras's options).

        Raises:
            TypeError: if the operation has no such option.
        """
        rest = args[self.inputs :]
        if self.sequence and rest and not isinstance(rest[0], (list, tuple)):
            rest = (rest,)  # x.reshape(2, 3) means x.reshape((2, 3))
        given = dict(zip(self.options, rest, strict=False))
        given.update((name, value) for name, value in kwargs.items() if not _is_off(name, value))
        unknown = sorted(given.keys() - self.options.keys())
        called = {name: given[name] for name in unknown} if self.free else {}
        if (unknown and not self.free) or len(rest) > len(self.options):
            raise TypeError(f"it was called with the arguments {unknown or rest}")
        return (
            args[: self.inputs],
            called,
            {key: given.get(name, default) for name, (key, default) in self.options.items()},
        )

    def call(self, args: Any, kwargs: dict[str, Any], config: dict[str, Any]) -> Any:
        """Call the function as a file says: with call arguments and Keras's options."""
        options = {
            name: config[keras_name]
            for name, (keras_name, default) in self.options.items()
            if config.get(keras_name, default) != default
        }
        return self.function(*args, **kwargs, **options)


def _is_off(name: str, value: Any) -> bool:
    """Return whether torch's functions add such an argument to a recorded call by themselves."""
    return name in ("inplace", "_stacklevel", "dtype") and value in (None, False, 3)


_by_target: dict[Any, OpForm] = {}
_by_name: dict[str, OpForm] = {}


def register_op(
    function: Callable[..., Any],
    class_name: str,
    module: str = "numpy",
    inputs: int = 1,
    options: Mapping[str, tuple[str, Any]] | None = None,
    free: bool = False,
) -> None:
    """Give a function the written form of one of Keras's operations.

    Args:
        function: called when the operation is read from a file.
        class_name: Keras's class.
        module: Keras's module below `keras.src.ops`.
        inputs: how many leading arguments belong to the call.
        options: the function's name of each option -> Keras's name and the default.
        free: whether keyword arguments that are no options belong to the call.
    """
    place = f"keras.src.ops.{module}"
    form = OpForm(function, place, class_name, inputs, options or {}, free=free)
    _by_name[class_name] = _by_target[function] = form


def write_as(
    class_name: str,
    *targets: Any,
    options: Mapping[str, tuple[str, Any]] | None = None,
    sequence: bool = False,
) -> None:
    """Have files name functions of torch as an operation that is registered already.

    Args:
        class_name: Keras's class.
        targets: what a recorded call may hold: functions, or names of tensor methods.
        options: the functions' name of each option -> Keras's name and the default.
        sequence: whether the only option is a sequence that may come as separate arguments.
    """
    form = _by_name[class_name]._replace(options=options or {}, sequence=sequence)
    _by_target.update(dict.fromkeys(targets, form))


def form_of(target: Any) -> OpForm | None:
    """Return the written form of what a recorded call holds, None if it has none."""
    try:
        return _by_target.get(target)
    except TypeError:  # unhashable
        return None


def form_named(module: str | None, class_name: str) -> OpForm | None:
    """Return the form of Keras's operation class, None if the names are not those of one."""
    form = _by_name.get(class_name)
    return form if form is not None and (module or "").startswith("keras.src.ops.") else None
