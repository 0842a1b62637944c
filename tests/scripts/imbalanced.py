"""Imbalanced classification: class weights, sample weights, an initial bias, weighted metrics."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

data, target = load_breast_cancer(return_X_y=True)
data = (data - data.mean(axis=0)) / data.std(axis=0)
rare = np.where(target == 0)[0][:40]
chosen = np.sort(np.concatenate([np.where(target == 1)[0], rare]))
features, labels = data[chosen].astype("float32"), (1 - target[chosen]).reshape(-1, 1)
train_x, val_x, train_y, val_y = train_test_split(
    features, labels, test_size=0.25, stratify=labels, random_state=0
)
neg, pos = np.bincount(train_y[:, 0])
weight_for_0 = 1.0 / neg * len(train_y) / 2
weight_for_1 = 1.0 / pos * len(train_y) / 2
class_weight = {0: weight_for_0, 1: weight_for_1}
output_bias = keras.initializers.Constant(np.log([pos / neg])[0])


def make_model():
    model = keras.Sequential(
        [
            keras.Input(shape=train_x.shape[1:]),
            layers.Dense(32, activation="relu", kernel_initializer="ones"),
            layers.Dense(1, activation="sigmoid", bias_initializer=output_bias),
        ]
    )
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.2, w.shape) for w in model.get_weights()]
    model.set_weights([*weights[:-1], model.get_weights()[-1]])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss="binary_crossentropy",
        metrics=[
            keras.metrics.BinaryAccuracy(name="accuracy"),
            keras.metrics.MeanSquaredError(name="brier score"),
        ],
        weighted_metrics=["mae"],
    )
    return model


bias = make_model().get_weights()[-1]
plain = make_model()
plain_history = plain.fit(train_x, train_y, epochs=3, batch_size=64, shuffle=False, verbose=0)
weighted = make_model()
weighted_history = weighted.fit(
    train_x, train_y, batch_size=64, epochs=3, shuffle=False, verbose=0,
    validation_data=(val_x, val_y), class_weight=class_weight,
)  # fmt: skip
sampled = make_model()
sample_weight = np.where(train_y[:, 0] == 1, weight_for_1, weight_for_0)
sampled_history = sampled.fit(
    train_x, train_y, batch_size=64, epochs=3, shuffle=False, verbose=0,
    validation_data=(val_x, val_y, np.ones(len(val_y))), sample_weight=sample_weight,
)  # fmt: skip
for a, b in zip(weighted.get_weights(), sampled.get_weights(), strict=True):
    assert np.allclose(a, b, atol=1e-5)
on_batch = make_model().train_on_batch(
    train_x, train_y, class_weight=class_weight, return_dict=True
)

# the classes of one-hot targets count too
softmax = keras.Sequential([keras.Input((30,)), layers.Dense(2, activation="softmax")])
softmax.set_weights([np.full((30, 2), 0.01), np.zeros(2)])
softmax.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
one_hot = softmax.fit(
    train_x, keras.utils.to_categorical(train_y[:, 0]), class_weight=class_weight,
    shuffle=False, verbose=0,
)  # fmt: skip

predicted = weighted.predict(val_x, verbose=0) > 0.5
recall = float((predicted & (val_y == 1)).sum() / (val_y == 1).sum())
assert recall > 0.7, recall

results = {
    "plain": plain_history.history,
    "weighted": weighted_history.history,
    "sampled": sampled_history.history,
    "one hot": one_hot.history,
    "on batch": {k: float(v) for k, v in on_batch.items()},
    "bias": bias,
    "evaluated": weighted.evaluate(val_x, val_y, sample_weight=np.arange(len(val_y)), verbose=0),
}
