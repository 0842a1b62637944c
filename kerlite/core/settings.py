"""What the process is set to; `kerlite.core.config` reads and changes it."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

import torch

__all__ = ["Settings", "settings"]


@dataclass
class Settings:
    """One value a setting; the defaults are those of a fresh process."""

    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"
    device: torch.device | None = None
    max_epochs: int | None = None
    max_steps_per_epoch: int | None = None
    interactive_logging: bool = True
    traceback_filtering: bool = True
    flash_attention: bool = True

    def reset(self) -> None:
        """Put every setting back to its default, limits to what the environment says."""
        for field in fields(self):
            setattr(self, field.name, field.default)
        self.max_epochs = _limit_from_environment("KERAS_MAX_EPOCHS")
        self.max_steps_per_epoch = _limit_from_environment("KERAS_MAX_STEPS_PER_EPOCH")


def _limit_from_environment(name: str) -> int | None:
    value = os.environ.get(name)
    return int(value) if value else None


settings = Settings()
settings.reset()
