import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.callbacks import FineTune, GradientMonitor
from tests.callbacks import small


def test_norms_are_those_of_autograd():
    model, (x, y) = small.model(), small.data(32)
    monitor = GradientMonitor(every=1)
    twin = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        theirs.data.copy_(ours.detach())
    torch.nn.functional.mse_loss(twin(torch.tensor(x)), torch.tensor(y)).backward()
    history = model.fit(x, y, batch_size=32, shuffle=False, verbose=0, callbacks=monitor)
    expected = {
        name: float(torch.cat([p.grad.flatten() for p in layer.parameters()]).norm())
        for name, layer in (("low", twin[0]), ("top", twin[2]))
    }
    assert monitor.norms == {name: [pytest.approx(norm)] for name, norm in expected.items()}
    whole = np.hypot(expected["low"], expected["top"])
    assert history.history["gradient_norm"] == [pytest.approx(whole)]


def test_looks_every_so_often_and_reads_once_an_epoch(monkeypatch):
    model, looks = small.model(), []
    foreach_norm = torch._foreach_norm
    monkeypatch.setattr(torch, "_foreach_norm", lambda g: looks.append(1) or foreach_norm(g))
    monitor = GradientMonitor(every=3)
    model.fit(*small.data(), batch_size=8, epochs=2, verbose=0, callbacks=monitor)
    assert len(looks) == 2 * 2 * 3  # two layers, two epochs, batches 0, 3 and 6
    assert [len(norms) for norms in monitor.norms.values()] == [2, 2]


def test_vanishing_and_exploding_layers_are_named():
    model = kerlite.Sequential([
        kerlite.Input((4,)), layers.Dense(4, name="first"),
        layers.Rescaling(1e-12), layers.Dense(1, name="last"),
    ])  # fmt: skip
    model.compile(kerlite.optimizers.SGD(0.0), "mse")
    x, y = small.data()
    monitor = GradientMonitor(exploding=10)
    with pytest.warns(UserWarning, match=r"Epoch 1: gradients vanish in first; explode in last\."):
        model.fit(x, 1e3 + y, verbose=0, callbacks=monitor)
    assert (monitor.vanishing_layers, monitor.exploding_layers) == (["first"], ["last"])


def test_a_norm_that_is_no_number_explodes():
    x, y = small.data()
    y[0] = np.nan
    with pytest.warns(UserWarning, match="explode in low, top"):
        small.model().fit(x, y, verbose=0, callbacks=GradientMonitor(every=1))


def test_a_trainer_and_frozen_layers():
    monitor = GradientMonitor()
    small.trainer().fit(*small.data(), verbose=0, callbacks=monitor)
    assert list(monitor.norms) == ["0", "2"]
    model = small.model()
    model.fit(*small.data(), epochs=3, verbose=0, callbacks=[FineTune(2), monitor])
    assert [len(monitor.norms[name]) for name in ("top", "low")] == [3, 1]


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="every=0"):
        GradientMonitor(every=0)
    with pytest.raises(ValueError, match="vanishing=5"):
        GradientMonitor(vanishing=5, exploding=1)
