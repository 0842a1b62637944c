"""Text classification with an embedding: which data set does a line of documentation describe?"""

import re

import keras
import numpy as np
import torch
from keras import layers
from sklearn import datasets

keras.utils.set_random_seed(0)
texts, labels = [], []
loaders = (datasets.load_digits, datasets.load_breast_cancer, datasets.load_diabetes)
for label, load in enumerate(loaders):
    words = re.findall(r"[a-z]+", load().DESCR.lower())
    for first in range(0, len(words) - 12, 3):
        texts.append(words[first : first + 12 - first % 4])
        labels.append(label)

vocabulary = {word: index + 1 for index, word in enumerate(sorted({w for t in texts for w in t}))}
sequences = [[vocabulary[word] for word in text] for text in texts]
x = keras.utils.pad_sequences(sequences, maxlen=12)
after = keras.utils.pad_sequences(sequences, maxlen=5, padding="post", truncating="post")
y = np.array(labels)
order = np.random.permutation(len(x))
x, y = x[order], y[order]
n = int(len(x) * 0.8)

max_features = len(vocabulary) + 1
model = keras.Sequential(
    [
        keras.Input((12,), dtype="int64"),
        layers.Embedding(max_features, 16, embeddings_regularizer=keras.regularizers.L2(1e-5)),
        layers.Dropout(0.2),
        layers.Lambda(lambda t: torch.mean(t, dim=1), output_shape=(16,)),
        layers.Dense(16, activation="relu", kernel_regularizer="l2"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.summary()
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.Adam(0.02),
    metrics=["accuracy"],
)
history = model.fit(x[:n], y[:n], epochs=8, validation_data=(x[n:], y[n:]), verbose=0)
accuracy = model.evaluate(x[n:], y[n:], verbose=0)[1]
assert accuracy > 0.6, accuracy
embeddings = model.layers[0].get_weights()[0]

# masks: padding does not count
masked = layers.Embedding(10, 4, mask_zero=True)
out = masked(np.array([[3, 2, 0], [1, 0, 0]]))
mask = masked.compute_mask(torch.tensor([[3, 2, 0], [1, 0, 0]]))


class MaskedAverage(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return inputs.mean(dim=1)
        weights = mask.to(inputs.dtype).unsqueeze(-1)
        return (inputs * weights).sum(dim=1) / weights.sum(dim=1)

    def compute_mask(self, inputs, mask=None):
        return None


tokens = keras.Input((None,), dtype="int32")
h = layers.Embedding(max_features, 8, mask_zero=True)(tokens)
h = MaskedAverage()(h)
averaged = keras.Model(tokens, layers.Dense(3, activation="softmax")(h))
rng = np.random.default_rng(0)
averaged.set_weights([rng.normal(0, 0.5, w.shape) for w in averaged.get_weights()])
short = averaged.predict(np.array([[5, 6, 7]]), verbose=0)
padded = averaged.predict(np.array([[5, 6, 7, 0, 0]]), verbose=0)
assert np.allclose(short, padded, atol=1e-6)
averaged.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
masked_history = averaged.fit(x, y * 0, epochs=1, shuffle=False, verbose=0).history

results = {
    "sequences": [x.sum(), list(after.shape), after.sum(), str(x.dtype)],
    "logs": sorted(history.history),
    "embeddings": list(embeddings.shape),
    "mask": [list(out.shape), mask.tolist()],
    "short": short,
    "masked": {k: v for k, v in masked_history.items() if k == "loss"},
    "outputs": [layer.output.shape for layer in model.layers],
}
