"""Names that `kerlite.utils` offers and core defines."""

import torch

from kerlite import utils
from kerlite.core import config
from kerlite.core.tensor import KerasTensor


def test_logging_switches():
    utils.disable_interactive_logging()
    assert not utils.is_interactive_logging_enabled()
    utils.enable_interactive_logging()
    assert config.is_interactive_logging_enabled()


def test_registry_and_objects():
    class Thing:
        def __init__(self, size):
            self.size = size

        def get_config(self):
            return {"size": self.size}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    with utils.custom_object_scope({"Thing": Thing}):
        stored = utils.serialize_keras_object(Thing(3))
        assert utils.deserialize_keras_object(stored).size == 3
        assert utils.get_registered_object("Thing") is Thing
    assert utils.CustomObjectScope is utils.custom_object_scope


def test_seed_dtype_and_symbols():
    utils.set_random_seed(5)
    first = torch.rand(2)
    utils.set_random_seed(5)
    assert torch.equal(first, torch.rand(2))
    assert utils.standardize_dtype(torch.float16) == "float16"
    assert utils.is_keras_tensor(KerasTensor((None, 2)))
