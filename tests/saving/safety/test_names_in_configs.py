"""A file names classes and functions: none but those made for it are found, wherever it does."""

import inspect
import json

import pytest

import kerlite
from kerlite import saving
from kerlite.core import public_names
from kerlite.core.op_forms import _by_name
from kerlite.core.serialize import Configurable
from kerlite.errors import UnsafeFileError
from kerlite.saving import load_model
from tests.support import malicious
from tests.support.canary import no_effects

FORMS = [malicious.as_class, malicious.as_function, malicious.as_registered]
PURE = ("kerlite.ops", "kerlite.core", "kerlite.models", "kerlite.activations", "kerlite.random",
        "kerlite.losses", "torch", "operator", "_operator", "builtins")  # fmt: skip
SOME = [("canary_module", "run"), ("kerlite.utils", "get_file")]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    path = tmp_path_factory.mktemp("original") / "model.keras"
    malicious.model().save(path)
    load_model(path)  # whatever is imported late is imported now
    return path


@pytest.fixture
def path(original, tmp_path):
    copied = tmp_path / "model.keras"
    copied.write_bytes(original.read_bytes())
    return copied


def refused(path, config):
    malicious.rewrite(path, config=config)
    with no_effects(path), pytest.raises(ValueError, match=r"model\.keras"):
        load_model(path, safe_mode=False)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("place", malicious.PLACES)
def test_no_place_takes_a_foreign_name(place, form, path):
    config = malicious.config_of(path)
    for reference in SOME:
        refused(path, malicious.placed(config, malicious.PLACES[place], form(*reference)))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("reference", malicious.REFERENCES, ids="-".join)
def test_no_foreign_name_is_found(reference, form, path):
    config = malicious.config_of(path)
    refused(path, malicious.placed(config, malicious.PLACES["activation"], form(*reference)))


@pytest.mark.slow
@pytest.mark.parametrize("place", malicious.PLACES)
def test_no_foreign_name_is_found_anywhere(place, path):
    config = malicious.config_of(path)
    for reference in malicious.REFERENCES:
        for form in FORMS:
            refused(path, malicious.placed(config, malicious.PLACES[place], form(*reference)))


@pytest.mark.parametrize("place", ["loss", "metric", "optimizer", "activation", "initializer"])
@pytest.mark.parametrize("name", ["os.system", "kerlite.utils.get_file", "__import__", "eval"])
def test_plain_text_names_nothing_either(place, name, path):
    config = malicious.config_of(path)
    refused(path, malicious.placed(config, malicious.PLACES[place], name))


SWITCHES = {
    "safe_mode": False,
    "unsafe": True,
    "custom_objects": {"run": "os.system"},
    "allow_pickle": True,
    "trusted": True,
}


@pytest.mark.parametrize("where", ["top", "config", "layer", "metadata"])
def test_no_switch_in_a_file_turns_safety_off(where, path):
    config = malicious.config_of(path)
    evil = malicious.as_function("os", "system")
    config = malicious.placed(config, malicious.PLACES["activation"], evil)
    metadata = json.loads(malicious.members(path)["metadata.json"])
    {
        "top": config,
        "config": config["config"],
        "layer": malicious.layer(config, "dense"),
        "metadata": metadata,
    }[where].update(SWITCHES)
    malicious.rewrite(path, metadata=metadata)
    refused(path, config)


def test_the_program_cannot_turn_safety_off_by_accident(path):
    config = malicious.config_of(path)
    evil = malicious.as_function("os", "system")
    malicious.rewrite(path, config=malicious.placed(config, malicious.PLACES["activation"], evil))
    with pytest.warns(UserWarning, match="nothing to enable"):
        kerlite.config.enable_unsafe_deserialization()
    for safe_mode in (True, False, None):
        with no_effects(path), pytest.raises(ValueError, match="'system' of module 'os'"):
            load_model(path, safe_mode=safe_mode)


@pytest.mark.parametrize("reference", malicious.REFERENCES, ids="-".join)
def test_deserializing_finds_nothing_either(reference):
    for form in FORMS:
        for safe_mode in (True, False, None):
            with no_effects(), pytest.raises(ValueError, match="neither built in nor registered"):
                saving.deserialize_keras_object(form(*reference), safe_mode=safe_mode)


def test_a_description_as_json_finds_nothing_either(original):
    config = malicious.config_of(original)
    evil = malicious.as_function("os", "system")
    text = json.dumps(malicious.placed(config, malicious.PLACES["activation"], evil))
    with no_effects(), pytest.raises(ValueError, match="'system' of module 'os'"):
        kerlite.models.model_from_json(text)


def test_files_can_name_only_what_is_made_for_it():
    public_names.load_builtins()
    pure = ("kerlite.activations", "kerlite.losses", "kerlite.metrics")
    for (module, name), thing in public_names._public.items():
        assert module.split(".")[0] == "keras"
        if inspect.isclass(thing):
            assert issubclass(thing, Configurable) or hasattr(thing, "from_config"), name
            assert not issubclass(thing, kerlite.callbacks.Callback), name
        else:
            assert thing.__module__.startswith(pure), (module, name, thing.__module__)


def test_operations_in_files_are_functions_of_tensors():
    import kerlite.ops  # noqa: F401, PLC0415 - registers them

    for name, form in _by_name.items():
        module = getattr(form.function, "__module__", None) or ""
        assert module.startswith(PURE), (name, module)


@pytest.mark.parametrize("layer", ["StringLookup", "IntegerLookup", "TextVectorization"])
@pytest.mark.parametrize("vocabulary", ["/etc/passwd", "https://example.com/words", "words.txt"])
def test_a_vocabulary_is_no_path(layer, vocabulary, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("a\nb\n")
    config = {
        "module": "keras.layers",
        "class_name": layer,
        "config": {"vocabulary": vocabulary, "name": "lookup"},
        "registered_name": None,
    }
    with no_effects(), pytest.raises(ValueError, match=r"."):
        saving.deserialize_keras_object(config)


def test_the_error_has_a_public_name():
    assert issubclass(UnsafeFileError, ValueError)
