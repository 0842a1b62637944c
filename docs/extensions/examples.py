"""Lets the documentation read the docstring section `Example` as the `Examples` it knows."""

import re
from typing import Any

import griffe


class ExampleSections(griffe.Extension):
    """Renames the section when an object is read."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Rename the section in the docstring of `obj`, if it has one."""
        if obj.docstring:
            text = obj.docstring.value
            obj.docstring.value = re.sub(r"^Example:$", "Examples:", text, flags=re.MULTILINE)
