"""The simple convnet, on the digits of scikit-learn."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(812)

num_classes = 10
input_shape = (8, 8, 1)
images, labels = load_digits(return_X_y=True)
images = images.reshape(-1, 8, 8)
x_train, y_train, x_test, y_test = images[:1400], labels[:1400], images[1400:], labels[1400:]

x_train = x_train.astype("float32") / 16
x_test = x_test.astype("float32") / 16
x_train = np.expand_dims(x_train, -1)
x_test = np.expand_dims(x_test, -1)
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = keras.Sequential(
    [
        keras.Input(shape=input_shape),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu", padding="same"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.25),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
model.summary()
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=64, epochs=10, validation_split=0.1, verbose=2)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])
assert score[1] > 0.85, score

probabilities = model.predict(x_test[:7], batch_size=4, verbose=0)
weights = model.get_weights()
twin = keras.models.clone_model(model)
twin.set_weights(weights)
assert np.allclose(twin.predict(x_test[:7], verbose=0), probabilities, atol=1e-5)

results = {
    "logs": sorted(history.history),
    "epochs": len(history.history["val_accuracy"]),
    "shapes": [list(w.shape) for w in weights],
    "outputs": [layer.output.shape for layer in model.layers],
    "parameters": [layer.count_params() for layer in model.layers],
    "probabilities": list(probabilities.shape),
    "weights": [w.path.split("/")[-1] for w in model.weights],
}
