"""A module's code as a torch.fx graph whose modules are those that become layers."""

from __future__ import annotations

from typing import Any

from torch import fx, nn

from kerlite.applications.torch_modules import is_known

__all__ = ["attribute_of", "scoped_name", "traced"]


def traced(module: nn.Module) -> list[fx.Node]:
    """Return the nodes of a module's graph, traced in evaluation mode.

    Raises:
        ValueError: if its code depends on values or on the kind of its inputs.
    """
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        return list(_Tracer().trace(module).nodes)
    except (fx.proxy.TraceError, TypeError) as error:
        raise ValueError(
            f"torch.fx cannot trace {module._get_name()}: {error} Its code may not depend on "
            "values. Wrap it in layers.TorchModuleWrapper, which takes it as one layer."
        ) from error
    finally:
        for part, mode in modes.items():
            part.training = mode


def scoped_name(node: fx.Node) -> str:
    """Return the name of the module around a call, and of what is called."""
    target = node.target
    own = target if isinstance(target, str) else getattr(target, "__name__", "function")
    stack = node.meta.get("nn_module_stack") or {}
    around = str(next(reversed(stack.values()))[0]) if stack else ""
    own = own.strip("_")
    return f"{around}_{own}".replace(".", "_") if around else own


def attribute_of(module: Any, path: str) -> Any:
    """Return what lies at a path of attributes."""
    for part in path.split("."):
        module = getattr(module, part)
    return module


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return whether a module becomes one layer."""
        if is_known(m) or isinstance(m, nn.modules.batchnorm._NormBase):
            return True
        return super().is_leaf_module(m, module_qualified_name)
