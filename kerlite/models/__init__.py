"""Models: layers made into one.

Source: keras.models.
"""

from __future__ import annotations

from kerlite.models.clone import clone_model as clone_model
from kerlite.models.from_json import model_from_json as model_from_json
from kerlite.models.model import Model as Model
from kerlite.models.sequential import Sequential as Sequential
from kerlite.saving import load_model as load_model
from kerlite.saving import save_model as save_model

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]
