"""Show where in a picture a network sees what it names: Grad-CAM, with the picture saved.

The data are pictures that scikit-image ships. A small network learns to tell pieces of the left
halves of four of them apart. Pieces of the right halves, which it never saw, are put together to
one picture, and Grad-CAM is asked for each class in turn where it is.

    Grad-CAM: heat = relu(sum over channels of weight * map), where a map's weight is the mean of
    the gradient of the class's score by that map (Selvaraju et al., arXiv:1610.02391).

    python examples/grad_cam.py            half a minute on two cores
    python examples/grad_cam.py --smoke    a few pieces, to see that everything runs
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from matplotlib import pyplot as plt
from skimage import data, transform

import kerlite
from kerlite import layers

NAMES = ("astronaut", "chelsea", "coffee", "immunohistochemistry")
SIZE = 32
TILE = 80
SHARE = 0.5  # of the heat that is to lie where the class is, where 0.25 would be chance


def main() -> None:
    """Train, put a picture together, and look for each class in it."""
    options = parse_options()
    kerlite.utils.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    pictures = [load(name) for name in NAMES]

    model = build_model()
    x, y = cut(pictures, 40 if options.smoke else 250, rng)
    model.compile(
        "adam",
        kerlite.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, batch_size=32, epochs=2 if options.smoke else 10, verbose=2)

    together = put_together(pictures)
    heats = grad_cam(model, together)
    shares = [share_in_tile(heat, index) for index, heat in enumerate(heats)]
    print()
    for name, share in zip(NAMES, shares, strict=True):
        print(f"{share:7.2%} of the heat for {name} lies on it")
    save(options.output, together, heats)
    print(f"saved to {options.output}")
    if np.mean(shares) < SHARE and not options.smoke:
        raise SystemExit(f"{SHARE:.0%} of the heat were meant to lie where the class is")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Grad-CAM on pictures of scikit-image's.")
    parser.add_argument("--smoke", action="store_true", help="few pieces and epochs")
    parser.add_argument("--seed", type=int, default=0, help="the random seed (default: 0)")
    parser.add_argument(
        "--output", type=Path, default=Path("grad_cam.png"), help="the picture to write"
    )
    return parser.parse_args()


def load(name: str) -> np.ndarray:
    """Return a picture of 2 x 1 tiles' height, in colours from 0 to 1."""
    picture = getattr(data, name)()[..., :3]
    resized = transform.resize(picture, (2 * TILE, 3 * TILE), anti_aliasing=True)
    return resized.astype("float32")


def cut(
    pictures: list[np.ndarray], count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return square pieces of the left halves, and which picture each is from."""
    pieces, labels = [], []
    for label, picture in enumerate(pictures):
        height, width = picture.shape[0] - SIZE, picture.shape[1] // 2 - SIZE
        for top, left in zip(rng.integers(0, height, count), rng.integers(0, width, count),
                             strict=True):  # fmt: skip
            pieces.append(picture[top : top + SIZE, left : left + SIZE])
            labels.append(label)
    return np.stack(pieces), np.array(labels)


def build_model() -> kerlite.Model:
    """Return a classifier for pictures of any size."""
    return kerlite.Sequential(
        [
            layers.Input((None, None, 3)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu", name="maps"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(len(NAMES), name="scores"),
        ]
    )


def put_together(pictures: list[np.ndarray]) -> np.ndarray:
    """Return one picture of four tiles, from the right halves."""
    tiles = [picture[TILE // 2 : TILE // 2 + TILE, -TILE:] for picture in pictures]
    return np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])


def grad_cam(model: kerlite.Model, picture: np.ndarray) -> np.ndarray:
    """Return for each class where it is seen, in the size of the picture."""
    maps, scores = model.features(["maps", "scores"])(torch.tensor(picture[np.newaxis]))
    heats = []
    for score in scores[0]:
        (gradient,) = torch.autograd.grad(score, maps, retain_graph=True)
        weights = gradient.mean(dim=(1, 2), keepdim=True)
        heats.append(torch.relu((weights * maps).sum(dim=-1)))
    size = picture.shape[:2]
    heat = torch.nn.functional.interpolate(torch.stack(heats, 1), size, mode="bilinear")
    return heat[0].detach().numpy()


def share_in_tile(heat: np.ndarray, index: int) -> float:
    """Return how much of the heat lies on one of the four tiles."""
    row, column = divmod(index, 2)
    tile = heat[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
    return float(tile.sum() / max(heat.sum(), 1e-9))


def save(path: Path, picture: np.ndarray, heats: np.ndarray) -> None:
    """Write the picture, and next to it each class's heat over it."""
    plt.switch_backend("agg")
    figure, axes = plt.subplots(1, len(NAMES) + 1, figsize=(15, 3.2), layout="constrained")
    axes[0].imshow(picture)
    for axis, name, heat in zip(axes[1:], NAMES, heats, strict=True):
        axis.imshow(picture)
        axis.imshow(heat, cmap="inferno", alpha=0.6)
        axis.set_title(name)
    for axis in axes:
        axis.axis("off")
    figure.savefig(path)
    plt.close(figure)


if __name__ == "__main__":
    main()
