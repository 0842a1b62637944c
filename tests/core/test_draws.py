"""Seeded draws in compiled code: the eager ones, from one graph for all steps."""

import copy
import pickle

import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend
from torch._subclasses.fake_tensor import FakeTensorMode

import kerlite
from kerlite import layers, ops, random
from kerlite.core.draws import draw, fill
from kerlite.core.seeds import SeedGenerator

LOGITS = torch.tensor([[0.0, 1.0, 2.0], [1.0, 0.0, -1.0]])
PARAMETERS = [torch.tensor(0.5), torch.tensor([1.5, 2.0, 3.0])]
DRAWS = {
    "normal": lambda seed: random.normal((2, 3), seed=seed),
    "uniform": lambda seed: random.uniform((2, 3), -1.0, 1.0, seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((2, 3), dtype="bfloat16", seed=seed),
    "gamma": lambda seed: random.gamma((2, 3), PARAMETERS[1], seed=seed),
    "beta": lambda seed: random.beta((2, 3), *PARAMETERS, seed=seed),
    "randint": lambda seed: random.randint((2, 3), 0, 2**40, "int64", seed=seed),
    "binomial": lambda seed: random.binomial((2, 3), 9, PARAMETERS[0], seed=seed),
    "categorical": lambda seed: random.categorical(LOGITS, 5, seed=seed),
    "shuffle": lambda seed: random.shuffle(LOGITS, 1, seed=seed),
    "dropout": lambda seed: random.dropout(LOGITS, 0.4, seed=seed),
    "elastic": lambda seed: ops.image.elastic_transform(torch.ones(1, 4, 4, 1), seed=seed),
    "bernoulli": lambda seed: fill(torch.empty(2, 3), "bernoulli", seed, 0.3),
    "normal_into": lambda seed: fill(torch.empty(2, 3, dtype=torch.float64), "normal", seed, 1, 2),
}
LAYERS = {
    "Dropout": lambda: layers.Dropout(0.5, seed=3),
    "rows": lambda: layers.Dropout(0.5, noise_shape=(None, 1, None), seed=3),
    "AlphaDropout": lambda: layers.AlphaDropout(0.5, seed=3),
    "GaussianDropout": lambda: layers.GaussianDropout(0.5, seed=3),
    "GaussianNoise": lambda: layers.GaussianNoise(0.5, seed=3),
    "SpatialDropout1D": lambda: layers.SpatialDropout1D(0.5, seed=3),
    "GRU": lambda: layers.GRU(3, dropout=0.4, recurrent_dropout=0.2, seed=3),
    "LSTM": lambda: layers.LSTM(3, dropout=0.4, seed=3),
}


@pytest.fixture(autouse=True)
def compiler():
    torch.compiler.reset()
    with torch._dynamo.config.patch(error_on_recompile=True):
        yield
    torch.compiler.reset()


def compiled(function, backend="aot_eager"):
    """Return a function, compiled whole, and what counts its graphs."""
    counter = CompileCounterWithBackend(backend)
    return torch.compile(function, backend=counter, fullgraph=True), counter


@pytest.mark.parametrize("name", DRAWS)
def test_five_steps_of_one_graph(name):
    seed, twin, before = SeedGenerator(7), SeedGenerator(7), torch.get_rng_state()
    function, counter = compiled(lambda: DRAWS[name](seed))
    for _ in range(5):
        torch.testing.assert_close(function(), DRAWS[name](twin))
    assert counter.frame_count == 1
    assert seed.state == twin.state > 0
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", LAYERS)
def test_five_steps_of_a_layer(name):
    layer, twin = LAYERS[name](), LAYERS[name]()
    x = torch.randn(2, 2, 3, requires_grad=True)
    for one in (layer, twin):
        one.build((None, 2, 3))
        one.train()
    twin.load_state_dict(layer.state_dict())
    function, counter = compiled(layer)
    for step in range(5):
        y = layer(x) if step == 2 else function(x)  # they go on from each other
        expected = twin(x)
        torch.testing.assert_close(y, expected)
        (gradient,) = torch.autograd.grad(y.square().sum(), x)
        (wanted,) = torch.autograd.grad(expected.square().sum(), x)
        torch.testing.assert_close(gradient, wanted)
    assert counter.frame_count == 1


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_draws_keep_their_order_and_those_without_use_count(backend):
    def step(x):
        first = random.uniform((3,), seed=seed)
        random.normal((2,), seed=seed)
        last = fill(torch.empty(3), "normal", seed, 0.0, 1.0)
        return last - x, first * x

    x, results = torch.ones(3), []
    for wrap in (lambda f: f, lambda f: compiled(f, backend)[0]):
        seed = SeedGenerator(1)
        function = wrap(step)
        results.append([function(x) for _ in range(3)])
        assert seed.state == 9
    torch.testing.assert_close(*results)


def test_a_state_that_is_put_back_gives_the_same_draws():
    seed = SeedGenerator(1)
    function, counter = compiled(lambda: random.uniform((3,), seed=seed))
    first = [function() for _ in range(3)]
    seed.state = 0
    torch.testing.assert_close([function() for _ in range(3)], first)
    seed.seed, seed.state = 2**70 + 9, 0
    other = function()
    assert not torch.equal(other, first[0])
    assert torch.equal(other, random.uniform((3,), seed=SeedGenerator(2**70 + 9)))
    assert counter.frame_count == 1


@pytest.mark.parametrize("how", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))],
                         ids=["deepcopy", "pickle"])  # fmt: skip
def test_copies_go_their_own_way(how):
    seed = SeedGenerator(2**64 + 5, name="mine")
    seed.next()
    other = how(seed)
    assert (other.seed, other.state, other.name) == (2**64 + 5, 1, "mine")
    expected = seed.next(), seed.next()
    assert other.state == 1
    assert (other.next(), other.next()) == expected
    function, _ = compiled(lambda: random.uniform((3,), seed=other))
    assert torch.equal(function(), random.uniform((3,), seed=seed))


def test_one_that_is_made_where_tensors_have_no_values():
    with FakeTensorMode():
        seed = SeedGenerator(1)
    with torch.inference_mode():
        other = SeedGenerator(1)
    for one in (seed, other):
        function, _ = compiled(lambda one=one: random.uniform((3,), seed=one))
        torch.compiler.reset()
        assert torch.equal(function(), random.uniform((3,), seed=SeedGenerator(1)))
        assert one.state == 1


def test_a_model_is_built_without_moving_the_stream():
    seed = SeedGenerator(1)
    x = kerlite.Input((4,))
    y = random.dropout(x, 0.5, seed=seed) + random.shuffle(x, 1, seed=seed)
    model = kerlite.Model(x, kerlite.layers.GaussianNoise(0.5, seed=1)(y, training=True))
    assert (seed.state, model.layers[-1]._seeds.state) == (0, 0)
    assert model(torch.ones(2, 4)).shape == (2, 4)
    assert (seed.state, model.layers[-1]._seeds.state) == (2, 1)


def test_a_whole_number_is_the_same_at_every_call():
    function, counter = compiled(
        lambda: draw("uniform", (3,), 5, torch.float32, torch.device("cpu"))
    )
    first = function()
    assert torch.equal(function(), first)
    assert torch.equal(first, random.uniform((3,), seed=5))
    assert counter.frame_count == 1
