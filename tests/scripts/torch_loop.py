"""A training loop from scratch with torch: torch's optimizer, then Keras's, metrics and all."""

import keras
import numpy as np
import torch
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32").reshape(-1, 8, 8, 1)
y = keras.utils.to_categorical(y)
x_train, y_train, x_val, y_val = x[:1280], y[:1280], x[1280:1600], y[1280:1600]
train_dataset = torch.utils.data.TensorDataset(torch.from_numpy(x_train), torch.from_numpy(y_train))
val_dataset = torch.utils.data.TensorDataset(torch.from_numpy(x_val), torch.from_numpy(y_val))
train_dataloader = torch.utils.data.DataLoader(train_dataset, batch_size=64, shuffle=False)
val_dataloader = torch.utils.data.DataLoader(val_dataset, batch_size=64, shuffle=False)


def get_model():
    inputs = keras.Input(shape=(8, 8, 1), name="digits")
    x1 = keras.layers.Conv2D(8, 3, activation="relu")(inputs)
    x2 = keras.layers.Flatten()(x1)
    x3 = keras.layers.Dense(32, activation="relu")(x2)
    outputs = keras.layers.Dense(10, name="predictions")(x3)
    model = keras.Model(inputs=inputs, outputs=outputs)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
    return model


log = []

# torch's optimizer and loss on Keras's model
model = get_model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = torch.nn.CrossEntropyLoss()
for _ in range(2):
    for inputs, targets in train_dataloader:
        logits = model(inputs)
        loss = loss_fn(logits, targets)
        model.zero_grad()
        loss.backward()
        optimizer.step()
    log.append(float(loss.detach()))

# Keras's optimizer, loss and metrics in torch's loop
model = get_model()
optimizer = keras.optimizers.Adam(learning_rate=1e-3)
loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True)
train_acc_metric = keras.metrics.CategoricalAccuracy()
val_acc_metric = keras.metrics.CategoricalAccuracy()
for _ in range(2):
    for step, (inputs, targets) in enumerate(train_dataloader):
        logits = model(inputs)
        loss = loss_fn(targets, logits)
        model.zero_grad()
        trainable_weights = list(model.trainable_weights)
        loss.backward()
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            optimizer.apply(gradients, trainable_weights)
        train_acc_metric.update_state(targets, logits)
        if step % 10 == 0:
            log.append(float(loss.detach()))
    train_acc = train_acc_metric.result()
    log.append(float(train_acc))
    train_acc_metric.reset_state()
    for x_batch_val, y_batch_val in val_dataloader:
        val_logits = model(x_batch_val, training=False)
        val_acc_metric.update_state(y_batch_val, val_logits)
    log.append(float(val_acc_metric.result()))
    val_acc_metric.reset_state()


# losses that the model tracks
class ActivityRegularizationLayer(keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(1e-2 * torch.sum(inputs))
        return inputs


inputs = keras.Input(shape=(64,), name="digits")
h = keras.layers.Dense(32, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3))(
    inputs
)
h = ActivityRegularizationLayer()(h)
outputs = keras.layers.Dense(10, name="predictions")(h)
model = keras.Model(inputs=inputs, outputs=outputs)
rng = np.random.default_rng(0)
model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
optimizer = keras.optimizers.SGD(learning_rate=1e-3, momentum=0.9)
for inputs, targets in train_dataloader:
    logits = model(inputs.reshape(-1, 64))
    loss = loss_fn(targets, logits)
    if model.losses:
        loss = loss + torch.sum(torch.stack(list(model.losses)))
    model.zero_grad()
    trainable_weights = list(model.trainable_weights)
    loss.backward()
    gradients = [v.value.grad for v in trainable_weights]
    with torch.no_grad():
        optimizer.apply(gradients, trainable_weights)
log.append(float(loss.detach()))


# a subclassed model that is a torch module as well
class MyModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten = keras.layers.Flatten()
        self.dense = keras.layers.Dense(10)

    def call(self, x):
        return self.dense(self.flatten(x))


mine = MyModel()
mine(torch.from_numpy(x_train[:1]))
parameters = sorted(list(p.shape)[-1] for p in mine.parameters())
assert all(isinstance(p, torch.nn.Parameter) for p in mine.parameters())
sgd = torch.optim.SGD(mine.parameters(), lr=0.1)
before = [w.copy() for w in mine.get_weights()]
torch.nn.functional.cross_entropy(
    mine(torch.from_numpy(x_train)), torch.from_numpy(y_train)
).backward()
sgd.step()
assert not np.allclose(before[0], mine.get_weights()[0])

results = {
    "log": log,
    "iterations": int(optimizer.iterations),
    "losses": len(model.losses),
    "module": [isinstance(mine, torch.nn.Module), len(parameters)],
    "weights": [float(np.abs(w).sum()) for w in model.get_weights()],
}
