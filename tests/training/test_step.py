"""Models that override the steps, as Keras's own guides write them."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers, losses, metrics, optimizers
from tests.training.twins import CLOSE, samples

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X, NUMBER, KIND, WEIGHT = samples()


def custom_model(package):
    """The custom step of Keras's guide for PyTorch, word for word but for the names."""

    class CustomModel(package.Model):
        def train_step(self, data):
            x, y = data
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
            self.zero_grad()
            loss.backward()
            trainable_weights = list(self.trainable_weights)
            gradients = [v.value.grad for v in trainable_weights]
            with torch.no_grad():
                self.optimizer.apply(gradients, trainable_weights)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    return CustomModel


def build_with(make_class):
    def build(package):
        inputs = package.Input((4,))
        x = package.layers.Dense(6, activation="tanh")(inputs)
        return make_class(package)(inputs, package.layers.Dense(1)(x))

    return build


def both(make_class, arguments, fit_arguments, data=(X, NUMBER)):
    build = build_with(make_class)
    ours, theirs = build(kerlite), build(keras)
    theirs.set_weights(ours.get_weights())
    histories = []
    for package, model in ((kerlite, ours), (keras, theirs)):
        model.compile(**arguments(package))
        histories.append(
            model.fit(*data, batch_size=16, shuffle=False, verbose=0, **fit_arguments).history
        )
    assert set(histories[0]) == set(histories[1])
    for name in histories[1]:
        np.testing.assert_allclose(histories[0][name], histories[1][name], err_msg=name, **CLOSE)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)
    return ours


def sgd_mse(package):
    return {"optimizer": package.optimizers.SGD(0.1), "loss": "mse", "metrics": ["mae"]}


def test_the_step_of_the_guide():
    both(custom_model, sgd_mse, {"epochs": 3})


def test_a_step_with_its_own_metrics_and_no_compiled_loss():
    def make(package):
        loss_tracker = package.metrics.Mean(name="loss")
        mae = package.metrics.MeanAbsoluteError(name="mae")
        loss_fn = package.losses.MeanSquaredError()

        class CustomModel(package.Model):
            def train_step(self, data):
                x, y = data
                y_pred = self(x, training=True)
                loss = loss_fn(y, y_pred)
                self.zero_grad()
                loss.backward()
                weights = self.trainable_weights
                with torch.no_grad():
                    self.optimizer.apply([v.value.grad for v in weights], weights)
                loss_tracker.update_state(loss)
                mae.update_state(y, y_pred)
                return {"loss": loss_tracker.result(), "mae": mae.result()}

            def test_step(self, data):
                x, y = data
                y_pred = self(x, training=False)
                loss_tracker.update_state(loss_fn(y, y_pred))
                mae.update_state(y, y_pred)
                return {m.name: m.result() for m in self.metrics}

            @property
            def metrics(self):
                return [loss_tracker, mae]

        return CustomModel

    model = both(make, lambda p: {"optimizer": p.optimizers.SGD(0.1)}, {"epochs": 3})
    first = model.evaluate(X, NUMBER, verbose=0)
    assert model.evaluate(X, NUMBER, verbose=0) == first  # reset in between
    assert len(first) == 2


def test_sample_weights_in_a_step():
    def make(package):
        class CustomModel(package.Model):
            def train_step(self, data):
                x, y, sample_weight = data
                y_pred = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
                self.zero_grad()
                loss.backward()
                weights = self.trainable_weights
                with torch.no_grad():
                    self.optimizer.apply([v.value.grad for v in weights], weights)
                for metric in self.metrics:
                    if metric.name == "loss":
                        metric.update_state(loss)
                    else:
                        metric.update_state(y, y_pred, sample_weight=sample_weight)
                return {m.name: m.result() for m in self.metrics}

        return CustomModel

    both(make, sgd_mse, {"epochs": 2, "sample_weight": WEIGHT})


@pytest.mark.parametrize("takes_training", [True, False])
def test_overridden_compute_loss_and_metrics(takes_training):
    def make(package):
        class CustomModel(package.Model):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.distance = package.metrics.Mean(name="distance")

            if takes_training:

                def compute_loss(
                    self, x=None, y=None, y_pred=None, sample_weight=None, training=True
                ):
                    return ((y - y_pred) ** 2).mean() + (1.0 if training else 0.0)

            else:

                def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
                    return ((y - y_pred) ** 2).mean()

            def compute_metrics(self, x, y, y_pred, sample_weight=None):
                results = super().compute_metrics(x, y, y_pred, sample_weight)
                self.distance.update_state((y - y_pred).abs())
                results["distance"] = self.distance.result()
                return results

        return CustomModel

    def arguments(package):
        return {"optimizer": package.optimizers.SGD(0.1), "metrics": ["mae"]}

    given = {"epochs": 2, "validation_split": 0.3}
    model = both(make, arguments, given)
    assert set(model.history.history) >= {"loss", "mae", "distance", "val_distance"}


def test_gan():
    """Two networks, two optimizers, a compile() of its own; x without y."""

    class GAN(kerlite.Model):
        def __init__(self, discriminator, generator, latent_dim):
            super().__init__()
            self.discriminator = discriminator
            self.generator = generator
            self.latent_dim = latent_dim
            self.d_loss_tracker = metrics.Mean(name="d_loss")
            self.g_loss_tracker = metrics.Mean(name="g_loss")
            self.seed_generator = kerlite.random.SeedGenerator(1337)
            self.built = True

        @property
        def metrics(self):
            return [self.d_loss_tracker, self.g_loss_tracker]

        def compile(self, d_optimizer, g_optimizer, loss_fn):
            super().compile()
            self.d_optimizer = d_optimizer
            self.g_optimizer = g_optimizer
            self.loss_fn = loss_fn

        def train_step(self, real):
            if isinstance(real, tuple):
                real = real[0]
            batch_size = real.shape[0]
            noise = torch.randn(batch_size, self.latent_dim)
            generated = self.generator(noise)
            combined = torch.cat([generated, real])
            labels = torch.cat([torch.ones(batch_size, 1), torch.zeros(batch_size, 1)])
            self.zero_grad()
            predictions = self.discriminator(combined)
            d_loss = self.loss_fn(labels, predictions)
            d_loss.backward()
            grads = [v.value.grad for v in self.discriminator.trainable_weights]
            with torch.no_grad():
                self.d_optimizer.apply(grads, self.discriminator.trainable_weights)
            noise = torch.randn(batch_size, self.latent_dim)
            self.zero_grad()
            predictions = self.discriminator(self.generator(noise))
            g_loss = self.loss_fn(torch.zeros(batch_size, 1), predictions)
            g_loss.backward()
            grads = [v.value.grad for v in self.generator.trainable_weights]
            with torch.no_grad():
                self.g_optimizer.apply(grads, self.generator.trainable_weights)
            self.d_loss_tracker.update_state(d_loss)
            self.g_loss_tracker.update_state(g_loss)
            return {
                "d_loss": self.d_loss_tracker.result(),
                "g_loss": self.g_loss_tracker.result(),
            }

    discriminator = kerlite.Sequential([
        kerlite.Input((2,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ])  # fmt: skip
    generator = kerlite.Sequential([
        kerlite.Input((3,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(2),
    ])  # fmt: skip
    gan = GAN(discriminator, generator, latent_dim=3)
    gan.compile(
        d_optimizer=optimizers.Adam(0.02),
        g_optimizer=optimizers.Adam(0.02),
        loss_fn=losses.BinaryCrossentropy(from_logits=True),
    )
    real = torch.randn(256, 2) * 0.1 + torch.tensor([2.0, -1.0])
    before = [w.copy() for w in gan.get_weights()]
    history = gan.fit(real, batch_size=32, epochs=40, verbose=0)
    assert set(history.history) == {"d_loss", "g_loss"}
    assert all(not np.allclose(a, b) for a, b in zip(before, gan.get_weights(), strict=True))
    made = generator(torch.randn(500, 3)).mean(0)
    assert (made - torch.tensor([2.0, -1.0])).abs().max() < 1.0


class Sampling(layers.Layer):
    """Draws from the distribution whose mean and log variance it is given."""

    def call(self, inputs):
        mean, log_var = inputs
        return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)


class VAE(kerlite.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total_loss_tracker = metrics.Mean(name="total_loss")
        self.reconstruction_loss_tracker = metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [
            self.total_loss_tracker,
            self.reconstruction_loss_tracker,
            self.kl_loss_tracker,
        ]

    def train_step(self, data):
        mean, log_var, z = self.encoder(data)
        reconstruction = self.decoder(z)
        reconstruction_loss = losses.mean_squared_error(data, reconstruction).sum(-1).mean()
        kl_loss = -0.5 * (1 + log_var - mean.square() - log_var.exp())
        kl_loss = kl_loss.sum(1).mean()
        total_loss = reconstruction_loss + 0.01 * kl_loss
        self.zero_grad()
        total_loss.backward()
        weights = self.trainable_weights
        with torch.no_grad():
            self.optimizer.apply([v.value.grad for v in weights], weights)
        self.total_loss_tracker.update_state(total_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {
            "loss": self.total_loss_tracker.result(),
            "reconstruction_loss": self.reconstruction_loss_tracker.result(),
            "kl_loss": self.kl_loss_tracker.result(),
        }


def test_vae():
    inputs = kerlite.Input((6,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    mean, log_var = layers.Dense(2)(hidden), layers.Dense(2)(hidden)
    encoder = kerlite.Model(inputs, [mean, log_var, Sampling()([mean, log_var])])
    code = kerlite.Input((2,))
    decoder = kerlite.Model(code, layers.Dense(6)(layers.Dense(8, activation="relu")(code)))
    vae = VAE(encoder, decoder)
    vae.compile(optimizer=optimizers.Adam(0.01))
    x = torch.randn(128, 2) @ torch.randn(2, 6)
    history = vae.fit(x, epochs=8, batch_size=16, verbose=0).history
    assert list(history) == ["kl_loss", "loss", "reconstruction_loss"]
    assert history["loss"][-1] < history["loss"][0] / 2
    assert vae.metrics_names == ["total_loss", "reconstruction_loss", "kl_loss"]


def test_predict_step():
    class Doubled(kerlite.Model):
        def predict_step(self, data):
            x = data[0] if isinstance(data, tuple) else data
            return 2 * self(x)

    inputs = kerlite.Input((4,))
    model = Doubled(inputs, layers.Dense(2)(inputs))
    expected = 2 * model(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(model.predict(X, verbose=0, batch_size=7), expected, rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X), expected, rtol=1e-6)


def test_a_step_may_return_nothing_and_train_all_epochs():
    steps = []

    class Silent(kerlite.Model):
        def train_step(self, data):
            steps.append(1)

    inputs = kerlite.Input((4,))
    model = Silent(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
    history = model.fit(X, NUMBER, batch_size=25, epochs=3, verbose=0)
    assert len(steps) == 6
    assert history.epoch == [0, 1, 2]
    assert history.history == {}


def test_a_step_may_call_the_default_one():
    class Counting(kerlite.Model):
        count = 0

        def train_step(self, data):
            self.count += 1
            logs = super().train_step(data)
            return {**logs, "count": self.count}

    inputs = kerlite.Input((4,))
    model = Counting(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(X, NUMBER, batch_size=25, epochs=2, verbose=0).history
    assert history["count"] == [2.0, 4.0]
    assert set(history) == {"loss", "mae", "count"}


def test_a_torch_optimizer_and_torch_code_in_a_step():
    class TorchStyle(kerlite.Model):
        def train_step(self, data):
            x, y = data
            self.optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(self(x), y)
            loss.backward()
            self.optimizer.step()
            return {"loss": loss.detach()}

    inputs = kerlite.Input((4,))
    model = TorchStyle(inputs, layers.Dense(1)(inputs))
    model.compile()
    model.optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    history = model.fit(X, NUMBER, epochs=10, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_a_trainer_may_be_subclassed():
    class Clipped(kerlite.Trainer):
        def train_step(self, data):
            x, y = data
            self.optimizer.zero_grad()
            loss = self.compute_loss(x, y, self.module(x))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), 0.1)
            self.optimizer.step()
            return {"loss": loss.detach()}

    module = torch.nn.Linear(4, 1)
    before = torch.cat([p.detach().flatten().clone() for p in module.parameters()])
    trainer = Clipped(module)
    trainer.compile(torch.optim.SGD(module.parameters(), lr=1.0), torch.nn.MSELoss())
    history = trainer.fit(X, NUMBER, batch_size=50, verbose=0)
    after = torch.cat([p.detach().flatten() for p in module.parameters()])
    assert (after - before).norm() == pytest.approx(0.1, rel=1e-3)
    assert list(history.history) == ["loss"]


def test_semi_supervised_targets_are_left_to_the_step():
    class Partly(kerlite.Model):
        def train_step(self, data):
            x, y = data
            known = ~torch.isnan(y[:, 0])
            return super().train_step((x[known], y[known]))

    inputs = kerlite.Input((4,))
    model = Partly(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
    y = NUMBER.copy()
    y[::2] = np.nan
    assert np.isfinite(model.fit(X, y, verbose=0).history["loss"][0])


def test_a_model_that_only_its_own_step_can_run():
    """Without a `call` there is nothing to build beforehand: the step does it."""

    class Plain(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def train_step(self, data):
            x, y = data
            loss = torch.mean((self.dense(x) - y) ** 2)
            self.zero_grad()
            loss.backward()
            weights = self.trainable_weights
            self.optimizer.apply([weight.grad for weight in weights], weights)
            return {"loss": loss}

    model = Plain()
    model.compile("sgd")
    history = model.fit(np.ones((64, 2)), np.zeros((64, 1)), epochs=3, verbose=0).history["loss"]
    assert history == sorted(history, reverse=True)
