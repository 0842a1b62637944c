"""Learn the digits 5 to 9 from five pictures each, with what a network knows of 0 to 4.

The data are the 1,797 handwritten digits that scikit-learn ships: grey pictures of 8 x 8 pixels.
A network learns 0 to 4 from all pictures of these. Its body then serves for 5 to 9, of which only
five pictures each have labels: first frozen, below a new head, then unfrozen from the top down
with a lower rate for each block. A network that begins from nothing is shown for comparison.

    python examples/transfer_learning.py            half a minute on two cores
    python examples/transfer_learning.py --smoke    a few epochs, to see that everything runs
"""

import argparse

import numpy as np
from sklearn.datasets import load_digits

import kerlite
from kerlite import layers

LABELLED = 5  # pictures of each new class


def main() -> None:
    """Train on the first digits, transfer to the others, and compare."""
    options = parse_options()
    kerlite.utils.set_random_seed(options.seed)
    (x_old, y_old), new = load_pictures()
    x, y, x_test, y_test = split(*new)
    share = 0.1 if options.smoke else 1.0

    base = build_base()
    train(with_head(base), x_old, y_old, epochs=round(20 * share))
    print(f"pretrained on {len(x_old)} pictures of 0 to 4\n")

    base.trainable = False
    model = with_head(base)
    train_head(model, x, y, epochs=round(100 * share))
    frozen = accuracy(model, x_test, y_test)

    base.trainable = True
    fine_tune(model, x, y, epochs=round(60 * share))
    tuned = accuracy(model, x_test, y_test)

    scratch = with_head(build_base())
    train(scratch, x, y, epochs=round(120 * share))
    alone = accuracy(scratch, x_test, y_test)

    print(f"right on {len(x_test)} pictures of 5 to 9, after {len(x)} with labels:")
    print(f"  from nothing            {alone:7.2%}")
    print(f"  frozen base, new head   {frozen:7.2%}")
    print(f"  fine-tuned              {tuned:7.2%}")
    if not options.smoke and max(frozen, tuned) <= alone:
        raise SystemExit("transfer was meant to help")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Transfer from the digits 0-4 to 5-9.")
    parser.add_argument("--smoke", action="store_true", help="a few epochs only")
    parser.add_argument("--seed", type=int, default=0, help="the random seed (default: 0)")
    return parser.parse_args()


def load_pictures() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return pictures and labels of the digits 0 to 4, and of 5 to 9 (labels from 0, too)."""
    digits = load_digits()
    x = (digits.images[..., np.newaxis] / 16).astype("float32")
    first = digits.target < 5
    return [(x[first], digits.target[first]), (x[~first], digits.target[~first] - 5)]


def split(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the few pictures that have labels, and all others to test on."""
    chosen = np.concatenate([np.flatnonzero(y == label)[:LABELLED] for label in range(5)])
    rest = np.setdiff1d(np.arange(len(x)), chosen)
    return x[chosen], y[chosen], x[rest], y[rest]


def build_base() -> kerlite.Model:
    """Return the part that is to be transferred."""
    blocks = []
    for filters in (16, 32, 64):
        blocks += [
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
        ]
    return kerlite.Sequential(
        [layers.Input((8, 8, 1)), *blocks, layers.MaxPooling2D(4), layers.Flatten()], name="base"
    )


def with_head(base: kerlite.Model) -> kerlite.Model:
    """Return a classifier of five classes on top of the base, which keeps its averages."""
    inputs = layers.Input((8, 8, 1))
    features = layers.Dropout(0.3)(base(inputs, training=False if not base.trainable else None))
    return kerlite.Model(inputs, layers.Dense(5, activation="softmax", name="head")(features))


def train(model: kerlite.Model, x: np.ndarray, y: np.ndarray, epochs: int) -> None:
    """Train the whole model."""
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=32, epochs=max(epochs, 2), verbose=0)


def train_head(model: kerlite.Model, x: np.ndarray, y: np.ndarray, epochs: int) -> None:
    """Train the head alone, on features that the frozen base computes only once."""
    features, head = model.cache_features((x, y), upto="base")
    head.compile(kerlite.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    head.fit(features, batch_size=16, epochs=max(epochs, 2), verbose=0)


def fine_tune(model: kerlite.Model, x: np.ndarray, y: np.ndarray, epochs: int) -> None:
    """Unfreeze block after block; each block learns at half of the rate of the one above."""
    epochs = max(epochs, 3)
    tuner = kerlite.callbacks.FineTune([epochs // 3, 2 * epochs // 3], lr_mult=0.5, verbose=1)
    model.compile(kerlite.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=16, epochs=epochs, verbose=0, callbacks=[tuner])


def accuracy(model: kerlite.Model, x: np.ndarray, y: np.ndarray) -> float:
    """Return the share of right answers."""
    return float((model.predict(x, verbose=0).argmax(axis=1) == y).mean())


if __name__ == "__main__":
    main()
