"""Knowledge distillation: a model that trains another, with its own compile and compute_loss."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32").reshape(-1, 8, 8, 1)
x_train, y_train, x_test, y_test = x[:1200], y[:1200], x[1200:], y[1200:]


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.teacher = teacher
        self.student = student

    def compile(
        self,
        optimizer,
        metrics,
        student_loss_fn,
        distillation_loss_fn,
        alpha=0.1,
        temperature=3,
    ):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn = student_loss_fn
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False, training=True
    ):
        teacher_pred = self.teacher(x, training=False)
        student_loss = self.student_loss_fn(y, y_pred)
        distillation_loss = self.distillation_loss_fn(
            torch.softmax(teacher_pred / self.temperature, dim=1),
            torch.softmax(y_pred / self.temperature, dim=1),
        ) * (self.temperature**2)
        return self.alpha * student_loss + (1 - self.alpha) * distillation_loss

    def call(self, x):
        return self.student(x)


def conv_net(name, width):
    return keras.Sequential(
        [
            keras.Input(shape=(8, 8, 1)),
            layers.Conv2D(width, (3, 3), padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.MaxPooling2D(pool_size=(2, 2), strides=(1, 1), padding="same"),
            layers.Conv2D(width, (3, 3), strides=(2, 2), padding="same"),
            layers.Flatten(),
            layers.Dense(10),
        ],
        name=name,
    )


teacher = conv_net("teacher", 24)
student = conv_net("student", 6)
student_scratch = keras.models.clone_model(student)
teacher.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
teacher.fit(x_train, y_train, epochs=3, batch_size=64, verbose=0)
frozen = [w.copy() for w in teacher.get_weights()]

distiller = Distiller(student=student, teacher=teacher)
distiller.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
    student_loss_fn=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    distillation_loss_fn=keras.losses.CategoricalCrossentropy(),
    alpha=0.1,
    temperature=10,
)
teacher.trainable = False
history = distiller.fit(x_train, y_train, epochs=3, batch_size=64, verbose=0)
evaluated = distiller.evaluate(x_test, y_test, verbose=0, return_dict=True)
for a, b in zip(frozen, teacher.get_weights(), strict=True):
    assert np.array_equal(a, b)
assert evaluated["sparse_categorical_accuracy"] > 0.3, evaluated

student_scratch.compile(
    optimizer=keras.optimizers.Adam(),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
student_scratch.fit(x_train, y_train, epochs=1, verbose=0)
scratch = student_scratch.evaluate(x_test, y_test, verbose=0)

results = {
    "logs": sorted(history.history),
    "evaluated": sorted(evaluated),
    "scratch": len(scratch),
    "parameters": [teacher.count_params(), student.count_params(), distiller.count_params()],
    "trainable": len(distiller.trainable_weights),
    "layers": [layer.name for layer in distiller.layers],
}
