"""An MLP-Mixer on patches of digits: permutes, layer normalization, skip connections."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)
images = (load_digits().images[..., None] / 16).astype("float32")
labels = load_digits().target
patch_size, embedding_dim, num_patches = 2, 24, 16


class Patches(layers.Layer):
    def __init__(self, patch_size, **kwargs):
        super().__init__(**kwargs)
        self.patch_size = patch_size

    def call(self, x):
        p = self.patch_size
        batch, height, width, channels = x.shape
        x = x.reshape(batch, height // p, p, width // p, p, channels).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(batch, (height // p) * (width // p), p * p * channels)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        p = self.patch_size
        return (batch, (height // p) * (width // p), p * p * channels)


class MLPMixerLayer(layers.Layer):
    def __init__(self, num_patches, hidden_units, dropout_rate, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mlp1 = keras.Sequential(
            [
                layers.Dense(units=num_patches, activation="gelu"),
                layers.Dense(units=num_patches),
                layers.Dropout(rate=dropout_rate),
            ]
        )
        self.mlp2 = keras.Sequential(
            [
                layers.Dense(units=num_patches, activation="gelu"),
                layers.Dense(units=hidden_units),
                layers.Dropout(rate=dropout_rate),
            ]
        )
        self.normalize = layers.LayerNormalization(epsilon=1e-6)

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        x = self.normalize(inputs)
        x_channels = torch.permute(x, (0, 2, 1))
        mlp1_outputs = self.mlp1(x_channels)
        mlp1_outputs = torch.permute(mlp1_outputs, (0, 2, 1))
        x = mlp1_outputs + inputs
        x_patches = self.normalize(x)
        mlp2_outputs = self.mlp2(x_patches)
        return x + mlp2_outputs


class PositionEmbedding(layers.Layer):
    def __init__(self, sequence_length, **kwargs):
        super().__init__(**kwargs)
        self.sequence_length = sequence_length

    def build(self, input_shape):
        self.position_embeddings = self.add_weight(
            name="embeddings", shape=[self.sequence_length, input_shape[-1]],
            initializer="glorot_uniform",
        )  # fmt: skip

    def call(self, inputs):
        return inputs + self.position_embeddings


def build_classifier(blocks):
    inputs = layers.Input(shape=(8, 8, 1))
    patches = Patches(patch_size)(inputs)
    x = layers.Dense(units=embedding_dim)(patches)
    x = PositionEmbedding(num_patches)(x)
    x = blocks(x)
    representation = layers.Lambda(lambda t: torch.mean(t, dim=1), output_shape=(embedding_dim,))(x)
    representation = layers.Dropout(rate=0.1)(representation)
    logits = layers.Dense(10)(representation)
    return keras.Model(inputs=inputs, outputs=logits)


mixer_blocks = keras.Sequential([MLPMixerLayer(num_patches, embedding_dim, 0.0) for _ in range(2)])
classifier = build_classifier(mixer_blocks)
classifier.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.01, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
reduce_lr = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=5)
early_stopping = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=10, restore_best_weights=True
)
history = classifier.fit(
    x=images[:1300],
    y=labels[:1300],
    batch_size=128,
    epochs=6,
    validation_split=0.1,
    callbacks=[early_stopping, reduce_lr],
    verbose=0,
)
_, accuracy = classifier.evaluate(images[1300:], labels[1300:], verbose=0)
assert accuracy > 0.4, accuracy

# the same numbers from the same weights
rng = np.random.default_rng(0)
classifier.set_weights([rng.normal(0, 0.2, w.shape) for w in classifier.get_weights()])
logits = classifier.predict(images[:3], verbose=0)

# layers alone
x = rng.normal(size=(2, 3, 4, 5)).astype("float32")
permuted = layers.Permute((2, 1, 3))(x)
reshaped = layers.Reshape((-1, 5))(x)
flat = layers.Flatten()(x)
normalized = layers.LayerNormalization(axis=-1)(x)

results = {
    "logs": sorted(history.history),
    "logits": logits,
    "parameters": [classifier.count_params(), mixer_blocks.count_params()],
    "shapes": [list(t.shape) for t in (permuted, reshaped, flat, normalized)],
    "values": [
        float(permuted[0, 1, 2, 3]),
        float(reshaped[1, 7, 2]),
        float(normalized.detach().std()),
    ],
    "weights": [list(w.shape) for w in classifier.get_weights()],
}
