"""`kerlite.Trainer` with modules that know nothing of kerlite."""

import copy
import functools

import numpy as np
import pytest
import torch
import torchmetrics
from torch import nn

import kerlite
from kerlite import callbacks
from tests.training.twins import samples

X, NUMBER, KIND, WEIGHT = samples()


def network():
    return nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3)
    )


def compiled(module, **arguments):
    trainer = kerlite.Trainer(module)
    given = {
        "optimizer": torch.optim.Adam(module.parameters(), lr=0.01),
        "loss": nn.CrossEntropyLoss(),
        "metrics": ["accuracy"],
    }
    trainer.compile(**{**given, **arguments})
    return trainer


def test_training_is_the_loop_by_hand():
    torch.manual_seed(0)
    module = network()
    twin = copy.deepcopy(module)
    trainer = compiled(module)
    torch.manual_seed(5)
    history = trainer.fit(X, KIND, batch_size=10, epochs=3, shuffle=False, verbose=0)
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    torch.manual_seed(5)
    twin.train()
    for _ in range(3):
        for x, y in zip(torch.tensor(X).split(10), torch.tensor(KIND).split(10), strict=True):
            optimizer.zero_grad()
            nn.functional.cross_entropy(twin(x), y).backward()
            optimizer.step()
    for name, value in module.state_dict().items():  # the running means included
        assert torch.equal(value, twin.state_dict()[name]), name
    assert set(history.history) == {"loss", "accuracy"}


@pytest.mark.parametrize("was_training", [True, False])
def test_the_mode_is_what_it_was_before(was_training):
    module = network().train(was_training)
    module[1].train(not was_training)
    modes = [part.training for part in module.modules()]
    trainer = compiled(module)
    during = []
    watch = callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: during.append(module.training)
    )
    trainer.fit(X, KIND, verbose=0, callbacks=[watch])
    assert during
    assert all(during)
    trainer.evaluate(X, KIND, verbose=0)
    trainer.predict(X, verbose=0)
    trainer.train_on_batch(X, KIND)
    trainer.test_on_batch(X, KIND)
    trainer.predict_on_batch(X)
    assert [part.training for part in module.modules()] == modes


def test_evaluate_and_predict_use_the_inference_mode():
    module = network()
    trainer = compiled(module)
    statistics = module[1].running_mean.clone()
    predicted = trainer.predict(X, batch_size=7, verbose=0)
    np.testing.assert_allclose(predicted, trainer.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    loss, accuracy = trainer.evaluate(X, KIND, verbose=0)
    module.eval()
    with torch.no_grad():
        logits = module(torch.tensor(X))
    assert loss == pytest.approx(nn.functional.cross_entropy(logits, torch.tensor(KIND)).item())
    assert accuracy == pytest.approx((logits.argmax(1).numpy() == KIND).mean())
    assert torch.equal(statistics, module[1].running_mean)


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 1), nn.Linear(4, 1)

    def forward(self, first, second):
        return self.a(first) - self.b(second)


@pytest.mark.parametrize("x", [(X, X), [X, X], {"second": X, "first": X}], ids=str)
def test_several_inputs_are_several_arguments(x):
    trainer = compiled(TwoInputs(), loss=nn.MSELoss(), metrics=["mae"])
    history = trainer.fit(x, NUMBER, epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert trainer.predict(x, verbose=0).shape == (50, 1)


class TwoOutputs(nn.Module):
    def __init__(self, structure):
        super().__init__()
        self.structure = structure
        self.a, self.b = nn.Linear(4, 1), nn.Linear(4, 3)

    def forward(self, x):
        pair = self.a(x), self.b(x)
        return dict(zip(("number", "kind"), pair, strict=True)) if self.structure is dict else pair


@pytest.mark.parametrize("structure", [dict, tuple])
def test_several_outputs(structure):
    losses = nn.MSELoss(), nn.CrossEntropyLoss()
    y = (NUMBER, KIND)
    if structure is dict:
        losses, y = ({"number": pair[0], "kind": pair[1]} for pair in (losses, y))
    trainer = compiled(TwoOutputs(structure), loss=losses, metrics=None)
    history = trainer.fit(X, y, epochs=2, verbose=0, validation_split=0.2).history
    assert len([name for name in history if name.endswith("_loss") and "val" not in name]) == 2
    predicted = trainer.predict(X, verbose=0)
    assert type(predicted) is structure
    assert [part.shape for part in kerlite.tree.flatten(predicted)] in (
        [(50, 1), (50, 3)],
        [(50, 3), (50, 1)],
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda module: "adam",
        lambda module: kerlite.optimizers.SGD(0.05, momentum=0.9),
        lambda module: torch.optim.AdamW,
        lambda module: functools.partial(torch.optim.SGD, lr=0.05, nesterov=True, momentum=0.9),
        lambda module: torch.optim.RMSprop(module.parameters(), lr=0.01),
        lambda module: torch.optim.SGD(
            [{"params": module[0].parameters(), "lr": 0.1}, {"params": module[4].parameters()}],
            lr=0.01,
        ),
    ],
)
def test_optimizers(make):
    torch.manual_seed(0)
    module = nn.Sequential(*network()[:3], nn.Identity(), nn.Linear(8, 3))
    trainer = compiled(module, optimizer=make(module))
    losses = trainer.fit(X, KIND, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_a_scheduler_steps_with_the_epochs():
    module = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(module.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    trainer = compiled(module, optimizer=scheduler)
    rates = []
    watch = callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: rates.append(optimizer.param_groups[0]["lr"])
    )
    trainer.fit(X, KIND, epochs=3, verbose=0, callbacks=[watch])
    assert rates == [1.0, 0.5, 0.25]


def test_torchmetrics():
    metric = torchmetrics.classification.MulticlassAccuracy(num_classes=3, average="micro")
    trainer = compiled(network(), metrics=["accuracy", metric])
    logs = trainer.evaluate(X, KIND, verbose=0, return_dict=True)
    other = next(name for name in logs if name not in ("loss", "accuracy"))
    assert logs[other] == pytest.approx(logs["accuracy"])


def test_lazy_modules_are_initialized_by_the_data():
    module = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(3))
    trainer = kerlite.Trainer(module)
    trainer.compile("sgd", nn.CrossEntropyLoss())
    trainer.fit(X, KIND, verbose=0)
    assert module[0].weight.shape == (8, 4)


def test_callbacks_find_the_module_and_its_weights():
    trainer = compiled(network())
    stopper = callbacks.EarlyStopping("loss", patience=0, restore_best_weights=True, min_delta=9)
    trainer.fit(X, KIND, epochs=5, verbose=0, callbacks=[stopper])
    assert trainer.stop_training
    assert trainer.history.epoch == [0, 1]
    best = stopper.best_weights["0.weight"]
    assert torch.equal(best, trainer.module[0].weight)


def test_a_module_may_have_methods_of_the_same_names():
    class Lightning(nn.Linear):
        def train_step(self, batch):
            raise AssertionError("this is another library's")

        metrics = ()

    trainer = kerlite.Trainer(Lightning(4, 1))
    trainer.compile("sgd", "mse")
    assert trainer.fit(X, NUMBER, verbose=0).history["loss"]


def test_a_kerlite_layer_is_a_module_too():
    trainer = kerlite.Trainer(kerlite.layers.Dense(1, kernel_regularizer="l2"))
    trainer.compile("sgd", "mse", metrics=["mse"])
    logs = trainer.fit(X, NUMBER, batch_size=50, verbose=0).history
    assert logs["loss"][0] > logs["mse"][0]


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match=r"trains an nn.Module; received a function"):
        kerlite.Trainer(lambda x: x)
