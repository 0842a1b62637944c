"""EinsumEquation: what "abc,cd->abd" says about the shapes of a kernel and its output."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

__all__ = ["EinsumEquation", "EinsumShapes"]

Shape = tuple[int | None, ...]

_FORM = re.compile(r"(\.{3})?([a-zA-Z]+)(\.{3})?,([a-zA-Z]+)->(\.{3})?([a-zA-Z]+)(\.{3})?")


class EinsumShapes(NamedTuple):
    """The shapes that an equation has for one input shape; `bias` is None without one."""

    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None
    output: Shape


class EinsumEquation:
    """An equation "inputs,kernel->outputs", with a letter for every axis.

    Three dots at the start, or at the end, of both inputs and outputs stand for any axes.

    Attributes:
        contracted: the kernel's axes that are summed over: its inputs.
        added: the kernel's other axes: its outputs.
        is_matrix: whether it is inputs @ kernel, with the last axes of the inputs in the order of
            the kernel's first ones, and the kernel's others, in order, the output's last.
        is_transposed: likewise, but the kernel's output axes come first.

    Raises:
        ValueError: if it is no such equation, or `bias_axes` are no axes of its output.
    """

    def __init__(self, equation: Any, bias_axes: str | None, owner: str):
        form = _FORM.fullmatch(equation) if isinstance(equation, str) else None
        if form is None or form.group(1, 3) != form.group(5, 7) or all(form.group(1, 3)):
            raise ValueError(
                f"{owner} needs an equation such as 'ab,bc->ac', '...ab,bc->...ac' or "
                f"'ab...,bc->ac...'; received {equation!r}."
            )
        self.equation, self.owner, self.bias = equation, owner, bias_axes
        self.inputs, self.kernel, self.outputs = form.group(2, 4, 6)
        self.left, self.right = map(bool, form.group(1, 3))
        self._check_letters()
        self.contracted = "".join(x for x in self.kernel if x not in self.outputs)
        self.added = "".join(x for x in self.kernel if x not in self.inputs)
        kept = self.inputs.removesuffix(self.contracted)
        plain = (
            not self.right
            and bool(self.contracted and self.added)
            and len(set(self.inputs)) == len(self.inputs) == len(kept) + len(self.contracted)
            and self.outputs == kept + self.added
        )
        self.is_matrix = plain and self.kernel == self.contracted + self.added
        self.is_transposed = plain and self.kernel == self.added + self.contracted

    def _check_letters(self) -> None:
        inputs, kernel, outputs = map(set, (self.inputs, self.kernel, self.outputs))
        alone = sorted((outputs - inputs - kernel) | (kernel - inputs - outputs))
        if alone:
            raise ValueError(
                f"{self.owner} has {alone[0]!r} in one term only of {self.equation!r}: a letter of "
                "the kernel stands in the inputs or outputs too, one of the outputs in the inputs "
                "or the kernel."
            )
        if len(kernel) < len(self.kernel) or len(outputs) < len(self.outputs):
            raise ValueError(
                f"{self.owner} has a letter twice in the kernel or the outputs of "
                f"{self.equation!r}: each is an axis of its own there."
            )
        if self.bias is not None and not (self.bias and set(self.bias) <= outputs):
            raise ValueError(
                f"{self.owner} needs bias_axes to be letters of the outputs {self.outputs!r}; "
                f"received {self.bias!r}."
            )

    def shapes(self, input_shape: Shape, output_shape: Shape, known: bool = True) -> EinsumShapes:
        """Return the shapes of the kernel, the bias and the output.

        Args:
            input_shape: the input's, with the batch.
            output_shape: the sizes of the output's letters, without the batch; None for those that
                are the input's.
            known: whether the kernel's sizes must all be known.

        Raises:
            ValueError: if the shapes do not fit the equation, or a size is not known.
        """
        extra = len(input_shape) - len(self.inputs)
        before, after = (extra, 0) if self.left else (0, extra)
        full = (*input_shape[: max(before, 1)], *output_shape)
        if extra < 0 or (extra and not (self.left or self.right)) or (
            len(full) != before + len(self.outputs)
        ):  # fmt: skip
            raise ValueError(
                f"{self.owner} cannot apply {self.equation!r} with output_shape={output_shape} to "
                f"an input of shape {input_shape}: every letter stands for one axis, and "
                "output_shape holds the sizes of the output without the batch."
            )
        sizes = dict(zip(self.inputs, input_shape[before:], strict=False))
        for letter, size in zip(self.outputs, full[before:], strict=True):
            if None not in (size, sizes.get(letter)) and size != sizes[letter]:
                raise ValueError(
                    f"{self.owner} has size {size} for {letter!r} of {self.equation!r} in "
                    f"output_shape={output_shape}, but its input of shape {input_shape} has "
                    f"{sizes[letter]}. Pass None for axes that are the input's."
                )
            sizes[letter] = sizes.get(letter) if size is None else size
        kernel = tuple(sizes[x] for x in self.kernel)
        bias = self._bias_shape(sizes, after)
        if known and None in (*kernel, *(bias or ())):
            raise ValueError(
                f"{self.owner} needs to know the sizes of its kernel: with {self.equation!r}, an "
                f"input of shape {input_shape} and output_shape={output_shape} it is {kernel}, "
                f"and its bias {bias}."
            )
        rest = input_shape[len(input_shape) - after :]
        output = (*full[:before], *(sizes[x] for x in self.outputs), *rest)
        return EinsumShapes(kernel, bias, output)  # type: ignore[arg-type]

    def _bias_shape(self, sizes: dict[str, Any], after: int) -> tuple[Any, ...] | None:
        """Return the bias's shape: 1 for axes without, from the first with one to the end."""
        if self.bias is None:
            return None
        first = min(map(self.outputs.index, self.bias))
        used = [sizes[x] if x in self.bias else 1 for x in self.outputs[first:]]
        return (*used, *(1,) * after)
