"""A GAN with a compile and a train_step of its own, the torch way, on digits."""

import keras
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)

discriminator = keras.Sequential(
    [
        keras.Input(shape=(8, 8, 1)),
        layers.Conv2D(32, (3, 3), strides=(2, 2), padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Conv2D(32, (3, 3), strides=(2, 2), padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.GlobalMaxPooling2D(),
        layers.Dense(1),
    ],
    name="discriminator",
)
latent_dim = 16
generator = keras.Sequential(
    [
        keras.Input(shape=(latent_dim,)),
        layers.Dense(4 * 4 * 16),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Reshape((8, 8, 4)),
        layers.Conv2D(16, 3, padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Conv2D(1, (3, 3), padding="same", activation="sigmoid"),
    ],
    name="generator",
)


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
        self.seed_generator = keras.random.SeedGenerator(1337)
        self.built = True

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def train_step(self, real_images):
        if isinstance(real_images, (list, tuple)):
            real_images = real_images[0]
        batch_size = real_images.shape[0]
        random_latent_vectors = torch.randn(batch_size, self.latent_dim)
        generated_images = self.generator(random_latent_vectors)
        combined_images = torch.concat([generated_images, real_images], dim=0)
        labels = torch.concat([torch.ones((batch_size, 1)), torch.zeros((batch_size, 1))], dim=0)
        labels = labels + 0.05 * torch.rand_like(labels)

        self.zero_grad()
        predictions = self.discriminator(combined_images)
        d_loss = self.loss_fn(labels, predictions)
        d_loss.backward()
        grads = [v.value.grad for v in self.discriminator.trainable_weights]
        with torch.no_grad():
            self.d_optimizer.apply(grads, self.discriminator.trainable_weights)

        random_latent_vectors = torch.randn(batch_size, self.latent_dim)
        misleading_labels = torch.zeros((batch_size, 1))
        self.zero_grad()
        predictions = self.discriminator(self.generator(random_latent_vectors))
        g_loss = self.loss_fn(misleading_labels, predictions)
        g_loss.backward()
        grads = [v.value.grad for v in self.generator.trainable_weights]
        with torch.no_grad():
            self.g_optimizer.apply(grads, self.generator.trainable_weights)

        self.d_loss_tracker.update_state(d_loss.detach())
        self.g_loss_tracker.update_state(g_loss.detach())
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


class GANMonitor(keras.callbacks.Callback):
    def __init__(self, num_img=3, latent_dim=16):
        self.num_img = num_img
        self.latent_dim = latent_dim
        self.images = []

    def on_epoch_end(self, epoch, logs=None):
        random_latent_vectors = torch.randn(self.num_img, self.latent_dim)
        generated_images = self.model.generator(random_latent_vectors)
        generated_images = generated_images.detach().cpu().numpy() * 255
        self.images.append(generated_images)


all_digits = (load_digits().images / 16).astype("float32").reshape(-1, 8, 8, 1)
dataset = torch.utils.data.TensorDataset(torch.from_numpy(all_digits))
dataloader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True)

gan = GAN(discriminator=discriminator, generator=generator, latent_dim=latent_dim)
gan.compile(
    d_optimizer=keras.optimizers.Adam(learning_rate=0.0003),
    g_optimizer=keras.optimizers.Adam(learning_rate=0.0003),
    loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
)
before = [w.copy() for w in generator.get_weights()]
monitor = GANMonitor()
history = gan.fit(dataloader, epochs=2, callbacks=[monitor], verbose=0)
assert all((a != b).any() for a, b in zip(before, generator.get_weights(), strict=True))
assert 0 < history.history["d_loss"][-1] < 2

results = {
    "logs": sorted(history.history),
    "images": [list(image.shape) for image in monitor.images],
    "weights": [len(gan.weights), gan.count_params()],
    "layers": [layer.name for layer in gan.layers],
    "iterations": int(gan.d_optimizer.iterations),
}
