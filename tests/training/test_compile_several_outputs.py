"""What `compile` makes of losses and metrics of several outputs: names and values as in Keras."""

import keras
import pytest

import kerlite
from tests.training.compiled import NUMBER, OTHER, TARGETS, WEIGHT, X, check, run, spelled, squares
from tests.training.twins import twins

pytestmark = [
    # Keras asks its variables for arrays in a way that numpy 2 dislikes.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning"),
]

TWO = [
    {"loss": ["mse", "sparse_categorical_crossentropy"], "metrics": [["mae"], ["acc"]]},
    {"loss": ["mse", "sparse_categorical_crossentropy"], "metrics": ["mae", "acc"]},
    {"loss": ["mse", None], "metrics": [None, ["acc", "acc"]]},
    {"loss": [None, "sparse_categorical_crossentropy"], "metrics": [["mae"], None]},
    {"loss": ["mse", "ce"], "loss_weights": [0.3, 2.0], "metrics": [[], "acc"]},
    {
        "loss": ["mae", "crossentropy"],
        "metrics": [["mae", "mae"], ["acc"]],
        "weighted_metrics": [["mae", squares], None],
    },
    {"loss": ["mae", "crossentropy"], "weighted_metrics": [["mae"], ["acc", "acc"]]},
]
DICTS = [
    {"loss": {"number": "mse", "kind": "ce"}, "metrics": {"number": ["mae"], "kind": ["acc"]}},
    {"loss": {"number": "mse", "kind": "ce"}, "metrics": {"kind": "acc"}},
    {
        "loss": {"kind": "ce", "number": "mse"},
        "loss_weights": {"kind": 0.2, "number": 1.5},
        "metrics": {"kind": ["acc"], "number": None},
        "weighted_metrics": {"number": ["mae", "mse"]},
    },
    {"loss": {"number": "mse", "kind": "ce"}},
]


@pytest.mark.parametrize("arguments", TWO, ids=spelled)
@pytest.mark.parametrize("weight", [None, [WEIGHT, OTHER]], ids=["plain", "weighted"])
def test_a_list_of_outputs(arguments, weight):
    check("list", lambda k: arguments, sample_weight=weight)


@pytest.mark.parametrize("name", ["list", "dict"])
@pytest.mark.parametrize("arguments", DICTS, ids=spelled)
@pytest.mark.parametrize("weighted", [False, True])
def test_dicts_by_output_name(name, arguments, weighted):
    weight = {"list": [WEIGHT, OTHER], "dict": {"number": WEIGHT, "kind": OTHER}}[name]
    check(name, lambda k: arguments, sample_weight=weight if weighted else None)


@pytest.mark.parametrize(
    "arguments",
    [
        {"loss": {"z": "mse", "a": "ce"}, "metrics": {"z": ["mae"], "a": ["acc"]}},
        {"loss": {"z": "mse", "a": "ce"}, "metrics": {"a": ["acc", "acc"]}},
        {"loss": {"a": "ce"}, "weighted_metrics": {"a": ["acc"], "z": "mae"}},
        {
            "loss": {"z": "mse", "a": "ce"},
            "loss_weights": {"z": 0.5, "a": 2.0},
            "metrics": {"z": "mae"},
        },
    ],
    ids=spelled,
)
@pytest.mark.parametrize("weighted", [False, True])
def test_keys_of_outputs_go_before_the_names_of_layers(arguments, weighted):
    weight = {"z": WEIGHT, "a": OTHER} if weighted else None
    check("renamed", lambda k: arguments, sample_weight=weight)


@pytest.mark.parametrize(
    "arguments",
    [
        {
            "loss": {"first": "mse", "rest": ["bce", "ce"]},
            "metrics": {"first": ["mae"], "rest": [["acc", "auc"], ["acc"]]},
        },
        {
            "loss": {"first": "mse", "rest": ["bce", "ce"]},
            "loss_weights": {"first": 0.1, "rest": [2.0, 0.5]},
            "weighted_metrics": {"first": ["mae", "mae"], "rest": [None, ["acc"]]},
        },
        {
            "loss": {"first": "mse", "rest": [None, "ce"]},
            "metrics": {"first": None, "rest": [["acc"], None]},
        },
    ],
    ids=spelled,
)
def test_nested_outputs(arguments):
    arguments = {**arguments, "loss": _spelled(arguments["loss"])}
    check("nested", lambda k: arguments)


def _spelled(loss):
    full = {"bce": "binary_crossentropy", "ce": "sparse_categorical_crossentropy"}
    return keras.tree.map_structure(lambda one: full.get(one, one), loss)


def test_lists_in_a_list():
    for library in (keras, kerlite):  # numbered names decide about the order: "x_10" < "x_9"
        library.utils.clear_session()
    given = {
        "loss": [["mse", "binary_crossentropy"], ["sparse_categorical_crossentropy"] * 2],
        "metrics": [[["mae"], ["acc"]], [["acc"], None]],
        "weighted_metrics": [[None, ["acc"]], [None, ["acc"]]],
    }
    check("pairs", lambda k: given)


# ---- models that name no outputs


def subclassed(k, structure):
    class Plain(k.Model):
        def __init__(self):
            super().__init__()
            self.number, self.kind = k.layers.Dense(1), k.layers.Dense(3, activation="softmax")

        def call(self, inputs):
            number, kind = self.number(inputs), self.kind(inputs)
            return {"number": number, "kind": kind} if structure is dict else [number, kind]

    one = Plain()
    one.predict(X[:1], verbose=0)
    return one


@pytest.mark.parametrize("structure", [list, dict])
@pytest.mark.parametrize("which", range(3))
def test_subclassed_models(structure, which):
    lists = [
        {"loss": ["mse", "ce"], "metrics": [["mae"], ["acc"]]},
        {"loss": ["mse", "ce"], "metrics": [["mae", "mae"], ["acc", "acc"]]},
        {"loss": [None, "ce"], "loss_weights": None, "weighted_metrics": [["mae"], ["acc"]]},
    ]
    given = lists[which] if structure is list else DICTS[which]
    y = TARGETS[structure.__name__]
    run(twins(lambda k: subclassed(k, structure)), lambda k: given, y)


def test_a_layer_that_gives_two_outputs():
    def build(k):
        inputs = k.Input((4,))
        shared = k.layers.Dense(1, name="shared")
        return k.Model(inputs, [shared(inputs), shared(k.layers.Dense(4)(inputs))])

    ours, theirs = twins(build)
    arguments = {"loss": {"shared": "mse"}, "metrics": {"shared": ["mae"]}}
    logs = []
    for k, one in ((kerlite, ours), (keras, theirs)):
        one.compile(k.optimizers.SGD(0.05), **arguments)
        logs.append(one.evaluate(X, [NUMBER, 2 * NUMBER], verbose=0, return_dict=True))
    # Keras has two losses of one name, of which the second is logged.
    first, second = logs[0].pop("shared_loss"), logs[0].pop("shared_1_loss")
    assert second == pytest.approx(float(logs[1].pop("shared_loss")), rel=1e-5)
    assert logs[0]["loss"] == pytest.approx(first + second)
    assert logs[0] == pytest.approx({key: float(value) for key, value in logs[1].items()}, rel=1e-5)
