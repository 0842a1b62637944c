"""KerasFileEditor: look into a file of weights, change it, save it under another name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from kerlite.saving.archive import atomic_write, existing_file, read_zip
from kerlite.saving.h5_store import H5Reader, H5Writer, as_array, new_h5_file
from kerlite.saving.keras_format import CONFIG, METADATA, WEIGHTS, member, parsed
from kerlite.saving.weight_tree import Tree, leaves, objects, specification, weights_in

__all__ = ["KerasFileEditor"]

_ENDING = ".weights.h5"


class KerasFileEditor:
    """Shows what is in a file of weights, and changes it for a model whose layers have changed.

    Objects are known by their paths ("layers/dense_1"), or by their last names where these are
    unique. Nothing of the file is run, and no class of it is needed.

    Args:
        filepath: "*.keras" or "*.weights.h5"; it stays as it is.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: for another ending, or if the file is damaged.

    Example:
        >>> import kerlite, tempfile
        >>> model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2, name="out")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save_weights(f"{folder}/m.weights.h5")
        ...     editor = KerasFileEditor(f"{folder}/m.weights.h5")
        >>> editor.rename_object("dense", "head")
        >>> editor.summary()
        layers
          head ('out')
            0: shape=(4, 2), dtype=float32
            1: shape=(2,), dtype=float32

    Source: keras.saving.KerasFileEditor, which prints in colors and says what it opened.
    """

    def __init__(self, filepath: str | os.PathLike[str]):
        self.filepath = str(filepath)
        self.metadata: Any = None
        self.config: Any = None
        path = existing_file(filepath)
        if self.filepath.endswith(".keras"):
            members = read_zip(path)
            self.metadata = parsed(members, METADATA, path)
            self.config = parsed(members, CONFIG, path)
            reader = H5Reader(member(members, WEIGHTS, path), self.filepath)
        elif self.filepath.endswith(_ENDING):
            reader = H5Reader(path, self.filepath)
        else:
            raise ValueError(
                f"A KerasFileEditor opens files that end in .keras or {_ENDING}; received "
                f"{self.filepath!r}."
            )
        self.weights_dict: Tree = {}
        self.object_names: dict[int, str] = {}  # id of an object's dictionary -> the layer's name
        with reader:
            for where, store in sorted(reader.stores.items()):
                self._take(where, store)

    def summary(self) -> None:
        """Print the objects and the shapes of their weights."""
        for line in self._lines(self.weights_dict, ""):
            print(line)

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Print how the file differs from a model.

        Args:
            reference_model: a built model.

        Returns:
            "status" ("success" or "error"), "error_count" and "match_count", the numbers of the
            weights and objects that differ and of the weights that agree.
        """
        wanted = specification(reference_model)
        present = {path: np.shape(value) for path, value in leaves(self.weights_dict, "")}
        errors = [
            *(f"missing: {path} {wanted[path]}" for path in wanted if path not in present),
            *(f"unexpected: {path} {present[path]}" for path in present if path not in wanted),
            *(
                f"other shape: {path} is {wanted[path]} in the model, {present[path]} in the file"
                for path in wanted
                if path in present and present[path] != wanted[path]
            ),
        ]
        matches = sum(present.get(path) == shape for path, shape in wanted.items())
        print(*errors, f"{matches} weights agree, {len(errors)} do not.", sep="\n")
        status = "error" if errors else "success"
        return {"status": status, "error_count": len(errors), "match_count": matches}

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give an object another last name.

        Raises:
            ValueError: if there is no such object or several, or the new name is no free last name.
        """
        holder, name = self._found(object_name)
        _check_name(new_name)
        if new_name in holder:
            raise ValueError(f"{new_name!r} exists beside {object_name!r} already.")
        renamed = {new_name if key == name else key: value for key, value in holder.items()}
        holder.clear()
        holder.update(renamed)

    def delete_object(self, object_name: str) -> None:
        """Take an object away, with all that is in it.

        Raises:
            ValueError: if there is no such object or several.
        """
        holder, name = self._found(object_name)
        del holder[name]

    def add_object(self, object_path: str, weights: dict[str, Any]) -> None:
        """Add an object, or put another in its place.

        Args:
            object_path: its whole path; all of it but the last name must exist.
            weights: number ("0", "1") to array.

        Raises:
            ValueError: if the path does not exist, or `weights` is something else.
        """
        *parents, name = object_path.split("/")
        _check_name(name)
        holder = self.weights_dict
        for parent in parents:
            if not isinstance(holder.get(parent), dict):
                raise ValueError(f"There is no object {'/'.join(parents)!r} in {self.filepath!r}.")
            holder = holder[parent]
        holder[name] = _arrays(weights)

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Take a weight of an object away.

        Raises:
            ValueError: if there is no such object or weight.
        """
        thing = self._object(object_name)
        if weight_name not in thing or isinstance(thing[weight_name], dict):
            raise ValueError(
                f"{object_name!r} has no weight {weight_name!r}; it has {weights_in(thing)}."
            )
        del thing[weight_name]

    def add_weights(self, object_name: str, weights: dict[str, Any]) -> None:
        """Add weights to an object, or put others in their place.

        Raises:
            ValueError: if there is no such object, or `weights` is something else.
        """
        self._object(object_name).update(_arrays(weights))

    def save(self, filepath: str | os.PathLike[str]) -> None:
        """Save the weights as they are now, whole or not at all.

        Raises:
            ValueError: if the name does not end in ".weights.h5".
        """
        if not str(filepath).endswith(_ENDING):
            raise ValueError(f"The name must end in {_ENDING}; received {str(filepath)!r}.")
        with atomic_write(filepath) as temporary, new_h5_file(temporary) as file:
            writer = H5Writer(file)
            for path, thing in objects(self.weights_dict, ""):
                store = writer.store(path, self.object_names.get(id(thing)))
                for name in weights_in(thing):
                    store[name] = thing[name]

    resave_weights = save

    def _take(self, where: str, store: Any) -> None:
        if not len(store):
            return
        thing = self.weights_dict
        for part in where.split("/") if where else ():
            thing = thing.setdefault(part, {})
        thing.update({key: store[key] for key in store})
        name = store.group.attrs.get("name")
        if isinstance(name, (str, bytes)):
            self.object_names[id(thing)] = name if isinstance(name, str) else name.decode()

    def _object(self, name: str) -> Tree:
        holder, last = self._found(name)
        return holder[last]

    def _found(self, name: str) -> tuple[Tree, str]:
        """Return the dictionary that an object is in, and its last name."""
        holders = {"": self.weights_dict, **dict(objects(self.weights_dict, "", everything=True))}
        *parents, last = name.split("/")
        if parents:
            holder = holders.get("/".join(parents), {})
            found = [holder] if isinstance(holder.get(last), dict) else []
        else:
            found = [one for one in holders.values() if isinstance(one.get(last), dict)]
        if len(found) != 1:
            some = [path for path in holders if path][:20]
            raise ValueError(
                f"{self.filepath!r} has {len(found) or 'no'} objects {name!r}. Give the whole "
                f"path of one. There are: {some}."
            )
        return found[0], last

    def _lines(self, tree: Tree, indent: str) -> Iterator[str]:
        for key, value in tree.items():
            if isinstance(value, dict):
                name = self.object_names.get(id(value))
                yield f"{indent}{key}" + (f" ({name!r})" if name else "")
                yield from self._lines(value, indent + "  ")
            else:
                yield f"{indent}{key}: shape={np.shape(value)}, dtype={value.dtype}"


def _arrays(weights: Any) -> dict[str, np.ndarray]:
    if not isinstance(weights, dict):
        raise ValueError(
            "`weights` is a dictionary of arrays by number, {'0': kernel, '1': bias}; received "
            f"{weights!r}."
        )
    for name in weights:
        _check_name(name)
    return {str(name): as_array(value)[0] for name, value in weights.items()}


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or name in ("", ".", "vars") or "/" in name:
        raise ValueError(f"{name!r} is no last name of a path: a text without '/' is.")
