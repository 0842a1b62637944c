"""Many inputs and outputs with names: the customer ticket model of the functional guide."""

import keras
import numpy as np
import torch
from keras import layers

num_tags, num_words, num_departments = 12, 100, 4

title_input = keras.Input(shape=(None,), name="title", dtype="int32")
body_input = keras.Input(shape=(None,), name="body", dtype="int32")
tags_input = keras.Input(shape=(num_tags,), name="tags")

embed = layers.Embedding(num_words, 16)  # shared
mean = layers.Lambda(lambda words: torch.mean(words, dim=1), output_shape=(16,))
title_features = mean(embed(title_input))
body_features = layers.Lambda(lambda w: torch.amax(w, dim=1))(embed(body_input))
x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)

model = keras.Model(
    inputs=[title_input, body_input, tags_input],
    outputs={"priority": priority_pred, "department": department_pred},
)
rng = np.random.default_rng(1)
model.set_weights([rng.normal(0, 0.2, w.shape) for w in model.get_weights()])
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"department": ["accuracy"], "priority": keras.metrics.BinaryAccuracy(threshold=0.0)},
)

title_data = rng.integers(num_words, size=(128, 10)).astype("float32")
body_data = rng.integers(num_words, size=(128, 30)).astype("float32")
tags_data = rng.integers(2, size=(128, num_tags)).astype("float32")
priority = rng.random(size=(128, 1)).round()
department = np.eye(num_departments)[rng.integers(num_departments, size=128)]

history = model.fit(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority, "department": department},
    epochs=2,
    batch_size=32,
    shuffle=False,
    verbose=0,
)
scores = model.evaluate(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority, "department": department},
    return_dict=True,
    verbose=0,
)
predicted = model.predict([title_data, body_data, tags_data], verbose=0)
weighted = model.train_on_batch(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority, "department": department},
    sample_weight={"priority": np.linspace(0, 1, 128), "department": np.ones(128)},
    return_dict=True,
)

# the same with a list of outputs, and targets as a tuple
listed = keras.Model([title_input, body_input, tags_input], [priority_pred, department_pred])
listed.compile(
    "sgd",
    loss=[
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.losses.CategoricalCrossentropy(from_logits=True),
    ],
    loss_weights=[1.0, 0.2],
    metrics=[None, ["accuracy"]],
)
listed_history = listed.fit(
    [title_data, body_data, tags_data],
    (priority, department),
    epochs=1,
    shuffle=False,
    verbose=0,
)

results = {
    "history": history.history,
    "scores": scores,
    "predicted": {k: [list(v.shape), float(v.sum())] for k, v in predicted.items()},
    "weighted": {k: float(v) for k, v in weighted.items()},
    "listed": listed_history.history,
    "names": [sorted(model.output_names), listed.output_names],
    "shapes": [model.input_shape, listed.output_shape],
    "sums": [float(np.abs(w).sum()) for w in model.get_weights()],
}
