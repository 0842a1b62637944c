"""Train a small convolutional network on real handwritten digits, save it, load it, look at it.

The data are the 1,797 digits that scikit-learn ships: grey pictures of 8 x 8 pixels, 0 to 16.

    python examples/quickstart.py            under a minute on two cores, at least 98 % right
    python examples/quickstart.py --smoke    a few epochs, to see that everything runs
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import kerlite
from kerlite import layers

SHADES = " ░▒▓█"
GOAL = 0.98


def main() -> None:
    """Run the whole task, from the pictures to a saved model."""
    options = parse_options()
    kerlite.utils.set_random_seed(options.seed)
    x_train, x_test, y_train, y_test = load_pictures()

    model = build_model()
    model.summary()
    train(model, x_train, y_train, epochs=3 if options.smoke else 60)

    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\n{accuracy:.2%} of {len(x_test)} held-out digits are right")

    model.save(options.output)
    reloaded = kerlite.models.load_model(options.output)
    predictions = model.predict(x_test, verbose=0)
    if not np.array_equal(reloaded.predict(x_test, verbose=0), predictions):
        raise SystemExit(f"the model loaded from {options.output} predicts something else")
    print(f"saved to {options.output}, loaded again: the predictions are equal\n")

    show(x_test[:5], y_test[:5], predictions[:5].argmax(axis=1))
    if accuracy < GOAL and not options.smoke:
        raise SystemExit(
            f"{accuracy:.2%} is less than the {GOAL:.0%} this example is meant to reach"
        )


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train a small network on handwritten digits.")
    parser.add_argument("--smoke", action="store_true", help="a few epochs only")
    parser.add_argument("--seed", type=int, default=0, help="the random seed (default: 0)")
    parser.add_argument("--output", type=Path, default=Path("digits.keras"), help="the model file")
    return parser.parse_args()


def load_pictures() -> list[np.ndarray]:
    """Return training and held-out pictures, then their labels; one in five is held out."""
    digits = load_digits()
    pictures = digits.images[..., np.newaxis].astype("float32")
    return train_test_split(
        pictures, digits.target, test_size=0.2, stratify=digits.target, random_state=0
    )


def build_model() -> kerlite.Model:
    """Return a convolutional network of 30,000 weights."""
    return kerlite.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(32, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )


def train(model: kerlite.Model, x: np.ndarray, y: np.ndarray, epochs: int) -> None:
    """Fit until the validation loss has not improved for eight epochs; keep the best weights."""
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = kerlite.callbacks.EarlyStopping(
        monitor="val_loss", patience=8, restore_best_weights=True
    )
    model.fit(x, y, batch_size=64, epochs=epochs, validation_split=0.15, callbacks=[stop])


def show(pictures: np.ndarray, labels: np.ndarray, guesses: np.ndarray) -> None:
    """Print pictures side by side, two characters a pixel, with the guess below each."""
    shades = (pictures[..., 0] / 16 * (len(SHADES) - 1)).round().astype(int)
    for row in range(8):
        # The leftmost column is blank in every digit: without it five pictures fit 80 columns.
        lines = ["".join(SHADES[shade] * 2 for shade in image[row, 1:]) for image in shades]
        print("  ".join(lines).rstrip())
    captions = [
        f"{guess} (right)" if guess == label else f"{guess} (it is {label})"
        for guess, label in zip(guesses, labels, strict=True)
    ]
    print("  ".join(f"{caption:^14}" for caption in captions).rstrip())


if __name__ == "__main__":
    main()
