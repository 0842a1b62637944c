"""Names and classes: the registry that files are read through."""

import keras
import pytest

from kerlite import layers
from kerlite.core import registry


@pytest.fixture(autouse=True)
def clean_registry():
    before = dict(registry.get_custom_objects())
    yield
    registry.get_custom_objects().clear()
    registry.get_custom_objects().update(before)


def test_decorator_registers_under_package_and_name():
    @registry.register_keras_serializable(package="mine", name="Thing")
    class Whatever:
        def get_config(self):
            return {}

    assert registry.get_registered_name(Whatever) == "mine>Thing"
    assert registry.get_registered_object("mine>Thing") is Whatever


def test_defaults_are_those_of_keras():
    def function():
        pass

    registry.register_keras_serializable()(function)
    keras.saving.register_keras_serializable()(function)
    name = keras.saving.get_registered_name(function)
    assert registry.get_registered_name(function) == name == "Custom>function"


def test_a_class_needs_get_config():
    with pytest.raises(ValueError, match="get_config"):

        @registry.register_keras_serializable()
        class Bare:
            pass


def test_an_unregistered_object_goes_by_its_own_name():
    class Nobody:
        pass

    assert registry.get_registered_name(Nobody) == "Nobody"
    assert registry.get_registered_object("Nobody") is None


def test_scopes_nest_and_end():
    with registry.CustomObjectScope({"a": 1}):
        with registry.custom_object_scope({"b": 2, "a": 3}):
            assert registry.get_registered_object("a") == 3
            assert registry.get_registered_object("b") == 2
        assert registry.get_registered_object("a") == 1
        assert registry.get_registered_object("b") is None
    assert registry.get_registered_object("a") is None


def test_a_scope_ends_after_an_error():
    with pytest.raises(RuntimeError), registry.CustomObjectScope({"a": 1}):
        raise RuntimeError
    assert registry.get_registered_object("a") is None


def test_order_of_the_tables():
    assert registry.get_registered_object("x", {"x": 1}, {"x": 2}) == 1
    assert registry.get_registered_object("x", None, {"x": 2}) == 2
    with registry.CustomObjectScope({"x": 0}):
        assert registry.get_registered_object("x", {"x": 1}, {"x": 2}) == 0


def test_get_custom_objects_is_live():
    registry.get_custom_objects()["live"] = int
    assert registry.get_registered_object("live") is int


def test_built_in_classes_have_kerass_public_names():
    assert registry.public_name(layers.Dense) == ("keras.layers", "Dense")
    assert registry.public_object("keras.layers", "Dense") is layers.Dense


@pytest.mark.parametrize(
    "module",
    ["keras.layers", "keras.src.layers.core.dense", "kerlite.layers", "kerlite.layers.core"],
)
def test_other_spellings_of_a_module(module):
    assert registry.public_object(module, "Dense") is layers.Dense


@pytest.mark.parametrize("module", ["os", None, "", "keras.losses", "builtins"])
def test_what_is_not_registered_is_not_found(module):
    assert registry.public_object(module, "Dense") is None
    assert registry.public_object(module, "system") is None


def test_object_for():
    assert registry.object_for("keras.layers", "Dense", None) is layers.Dense
    with registry.CustomObjectScope({"mine>Dense": int, "Flat": float}):
        assert registry.object_for("keras.layers", "Dense", "mine>Dense") is int
        assert registry.object_for("nowhere", "Flat", None) is float
    with pytest.raises(ValueError, match=r"'system' of module 'os'.*register"):
        registry.object_for("os", "system", None)


def test_unhashable_objects_have_no_public_name():
    assert registry.public_name([]) is None
