"""Initializers where they are used: fans and values are those of Keras's layout, not torch's."""

import pytest
import torch

from kerlite import initializers, layers
from kerlite.initializers.scaling import compute_fans

MAKERS = {
    "Dense": (lambda init: layers.Dense(200, kernel_initializer=init), (None, 300), (300, 200)),
    "Conv2D": (
        lambda init: layers.Conv2D(128, (3, 2), kernel_initializer=init),
        (None, 8, 8, 64),
        (3, 2, 64, 128),
    ),
    "Conv2D in groups": (
        lambda init: layers.Conv2D(128, 3, groups=4, kernel_initializer=init),
        (None, 8, 8, 64),
        (3, 3, 16, 128),
    ),
    "Embedding": (
        lambda init: layers.Embedding(400, 90, embeddings_initializer=init),
        (None, 5),
        (400, 90),
    ),
}
NAMES = ["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal"]


def weight(case, initializer):
    make, shape, _ = MAKERS[case]
    layer = make(initializer)
    layer.build(shape)
    return layer.weights[0].value.detach()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", MAKERS)
def test_variance(case, name):
    fan_in, fan_out = compute_fans(MAKERS[case][2])
    wanted = {"G": 2 / (fan_in + fan_out), "H": 2 / fan_in, "L": 1 / fan_in}[name[0]]
    values = weight(case, getattr(initializers, name)(seed=1))
    assert tuple(values.shape) == MAKERS[case][2]
    assert values.var().item() == pytest.approx(wanted, rel=0.03)
    assert values.mean().item() == pytest.approx(0, abs=0.03 * wanted**0.5)


@pytest.mark.parametrize("case", MAKERS)
def test_a_seed_gives_the_initializer_s_own_values(case):
    for name in ("GlorotUniform", "RandomNormal", "Orthogonal"):
        initializer = getattr(initializers, name)(seed=7)
        torch.testing.assert_close(weight(case, initializer), initializer(MAKERS[case][2]))
        torch.testing.assert_close(weight(case, initializer), weight(case, initializer))


@pytest.mark.parametrize("case", MAKERS)
def test_without_a_seed_layers_differ_unless_torch_is_seeded(case):
    torch.manual_seed(3)
    first, second = weight(case, "he_normal"), weight(case, "he_normal")
    assert not torch.equal(first, second)
    torch.manual_seed(3)
    torch.testing.assert_close(weight(case, "he_normal"), first)


def test_known_values_are_laid_out_as_keras_sees_them():
    layer = layers.Dense(3, kernel_initializer=initializers.Identity(2.0))
    layer.build((None, 2))
    assert layer.get_weights()[0].tolist() == [[2, 0, 0], [0, 2, 0]]
    assert layer.weight.tolist() == [[2, 0], [0, 2], [0, 0]]
    values = torch.arange(6.0).reshape(2, 3)
    layer = layers.Dense(3, kernel_initializer=initializers.Constant(values))
    layer.build((None, 2))
    torch.testing.assert_close(layer.weight.detach(), values.T)
