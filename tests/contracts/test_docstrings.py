"""Every public class says in one sentence what it is, explains its arguments, shows an example."""

import inspect
import re

import pytest

from tests.contracts import catalog

CLASSES = catalog.public_classes()
SECTION = re.compile(r"^([A-Z][a-z]+):$", re.MULTILINE)
KNOWN = {
    "Args", "Attributes", "Call", "Example", "Note", "Raises", "Returns", "Shape", "Source",
    "Yields",
}  # fmt: skip


@pytest.mark.parametrize("path", CLASSES)
def test_first_line_is_one_sentence(path):
    first = _doc(path).splitlines()[0]
    assert first.endswith("."), first


@pytest.mark.parametrize("path", CLASSES)
def test_every_argument_is_explained(path):
    if "__init__" not in vars(CLASSES[path]):
        return  # the class that has it explains them
    names = [p.name for p in catalog.init_parameters(CLASSES[path])]
    explained = _section(path, "Args")
    missing = [
        name for name in names if not re.search(rf"^\W*{name}\b|, {name}\b", explained, re.M)
    ]
    assert missing == []


@pytest.mark.parametrize("path", CLASSES)
def test_there_is_an_example(path):
    assert ">>> " in _section(path, "Example")


@pytest.mark.parametrize("path", CLASSES)
def test_sections_are_known_ones(path):
    assert set(SECTION.findall(_doc(path))) <= KNOWN


def _doc(path):
    return inspect.cleandoc(vars(CLASSES[path]).get("__doc__") or "")


def _section(path, title):
    """Return the text between `title:` and the next section."""
    parts = SECTION.split(_doc(path))
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(title, "")
