"""Find pieces of one picture among pieces of many, by features of a network that never saw it.

The data are pictures that scikit-image ships. A small network learns to tell pieces of eight of
them apart. What its inner layers say of pieces of six other pictures is then compared: the nearest
neighbours of a piece should be pieces of the same picture, more often than with bare pixels.

    python examples/feature_extraction.py            half a minute on two cores
    python examples/feature_extraction.py --smoke    a few pieces, to see that everything runs
"""

import argparse

import numpy as np
import torch
from skimage import color, data, transform

import kerlite
from kerlite import layers

LEARNED = ("brick", "grass", "gravel", "coins", "page", "moon", "camera", "rocket")
UNSEEN = ("astronaut", "chelsea", "coffee", "hubble_deep_field", "immunohistochemistry", "text")
SIZE = 24
NEIGHBOURS = 5
GAIN = 0.1  # what features are to add to the share of neighbours from the same picture


def main() -> None:
    """Train on some pictures, look for neighbours among pieces of the others."""
    options = parse_options()
    kerlite.utils.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    pieces = 40 if options.smoke else 250

    x, y = cut(LEARNED, pieces, rng)
    model = build_model(len(LEARNED))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=2 if options.smoke else 12, verbose=2)

    x, y = cut(UNSEEN, 30 if options.smoke else 60, rng)
    extractor = model.features(["low/pool", "high/pool"])
    low, high = extractor.predict(x, verbose=0)
    results = {
        "pixels": same_picture(x.reshape(len(x), -1), y),
        "low/pool": same_picture(low.mean(axis=(1, 2)), y),
        "high/pool": same_picture(high.mean(axis=(1, 2)), y),
    }
    print(f"\nof the {NEIGHBOURS} nearest neighbours, from the same picture:")
    for name, share in results.items():
        print(f"  by {name:10} {share:7.2%}")
    if not options.smoke and max(results.values()) < results["pixels"] + GAIN:
        raise SystemExit(f"features were meant to find {GAIN:.0%} more")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Nearest neighbours by a network's features.")
    parser.add_argument("--smoke", action="store_true", help="few pieces and epochs")
    parser.add_argument("--seed", type=int, default=0, help="the random seed (default: 0)")
    return parser.parse_args()


def cut(names: tuple[str, ...], count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return square pieces from anywhere in the pictures, and which picture each is from."""
    pieces, labels = [], []
    for label, name in enumerate(names):
        picture = load(name)
        for _ in range(count):
            top, left = (rng.integers(0, size - SIZE) for size in picture.shape[:2])
            pieces.append(picture[top : top + SIZE, left : left + SIZE])
            labels.append(label)
    return np.stack(pieces), np.array(labels)


def load(name: str) -> np.ndarray:
    """Return a picture in grey, so that its colours give nothing away, at half of its size."""
    picture = getattr(data, name)()
    grey = color.rgb2gray(picture[..., :3]) if picture.ndim == 3 else picture / 255
    half = transform.resize(grey, (grey.shape[0] // 2, grey.shape[1] // 2), anti_aliasing=True)
    return half[..., np.newaxis].astype("float32")


def build_model(classes: int) -> kerlite.Model:
    """Return a classifier made of two nested models and a head."""
    return kerlite.Sequential(
        [
            layers.Input((SIZE, SIZE, 1)),
            block("low", 16),
            block("high", 32),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def block(name: str, filters: int) -> kerlite.Model:
    """Return two convolutions and a pooling."""
    return kerlite.Sequential(
        [
            layers.Conv2D(filters, 3, use_bias=False, name="conv1"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("relu", name="relu"),
            layers.Conv2D(filters, 3, activation="relu", name="conv2"),
            layers.MaxPooling2D(name="pool"),
        ],
        name=name,
    )


def same_picture(features: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of nearest neighbours, by angle, that come from the same picture."""
    x = torch.nn.functional.normalize(torch.tensor(features - features.mean(axis=0)), dim=1)
    likeness = (x @ x.T).fill_diagonal_(-2)
    nearest = likeness.topk(NEIGHBOURS, dim=1).indices.numpy()
    return float((labels[nearest] == labels[:, np.newaxis]).mean())


if __name__ == "__main__":
    main()
