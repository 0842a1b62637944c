"""`__all__` says exactly what a namespace offers."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kerlite
from tests.contracts.catalog import NAMESPACES

HEAVY = ["IPython", "h5py", "keras", "matplotlib", "pandas", "polars", "sklearn", "torchvision"]


def public_names(module):
    """Return what a module re-exports (`import x as x`) or defines without an underscore."""
    tree = ast.parse(inspect.getsource(module))
    reexported = {
        alias.asname
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
        if alias.asname == alias.name
    }
    defined = {
        statement.name
        for statement in tree.body
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        and not statement.name.startswith("_")
    }
    return reexported | defined


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_all_is_complete(namespace):
    module = importlib.import_module(namespace)
    assert public_names(module) <= set(module.__all__)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_all_is_importable_and_has_no_doubles(namespace):
    module = importlib.import_module(namespace)
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_namespace_is_an_attribute_of_kerlite(namespace):
    obj = kerlite
    for part in namespace.split(".")[1:]:
        obj = getattr(obj, part)
    assert obj is importlib.import_module(namespace)


def test_import_loads_nothing_heavy():
    code = f"import sys, kerlite; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


def test_version_is_the_project_s():
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert kerlite.__version__ == re.search(r'^version = "(.+)"$', project, re.MULTILINE)[1]
