"""The settings of the process, against Keras's own."""

import keras
import pytest

from kerlite.core import config


def test_defaults_are_those_of_keras():
    assert config.floatx() == keras.config.floatx() == "float32"
    assert config.epsilon() == keras.config.epsilon() == 1e-7
    assert config.image_data_format() == keras.config.image_data_format() == "channels_last"


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32", "float64"])
def test_floatx(name):
    config.set_floatx(name)
    assert config.floatx() == name


@pytest.mark.parametrize("name", ["float8", "int32", None, 32])
def test_unknown_floatx(name):
    with pytest.raises(ValueError, match="Unknown floatx"):
        config.set_floatx(name)
    assert config.floatx() == "float32"


def test_epsilon():
    config.set_epsilon(1e-3)
    assert config.epsilon() == 1e-3


def test_image_data_format():
    config.set_image_data_format("channels_first")
    assert config.image_data_format() == "channels_first"
    assert config.standardize_data_format(None) == "channels_first"
    assert config.standardize_data_format("Channels_Last") == "channels_last"


@pytest.mark.parametrize("name", ["NCHW", "last", 3])
def test_unknown_image_data_format(name):
    with pytest.raises(ValueError, match="channels_last"):
        config.set_image_data_format(name)


def test_the_only_backend_is_torch():
    assert config.backend() == "torch"
    config.set_backend("torch")
    with pytest.raises(ValueError, match="PyTorch only"):
        config.set_backend("jax")


def test_reset_puts_everything_back():
    config.set_floatx("float64")
    config.set_epsilon(0.5)
    config.set_max_epochs(1)
    config.disable_interactive_logging()
    config.reset()
    assert (config.floatx(), config.epsilon(), config.max_epochs()) == ("float32", 1e-7, None)
    assert config.is_interactive_logging_enabled()
