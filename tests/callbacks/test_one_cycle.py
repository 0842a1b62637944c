import itertools

import numpy as np
import pytest
import torch

from kerlite.callbacks import LambdaCallback, OneCycle
from kerlite.optimizers import SGD, Adam, LossScaleOptimizer, RMSprop
from tests.callbacks import small


def _record(model, values, name="momentum"):
    inner = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    return LambdaCallback(
        on_train_batch_end=lambda batch, logs: values.append(
            (float(model.optimizer.learning_rate), getattr(inner, name))
        )
    )


def _torch_values(steps, **settings):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 1.0, momentum=0.5)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.2, steps, **settings)
    found = []
    for _ in range(steps):
        group = optimizer.param_groups[0]
        found.append((group["lr"], group["momentum"]))
        optimizer.step()
        if len(found) < steps:
            schedule.step()
    return found


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"anneal_strategy": "linear", "pct_start": 0.4},
        {"three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0},
        {"base_momentum": 0.5, "max_momentum": 0.9},
    ],
    ids=["default", "linear", "three phases", "momentum"],
)
def test_rate_and_momentum_are_those_of_torch(settings):
    model, values = small.model(SGD(momentum=0.9)), []
    callbacks = [OneCycle(0.2, **settings), _record(model, values)]
    model.fit(*small.data(80), batch_size=8, epochs=2, verbose=0, callbacks=callbacks)
    np.testing.assert_allclose(values, _torch_values(20, **settings), rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("wraps", [False, True], ids=["plain", "scaled"])
def test_adam_s_beta_and_an_explicit_number_of_steps(wraps):
    optimizer = LossScaleOptimizer(Adam()) if wraps else Adam()
    model, values = small.model(optimizer), []
    callbacks = [OneCycle(0.2, total_steps=30), _record(model, values, "beta_1")]
    model.fit(*small.data(80), batch_size=8, epochs=2, verbose=0, callbacks=callbacks)
    np.testing.assert_allclose(values, _torch_values(30)[:20], rtol=1e-6)


def test_without_momentum():
    model, data = small.model(RMSprop()), small.data()
    with pytest.raises(ValueError, match="cycle_momentum=False"):
        model.fit(*data, verbose=0, callbacks=OneCycle(0.1))
    history = model.fit(*data, verbose=0, callbacks=OneCycle(0.1, cycle_momentum=False))
    assert history.history["learning_rate"][0] == pytest.approx(0.1 / 25 / 1e4)


def test_a_later_start_and_a_restored_state_go_on_in_the_cycle():
    whole = [rate for rate, _ in _torch_values(20)]
    model, values = small.model(SGD(momentum=0.9)), []
    model.fit(
        *small.data(80), batch_size=8, epochs=2, initial_epoch=1, verbose=0,
        callbacks=[OneCycle(0.2), _record(model, values)],
    )  # fmt: skip
    np.testing.assert_allclose([rate for rate, _ in values], whole[10:], rtol=1e-6)
    first = OneCycle(0.2, total_steps=20)
    second = OneCycle(0.2, total_steps=20)
    for callback in (first, second):
        callback.set_model(model)
        callback.on_train_begin()
    first.on_epoch_begin(0)
    first.on_train_batch_end(6)
    second.load_state_dict(first.state_dict())
    second.on_epoch_begin(1)
    second.on_train_batch_begin(0)
    assert float(model.optimizer.learning_rate) == pytest.approx(whole[7])


def test_data_of_unknown_length_needs_total_steps():
    x, y = small.data(8)
    endless = ((x, y) for _ in itertools.count())
    model = small.model(SGD(momentum=0.9))
    with pytest.raises(ValueError, match="Pass total_steps"):
        model.fit(endless, verbose=0, callbacks=OneCycle(0.1))
    with pytest.raises(ValueError, match="pct_start"):
        OneCycle(0.1, pct_start=2)
