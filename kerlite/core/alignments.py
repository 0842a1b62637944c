"""CTC: the probability of all alignments of labels with the steps of a sequence."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from kerlite.core.readable import has_no_values

__all__ = ["alignment_loss"]


def alignment_loss(
    logits: Tensor, labels: Tensor, steps: Tensor, label_counts: Tensor, blank: int
) -> Tensor:
    """Return -log of the probability of all alignments, one for each sample.

    Args:
        logits: (n, steps, classes), at least float32.
        labels: (n, most labels).
        steps: how many steps of each sample count.
        label_counts: how many labels each sample has.
        blank: the class for "no label here".
    """
    if logits.shape[0] == 0 or has_no_values(logits):  # torch's kernel knows neither
        return logits.sum((1, 2))
    log_probabilities = logits.log_softmax(-1).transpose(0, 1)
    return F.ctc_loss(log_probabilities, labels, steps, label_counts, blank, "none")
