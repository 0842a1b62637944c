"""Nested structures: their leaves, in and out.

Source: keras.tree.
"""

from __future__ import annotations

from kerlite.core.tree import flatten as flatten
from kerlite.core.tree import flatten_with_path as flatten_with_path
from kerlite.core.tree import is_nested as is_nested
from kerlite.core.tree import map_structure as map_structure
from kerlite.core.tree import pack_sequence_as as pack_sequence_as

__all__ = ["flatten", "flatten_with_path", "is_nested", "map_structure", "pack_sequence_as"]
