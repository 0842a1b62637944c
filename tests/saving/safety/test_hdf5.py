"""HDF5 files that lead elsewhere, or claim more than they hold."""

import h5py
import numpy as np
import pytest

import kerlite
from kerlite import layers
from kerlite.errors import UnsafeFileError
from kerlite.saving import KerasFileEditor, load_model
from tests.support import malicious
from tests.support.canary import no_effects

KERNEL = "layers/dense/vars/0"


def model():
    return kerlite.Sequential([kerlite.Input((4,)), layers.Dense(2, name="dense")])


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "model.weights.h5"
    model().save_weights(made)
    model().load_weights(made)
    outside = h5py.File(tmp_path / "outside.h5", "w")
    outside["secret"] = np.ones((4, 2), "float32")
    outside.close()
    return made


def replaced(make):
    def change(file):
        del file[KERNEL]
        make(file)

    return change


def external(file):
    file.create_dataset(KERNEL, (4, 2), "f4", external=[("outside.h5", 0, 32)])


def virtual(file):
    layout = h5py.VirtualLayout((4, 2), "f4")
    layout[:] = h5py.VirtualSource("outside.h5", "secret", (4, 2))
    file.create_virtual_dataset(KERNEL, layout)


def text(file):
    file[KERNEL] = np.array(["a", "b"], dtype=object)


def reference(file):
    file[KERNEL] = np.array([file.ref], dtype=h5py.ref_dtype)


def compound(file):
    file[KERNEL] = np.zeros(3, [("a", "f4"), ("b", "i4")])


def empty(file):
    file[KERNEL] = h5py.Empty("f4")


def named_type(file):
    file[KERNEL] = np.dtype("f4")


def linked(link):
    return replaced(lambda file: file.__setitem__(KERNEL, link))


def linked_group(file):
    del file["layers/dense"]
    file["layers/dense"] = h5py.ExternalLink("outside.h5", "/")


def circle(file):
    file["layers/dense/again"] = file["layers"]


def twice(file):
    file["layers/dense/vars/2"] = file[KERNEL]


def unstored(file):
    file.create_dataset(KERNEL, (4, 2**40), "f4", chunks=(4, 2**20))


def compressed(file):
    file.create_dataset(KERNEL, (2**24,), "f4", compression="gzip", fillvalue=0)
    file[KERNEL][:] = 0


def large_chunk(file):
    file.create_dataset(
        KERNEL, (4, 2), "f4", compression="gzip", chunks=(2**13, 2**13), maxshape=(None, None)
    )
    file[KERNEL][:] = 0


def other_filter(file):
    file.create_dataset(KERNEL, (4, 2), "f4", compression="lzf")
    file[KERNEL][:] = 1


CASES = {
    "soft_link": (linked(h5py.SoftLink("/layers/dense/vars/1")), "holds a link"),
    "dangling_link": (linked(h5py.SoftLink("/nowhere")), "holds a link"),
    "external_link": (linked(h5py.ExternalLink("outside.h5", "secret")), "holds a link"),
    "external_link_by_path": (linked(h5py.ExternalLink("/etc/passwd", "x")), "holds a link"),
    "external_group": (linked_group, "holds a link"),
    "external_storage": (replaced(external), "kept in another file"),
    "virtual_dataset": (replaced(virtual), "kept in another file"),
    "circle": (circle, "one object twice"),
    "one_array_twice": (twice, "one object twice"),
    "unstored": (replaced(unstored), "are stored"),
    "compressed": (replaced(compressed), "are stored"),
    "large_chunk": (replaced(large_chunk), "are stored"),
    "other_filter": (replaced(other_filter), "filters"),
    "text": (replaced(text), "no array of numbers"),
    "reference": (replaced(reference), "no array of numbers"),
    "compound": (replaced(compound), "no array of numbers"),
    "empty": (replaced(empty), "no array of numbers"),
    "named_type": (replaced(named_type), "is no array"),
}


@pytest.mark.parametrize("case", CASES)
def test_weights_that_lead_elsewhere_or_claim_too_much(case, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    change, message = CASES[case]
    with h5py.File(path, "r+") as file:
        change(file)
    with no_effects(path), pytest.raises(UnsafeFileError, match=message) as raised:
        KerasFileEditor(path)
    assert str(path) in str(raised.value)
    with no_effects(path), pytest.raises(ValueError, match=r"model\.weights\.h5"):
        model().load_weights(path)


@pytest.mark.parametrize("case", ["external_link", "external_storage", "virtual_dataset", "circle"])
def test_in_the_weights_of_a_keras_file(case, tmp_path, path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = tmp_path / "model.keras"
    model().save(whole)
    with h5py.File(path, "r+") as file:
        CASES[case][0](file)
    members = malicious.members(whole)
    members["model.weights.h5"] = path.read_bytes()
    malicious.write(whole, members)
    with no_effects(whole), pytest.raises(UnsafeFileError, match=CASES[case][1]):
        load_model(whole)


@pytest.mark.parametrize("case", ["external_link", "external_storage", "virtual_dataset"])
def test_in_a_legacy_file(case, tmp_path, path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = tmp_path / "model.h5"
    model().save(whole)
    with h5py.File(whole, "r+") as file:
        file["layers/dense/vars/0"] = 0.0  # where the cases expect an array
        CASES[case][0](file)
    with no_effects(whole), pytest.raises(UnsafeFileError, match=CASES[case][1]):
        load_model(whole)
    with no_effects(whole), pytest.raises(UnsafeFileError, match=CASES[case][1]):
        model().load_weights(whole)


def test_a_size_beyond_the_stored_bytes(path):
    """The shape of an array that lies in one piece, changed where the file says it."""
    plain = path.with_name("plain.weights.h5")
    with h5py.File(plain, "w", libver="earliest") as file:
        file.create_dataset(KERNEL, data=np.full((4, 2), 7, "f4"))
    content = bytearray(plain.read_bytes())
    shape = (4).to_bytes(8, "little") + (2).to_bytes(8, "little")
    place = content.index(shape)
    content[place : place + 8] = (2**40).to_bytes(8, "little")
    plain.write_bytes(content)
    with no_effects(plain), pytest.raises(ValueError, match=r"plain\.weights\.h5"):
        KerasFileEditor(plain)


def test_many_arrays_that_share_what_is_stored(tmp_path):
    path = tmp_path / "shared.weights.h5"
    with h5py.File(path, "w", libver="earliest") as file:
        for index in range(50):  # only the first is written: the others have no place yet
            file.create_dataset(f"layers/dense/vars/{index}", (5000,), "f4")
        first = file["layers/dense/vars/0"]
        first[:] = 7
        start = first.id.get_offset().to_bytes(8, "little")
    size = (20_000).to_bytes(8, "little")
    content = path.read_bytes()
    assert content.count(b"\xff" * 8 + size) == 49
    path.write_bytes(content.replace(b"\xff" * 8 + size, start + size))
    with pytest.raises(UnsafeFileError, match="more bytes than it has"):
        KerasFileEditor(path)


def test_a_group_in_place_of_an_array(path):
    with h5py.File(path, "r+") as file:
        del file[KERNEL]
        file.create_group(KERNEL)
    with pytest.raises(ValueError, match="a group, where an array should be"):
        model().load_weights(path)


@pytest.mark.parametrize("name", ["checksum", "dtype", "name"])
@pytest.mark.parametrize("value", ["text", [1, 2, 3], 1.5, b"\xff", h5py.Empty("f4"), -1, 2**63])
def test_attributes_of_the_wrong_type(name, value, path):
    with h5py.File(path, "r+") as file:
        file[KERNEL].attrs[name] = value
        file["layers/dense/vars"].attrs[name] = value
    if name == "checksum":
        with pytest.raises(ValueError, match="damaged"):
            model().load_weights(path)
    else:
        model().load_weights(path)


@pytest.mark.parametrize("name", ["layer_names", "weight_names", "model_config", "training_config"])
@pytest.mark.parametrize("value", ["[1, 2]", [1, 2, 3], b"\xff\xfe", "../../x", 5, "{" * 9999])
def test_attributes_of_a_legacy_file_of_the_wrong_type(name, value, tmp_path):
    path = tmp_path / "model.h5"
    model().save(path)
    with h5py.File(path, "r+") as file:
        for holder in (file, file["model_weights"], file["model_weights/dense"]):
            if name in holder.attrs or holder is file:
                holder.attrs[name] = value
            if f"{name}_crc32" in holder.attrs:
                del holder.attrs[f"{name}_crc32"]
    if name in ("layer_names", "weight_names", "model_config"):
        with no_effects(path), pytest.raises(ValueError, match=r"model\.h5"):
            load_model(path)
    else:
        with no_effects(path), pytest.raises(ValueError, match=r"model\.h5"):
            load_model(path)
