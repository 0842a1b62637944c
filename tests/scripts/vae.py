"""The end-to-end example of the subclassing guide: a variational autoencoder."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)


class Sampling(layers.Layer):
    """Uses (z_mean, z_log_var) to sample z, the vector encoding a digit."""

    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch = z_mean.shape[0]
        dim = z_mean.shape[1]
        epsilon = torch.randn((batch, dim), device=z_mean.device)
        return z_mean + torch.exp(0.5 * z_log_var) * epsilon


class Encoder(layers.Layer):
    def __init__(self, latent_dim=8, intermediate_dim=64, name="encoder", **kwargs):
        super().__init__(name=name, **kwargs)
        self.dense_proj = layers.Dense(intermediate_dim, activation="relu")
        self.dense_mean = layers.Dense(latent_dim)
        self.dense_log_var = layers.Dense(latent_dim)
        self.sampling = Sampling()

    def call(self, inputs):
        x = self.dense_proj(inputs)
        z_mean = self.dense_mean(x)
        z_log_var = self.dense_log_var(x)
        z = self.sampling((z_mean, z_log_var))
        return z_mean, z_log_var, z


class Decoder(layers.Layer):
    def __init__(self, original_dim, intermediate_dim=64, name="decoder", **kwargs):
        super().__init__(name=name, **kwargs)
        self.dense_proj = layers.Dense(intermediate_dim, activation="relu")
        self.dense_output = layers.Dense(original_dim, activation="sigmoid")

    def call(self, inputs):
        x = self.dense_proj(inputs)
        return self.dense_output(x)


class VariationalAutoEncoder(keras.Model):
    def __init__(
        self, original_dim, intermediate_dim=64, latent_dim=8, name="autoencoder", **kwargs
    ):
        super().__init__(name=name, **kwargs)
        self.original_dim = original_dim
        self.encoder = Encoder(latent_dim=latent_dim, intermediate_dim=intermediate_dim)
        self.decoder = Decoder(original_dim, intermediate_dim=intermediate_dim)

    def call(self, inputs):
        z_mean, z_log_var, z = self.encoder(inputs)
        reconstructed = self.decoder(z)
        kl_loss = -0.5 * torch.mean(z_log_var - z_mean**2 - torch.exp(z_log_var) + 1)
        self.add_loss(0.01 * kl_loss)
        return reconstructed


x_train = (load_digits().data / 16).astype("float32")
vae = VariationalAutoEncoder(64, 64, 8)
optimizer = keras.optimizers.Adam(learning_rate=1e-3)
vae.compile(optimizer, loss=keras.losses.MeanSquaredError())
history = vae.fit(x_train, x_train, epochs=4, batch_size=64, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]

# the same in a loop of one's own
mse_loss_fn = keras.losses.MeanSquaredError()
loss_metric = keras.metrics.Mean()
loop_vae = VariationalAutoEncoder(64)
loop_vae(torch.from_numpy(x_train[:1]))
loop_optimizer = torch.optim.Adam(loop_vae.parameters(), lr=1e-3)
dataset = torch.utils.data.TensorDataset(torch.from_numpy(x_train))
means = []
for _ in range(2):
    for (batch,) in torch.utils.data.DataLoader(dataset, shuffle=True, batch_size=64):
        reconstructed = loop_vae(batch)
        loss = mse_loss_fn(batch, reconstructed) + sum(loop_vae.losses)
        loop_optimizer.zero_grad()
        loss.backward()
        loop_optimizer.step()
        loss_metric.update_state(loss.detach())
    means.append(float(loss_metric.result()))
    loss_metric.reset_state()
assert means[1] < means[0]

# the functional way
original_inputs = keras.Input(shape=(64,), name="encoder_input")
x = layers.Dense(64, activation="relu")(original_inputs)
z_mean = layers.Dense(8, name="z_mean")(x)
z_log_var = layers.Dense(8, name="z_log_var")(x)
z = Sampling()((z_mean, z_log_var))
encoder = keras.Model(inputs=original_inputs, outputs=[z_mean, z_log_var, z], name="encoder")
latent = keras.Input(shape=(8,), name="z_sampling")
decoder = keras.Model(latent, layers.Dense(64, activation="sigmoid")(latent), name="decoder")


class VAE(keras.Model):
    """The one of the code examples: its own train_step, and trackers as metrics."""

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")
        self.built = True

    @property
    def metrics(self):
        return [self.total_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        z_mean, z_log_var, z = self.encoder(data)
        reconstruction = self.decoder(z)
        reconstruction_loss = keras.losses.mean_squared_error(data, reconstruction).mean()
        kl_loss = -0.5 * (1 + z_log_var - torch.square(z_mean) - torch.exp(z_log_var)).mean()
        total_loss = reconstruction_loss + 0.01 * kl_loss
        self.zero_grad()
        total_loss.backward()
        trainable_weights = list(self.trainable_weights)
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        self.total_loss_tracker.update_state(total_loss.detach())
        self.kl_loss_tracker.update_state(kl_loss.detach())
        return {
            "loss": self.total_loss_tracker.result(),
            "kl_loss": self.kl_loss_tracker.result(),
        }


third = VAE(encoder, decoder)
third.compile(optimizer=keras.optimizers.Adam())
third_history = third.fit(x_train, epochs=3, batch_size=128, verbose=0)
assert third_history.history["loss"][-1] < third_history.history["loss"][0]
codes = encoder.predict(x_train[:5], verbose=0)
decoded = decoder.predict(np.zeros((1, 8)), verbose=0)

results = {
    "logs": [sorted(history.history), sorted(third_history.history)],
    "weights": [len(vae.weights), vae.count_params(), len(third.weights)],
    "codes": [type(codes).__name__, [list(c.shape) for c in codes]],
    "decoded": [list(decoded.shape), str(decoded.dtype)],
    "layers": [[layer.name for layer in vae.layers], [layer.name for layer in third.layers]],
    "losses": len(loop_vae.losses),
}
