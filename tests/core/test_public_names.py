"""Public names: the way from a name in a file to a built-in object."""

import kerlite
from kerlite.core import public_names
from kerlite.core.public_names import public_name, public_object


def test_names_lead_to_objects_and_back():
    assert public_object("keras.layers", "Dense") is kerlite.layers.Dense
    assert public_object("kerlite.layers", "Dense") is kerlite.layers.Dense
    assert public_object("keras.src.layers.core.dense", "Dense") is kerlite.layers.Dense
    assert public_name(kerlite.layers.Dense) == ("keras.layers", "Dense")
    assert public_name(kerlite.Model) == ("keras.src.models.functional", "Functional")
    assert public_object("keras.src.models.functional", "Functional") is kerlite.Model
    assert public_object("keras", "Model") is kerlite.Model
    assert public_object("keras", "Sequential") is kerlite.Sequential


def test_other_names_lead_nowhere():
    assert public_object("os", "system") is None
    assert public_object("mine.layers", "Dense") is None
    assert public_object("keras.saving", "load_model") is None
    assert public_object(None, "Dense") is None
    assert public_name([]) is None


def test_packages_are_loaded_once_if_a_name_is_not_known_yet(monkeypatch):
    loaded = []
    monkeypatch.setattr(public_names, "_loading", [])
    monkeypatch.setattr(public_names.importlib, "import_module", loaded.append)
    assert public_object("keras.layers", "Nothing") is None
    assert public_object("keras.layers", "Nothing") is None
    assert "kerlite.layers" in loaded
    assert "kerlite.models" in loaded
    assert len(loaded) == len(set(loaded))
