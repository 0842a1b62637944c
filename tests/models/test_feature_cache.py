"""model.cache_features: the head learns on kept features what it would learn in the whole model."""

import copy

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import kerlite
from kerlite import layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(22, 8, 8, 3)).astype("float32")
Y = RNG.integers(0, 3, size=22)
WEIGHT = RNG.uniform(0.5, 2, size=22).astype("float32")


def network(rate=0.0, frozen=True, **mode):
    base = kerlite.Sequential([
        kerlite.Input((8, 8, 3)),
        layers.Conv2D(4, 3, activation="relu", name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.Dropout(rate, name="drop"),
        layers.GlobalAveragePooling2D(name="gap"),
    ], name="base")  # fmt: skip
    base.trainable = not frozen
    inputs = kerlite.Input((8, 8, 3))
    x = layers.Dense(6, activation="tanh", name="hidden")(base(inputs, **mode))
    return kerlite.Model(inputs, layers.Dense(3, activation="softmax", name="out")(x))


def trained(model, *data, **options):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    torch.manual_seed(1)  # the order of the samples
    return model.fit(*data, epochs=3, verbose=0, **options).history


def compare(one, other):
    assert list(one) == list(other)
    for name, values in one.items():
        np.testing.assert_allclose(values, other[name], rtol=1e-5)


@pytest.mark.parametrize("upto", ["base", "base/norm", "hidden"])
@pytest.mark.parametrize("weight", [(), (WEIGHT,)], ids=["plain", "weighted"])
def test_the_head_learns_the_same(upto, weight):
    model = network()
    model.get_layer("hidden").trainable = upto != "hidden"
    twin = copy.deepcopy(model)
    data, head = model.cache_features((X, Y, *weight), upto=upto)
    options = {"sample_weight": weight[0]} if weight else {}
    compare(trained(head, data, batch_size=8), trained(twin, X, Y, batch_size=8, **options))
    np.testing.assert_allclose(  # the model has learned what its head has
        model.predict(X, verbose=0), twin.predict(X, verbose=0), rtol=1e-5
    )


def test_files_above_the_threshold_hold_the_same(tmp_path):
    model = network()
    twin = copy.deepcopy(model)
    memory, head = model.cache_features((X, Y, WEIGHT), upto="base", batch_size=4)
    disk, _ = model.cache_features(
        (X, Y, WEIGHT), upto="base", batch_size=4, threshold=200, folder=tmp_path / "kept"
    )
    assert memory.folder is None
    names = ["features.npy", "sample_weight.npy", "targets.npy"]
    assert sorted(path.name for path in disk.folder.iterdir()) == names
    for one, other in zip(memory.tensors, disk.tensors, strict=True):
        assert torch.equal(one, other)
        assert one.dtype == other.dtype
    np.testing.assert_array_equal(np.load(tmp_path / "kept" / "targets.npy"), Y)
    again = trained(twin, X, Y, sample_weight=WEIGHT)
    compare(trained(head, disk), again)


def test_a_temporary_folder_goes_with_the_data():
    data, _ = network().cache_features((X, Y), upto="base", threshold=0)
    folder = data.folder
    assert (folder / "features.npy").stat().st_size == 256 + 22 * 4 * 4
    del data
    assert not folder.exists()


def test_a_loader_is_read_once_in_its_order():
    seen = []

    def collate(rows):
        x, y = torch.utils.data.default_collate(rows)
        seen.append(y)
        return x, y

    model = network()
    pairs = TensorDataset(torch.tensor(X), torch.tensor(Y))
    loader = DataLoader(pairs, 5, shuffle=True, collate_fn=collate)
    data, _ = model.cache_features(loader, upto="base")
    assert torch.equal(data.tensors[1], torch.cat(seen))
    again = DataLoader(data, batch_size=7)
    assert [tuple(x.shape) for x, _ in again] == [(7, 4)] * 3 + [(1, 4)]


def test_inputs_alone_several_inputs_and_several_targets():
    data, _ = network().cache_features(X, upto="base")
    assert len(data.tensors) == 1
    assert data[[1, 2]][0].shape == (2, 4)
    left, right = kerlite.Input((3,), name="left"), kerlite.Input((3,), name="right")
    both = layers.Concatenate(name="both")([left, right])
    model = kerlite.Model([left, right], [layers.Dense(1, name="a")(both), layers.Dense(2)(both)])
    x, y = np.ones((6, 3), "float32"), [np.zeros((6, 1)), np.ones((6, 2))]
    data, head = model.cache_features(({"left": x, "right": 2 * x}, y), upto="both")
    assert data.features.shape == (6, 6)
    head.compile("sgd", ["mse", "mae"])
    head.fit(data, verbose=0, batch_size=3)


def test_steps_of_data_without_an_end():
    def endless():
        while True:
            yield X[:4], Y[:4]

    data, _ = network().cache_features(endless(), upto="base", steps=3)
    assert len(data) == 12


def test_a_base_that_is_not_frozen_is_refused():
    with pytest.raises(ValueError, match=r"4 weights.*conv/kernel.*\.\.\.\).*trainable = False"):
        network(frozen=False).cache_features((X, Y), upto="base")


@pytest.mark.parametrize("rate", [0.5, 0.01])
def test_a_layer_that_draws_random_numbers_is_refused(rate):
    model = network(rate)
    torch.manual_seed(3)
    state = torch.get_rng_state()
    with pytest.raises(ValueError, match=r"Dropout 'drop' gives something else.*training=False"):
        model.cache_features((X, Y), upto="base")
    assert torch.equal(state, torch.get_rng_state())
    data, _ = model.cache_features((X, Y), upto="base/norm")  # below it, all is well
    assert data.features.shape == (22, 6, 6, 4)


def test_a_norm_without_weights_that_is_not_frozen_is_refused():
    model = kerlite.Sequential([
        kerlite.Input((4,)),
        layers.BatchNormalization(center=False, scale=False, name="norm"),
        layers.Dense(1),
    ])  # fmt: skip
    x = RNG.normal(3, 2, size=(20, 4))
    before = model.get_weights()
    with pytest.raises(ValueError, match="BatchNormalization 'norm' gives something else"):
        model.cache_features((x, x[:, :1]), upto="norm")
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_random_layers_called_in_inference_are_welcome():
    model = network(0.5, training=False)
    data, _ = model.cache_features((X, Y), upto=model.get_layer("base"))
    torch.testing.assert_close(data.features, model.get_layer("base")(torch.tensor(X)))


def test_cuts_that_leave_no_head_are_refused():
    model = network()
    model.trainable = False
    with pytest.raises(ValueError, match="Nothing lies above 'out'"):
        model.cache_features((X, Y), upto="out")
    with pytest.raises(ValueError, match="Did you mean 'base'"):
        model.cache_features((X, Y), upto="bass")
    inputs = kerlite.Input((3,))
    low = layers.Dense(3, name="low", trainable=False)(inputs)
    around = kerlite.Model(inputs, layers.Add()([low, inputs]))
    with pytest.raises(ValueError, match=r"cannot be cut at 'low'.*goes around it"):
        around.cache_features((np.ones((2, 3)), None), upto="low")


def test_a_mask_is_refused():
    model = kerlite.Sequential([
        kerlite.Input((4,)),
        layers.Embedding(5, 3, mask_zero=True, name="words", trainable=False),
        layers.LSTM(2),
    ])  # fmt: skip
    with pytest.raises(ValueError, match=r"'words' has a mask"):
        model.cache_features((np.ones((3, 4), int), np.ones((3, 2))), upto="words")


def test_pictures_of_different_sizes_are_refused_and_leave_no_files(tmp_path):
    model = kerlite.Sequential([
        kerlite.Input((None, None, 3)), layers.Conv2D(2, 3, name="conv", trainable=False),
        layers.GlobalAveragePooling2D(), layers.Dense(1),
    ])  # fmt: skip
    batches = [(np.ones((2, size, size, 3), "float32"), np.ones(2)) for size in (8, 9)]
    with pytest.raises(ValueError, match=r"features have the shape \(7, 7, 2\) in one batch"):
        model.cache_features(iter(batches), upto="conv", threshold=0, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
