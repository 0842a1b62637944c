"""The small things scripts lean on: seeds, labels, backends, configuration, metrics alone."""

import keras
import numpy as np
import torch
from keras import layers, regularizers
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.layers import Dense
from keras.losses import MeanSquaredError
from keras.metrics import Mean, SparseCategoricalAccuracy
from keras.models import Model, Sequential
from keras.optimizers import Adam
from keras.utils import set_random_seed, to_categorical

assert issubclass(Sequential, Model)
assert issubclass(Model, keras.layers.Layer)
assert issubclass(ModelCheckpoint, keras.callbacks.Callback)
assert issubclass(EarlyStopping, keras.callbacks.Callback)

set_random_seed(3)
first = [np.random.rand(), float(torch.rand(())), Dense(2)(torch.ones(1, 2)).tolist()]
set_random_seed(3)
second = [np.random.rand(), float(torch.rand(())), Dense(2)(torch.ones(1, 2)).tolist()]
assert first == second

seeded = [keras.initializers.GlorotUniform(seed=1)(shape=(2, 3)) for _ in range(2)]
assert np.array_equal(*[s.numpy() for s in seeded])

labels = to_categorical([0, 2, 1, 2])
wide = to_categorical(np.array([[1], [0]]), num_classes=4)
normalized = keras.utils.normalize(np.array([[3.0, 4.0], [6.0, 8.0]]))

accuracy = SparseCategoricalAccuracy()
accuracy.update_state([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]], sample_weight=[0.7, 0.3])
mean = Mean()
for value in (1, 3, 5, 7):
    mean.update_state(value)
values = [float(accuracy.result()), float(mean.result()), mean.name]
mean.reset_state()
mean(4.0, sample_weight=2)

mse = MeanSquaredError()
losses = [
    float(mse([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])),
    float(mse([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]], sample_weight=[0.7, 0.3])),
    MeanSquaredError(reduction=None)([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]).tolist(),
    float(keras.losses.get("huber")(np.array([[0.0]]), np.array([[3.0]])).mean()),
    keras.losses.get("mse").__name__,
    type(keras.losses.CategoricalCrossentropy(label_smoothing=0.1).get_config()).__name__,
]

optimizer = Adam(1e-3)
optimizer.learning_rate = 5e-4
optimizer.learning_rate.assign(2e-4)
variable = keras.Variable([1.0, 2.0], name="v")
optimizer.build([variable])
optimizer.apply_gradients([(torch.ones(2), variable)])
names = [
    keras.optimizers.get("rmsprop").name,
    keras.activations.get("relu").__name__,
    keras.initializers.get("he_normal").__class__.__name__,
    keras.regularizers.get("l2").__class__.__name__,
    keras.constraints.get("non_neg").__class__.__name__,
    keras.metrics.get("mae").__class__.__name__,
]

layer = layers.Dense(
    3,
    input_dim=4,
    kernel_regularizer=regularizers.L1L2(l1=1e-2, l2=1e-2),
    bias_regularizer=regularizers.L2(1e-4),
    activity_regularizer=regularizers.L2(1e-2),
    kernel_initializer="ones",
)
out = layer(torch.ones(2, 4))
penalties = sorted(float(loss.detach()) for loss in layer.losses)

variable2 = keras.Variable(np.zeros((2, 2), "float32"), trainable=False, name="w")
variable2.assign_add(np.ones((2, 2)))
total = variable2 * 3 + 1


def ready():
    model = Sequential([keras.Input((3,)), Dense(2)])
    model.compile("sgd", "mse")
    return model


errors = {}
for name, code in {
    "activation": lambda: layers.Dense(3, activation="rellu"),
    "loss": lambda: keras.losses.get("mean_square_error"),
    "optimizer": lambda: keras.optimizers.get("adamm"),
    "units": lambda: layers.Dense(-1),
    "weights": lambda: layer.set_weights([np.ones(3)]),
    "shape": lambda: Sequential([keras.Input((3,)), Dense(2)]).predict(np.ones((2, 4)), verbose=0),
    "fit": lambda: Sequential([keras.Input((3,)), Dense(2)]).fit(np.ones((2, 3)), np.ones(2)),
    "get_layer": lambda: Sequential([keras.Input((3,)), Dense(2)]).get_layer("no"),
    "lengths": lambda: ready().fit(np.ones((4, 3)), np.ones((3, 2)), verbose=0),
}.items():
    try:
        code()
        errors[name] = "none"
    except (ValueError, TypeError) as error:
        errors[name] = type(error).__name__

results = {
    "labels": [labels, wide, normalized],
    "values": [values, float(mean.result())],
    "losses": losses,
    "names": names,
    "rate": float(optimizer.learning_rate),
    "variable": [variable.numpy(), variable.name, list(variable.shape)],
    "penalties": penalties,
    "output": out.detach().cpu().numpy(),
    "total": total.detach().numpy(),
    "errors": errors,
    "floatx": [keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format()],
    "backend": keras.config.backend() if hasattr(keras.config, "backend") else "torch",
}
