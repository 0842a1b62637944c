"""Torch modules inside Keras: as attributes of layers and models, and wrapped."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32").reshape(-1, 1, 8, 8)


class TorchBlock(layers.Layer):
    """A layer that holds torch modules; they are tracked by themselves."""

    def __init__(self, features, **kwargs):
        super().__init__(**kwargs)
        self.features = features
        self.linear = torch.nn.Linear(features, features)
        self.norm = torch.nn.LayerNorm(features)

    def call(self, inputs):
        return self.norm(torch.relu(self.linear(inputs)))


block = TorchBlock(16)
block(torch.ones(2, 16))
assert len(list(block.parameters())) == 4


class Classifier(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conv = torch.nn.Sequential(
            torch.nn.Conv2d(1, 8, kernel_size=(3, 3)),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(kernel_size=(2, 2)),
            torch.nn.Flatten(),
        )
        self.dropout = torch.nn.Dropout(p=0.1)
        self.dense = layers.Dense(10)

    def call(self, inputs):
        return self.dense(self.dropout(self.conv(inputs)))


model = Classifier()
model(torch.ones(1, 1, 8, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
loss_fn = torch.nn.CrossEntropyLoss()
data = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
losses = []
for _ in range(3):
    for inputs, targets in torch.utils.data.DataLoader(data, batch_size=128, shuffle=True):
        loss = loss_fn(model(inputs, training=True), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
assert np.mean(losses[-5:]) < np.mean(losses[:5])

# and with compile and fit
model.compile(
    keras.optimizers.Adam(5e-3),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(x, y, epochs=2, batch_size=128, verbose=0)
assert history.history["accuracy"][-1] > 0.7, history.history

# wrapped, in a graph
inputs = keras.Input((1, 8, 8))
h = layers.TorchModuleWrapper(torch.nn.Conv2d(1, 4, 3), output_shape=(None, 4, 6, 6))(inputs)
h = layers.Activation("relu")(h)
h = layers.Flatten()(h)
functional = keras.Model(inputs, layers.Dense(10, activation="softmax")(h))
functional.compile("adam", "sparse_categorical_crossentropy")
wrapped = functional.layers[1]
kernel = wrapped.module.weight.detach().clone()
functional.fit(x[:256], y[:256], epochs=1, verbose=0)
assert not torch.equal(kernel.cpu(), wrapped.module.weight.detach().cpu())
predicted = functional.predict(x[:3], verbose=0)

# torch functions in layers and in models
outputs = torch.nn.functional.gelu(layers.Dense(4)(torch.ones(2, 3)))

results = {
    "block": [len(block.trainable_weights), isinstance(block.linear, torch.nn.Module)],
    "logs": sorted(history.history),
    "predicted": list(predicted.shape),
    "wrapped": [len(wrapped.trainable_weights), list(functional.output_shape)],
    "outputs": list(outputs.shape),
    "weights": len(model.trainable_weights),
}
