import pytest
import torch

from kerlite.core.random import SeedGenerator
from kerlite.layers.recurrent.dropout_masks import draw, dropped, unit_rate


@pytest.mark.parametrize("seeds", [None, SeedGenerator(1)])
def test_draw(seeds):
    like = torch.zeros(1, dtype=torch.float64)
    mask = draw(like, (4000, 2), 0.25, seeds)
    assert mask.dtype is torch.float64
    assert len(mask.unique()) == 2
    assert mask.max().item() == pytest.approx(4 / 3)
    assert mask.mean().item() == pytest.approx(1, abs=0.03)
    assert not draw(like, (3,), 1.0, seeds).any()
    assert draw(like, (3,), 0.0, seeds) is None


def test_dropped():
    mask, x = torch.tensor([[0.0, 2], [2, 0]]), torch.ones(2, 3, 2)
    assert dropped(x[:, 0], mask).tolist() == mask.tolist()
    assert dropped(x, mask)[:, 2].tolist() == mask.tolist()
    assert dropped(x, None) is x


def test_unit_rate():
    assert [unit_rate(r, "dropout", "L 'l'") for r in (-1, 0.5, 3)] == [0.0, 0.5, 1.0]
    with pytest.raises(ValueError, match=r"L 'l' needs dropout to be a number in \[0, 1\]; .*True"):
        unit_rate(True, "dropout", "L 'l'")
