"""One kind of step through torch.compile; as plain Python where that is not possible."""

from __future__ import annotations

import time
import types
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from kerlite.core.user_warning import warn
from kerlite.layers.compiling import allow_recurrent_layers
from kerlite.training.compile_options import torch_arguments
from kerlite.training.compile_report import Choice

__all__ = ["CompiledStep"]

Function = Callable[..., Any]


class CompiledStep:
    """A function that is compiled as a whole, else in parts, else runs as it is.

    A call that cannot be compiled is made in the next way with the same arguments: nothing is lost,
    and one line says why.

    Args:
        what: what it is, for that line ("training step").
        module: the module that it runs.
        whole: what is compiled, in one piece.
        parts: what is compiled where torch can if that fails, and what runs if nothing can be.
        options: for torch.compile; with `fullgraph=True` it is all or nothing.
        warn: whether to say the line.
    """

    def __init__(
        self,
        what: str,
        module: nn.Module,
        whole: Function,
        parts: Function,
        options: dict[str, Any],
        warn: bool = True,
    ):
        self.what, self.module, self.eager, self.warn = what, module, parts, warn
        self.choice = Choice("undecided", "no step was compiled yet")
        self._ways = [("compiled", whole, {**options, "fullgraph": True})]
        if not options.get("fullgraph"):
            self._ways.append(("compiled in parts", parts, {**options, "fullgraph": False}))
        self._way = 0
        self._function: Function | None = None
        self._problem = ""

    @property
    def is_whole(self) -> bool:
        """Whether the last call ran the function that is compiled as a whole."""
        return self.choice.chosen == "compiled"

    def __call__(self, *args: Any) -> Any:
        """Return what the function returns."""
        if self._function is None:
            return self._try_ways(args)
        try:
            return self._function(*args)
        except Exception as error:
            if not _is_compilers(error):
                raise
            return self._try_ways(args, error)

    def _try_ways(self, args: tuple[Any, ...], failed: Exception | None = None) -> Any:
        """Make a call in the first way that works, and keep to it.

        An error of what is run is raised by the last way, as Python. Then nothing has changed.
        """
        before = self._way, self._function, self._problem
        if failed is not None:
            self._give_up_on(failed)
        try:
            while self._way < len(self._ways):
                chosen, function, options = self._ways[self._way]
                began = time.perf_counter()
                try:
                    result = self._compile_and_run(function, options, args)
                except Exception as error:
                    self._give_up_on(error)
                else:
                    self._settle(chosen, time.perf_counter() - began)
                    return result
            self._function = self.eager
            result = self.eager(*args)
        except BaseException:
            self._way, self._function, self._problem = before
            raise
        self._settle("eager", None)
        return result

    def _compile_and_run(
        self, function: Function, options: dict[str, Any], args: tuple[Any, ...]
    ) -> Any:
        self._function = _compiled(function, self.module, options)
        # So that a gradient that cannot be compiled is known of now, not after the forward pass.
        with torch._functorch.config.patch(force_non_lazy_backward_lowering=True):
            return self._function(*args)

    def _give_up_on(self, error: Exception) -> None:
        self._problem = _reason(error)
        in_parts = isinstance(error, torch._dynamo.exc.Unsupported)
        # If tracing it was not the problem, there is no use in tracing parts of it.
        self._way = self._way + 1 if in_parts else len(self._ways)

    def _settle(self, chosen: str, seconds: float | None) -> None:
        self.choice = Choice(chosen, self._problem or "jit_compile asks for it", seconds)
        if self._problem and self.warn:
            how = "runs eagerly" if chosen == "eager" else "is compiled in parts only"
            warn(f"The {self.what} {how}: {self._problem}")


def _compiled(function: Function, module: nn.Module, options: dict[str, Any]) -> Function:
    """Return a function, compiled.

    torch.compile keeps what it made by code object, and stops after eight times: each function gets
    a code object of its own, so that no model counts for another.
    """
    code = function.__code__.replace(co_name=f"{function.__name__}_compiled")
    own = types.FunctionType(
        code, function.__globals__, code.co_name, function.__defaults__, function.__closure__
    )
    compiled = torch.compile(own, **torch_arguments(options))
    allow_recurrent_layers(module)  # the compiler has been loaded by now, and traces later
    return compiled


def _is_compilers(error: Exception) -> bool:
    """Return whether an error is one of the compiler, not of what it compiled."""
    own = (torch._dynamo.exc.TorchDynamoException, torch._dynamo.exc.FailOnRecompileLimitHit)
    return isinstance(error, own)


def _reason(error: Exception) -> str:
    """Return in one line what could not be compiled, and where in the code."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0].rstrip(".") if lines else type(error).__name__
    if text.endswith(":"):  # the next line says what
        text = " ".join([text, *lines[1:2]]).rstrip(".")
    stack = getattr(error, "real_stack", None)
    place = f" ({stack[-1].filename}:{stack[-1].lineno})" if stack else ""
    return f"{text}{place}."
