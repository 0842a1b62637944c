"""Siamese networks: one embedding network used for two images, and a contrastive loss."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(3)
x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32").reshape(-1, 8, 8)


def make_pairs(x, y, rng):
    digit_indices = [np.where(y == i)[0] for i in range(10)]
    pairs, labels = [], []
    for idx1 in range(len(x)):
        idx2 = rng.choice(digit_indices[y[idx1]])
        pairs += [[x[idx1], x[idx2]]]
        labels += [0]
        other = (y[idx1] + rng.integers(1, 10)) % 10
        pairs += [[x[idx1], x[rng.choice(digit_indices[other])]]]
        labels += [1]
    return np.array(pairs), np.array(labels).astype("float32")


rng = np.random.default_rng(0)
pairs, labels = make_pairs(x[:900], y[:900], rng)
pairs_test, labels_test = make_pairs(x[1400:], y[1400:], rng)


def euclidean_distance(vects):
    a, b = vects
    return torch.sqrt(torch.clamp(torch.sum((a - b) ** 2, dim=1, keepdim=True), min=1e-7))


image = layers.Input((8, 8, 1))
h = layers.BatchNormalization()(image)
h = layers.Conv2D(8, (3, 3), activation="tanh")(h)
h = layers.AveragePooling2D(pool_size=(2, 2))(h)
h = layers.Flatten()(h)
h = layers.BatchNormalization()(h)
h = layers.Dense(10, activation="tanh")(h)
embedding_network = keras.Model(image, h)

input_1 = layers.Input((8, 8, 1))
input_2 = layers.Input((8, 8, 1))
tower_1 = embedding_network(input_1)
tower_2 = embedding_network(input_2)
merge_layer = layers.Lambda(euclidean_distance, output_shape=(1,))([tower_1, tower_2])
normal_layer = layers.BatchNormalization()(merge_layer)
output_layer = layers.Dense(1, activation="sigmoid")(normal_layer)
siamese = keras.Model(inputs=[input_1, input_2], outputs=output_layer)


def loss(margin=1):
    def contrastive_loss(y_true, y_pred):
        square_pred = torch.square(y_pred)
        margin_square = torch.square(torch.clamp(margin - y_pred, min=0))
        return torch.mean((1 - y_true) * square_pred + y_true * margin_square)

    return contrastive_loss


siamese.compile(loss=loss(margin=1), optimizer="RMSprop", metrics=["accuracy"])
siamese.summary()
history = siamese.fit(
    [pairs[:, 0], pairs[:, 1]],
    labels,
    validation_data=([pairs_test[:, 0], pairs_test[:, 1]], labels_test),
    batch_size=16,
    epochs=3,
    verbose=0,
)
evaluated = siamese.evaluate([pairs_test[:, 0], pairs_test[:, 1]], labels_test, verbose=0)
assert evaluated[1] > 0.6, evaluated
predictions = siamese.predict([pairs_test[:4, 0], pairs_test[:4, 1]], verbose=0)

results = {
    "logs": sorted(history.history),
    "evaluated": len(evaluated),
    "predictions": list(predictions.shape),
    "parameters": [siamese.count_params(), embedding_network.count_params()],
    "shared": len(siamese.layers),
    "weights": len(siamese.trainable_weights),
    "input_shape": siamese.input_shape,
}
