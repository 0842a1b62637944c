"""Connectionist temporal classification: labels in order, at unknown steps."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.alignments import alignment_loss
from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.promotion import as_floating
from kerlite.core.readable import has_no_values, is_readable

__all__ = ["ctc_decode", "ctc_loss"]

_NONE = -1  # what fills up the labels
_HASH = 6364136223846793005  # odd and large: names of sequences differ, as good as surely


@operation("nn", "CTCLoss", inputs=4)
def ctc_loss(
    target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0
) -> Tensor:
    """Return -log of the probability of all alignments of the labels with the steps.

    Args:
        target: the labels, (n, most labels).
        output: logits, (n, steps, classes); half precision is computed in float32.
        target_length: how many labels each sample has, (n,).
        output_length: how many steps each sample has, (n,).
        mask_index: the class for "no label here".

    Returns:
        One loss for each sample; infinite where there are too few steps for the labels.

    Raises:
        ValueError: for shapes that do not fit; on the CPU, for labels that are no classes.

    Example:
        >>> logits = [[[0.0, 9.0, 0.0], [0.0, 0.0, 9.0]]]
        >>> ctc_loss([[1, 2]], logits, [2], [2])
        tensor([0.0005])

    Source: keras.ops.ctc_loss; Graves et al., 2006. torch.compile cannot trace torch's kernel: the
    graph breaks there.
    """
    labels, logits = as_tensor(target).long(), as_floating(output)
    counts, steps = as_tensor(target_length).long(), as_tensor(output_length).long()
    same_count = labels.shape[:1] == logits.shape[:1] == counts.shape == steps.shape
    if labels.ndim != 2 or logits.ndim != 3 or not same_count:
        raise ValueError(
            "ctc_loss needs labels (n, most labels), logits (n, steps, classes), and the lengths "
            f"of both, (n,); received the shapes {tuple(labels.shape)}, {tuple(logits.shape)}, "
            f"{tuple(counts.shape)} and {tuple(steps.shape)}."
        )
    if is_readable(labels) and labels.numel():
        _check_labels(labels, counts, logits.shape[-1])
    logits = logits.float() if logits.itemsize == 2 else logits
    return alignment_loss(logits, labels, steps, counts, mask_index)


@operation("nn", "CTCDecode", inputs=2)
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Tensor, Tensor]:
    """Return the likeliest sequences of labels, and their scores.

    Args:
        inputs: logits, (n, steps, classes).
        sequence_lengths: how many steps of each sample count, (n,).
        strategy: "greedy" for the likeliest class of each step, "beam_search" for the sequences of
            labels whose alignments are likeliest together.
        beam_width: how many sequences are followed; beam search only.
        top_paths: how many of them are returned; beam search only.
        merge_repeated: whether equal labels in a row count once; greedy only.
        mask_index: the class for "no label here"; None for the last.

    Returns:
        Labels of type int32, (paths, n, steps), filled up with -1, and scores, (n, paths): with
        "greedy" minus the sum of the logits, with "beam_search" the logarithm of the probability.

    Raises:
        ValueError: for an unknown strategy, other shapes, or more paths than the beam is wide.

    Example:
        >>> logits = torch.tensor([[[0.0, 9.0], [0.0, 9.0], [9.0, 0.0], [0.0, 9.0]]])
        >>> ctc_decode(logits, [4])
        (tensor([[[ 1,  1, -1, -1]]], dtype=torch.int32), tensor([[-36.]]))

    Source: keras.ops.ctc_decode. In beam search, a sample of length 0 has no labels here; Keras
    gives it one step.
    """
    x, lengths = as_floating(inputs), as_tensor(sequence_lengths)
    if x.ndim != 3 or lengths.shape != x.shape[:1]:
        raise ValueError(
            "ctc_decode needs logits (n, steps, classes) and lengths (n,); received the shapes "
            f"{tuple(x.shape)} and {tuple(lengths.shape)}."
        )
    x = x.float() if x.itemsize == 2 else x
    blank = x.shape[-1] - 1 if mask_index is None else mask_index
    if strategy == "greedy":
        return _greedy(x, lengths, merge_repeated, blank)
    if strategy != "beam_search":
        raise ValueError(f"Unknown strategy {strategy!r}. Expected 'greedy' or 'beam_search'.")
    if not 1 <= top_paths <= beam_width:
        raise ValueError(
            f"ctc_decode needs top_paths from 1 to beam_width={beam_width}; received {top_paths}."
        )
    return _beam_search(x.log_softmax(-1), lengths, beam_width, top_paths, blank)


def _check_labels(labels: Tensor, counts: Tensor, classes: int) -> None:
    """Refuse labels that torch's kernel would look up outside of the logits."""
    used = torch.arange(labels.shape[1]) < counts.unsqueeze(1)
    low, high = (extreme.item() for extreme in labels.where(used, 0).aminmax())
    if low < 0 or high >= classes:
        raise ValueError(
            f"ctc_loss needs labels from 0 to {classes - 1}, for the {classes} classes of the "
            f"logits; received labels from {low} to {high}."
        )


def _greedy(x: Tensor, lengths: Tensor, merge: bool, blank: int) -> tuple[Tensor, Tensor]:
    scores, labels = x.max(-1)
    ended = torch.arange(x.shape[1], device=x.device) >= lengths.unsqueeze(1)
    labels = labels.masked_fill(ended, blank)
    is_none = labels == blank
    if merge:
        is_none = is_none | F.pad(labels[:, 1:] == labels[:, :-1], (1, 0))
    labels = labels.masked_fill(is_none, _NONE).to(torch.int32)
    order = is_none.to(torch.int32).argsort(dim=-1, stable=True)  # labels first, in their order
    return labels.gather(-1, order).unsqueeze(0), -scores.masked_fill(ended, 0.0).sum(1, True)


class _Beams(NamedTuple):
    """The sequences that are followed, (n, width, ...); those with score -inf do not exist.

    Attributes:
        labels: filled up with -1.
        name: a number that tells a sequence from all others.
        length: how many labels there are.
        last: the last one, or -1.
        on_blank: log of the probability of the alignments that end without a label.
        on_label: that of those that end with the last label.
    """

    labels: Tensor
    name: Tensor
    length: Tensor
    last: Tensor
    on_blank: Tensor
    on_label: Tensor


def _beam_search(
    x: Tensor, lengths: Tensor, width: int, top: int, blank: int
) -> tuple[Tensor, Tensor]:
    n, steps, _ = x.shape
    none = x.new_full((n, width), -torch.inf)
    start = F.pad(none[:, 1:], (1, 0))  # one sequence, without labels, is certain
    zero = torch.zeros((n, width), dtype=torch.int64, device=x.device)
    labels = torch.full((n, width, steps), _NONE, dtype=torch.int32, device=x.device)
    beams = _Beams(labels, zero, zero, zero + _NONE, start, none)
    for step in range(0 if has_no_values(x) else steps):
        going = (step < lengths).view(-1, 1)
        pairs = zip(_extended(beams, x[:, step], blank), beams, strict=True)
        beams = _Beams(
            *(torch.where(going.view(-1, *[1] * (new.ndim - 1)), new, old) for new, old in pairs)
        )
    scores, best = torch.logaddexp(beams.on_blank, beams.on_label).topk(top)
    labels = beams.labels.gather(1, best.unsqueeze(-1).expand(-1, -1, steps))
    labels = labels.masked_fill(scores.isneginf().unsqueeze(-1), _NONE)
    return labels.transpose(0, 1), scores


def _extended(beams: _Beams, x: Tensor, blank: int) -> _Beams:
    """Return the likeliest sequences one step later, given the classes' log probabilities x."""
    (n, width), classes = beams.last.shape, x.shape[-1]
    total = torch.logaddexp(beams.on_blank, beams.on_label)
    repeated = x.gather(1, beams.last.clamp_min(0)).masked_fill(beams.last < 0, -torch.inf)
    stay_on_blank = total + x[:, blank : blank + 1]
    stay_on_label = beams.on_label + repeated

    # one label more; after the same label only where a blank was between
    is_last = torch.arange(classes, device=x.device) == beams.last.unsqueeze(-1)
    before = torch.where(is_last, beams.on_blank.unsqueeze(-1), total.unsqueeze(-1))
    longer = before + x.unsqueeze(1)
    longer[..., blank] = -torch.inf

    # a sequence that gets longer may be there already: [i, j], i and a label more is j
    longer_name = beams.name * _HASH + 1
    same = longer_name.unsqueeze(2) + beams.last.unsqueeze(1) == beams.name.unsqueeze(1)
    same = same & (beams.length.unsqueeze(2) + 1 == beams.length.unsqueeze(1))
    same = same & ~total.isneginf().unsqueeze(1)
    ends = beams.last.clamp_min(0).unsqueeze(1).expand(n, width, width)
    moved = longer.gather(2, ends).masked_fill(~same, -torch.inf)
    stay_on_label = torch.logaddexp(stay_on_label, moved.amax(1))
    there = torch.zeros_like(longer, dtype=torch.int32).scatter_add(2, ends, same.to(torch.int32))
    longer = longer.masked_fill(there > 0, -torch.inf)

    stay = torch.logaddexp(stay_on_blank, stay_on_label)
    scores, chosen = torch.cat([stay, longer.flatten(1)], 1).topk(width)
    grown = chosen >= width
    parent = torch.where(grown, (chosen - width).div(classes, rounding_mode="floor"), chosen)
    label = torch.where(grown, (chosen - width) % classes, beams.last.gather(1, parent))
    labels, name, count, _, on_blank, on_label = _Beams(
        beams.labels.gather(1, parent.unsqueeze(-1).expand(-1, -1, beams.labels.shape[-1])),
        *(x.gather(1, parent) for x in (longer_name, beams.length, beams.last)),
        *(x.gather(1, parent) for x in (stay_on_blank, stay_on_label)),
    )
    added = torch.where(grown, label, _NONE).to(torch.int32)
    position = count.clamp_max(labels.shape[-1] - 1)
    return _Beams(
        labels.scatter(2, position.unsqueeze(-1), added.unsqueeze(-1)),
        torch.where(grown, name + label, beams.name.gather(1, parent)),
        count + grown,
        label,
        on_blank.masked_fill(grown, -torch.inf),
        torch.where(grown, scores, on_label),
    )
