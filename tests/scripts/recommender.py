"""Collaborative filtering: embeddings of users and items, and their dot product."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_wine

# "Users" are wines, "items" their properties, "ratings" how strong each property is.
table = load_wine().data
table = (table - table.min(axis=0)) / (table.max(axis=0) - table.min(axis=0))
user, item = np.meshgrid(np.arange(table.shape[0]), np.arange(table.shape[1]), indexing="ij")
pairs = np.stack([user.ravel(), item.ravel()], axis=1)
ratings = table.ravel()
order = np.random.default_rng(42).permutation(len(pairs))
x, y = pairs[order], ratings[order]
train_indices = int(0.9 * len(x))
x_train, x_val, y_train, y_val = (
    x[:train_indices],
    x[train_indices:],
    y[:train_indices],
    y[train_indices:],
)
num_users, num_items = table.shape
EMBEDDING_SIZE = 10


class RecommenderNet(keras.Model):
    def __init__(self, num_users, num_items, embedding_size, **kwargs):
        super().__init__(**kwargs)
        self.num_users = num_users
        self.user_embedding = layers.Embedding(
            num_users,
            embedding_size,
            embeddings_initializer="he_normal",
            embeddings_regularizer=keras.regularizers.l2(1e-6),
        )
        self.user_bias = layers.Embedding(num_users, 1)
        self.item_embedding = layers.Embedding(
            num_items,
            embedding_size,
            embeddings_initializer="he_normal",
            embeddings_regularizer=keras.regularizers.l2(1e-6),
        )
        self.item_bias = layers.Embedding(num_items, 1)

    def call(self, inputs):
        user_vector = self.user_embedding(inputs[:, 0])
        user_bias = self.user_bias(inputs[:, 0])
        item_vector = self.item_embedding(inputs[:, 1])
        item_bias = self.item_bias(inputs[:, 1])
        dot_user_item = torch.sum(user_vector * item_vector, dim=1, keepdim=True)
        return torch.sigmoid(dot_user_item + user_bias + item_bias)


model = RecommenderNet(num_users, num_items, EMBEDDING_SIZE)
model(x_train[:2])
rng = np.random.default_rng(1)
model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
model.compile(
    loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.Adam(learning_rate=0.01)
)
history = model.fit(
    x=x_train, y=y_train, batch_size=64, epochs=3, verbose=0, shuffle=False,
    validation_data=(x_val, y_val),
)  # fmt: skip
assert history.history["loss"][-1] < history.history["loss"][0]

# the functional way: two inputs, flattened embeddings
user_input = keras.Input(shape=(1,), name="user")
item_input = keras.Input(shape=(1,), name="item")
u = layers.Flatten()(layers.Embedding(num_users, 8, name="users")(user_input))
v = layers.Flatten()(layers.Embedding(num_items, 8, name="items")(item_input))
score = layers.Lambda(lambda t: (t[0] * t[1]).sum(dim=1, keepdim=True), output_shape=(1,))([u, v])
functional = keras.Model([user_input, item_input], layers.Dense(1, activation="sigmoid")(score))
functional.compile("rmsprop", "mse")
functional.set_weights([rng.normal(0, 0.1, w.shape) for w in functional.get_weights()])
fitted = functional.fit(
    [x_train[:, 0], x_train[:, 1]], y_train, epochs=1, batch_size=128, shuffle=False, verbose=0
)
pair = {"user": np.zeros(num_items), "item": np.arange(num_items)}
top = functional.predict(pair, verbose=0).ravel().argsort()[-3:][::-1]
embedding_matrix = functional.get_layer("users").get_weights()[0]

results = {
    "history": history.history,
    "functional": fitted.history,
    "top": top,
    "matrix": list(embedding_matrix.shape),
    "losses": len(model.losses),
    "predicted": model.predict(x_val[:4], verbose=0),
}
