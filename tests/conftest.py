"""Settings of the whole test suite; Keras, the oracle of many tests, runs on torch."""

import os

os.environ["KERAS_BACKEND"] = "torch"


def pytest_ignore_collect(collection_path):
    """Look for doctests in no script or helper: to look is to import, and a script would run."""
    if collection_path.suffix == ".py" and not collection_path.name.startswith("test_"):
        return True
    return None
