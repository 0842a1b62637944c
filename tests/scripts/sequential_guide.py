"""The sequential model: add, pop, delayed building, summaries, features of every layer."""

import keras
import numpy as np
import torch
from keras import layers

model = keras.Sequential(
    [
        layers.Dense(2, activation="relu", name="layer1"),
        layers.Dense(3, activation="relu", name="layer2"),
        layers.Dense(4, name="layer3"),
    ]
)
unbuilt = [model.built, len(model.layers), model.layers[0].weights]
y = model(torch.ones((3, 3)))
built = [list(y.shape), len(model.weights), [list(w.shape) for w in model.weights]]

# a stack of calls gives the same
layer1, layer2, layer3 = model.layers
by_hand = layer3(layer2(layer1(torch.ones((3, 3)))))
assert torch.allclose(y, by_hand)

model.pop()
popped = len(model.layers)

named = keras.Sequential(name="my_sequential")
named.add(keras.Input(shape=(250, 250, 3)))
named.add(layers.Conv2D(32, 5, strides=2, activation="relu"))
named.add(layers.Conv2D(32, 3, activation="relu"))
named.add(layers.MaxPooling2D(3))
shapes = [named.output_shape]
lines = []
named.summary(print_fn=lambda line, **kwargs: lines.append(line))
assert "my_sequential" in "\n".join(lines)
assert "26,080" not in "\n".join(lines) or named.count_params() == 26080
named.add(layers.Conv2D(32, 3, activation="relu"))
named.add(layers.MaxPooling2D(3))
named.add(layers.GlobalMaxPooling2D())
named.add(layers.Dense(10))
shapes += [layer.output.shape for layer in named.layers]
named.summary()

# a feature extractor for every layer
initial = keras.Sequential(
    [
        keras.Input(shape=(50, 50, 3)),
        layers.Conv2D(8, 5, strides=2, activation="relu"),
        layers.Conv2D(8, 3, activation="relu", name="my_intermediate_layer"),
        layers.Conv2D(8, 3, activation="relu"),
    ]
)
extractor = keras.Model(inputs=initial.inputs, outputs=[layer.output for layer in initial.layers])
features = extractor(torch.ones((1, 50, 50, 3)))
one = keras.Model(
    inputs=initial.inputs, outputs=initial.get_layer(name="my_intermediate_layer").output
)
feature = one(np.ones((1, 50, 50, 3), "float32"))
assert torch.allclose(feature, features[1], atol=1e-5)

# freezing all but the last
frozen = keras.Sequential(
    [
        keras.Input(shape=(784,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10),
    ]
)
for layer in frozen.layers[:-1]:
    layer.trainable = False

# a model that learns its input's shape from the data
late = keras.Sequential([layers.Flatten(), layers.Dense(5, activation="softmax")])
late.compile("sgd", "sparse_categorical_crossentropy")
late.fit(np.ones((8, 4, 4), "float32"), np.arange(8) % 5, verbose=0)

results = {
    "unbuilt": unbuilt,
    "built": built,
    "popped": popped,
    "shapes": shapes,
    "features": [list(f.shape) for f in features],
    "frozen": [len(frozen.trainable_weights), len(frozen.non_trainable_weights)],
    "late": [late.built, late.output_shape[-1], late.count_params()],
    "name": named.name,
}
