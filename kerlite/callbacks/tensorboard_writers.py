"""The files that TensorBoard reads, opened when something is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from kerlite.callbacks.optional import required
from kerlite.callbacks.tensorboard_graph import graph_event
from kerlite.callbacks.tensorboard_weights import as_image, embeddings_in, labels, named_weights

__all__ = ["Writers"]


class Writers:
    """A `torch.utils.tensorboard.SummaryWriter` for each subfolder of a folder.

    Args:
        log_dir: the folder.
    """

    def __init__(self, log_dir: str):
        self.log_dir = log_dir
        self._writers: dict[str, Any] = {}

    def open(self, folder: str) -> Any:
        """Return the writer of a subfolder.

        Raises:
            ImportError: if tensorboard is not installed.
        """
        if folder not in self._writers:
            required("tensorboard", "tensorboard", "TensorBoard")
            module = required("torch.utils.tensorboard", "tensorboard", "TensorBoard")
            self._writers[folder] = module.SummaryWriter(str(Path(self.log_dir, folder)))
        return self._writers[folder]

    def close(self) -> None:
        """Write what is waiting, and close the files; they are opened anew when need be."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def scalars(self, folder: str, values: Mapping[str, Any], step: int) -> None:
        """Write numbers; what is none is left out."""
        for name, value in values.items():
            if not isinstance(value, str) and np.ndim(value) == 0:
                self.open(folder).add_scalar(name, value, step)

    def epoch(self, values: Mapping[str, Any], epoch: int) -> None:
        """Write the values of an epoch, those of validation in their own folder."""
        for name, value in values.items():
            folder = "validation" if name.startswith("val_") else "train"
            self.scalars(folder, {f"epoch_{name.removeprefix('val_')}": value}, epoch)
        for writer in self._writers.values():
            writer.flush()

    def graph(self, module: nn.Module) -> None:
        """Write the graph, or the text of a module whose code cannot be traced."""
        writer = self.open("train")
        event = graph_event(module)
        if event is None:
            indented = "\n".join(f"    {line}" for line in str(module).splitlines())
            writer.add_text("model", indented)  # four spaces: as it is
        else:
            writer.file_writer.event_writer.add_event(event)

    def weights(self, module: nn.Module, epoch: int, images: bool) -> None:
        """Write a histogram of every weight, and an image if it can be one."""
        writer = self.open("train")
        for name, weight in named_weights(module):
            if weight.numel():
                writer.add_histogram(f"{name}/histogram", weight.float().cpu().numpy(), epoch)
            image = as_image(weight) if images else None
            if image is not None:
                writer.add_images(f"{name}/image", image, epoch, dataformats="NHWC")
        writer.flush()

    def embeddings(self, module: nn.Module, epoch: int, metadata: Any) -> None:
        """Write the embedding layers, with labels where there are any."""
        for name, layer in embeddings_in(module).items():
            file = metadata.get(name) if isinstance(metadata, dict) else metadata
            matrix = layer.weight.detach().float().cpu()
            lines, header = (
                (None, None) if file is None else labels(file, self.log_dir, len(matrix))
            )
            self.open("train").add_embedding(matrix, lines, None, epoch, name, header)
