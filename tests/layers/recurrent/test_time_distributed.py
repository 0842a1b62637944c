import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.recurrent.time_distributed import TimeDistributed
from tests.layers.support import (
    check_number_types,
    check_tools,
    data,
    keras_scope,
    plain,
    random_values,
    run,
)

with keras_scope():
    import keras

CASES = [
    ("Dense", {"units": 5, "activation": "tanh"}, (2, 3, 4)),
    ("Dense", {"units": 5}, (1, 3, 2, 4)),
    ("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same"}, (2, 3, 6, 5, 2)),
    ("MaxPooling2D", {}, (2, 3, 6, 4, 2)),
    ("Flatten", {}, (2, 3, 4, 5)),
    ("LayerNormalization", {}, (2, 3, 4, 5)),
    ("BatchNormalization", {}, (2, 3, 4)),
    ("Dropout", {"rate": 0.5}, (2, 3, 4)),
    ("Activation", {"activation": "softmax"}, (2, 3, 4)),
]


def both(name, arguments, shape):
    with keras_scope():
        theirs = keras.layers.TimeDistributed(getattr(keras.layers, name)(**arguments, name="in"))
        theirs.build(shape)
        theirs.set_weights(random_values(theirs))
        values = theirs.get_weights()
    ours = TimeDistributed(getattr(layers, name)(**arguments, name="in"))
    ours.build(shape)
    ours.set_weights(values)
    return theirs, ours


@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_like_keras(name, arguments, shape):
    theirs, ours = both(name, arguments, shape)
    config, wanted = plain(ours.get_config()), plain(theirs.get_config())
    assert config.keys() == wanted.keys()
    assert config["layer"]["class_name"] == wanted["layer"]["class_name"] == name
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    x = data(*shape)
    with keras_scope():
        expected, expected_grads = run(theirs, x, {})
    out, grads = run(ours, x, {})
    torch.testing.assert_close(out, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(grads, expected_grads, rtol=1e-4, atol=1e-4)
    for given in (
        shape,
        (None, *shape[1:]),
        (shape[0], None, *shape[2:]),
        (None, None, *shape[2:]),
    ):
        wanted = tuple(theirs.compute_output_shape(given))
        assert ours.compute_output_shape(given) == wanted
        assert ours(layers.Input(batch_shape=given)).shape == wanted
    assert ours.compute_output_shape(shape) == out.shape
    check_tools(ours, x)


def test_one_call_for_all_steps():
    calls = []

    def note(x):
        calls.append(tuple(x.shape))
        return x * 2

    x = data(2, 3, 4)
    torch.testing.assert_close(TimeDistributed(layers.Lambda(note))(x), x * 2)
    assert calls == [(6, 4)]


def test_batch_normalization_takes_its_statistics_from_all_steps():
    layer, plain_layer = TimeDistributed(layers.BatchNormalization()), layers.BatchNormalization()
    x = data(4, 5, 3)
    out = layer(x, training=True)
    torch.testing.assert_close(out, plain_layer(x.flatten(0, 1), training=True).view(4, 5, 3))
    for mine, other in zip(layer.get_weights(), plain_layer.get_weights(), strict=True):
        assert (mine == other).all()
    layer.trainable = False
    torch.testing.assert_close(layer(x, training=True), layer(x, training=False))


def test_training_reaches_the_layer():
    layer, ones = TimeDistributed(layers.Dropout(0.5)), torch.ones(4, 5, 30)
    assert layer(ones, training=True).unique().tolist() == [0, 2]
    assert torch.equal(layer(ones), ones)
    layer.train()
    assert layer(ones).unique().tolist() == [0, 2]
    assert torch.equal(layer(ones, training=False), ones)


class Masked(layers.Layer):
    """Notes the mask it is given."""

    def call(self, inputs, mask=None):
        self.seen = mask
        return inputs


def test_mask_is_handed_on_step_by_step_and_goes_on():
    mask = torch.tensor([[True, False, True], [False, True, True]])
    x = data(2, 3, 4)
    layer = TimeDistributed(Masked())
    layer(x, mask=mask)
    assert layer.layer.seen.tolist() == mask.flatten().tolist()
    layer(x, mask=mask[..., None].expand(2, 3, 4))
    assert layer.layer.seen.shape == (6, 4)
    layer(x)
    assert layer.layer.seen is None
    embedded = layers.Embedding(5, 4, mask_zero=True)(torch.tensor([[1, 0, 2]]))
    out = TimeDistributed(layers.Dense(2))(embedded)
    assert out._keras_mask.tolist() == [[True, False, True]]
    layer(embedded)
    assert layer.layer.seen.tolist() == [True, False, True]


def test_mask_in_a_graph():
    ids = layers.Input((None,), dtype="int32")
    embedded = layers.Embedding(5, 4, mask_zero=True)(ids)
    inner = Masked()
    out = TimeDistributed(inner)(embedded)
    assert out.shape == (None, None, 4)
    assert out._keras_mask.shape == (None, None)
    model = kerlite.Model(ids, out)
    model(torch.tensor([[1, 0, 2], [0, 1, 1]]))
    assert inner.seen.tolist() == [True, False, True, False, True, True]


def test_a_model_inside_and_around():
    step = kerlite.Sequential([layers.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten()])
    x = layers.Input((None, 6, 6, 1))
    model = kerlite.Model(x, TimeDistributed(step)(x))
    films = data(2, 3, 6, 6, 1)
    expected = torch.stack([step(films[:, i]) for i in range(3)], 1)
    torch.testing.assert_close(model(films), expected)
    assert model.output_shape == (None, None, 32)
    late = TimeDistributed(kerlite.Sequential([layers.Dense(3)]))
    assert late(data(2, 3, 4)).shape == (2, 3, 3)


def test_several_inputs_and_outputs():
    a, b = layers.Input((4,)), layers.Input((2,))
    step = kerlite.Model([a, b], {"sum": layers.Dense(3)(layers.concatenate([a, b])), "a": a})
    layer = TimeDistributed(step)
    inputs = [data(2, 5, 4), data(2, 5, 2)]
    out = layer(inputs)
    assert {key: tuple(value.shape) for key, value in out.items()} == {
        "sum": (2, 5, 3),
        "a": (2, 5, 4),
    }
    torch.testing.assert_close(out["a"], inputs[0])
    shapes = layer.compute_output_shape([(None, 5, 4), (None, 5, 2)])
    assert shapes == {"sum": (None, 5, 3), "a": (None, 5, 4)}
    symbolic = layer([layers.Input((None, 4)), layers.Input((None, 2))])
    assert symbolic["sum"].shape == (None, None, 3)


def test_config_and_weights_make_it_again():
    layer = TimeDistributed(layers.Dense(3, activation="relu"), name="t")
    x = data(2, 3, 4)
    expected = layer(x)
    again = TimeDistributed.from_config(layer.get_config())
    again(x)
    again.set_weights(layer.get_weights())
    torch.testing.assert_close(again(x), expected)
    assert again.layer.activation is layer.layer.activation


def test_penalties_of_the_layer_inside():
    layer = TimeDistributed(layers.Dense(3, kernel_regularizer="l2", activity_regularizer="l1"))
    layer(data(2, 3, 4))
    assert len(layer.losses) == 2


def test_number_types():
    check_number_types(
        lambda dtype: TimeDistributed(layers.Dense(3, dtype=dtype), dtype=dtype), data(2, 3, 4)
    )
    assert (
        TimeDistributed(layers.Flatten())(torch.ones(2, 3, 4, dtype=torch.int64)).dtype
        is torch.int64
    )
    assert TimeDistributed(layers.Flatten())(layers.Input((3, 4), dtype="int64")).dtype == "int64"


def test_empty_batch():
    layer = TimeDistributed(layers.Dense(3))
    layer.build((None, 3, 4))
    assert layer(torch.zeros(0, 3, 4)).shape == (0, 3, 3)


def test_trains_in_a_model():
    model = kerlite.Sequential(
        [layers.Input((3, 4)), TimeDistributed(layers.Dense(2)), layers.Flatten(), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    before = model.get_weights()[0]
    model.fit(data(8, 3, 4), data(8, 1), epochs=1, verbose=0)
    assert not (model.get_weights()[0] == before).all()


def test_bad_input():
    with pytest.raises(ValueError, match="'t' wraps a layer; received 3"):
        TimeDistributed(3, name="t")
    for attempt in (data(2, 3), layers.Input((3,))):
        with pytest.raises(ValueError, match="'t' needs inputs of at least three dimensions"):
            TimeDistributed(layers.Dense(2), name="t")(attempt)
    layer = TimeDistributed(Masked(), name="t")
    for shape in ((2,), (2, 4), (3, 3)):
        with pytest.raises(ValueError, match=r"'t' needs a mask whose shape begins .* \(2, 3\)"):
            layer(data(2, 3, 4), mask=torch.ones(shape, dtype=torch.bool))
