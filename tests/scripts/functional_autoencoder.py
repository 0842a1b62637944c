"""Nested models: an encoder and a decoder that make an autoencoder, and an ensemble."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

images = (load_digits().images[..., None] / 16).astype("float32")[:512]

encoder_input = keras.Input(shape=(8, 8, 1), name="original_img")
x = layers.Conv2D(8, 3, activation="relu", padding="same")(encoder_input)
x = layers.MaxPooling2D(2, padding="same")(x)
x = layers.Conv2D(8, 3, activation="relu", padding="same")(x)
x = layers.AveragePooling2D(2)(x)
encoder_output = layers.Flatten()(x)
encoder = keras.Model(encoder_input, encoder_output, name="encoder")
encoder.summary()

decoder_input = keras.Input(shape=(32,), name="encoded_img")
x = layers.Dense(64, activation="relu")(decoder_input)
x = layers.Reshape((4, 4, 4))(x)
x = layers.Permute((3, 1, 2))(x)
x = layers.Flatten()(x)
x = layers.Dense(64, activation="sigmoid")(x)
decoder_output = layers.Reshape((8, 8, 1))(x)
decoder = keras.Model(decoder_input, decoder_output, name="decoder")

autoencoder_input = keras.Input(shape=(8, 8, 1), name="img")
encoded_img = encoder(autoencoder_input)
decoded_img = decoder(encoded_img)
autoencoder = keras.Model(autoencoder_input, decoded_img, name="autoencoder")
autoencoder.summary(expand_nested=True)

rng = np.random.default_rng(0)
autoencoder.set_weights([rng.normal(0, 0.15, w.shape) for w in autoencoder.get_weights()])
autoencoder.compile(optimizer="adam", loss="binary_crossentropy", metrics=["mse", "mae"])
history = autoencoder.fit(
    images, images, epochs=3, batch_size=64, shuffle=False, validation_data=(images, images),
    verbose=0,
)  # fmt: skip
codes = encoder.predict(images, verbose=0)
decoded = decoder.predict(codes, verbose=0)
assert np.allclose(decoded, autoencoder.predict(images, verbose=0), atol=1e-5)

# a standalone model made of the same layers, without the nesting
whole = keras.Model(encoder_input, decoder(encoder_output))
assert torch.allclose(whole(images[:2]), autoencoder(images[:2]), atol=1e-6)


# nesting models for an ensemble
def get_model():
    inputs = keras.Input(shape=(128,))
    outputs = layers.Dense(1)(inputs)
    return keras.Model(inputs, outputs)


models = [get_model() for _ in range(3)]
inputs = keras.Input(shape=(128,))
outputs = layers.average([m(inputs) for m in models])
ensemble = keras.Model(inputs=inputs, outputs=outputs)
data = rng.normal(size=(5, 128)).astype("float32")
expected = np.mean([m.predict(data, verbose=0) for m in models], axis=0)
assert np.allclose(ensemble.predict(data, verbose=0), expected, atol=1e-5)

results = {
    "history": history.history,
    "layers": [layer.name for layer in autoencoder.layers],
    "inner": autoencoder.get_layer("encoder").get_layer("original_img").name,
    "codes": list(codes.shape),
    "ensemble": [len(ensemble.layers), ensemble.count_params()],
    "paths": autoencoder.count_params() == encoder.count_params() + decoder.count_params(),
}
