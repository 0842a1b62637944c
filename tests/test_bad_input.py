"""Bad input gets a clear error before anything is trained: what, why, and how to mend it."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset

import kerlite
from kerlite import callbacks, layers, losses

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4)).astype("float32")
LABELS = RNG.integers(0, 3, size=40)
NUMBER = X.sum(axis=1, keepdims=True)
WEIGHT = np.ones(40, "float32")


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def classifier(loss="sparse_categorical_crossentropy", **arguments):
    model = kerlite.Sequential([
        kerlite.Input((4,), name="features"),
        layers.Dense(5, activation="relu", name="hidden"),
        layers.Dense(3, activation="softmax", name="classes"),
    ])  # fmt: skip
    model.compile("sgd", loss, **arguments)
    return model


class Subclassed(kerlite.Model):
    def __init__(self, units=1):
        super().__init__()
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


def subclassed(units=1, loss="mse"):
    model = Subclassed(units)
    model.compile("sgd", loss)
    return model


def two_heads(**arguments):
    inputs = kerlite.Input((4,))
    number = layers.Dense(1, name="number")(inputs)
    kind = layers.Dense(3, activation="softmax", name="kind")(inputs)
    model = kerlite.Model(inputs, [number, kind])
    given = {"optimizer": "sgd", "loss": ["mse", "sparse_categorical_crossentropy"]}
    model.compile(**{**given, **arguments})
    return model


class Begun(callbacks.Callback):
    """Notes whether training has begun."""

    def __init__(self):
        super().__init__()
        self.begun = False

    def on_train_begin(self, logs=None):
        self.begun = True


def refuse(model, match, *args, error=ValueError, begins=False, **kwargs):
    """Fit, and see the error; no weight may have changed, and training may not have begun."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    watch = Begun()
    with pytest.raises(error, match=match):
        model.fit(*args, verbose=0, callbacks=[watch], **kwargs)
    after = model.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert watch.begun is begins
    assert not model.training


def batches(*given):
    yield from given


# ---- shapes and types of the data

SHAPE = r"expects its input 'features' to have the shape \(None, 4\), but received \({}.*x\[None\]"


@pytest.mark.parametrize(
    ("x", "shape"),
    [(X[:, :3], "32, 3"), (X[:, :, None, None], "32, 4, 1, 1"), (X[:, 0], r"32,\)")],
)
def test_inputs_of_the_wrong_shape(x, shape):
    refuse(classifier(), SHAPE.format(shape), x, LABELS)


def test_inputs_of_the_wrong_shape_in_batches():
    refuse(classifier(), SHAPE.format("40, 3"), batches((X[:, :3], LABELS)), begins=True)


def test_inputs_of_the_wrong_shape_for_a_subclass():
    model = subclassed()
    model(X)
    match = r"Dense 'dense\w*'.*expected axis -1 to have size 4, found 3.*\(32, 3\)"
    refuse(model, match, X[:, :3], NUMBER, begins=True)


def test_images_without_channels():
    model = kerlite.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    refuse(model, r"Conv2D.*expected ndim=4, found ndim=3", np.zeros((40, 8, 8)), NUMBER)


def test_validation_data_of_the_wrong_shape():
    refuse(classifier(), SHAPE.format("32, 3"), X, LABELS, validation_data=(X[:, :3], LABELS))


def test_evaluate_and_predict_look_as_well():
    model = classifier()
    with pytest.raises(ValueError, match=SHAPE.format("32, 3")):
        model.evaluate(X[:, :3], LABELS, verbose=0)
    with pytest.raises(ValueError, match=SHAPE.format("32, 3")):
        model.predict(X[:, :3], verbose=0)
    with pytest.raises(ValueError, match=SHAPE.format(r"4,\)")):
        model.predict(X[0], verbose=0)


@pytest.mark.parametrize(
    ("x", "match"),
    [
        (np.full((40, 4), "a"), r"x holds strings.*StringLookup"),
        (X.astype(object), r"x is an array of Python objects.*astype\('float32'\)"),
        ([[1.0, 2.0], [3.0]], r"x is a ragged list: its rows are of 1 to 2 items.*pad_sequences"),
        (np.zeros(40, "datetime64[s]"), r"x has dtype datetime64\[s\]; expected numbers"),
        (lambda: X, r"x is a .*function.*It is a function: call it"),
        (3.5, r"x is a single number.*Put the number into a list"),
        (None, r"x is None. Pass the inputs"),
        ([X, X], r"takes 1 input\(s\) \['features'\], but received 2"),
        ({"other": X}, r"misses the input\(s\) \['features'\].*\['other'\]"),
        (list(X), r"x\[0\] has 4 samples.*if they are 40 samples, pass numpy.stack\(x\)"),
    ],
)
def test_inputs_of_the_wrong_kind(x, match):
    refuse(classifier(), match, x, LABELS)


def test_numbers_that_an_embedding_has_no_vector_for():
    model = kerlite.Sequential([
        kerlite.Input((2,), dtype="int64"),
        layers.Embedding(5, 2, name="words"),
        layers.Flatten(),
        layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    match = r"Embedding 'words' received numbers from 9 to 9, but has vectors for 0 to 4 only"
    refuse(model, match, np.full((40, 2), 9), NUMBER, error=IndexError, begins=True)


# ---- targets


@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy", "binary_crossentropy"])
def test_targets_of_the_wrong_shape(loss):
    match = rf"The loss {loss} compares .* targets of shape \(2,\) and predictions of shape \(3,\)"
    refuse(classifier(loss), match, X, NUMBER.repeat(2, 1))


def test_targets_of_the_wrong_shape_for_an_unbuilt_model():
    match = r"targets of shape \(2,\) and predictions of shape \(3,\).*Give the last layer"
    refuse(subclassed(3), match, X, NUMBER.repeat(2, 1))


def test_one_hot_targets_for_a_sparse_loss():
    refuse(classifier(), r"received \(40, 3\).*look one-hot: use categorical", X, np.eye(3)[LABELS])


def test_labels_for_a_loss_of_one_hot_targets():
    match = "for integer class labels use sparse_categorical_crossentropy"
    refuse(classifier("categorical_crossentropy"), match, X, LABELS)


def test_targets_that_are_strings():
    names = np.array(["cat", "dog", "cow"])[LABELS]
    refuse(classifier(), r"y holds strings.*np.unique\(y, return_inverse=True\)", X, names)


NO_TARGETS = r"compiled with a loss, but the data has no targets: y is None. Pass y"


def test_targets_missing():
    refuse(classifier(), NO_TARGETS, X)
    refuse(classifier(), NO_TARGETS, X, LABELS, validation_data=X)
    refuse(classifier(), NO_TARGETS, batches(X, X), begins=True)
    model = classifier()
    for call in (model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(ValueError, match=NO_TARGETS):
            call(X)


def test_targets_for_one_output_of_two():
    match = r"y does not match the model's outputs: y is \[X\], .* named \['number', 'kind'\]"
    refuse(two_heads(), match, X, [NUMBER])
    match = r"y is \{'number': X, 'sort': X\}.*as a dict by their names"
    refuse(two_heads(), match, X, {"number": NUMBER, "sort": LABELS})


def bad_labels(value, dtype="float32"):
    labels = LABELS.astype(dtype)
    labels[7] = value
    return labels


LABEL_CASES = [
    (bad_labels(np.nan), "labels from 0 to 2.*y holds nan at position 7.*missing"),
    (bad_labels(7, "int64"), r"holds 7 at position 7.*at least 8 units, or number the classes"),
    (bad_labels(-1, "int64"), "holds -1 at position 7.*ignore_class"),
    (bad_labels(0.5), "holds 0.5 at position 7.*whole numbers"),
    (bad_labels(9, "int64").tolist(), "holds 9 at position 7"),
]


@pytest.mark.parametrize(("labels", "match"), LABEL_CASES)
@pytest.mark.parametrize("build", [classifier, lambda: subclassed(3, classifier().loss)])
def test_labels_that_are_none(labels, match, build):
    refuse(build(), match, X, labels)


@pytest.mark.parametrize(("labels", "match"), LABEL_CASES[:3])
def test_such_labels_for_validation_and_one_output_of_several(labels, match):
    refuse(classifier(), match, X, LABELS, validation_data=(X, labels))
    refuse(two_heads(), match, X, [NUMBER, labels])


@pytest.mark.parametrize(("labels", "match"), LABEL_CASES[1:3])
def test_such_labels_in_batches(labels, match):
    refuse(classifier(), match, batches((X, labels)), begins=True)
    refuse(classifier(), match, DataLoader(list(zip(X, labels, strict=True)), 40), begins=True)
    with pytest.raises(ValueError, match=match):
        classifier().train_on_batch(X, labels)


def test_labels_that_are_to_be_ignored_are_no_error():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    history = classifier(loss).fit(X, bad_labels(-1, "int64"), verbose=0)
    assert np.isfinite(history.history["loss"][0])


# ---- lengths


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"y": LABELS[:-1]}, "x has 40 samples, y has 39 samples. All of them need the same"),
        ({"y": LABELS, "sample_weight": WEIGHT[:5]}, "sample_weight has 5 samples"),
        ({"y": LABELS, "validation_data": (X, LABELS[:3])}, "y has 3 samples"),
        ({"y": LABELS[:30], "validation_split": 0.1}, "x has 40 samples, y has 30 samples"),
    ],
)
def test_lengths_that_differ(arguments, match):
    refuse(classifier(), f"The arrays differ in length: .*{match}", X, **arguments)


def test_lengths_that_differ_in_a_batch():
    match = "The arrays differ in length: x has 40 samples, y has 4 samples"
    refuse(classifier(), match, batches((X, LABELS[:4])), begins=True)


def test_no_data():
    empty = r"The data is empty: x has 0 samples.* Expected one sample at least"
    refuse(classifier(), empty, X[:0], LABELS[:0])
    refuse(classifier(), "The data is empty: the generator 'batches' gave no batch", batches())
    refuse(classifier(), "The data is empty: the DataLoader has no batches", DataLoader([], 4))
    with pytest.raises(ValueError, match=empty):
        classifier().predict(X[:0])
    with pytest.raises(ValueError, match=empty):
        classifier().evaluate(X[:0], LABELS[:0])


# ---- names


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            {"loss": "mean_square_eror"},
            r"Unknown loss: 'mean_square_eror'.*'mean_squared_error', '.*' or '",
        ),
        (
            {"metrics": ["acuracy"]},
            r"Unknown metric: 'acuracy'. Did you mean 'accuracy', '.*' or '",
        ),
        ({"optimizer": "adamm"}, r"Unknown optimizer: 'adamm'. Did you mean 'adam', '"),
        ({"weighted_metrics": ["maee"]}, "Unknown metric: 'maee'. Did you mean 'mae'"),
        ({"metrics": "accuracy"}, r"metrics must be a list.*write metrics=\['accuracy'\]"),
        ({"loss": 3.5}, "Could not interpret 3.5 as loss"),
        ({"optimizer": 3}, "Could not interpret optimizer identifier: 3. Expected a name such as"),
        ({"loss_weights": ["much"]}, "loss_weights must be a number, or a list or dict of numbers"),
        (
            {"steps_per_execution": 0},
            "steps_per_execution must be a whole number, 1 or more; received 0",
        ),
        ({"jit_compile": "yes"}, "jit_compile must be True, False or 'auto'; received 'yes'"),
        (
            {"loss": losses.MeanSquaredError(reduction=None)},
            "reduction=.*one loss for each sample; training needs one number",
        ),
    ],
)  # fmt: skip
def test_arguments_of_compile(arguments, match):
    model = classifier()
    with pytest.raises(ValueError, match=match):
        model.compile(**{"optimizer": "sgd", "loss": "mse", **arguments})
    assert model.loss == "sparse_categorical_crossentropy"  # nothing has changed


def test_unknown_activation():
    with pytest.raises(
        ValueError, match=r"Unknown activation: 'rellu'. Did you mean 'relu', '.*' or '"
    ):
        layers.Dense(3, activation="rellu")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            {"loss": {"numbr": "mse", "kind": "mse"}},
            "Unknown output: 'numbr'. Did you mean 'number'",
        ),
        ({"loss": ["mse"] * 3}, "loss has 3 entries for 2 outputs.*named"),
        ({"loss_weights": [1.0]}, "loss_weights has 1 entries for 2 outputs"),
        ({"metrics": {"kinds": ["acc"]}}, "metrics: Unknown output: 'kinds'. Did you mean 'kind'"),
    ],
)
def test_outputs_that_there_are_not(arguments, match):
    refuse(two_heads(**arguments), match, X, [NUMBER, LABELS])


def test_metrics_for_outputs_that_there_are_not_in_batches():
    model = two_heads(metrics={"kinds": ["acc"]})
    refuse(model, "Unknown output: 'kinds'", batches((X, [NUMBER, LABELS])), begins=True)


# ---- order of things


def test_training_before_compile():
    model = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(1)])
    for name in ("fit", "evaluate", "train_on_batch", "test_on_batch"):
        with pytest.raises(
            ValueError, match=rf"Call compile\(\) before {name}\(\).*optimizer='adam'"
        ):
            getattr(model, name)(X, NUMBER)


def test_no_loss_and_no_optimizer():
    model = subclassed(loss=None)
    refuse(model, r"There is no loss to minimize. Pass one to compile", X, NUMBER, begins=True)
    model.compile(None, "mse")
    refuse(model, r"The model has no optimizer: compile\(optimizer=None\)", X, NUMBER, begins=True)


def test_an_optimizer_of_another_model():
    model = classifier()
    model.compile(torch.optim.SGD(torch.nn.Linear(2, 2).parameters(), lr=0.1), model.loss)
    match = "holds 2 parameters; 2 of them are not among the 4 trainable ones of the model"
    refuse(model, match, X, LABELS, begins=True)


def test_what_an_unbuilt_model_does_not_have():
    model = kerlite.Sequential([layers.Dense(1, name="one")], name="chain")
    with pytest.raises(ValueError, match=r"'chain' has not been built.*build\(input_shape\)"):
        model.summary()
    with pytest.raises(ValueError, match=r"has not been built"):
        subclassed().summary()
    with pytest.raises(AttributeError, match=r"'chain' has no output.*has not been built yet"):
        model.output  # noqa: B018
    with pytest.raises(AttributeError, match=r"'one' has no 'kernel' yet"):
        model.layers[0].kernel  # noqa: B018
    with pytest.raises(ValueError, match=r"'one' has no weights yet.*build"):
        model.layers[0].count_params()


def test_a_model_without_a_call():
    model = kerlite.Model()
    model.compile("sgd", "mse")
    refuse(model, r"without a call\(\) method: define one", X, NUMBER, error=NotImplementedError)


# ---- arguments of fit


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"validation_split": 1.5}, "a fraction above 0 and below 1; received 1.5"),
        ({"validation_split": -0.1}, "a fraction above 0 and below 1; received -0.1"),
        ({"validation_split": 0.001}, "leaves 39 for training and 1|leaves 40|both need one"),
        ({"epochs": "3"}, "epochs must be a whole number, 0 or more; received '3'"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"initial_epoch": -1}, "initial_epoch must be a whole number, 0 or more; received -1"),
        ({"validation_freq": 0}, "validation_freq must be a whole number, 1 or more"),
        ({"validation_freq": "often"}, "or a list of the epochs .*; received 'often'"),
        ({"batch_size": 0}, "batch_size must be a whole number above 0; received 0"),
        ({"steps_per_epoch": -2}, "steps must be a whole number above 0; received -2"),
        ({"shuffle": "yes"}, "shuffle must be True, False or 'batch'; received 'yes'"),
        ({"class_weight": [0.5]}, "class_weight"),
        ({"class_weight": {0: -np.inf}}, "class_weight"),
        ({"sample_weight": [WEIGHT, WEIGHT]}, "sample_weight holds 2 arrays, but y is one"),
        ({"validation_data": (X, LABELS, WEIGHT, 1)}, r"received a tuple of 4 items"),
    ],
)
def test_arguments_of_fit(arguments, match):
    if arguments.get("validation_split") == 0.001:
        refuse(
            classifier(),
            "validation_split=0.5 of 1 samples",
            X[:1],
            LABELS[:1],
            validation_split=0.5,
        )
        return
    refuse(classifier(), match, X, LABELS, **arguments)


def test_callbacks_that_are_none():
    with pytest.raises(TypeError, match=r"`callbacks` must hold instances.*LambdaCallback"):
        classifier().fit(X, LABELS, verbose=0, callbacks=[print])
    with pytest.raises(
        ValueError, match=r"`verbose` must be 0, 1, 2 or 'auto'; received verbose=7"
    ):
        classifier().fit(X, LABELS, verbose=7)


def test_what_generators_cannot_do():
    model = classifier()
    source = batches((X, LABELS))
    match = r"validation_split needs arrays, which can be cut; x is a generator.*validation_data"
    refuse(model, match, source, validation_split=0.2)
    loader = DataLoader(list(zip(X, LABELS, strict=True)), 8)
    refuse(model, "validation_split needs arrays.*DataLoader", loader, validation_split=0.2)
    refuse(model, "y was passed although x is a generator, which brings its own", source, LABELS)
    refuse(model, "batch_size=8 was passed although x is a generator", source, batch_size=8)


def test_class_weights_that_fit_no_output():
    match = r"class_weight is one dict, but there are 2 targets.*one dict for each"
    refuse(two_heads(), match, X, [NUMBER, LABELS], class_weight={0: 2.0}, begins=False)
    refuse(subclassed(loss=None), "class_weight needs targets", X, class_weight={0: 2.0})


# ---- batches


def test_batches_that_are_none():
    four = r"A batch is a tuple of 4 items; expected x, \(x,\), \(x, y\) or \(x, y, sample_weight\)"
    refuse(classifier(), four, batches((X, LABELS, WEIGHT, WEIGHT)))
    refuse(classifier(), "A batch is None; expected x", batches(None))


def test_a_batch_in_the_middle_is_bad():
    model = classifier()
    with pytest.raises(ValueError, match="A batch is None") as caught:
        model.fit(batches((X, LABELS), None), verbose=0)
    if hasattr(caught.value, "__notes__"):
        assert "batch 1 of epoch 0 from the generator 'batches'" in caught.value.__notes__[0]
    assert model.optimizer.iterations == 1  # what was trained until then is kept
    assert model.history.epoch == []


class Broken(Dataset):
    def __len__(self):
        return 40

    def __getitem__(self, index):
        if index == 13:
            raise OSError("the disk is on fire")
        return X[index], LABELS[index]


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_in_a_worker(workers):
    model = classifier()
    with pytest.raises(OSError, match="the disk is on fire"):
        model.fit(DataLoader(Broken(), 8, num_workers=workers), verbose=0)
    assert model.fit(X, LABELS, verbose=0).epoch == [0]


class BrokenBatches(kerlite.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        if index == 3:
            raise OSError("the disk is on fire")
        return X, LABELS


@pytest.mark.parametrize(
    "arguments", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}]
)
def test_an_error_in_a_py_dataset(arguments):
    model = classifier()
    with pytest.raises(OSError, match="the disk is on fire"):
        model.fit(BrokenBatches(**arguments), verbose=0, shuffle=False)
    assert model.fit(X, LABELS, verbose=0).epoch == [0]


# ---- graphs


def test_two_layers_of_one_name():
    inputs = kerlite.Input((4,))
    outputs = layers.Dense(1, name="a")(layers.Dense(2, name="a")(inputs))
    with pytest.raises(ValueError, match=r"Two layers of the model are named 'a'.*pass name="):
        kerlite.Model(inputs, outputs)
    with pytest.raises(ValueError, match=r"already has a layer named 'a'.*pass name="):
        kerlite.Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")])


def test_disconnected_graphs():
    one, other = kerlite.Input((4,), name="one"), kerlite.Input((4,), name="other")
    outputs = layers.Dense(1)(other)
    match = r"Graph disconnected: .*'other' \(shape \(None, 4\)\), which is not among .*\['one'\]"
    with pytest.raises(ValueError, match=match):
        kerlite.Model(one, outputs)
    with pytest.raises(ValueError, match="Graph disconnected"):
        kerlite.Model(one, [layers.Dense(1)(one), outputs])


def test_layers_in_the_place_of_tensors():
    inputs = kerlite.Input((4,))
    with pytest.raises(ValueError, match=r"inputs of a functional model are KerasTensors.*Dense"):
        kerlite.Model(layers.Dense(2), layers.Dense(3))
    with pytest.raises(ValueError, match=r"outputs of a functional model are KerasTensors.*Dense"):
        kerlite.Model(inputs, layers.Dense(3))
    with pytest.raises(ValueError, match=r"Dense 'second' expects a tensor, but received Dense"):
        layers.Dense(1, name="second")(layers.Dense(2))
    with pytest.raises(ValueError, match=r"Dense 'second' expects a tensor, but received 'text'"):
        layers.Dense(1, name="second")("text")


def test_a_layer_before_it_is_in_a_graph():
    layer = layers.Dense(2, name="alone")
    with pytest.raises(AttributeError, match=r"'alone' was not called in a functional model yet"):
        layer.output  # noqa: B018
    model = classifier()
    with pytest.raises(ValueError, match=r"no layer 'hiden'.*\['hidden', 'classes'\]"):
        model.get_layer("hiden")
    with pytest.raises(ValueError, match="no layer 9: the model has 2"):
        model.get_layer(index=9)
    with pytest.raises(ValueError, match="either name or index"):
        model.get_layer()
