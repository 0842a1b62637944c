"""Looking into a convnet: feature maps, Grad-CAM, saliency, and an adversarial image."""

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

images = (load_digits().images[..., None] / 16).astype("float32")
labels = load_digits().target
model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(6, 3, activation="relu", padding="same", name="conv1"),
        layers.MaxPooling2D(name="pool"),
        layers.Conv2D(6, 3, activation="relu", name="last_conv"),
        layers.GlobalAveragePooling2D(name="average"),
        layers.Dense(10, name="logits"),
        layers.Activation("softmax", name="predictions"),
    ]
)
rng = np.random.default_rng(0)
model.set_weights([rng.normal(0.05, 0.2, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
fitted = model.fit(images[:512], labels[:512], epochs=2, batch_size=64, shuffle=False, verbose=0)

# every activation
outputs = [layer.output for layer in model.layers[:3]]
names = [layer.name for layer in model.layers[:3]]
activations = keras.Model(inputs=model.inputs, outputs=outputs).predict(images[:1], verbose=0)
by_name = keras.Model(
    inputs=model.inputs, outputs={layer.name: layer.output for layer in model.layers}
)
features = by_name(images[:1])


# Grad-CAM
def make_gradcam_heatmap(img_array, model, last_conv_layer_name):
    grad_model = keras.Model(
        model.inputs,
        [model.get_layer(last_conv_layer_name).output, model.get_layer("logits").output],
    )
    last_conv_layer_output, preds = grad_model(img_array)
    last_conv_layer_output.retain_grad()
    pred_index = int(torch.argmax(preds[0]))
    preds[:, pred_index].sum().backward()
    grads = last_conv_layer_output.grad
    pooled_grads = grads.mean(dim=(0, 1, 2))
    heatmap = (last_conv_layer_output[0] * pooled_grads).sum(dim=-1)
    heatmap = torch.clamp(heatmap, min=0) / heatmap.abs().max()
    return heatmap.detach().cpu().numpy(), pred_index


heatmap, index = make_gradcam_heatmap(torch.from_numpy(images[:1]), model, "last_conv")

# saliency and the fast gradient sign method
image = torch.from_numpy(images[:1]).clone().requires_grad_(True)
loss = keras.losses.SparseCategoricalCrossentropy()(torch.tensor([labels[0]]), model(image))
loss.backward()
saliency = image.grad.detach().cpu().numpy()
adversarial = np.clip(images[:1] + 0.1 * np.sign(saliency), 0, 1)
worse = keras.losses.sparse_categorical_crossentropy(
    torch.tensor([labels[0]]), torch.from_numpy(model.predict(adversarial, verbose=0))
)
assert float(worse[0]) > float(loss.detach())

# hooks are torch's
seen = []
handle = model.get_layer("pool").register_forward_hook(
    lambda module, args, output: seen.append(list(output.shape))
)
model(images[:2])
handle.remove()
model(images[:2])

results = {
    "history": fitted.history,
    "activations": [list(a.shape) for a in activations],
    "sums": [float(a.sum()) for a in activations],
    "features": sorted(features),
    "heatmap": [heatmap, index],
    "saliency": float(np.abs(saliency).sum()),
    "loss": [float(loss.detach()), float(worse[0])],
    "seen": seen,
    "names": names,
}
