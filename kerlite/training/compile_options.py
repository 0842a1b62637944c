"""What `jit_compile` says: whether to compile the steps, and with which options."""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import Any

import torch

from kerlite.core.errors import unknown_name

__all__ = ["compile_options", "compiler_missing_for", "torch_arguments", "uses_cuda_graphs"]

_KNOWN = ("backend", "dynamic", "fullgraph", "mode", "options")
_MODES = ("default", "lite", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
_KINDS = {
    "fullgraph": (bool, "True or False"),
    "dynamic": ((bool, type(None)), "True, False or None"),
    "options": ((dict, type(None)), "a dict of options of the backend"),
}


def compile_options(jit_compile: Any) -> dict[str, Any] | None:
    """Return the options for torch.compile that `jit_compile` gives; None if it asks for nothing.

    Raises:
        ValueError: for an unknown option, an unknown mode or a value of the wrong kind.

    Example:
        >>> compile_options(True), compile_options({"dynamic": False}), compile_options("auto")
        ({}, {'dynamic': False}, None)
    """
    if not isinstance(jit_compile, dict):
        if jit_compile not in (True, False, None, "auto"):
            raise ValueError(
                f"jit_compile must be True, False or 'auto'; received {jit_compile!r}. A dict, "
                "such as {'mode': 'reduce-overhead'}, passes options on to torch.compile."
            )
        return {} if jit_compile is True else None
    for name, value in jit_compile.items():
        if name not in _KNOWN:
            raise unknown_name("option of jit_compile", str(name), _KNOWN)
        kinds, wanted = _KINDS.get(name, (object, ""))
        if not isinstance(value, kinds):  # type: ignore[arg-type]
            raise ValueError(f"jit_compile: {name!r} must be {wanted}; received {value!r}.")
    _check_mode(jit_compile)
    _check_backend(jit_compile.get("backend"))
    return dict(jit_compile)


def torch_arguments(options: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments for torch.compile.

    Inductor is told to draw random numbers as torch does eagerly, so that dropout is the same.
    """
    given = dict(options)
    if given.get("backend") in (None, "inductor"):
        mode = given.pop("mode", None)
        chosen = torch._inductor.list_mode_options(mode) if mode else {}
        own = given.get("options") or {}
        given["options"] = {"fallback_random": True, **chosen, **own}
    return given


def uses_cuda_graphs(options: dict[str, Any]) -> bool:
    """Return whether what a step returns is overwritten by the next one."""
    inductor = options.get("options") or {}
    by_mode = options.get("mode") in ("reduce-overhead", "max-autotune")
    return by_mode or inductor.get("triton.cudagraphs", options.get("backend") == "cudagraphs")


def compiler_missing_for(device: torch.device) -> str | None:
    """Return what torch.compile lacks on a device, in words; None if it has what it needs."""
    if device.type == "cpu":
        names = filter(None, (os.environ.get("CXX"), "g++", "clang++", "c++"))
        return None if any(map(shutil.which, names)) else "there is no C++ compiler"
    if device.type == "cuda":
        return None if importlib.util.find_spec("triton") else "triton is not installed"
    return f"'auto' compiles on CPU and CUDA devices only, not on {device.type!r}"


def _check_mode(options: dict[str, Any]) -> None:
    mode = options.get("mode")
    if mode is None:
        return
    if mode not in _MODES:
        raise unknown_name("mode of torch.compile", str(mode), _MODES)
    if options.get("backend") not in (None, "inductor"):
        raise ValueError(
            f"jit_compile: a mode ({mode!r}) is for torch's own backend, inductor; received the "
            f"backend {options['backend']!r} too. Leave one of them out."
        )


def _check_backend(backend: Any) -> None:
    if backend is None or callable(backend):
        return
    # This brings in the compiler, which is wanted in this case anyhow.
    known = torch.compiler.list_backends(exclude_tags=())
    if backend not in known:
        raise unknown_name("backend of torch.compile", str(backend), known)
