"""model.summary(): the same text as Keras's."""

import keras
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.core.names import reset_uids
from kerlite.models.summary import readable_size
from tests.support import pairs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def fresh_names():
    keras.utils.clear_session(free_memory=False)
    reset_uids()


@pytest.fixture
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")


def text_of(model, **kwargs):
    lines = []
    model.summary(print_fn=lines.append, **kwargs)
    return "\n".join("\n".join(lines).rstrip().splitlines())


@pytest.mark.usefixtures("wide_terminal")
@pytest.mark.parametrize("name", list(pairs.BUILDERS))
def test_table_is_that_of_keras(name):
    assert text_of(pairs.build(name, kerlite)) == text_of(pairs.build(name, keras))


@pytest.mark.usefixtures("wide_terminal")
@pytest.mark.parametrize(
    "arguments",
    [
        {"show_trainable": True},
        {"expand_nested": True},
        {"expand_nested": True, "show_trainable": True},
        {"line_length": 60},
        {"line_length": 70, "show_trainable": True},
        {"line_length": 130},
        {"positions": [0.5, 0.7, 0.8, 1.0]},
        {"layer_range": ("pair", "tail")},
        {"layer_range": ("inn.*", "pa.*")},
    ],
)
def test_arguments_do_what_they_do_in_keras(arguments):
    ours, theirs = pairs.build("nested", kerlite), pairs.build("nested", keras)
    ours.get_layer("pair").trainable = theirs.get_layer("pair").trainable = False
    assert text_of(ours, **arguments) == text_of(theirs, **arguments)


def test_it_fits_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "64")
    ours = text_of(pairs.build("shared", kerlite))
    assert max(map(len, ours.splitlines())) == 60
    assert ours == text_of(pairs.build("shared", keras))


@pytest.mark.usefixtures("wide_terminal")
def test_long_names_are_cut_and_long_lines_go_on_below():
    def long(k):
        x = k.Input((3,), name="in")
        y = k.layers.Dense(2, name="a_name_that_is_much_longer_than_any_column")(x)
        return k.Model(x, k.layers.Dense(2, name="n" * 60)(y), name="long")

    assert text_of(long(kerlite), line_length=60) == text_of(long(keras), line_length=60)


@pytest.mark.usefixtures("wide_terminal")
def test_optimizer_is_counted():
    def trained(k):
        model = pairs.build("chain", k)
        model.compile(optimizer="adam", loss="mse")
        model.optimizer.build(model.trainable_variables)
        return model

    ours = text_of(trained(kerlite))
    assert ours == text_of(trained(keras))
    assert "Optimizer params" in ours


@pytest.mark.filterwarnings("ignore:`build\\(\\)` was called:UserWarning")
@pytest.mark.usefixtures("wide_terminal")
def test_a_subclass_lists_its_layers():
    def made(k):
        class Net(k.Model):
            def __init__(self):
                super().__init__(name="net")
                self.hidden = k.layers.Dense(4, name="hidden")
                self.blocks = [k.layers.Dense(3, name="b0"), k.layers.Dense(3, name="b1")]
                self.unused = k.layers.Dense(9, name="unused")

            def call(self, inputs):
                return self.blocks[1](self.blocks[0](self.hidden(inputs)))

        model = Net()
        model(torch.ones(2, 5))
        return model

    assert text_of(made(kerlite)) == text_of(made(keras))


def test_a_torch_module_in_a_sequential_is_listed():
    model = kerlite.Sequential([kerlite.Input((4,)), torch.nn.Linear(4, 2)])
    text = text_of(model)
    assert "(TorchModuleWrapper)" in text
    assert "Total params: 10 (40.00 B)" in text


@pytest.mark.parametrize(
    "make",
    [
        lambda: kerlite.Sequential([layers.Dense(2)], name="m"),
        lambda: type("Sub", (kerlite.Model,), {"call": lambda self, x: x})(name="m"),
    ],
)
def test_an_unbuilt_model_is_an_error(make):
    with pytest.raises(ValueError, match=r"'m' has not been built.*build\(input_shape\)"):
        make().summary()


def test_bad_arguments_are_explained():
    model = pairs.build("chain", kerlite)
    with pytest.raises(ValueError, match="4 is the least"):
        model.summary(line_length=10)
    with pytest.raises(ValueError, match="positions needs one number for each"):
        model.summary(positions=[0.5, 1.0])
    with pytest.raises(ValueError, match=r"no layer matches 'nothing'.*hidden"):
        model.summary(layer_range=("nothing", "out"))
    with pytest.raises(ValueError, match="two layer names"):
        model.summary(layer_range=("hidden",))


def test_it_is_printed(capsys):
    pairs.build("chain", kerlite).summary()
    assert capsys.readouterr().out.startswith('Model: "chain"\n┏')


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0.00 B"), (1023, "1023.00 B"), (1536, "1.50 KB"), (2.0**62, "4096.00 PB")],
)
def test_sizes_in_words(size, text):
    assert readable_size(size) == text
