"""Every operation against real Keras: generated arguments of many shapes, types and forms."""

import inspect
import random
import warnings

import pytest
import torch

from kerlite import KerasTensor, ops
from tests.ops.support.audit import attempt, base_calls, compare, made, variants
from tests.ops.support.audit_calls import BINARY, CALLS, OWN_TESTS, REDUCTIONS, UNARY
from tests.ops.support.compare import same

pytestmark = pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0")
NAMES = sorted({*UNARY, *BINARY, *REDUCTIONS, *CALLS})
_GROUPS = [0, *(pytest.param(group, marks=pytest.mark.slow) for group in range(1, 8))]
# Their results depend on values (`torch.compile` and gradients do not go through), or are constants
UNTRACED = {"nonzero", "bincount", "unique", "where", "repeat"}
LARGE_BATCH = {"diag", "diagonal", "squeeze"}  # count on an unknown batch to be larger than 1 or 4
STEPS = {
    "cast", "convert_to_tensor", "saturate_cast",  # to types without gradients
    "cholesky", "cholesky_inverse",  # of symmetric matrices only, which small steps leave
    "cumprod", "cumsum",  # in float32
    "nanstd", "power", "segment_max", "segment_min",  # at points without a derivative
    "full_like", "ones_like", "zeros_like", "stop_gradient",
}  # fmt: skip
WRONG_OPTIONS = {
    "mode": "zz", "method": "zz", "padding": "zz", "data_format": "zz", "indexing": "zz",
    "side": "zz", "dtype": "zz", "reduction": "zz", "window": "zz", "ord": "zz", "num": -1,
    "strides": 0, "pool_size": 0, "indices_or_sections": 0, "num_classes": -3, "block_size": 3,
}  # fmt: skip


def test_the_table_has_every_operation():
    assert set(NAMES) | OWN_TESTS == set(ops.__all__)
    assert not set(NAMES) & OWN_TESTS


@pytest.mark.parametrize("name", NAMES)
def test_values_types_and_shapes(name):
    _compare_all(name, variants(name, sample=14))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_values_types_and_shapes_of_all_variants(name):
    _compare_all(name, variants(name))


def _compare_all(name, found):
    wrong = [(one, dtype, kind, compare(name, one, dtype, kind)) for one, dtype, kind in found]
    assert [entry for entry in wrong if entry[-1] is not None] == []


@pytest.mark.parametrize("name", NAMES)
def test_symbolic_shapes_and_types(name):
    calls = base_calls(name) if name != "where" else base_calls(name)[:-1]  # that one is nonzero
    for one in random.Random(name).sample(calls, min(2, len(calls))):
        for dtype in ("float32", random.Random(str(one)).choice(["float16", "int32", "bool"])):
            args = made(one.args, dtype)
            eager, error = attempt(getattr(ops, name), args, one.kwargs)
            if error is not None or not torch.utils._pytree.tree_leaves(args):
                continue
            _as_symbolic(name, one, dtype, eager, unknown_batch=False)
            if name not in LARGE_BATCH:
                _as_symbolic(name, one, dtype, eager, unknown_batch=True)


def _as_symbolic(name, one, dtype, eager, unknown_batch):
    """Check one call on symbols; an unknown size may be refused, but nothing may come out wrong."""
    seen = []

    def symbol(x):
        seen.append(x)
        unknown = unknown_batch and x.ndim > 1 and len(seen) == 1
        shape = (None, *x.shape[1:]) if unknown else tuple(x.shape)
        return KerasTensor(shape, str(x.dtype).removeprefix("torch."))

    args = made(one.args, dtype, make=symbol)
    spec, error = attempt(getattr(ops, name), args, one.kwargs)
    if error is not None:
        assert unknown_batch, (one, dtype, error)
        assert isinstance(error, (ValueError, TypeError)), (one, dtype, error)
        return
    for found, given in zip(_listed(spec), _listed(eager), strict=True):
        if isinstance(found, KerasTensor):
            assert found.dtype == str(given.dtype).removeprefix("torch."), (one, dtype)
            assert len(found.shape) == given.ndim, (one, dtype, found)
            pairs = zip(found.shape, given.shape, strict=True)
            assert all(size in (None, real) for size, real in pairs), (one, dtype, found)


@pytest.mark.parametrize("group", _GROUPS)
def test_compiled_whole(group):
    """All operations of a group in one graph, which costs one compilation."""
    chosen = [
        (name, random.Random(name).choice(base_calls(name)))
        for name in NAMES[group::8]
        if name not in UNTRACED
    ]
    given = [made(one.args, "float32") for _, one in chosen]
    expected = [
        attempt(getattr(ops, name), args, one.kwargs)
        for (name, one), args in zip(chosen, given, strict=True)
    ]
    works = [error is None for _, error in expected]

    def run(given):
        return [
            getattr(ops, name)(*args, **one.kwargs)
            for (name, one), args, does in zip(chosen, given, works, strict=True)
            if does
        ]

    torch._dynamo.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = torch.compile(run, fullgraph=True, backend="eager")(given)
    wanted = [result for result, error in expected if error is None]
    for found, eager in zip(results, wanted, strict=True):
        same(found, eager)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in STEPS | UNTRACED])
def test_gradients_by_finite_differences(name):
    calls = [one for one in base_calls(name) if all(0 not in x.shape for x in _tensors(one))]
    for one in random.Random(name).sample(calls, 1):
        leaves = []

        def leaf(x, leaves=leaves):
            leaves.append(x.clone().requires_grad_(x.dtype is torch.float64))
            return leaves[-1]

        made(one.args, "float64", make=leaf)

        def run(*given, one=one):
            rest = iter(given)
            args = made(one.args, "float64", make=lambda _: next(rest))
            found = _listed(getattr(ops, name)(*args, **one.kwargs))
            return tuple(x for x in found if isinstance(x, torch.Tensor) and x.requires_grad)

        result, error = attempt(run, leaves, {})
        if error is None and result:
            assert torch.autograd.gradcheck(run, leaves)


@pytest.mark.parametrize("name", NAMES)
def test_refuses_what_cannot_be_computed(name):
    function = getattr(ops, name)
    for args, kwargs in _bad_calls(name, list(inspect.signature(function).parameters)):
        with pytest.raises((ValueError, TypeError)):
            function(*args, **kwargs)


def _bad_calls(name, parameters):
    one = base_calls(name)[min(1, len(base_calls(name)) - 1)]
    args = list(made(one.args, "float32"))
    if name != "meshgrid":  # of any number of tensors
        yield [*args, *range(9)], {}
    yield args, {"nonsense": 1}
    if any(isinstance(arg, torch.Tensor) for arg in args[:1]) and name not in ("array",):
        yield [object(), *args[1:]], one.kwargs
    if name in BINARY:
        yield [torch.ones(2, 3), torch.ones(2, 4)], {}
    wrong = {key: value for key, value in WRONG_OPTIONS.items() if key in parameters}
    for key in ("axis", "axis1", "source", "axes"):
        if key in parameters and not (key == "axes" and name == "tensordot"):
            yield from (_with(parameters, args, one.kwargs, key, axis) for axis in (7, -7))
    for key, value in wrong.items():
        yield _with(parameters, args, one.kwargs, key, value)


def _with(parameters, args, kwargs, key, value):
    """Return the arguments of a call with one of them replaced."""
    place = parameters.index(key)
    if place < len(args):
        return [*args[:place], value, *args[place + 1 :]], kwargs
    return args, {**kwargs, key: value}


def _tensors(one):
    return [x for x in torch.utils._pytree.tree_leaves(made(one.args, "float64"))
            if isinstance(x, torch.Tensor)]  # fmt: skip


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]
