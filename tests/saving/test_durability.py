"""A disk that is full, or a kill, at any byte leaves the file that was there, whole."""

import os
import signal
import sys
import warnings

import numpy as np
import pytest

import kerlite
from kerlite import layers
from kerlite.saving import load_model
from kerlite.saving.checkpoint_folder import CheckpointFolder

ENDINGS = [".keras", ".h5", ".weights.h5", ".weights.json", ".safetensors", ".pt", ".checkpoint"]


def model(value):
    made = kerlite.Sequential([kerlite.Input((4,)), layers.Dense(300, name="dense")])
    made.set_weights([np.full(weight.shape, value, "float32") for weight in made.weights])
    return made


def save(path, value):
    made = model(value)
    if path.suffix == ".checkpoint":
        CheckpointFolder.save_file(path, {"weights": made.get_weights()})
    elif path.name.endswith(".weights.json"):
        made.save_weights(path, max_shard_size=2e-5)
    elif path.name in ("model.keras", "model.h5"):
        made.save(path)
    else:
        made.save_weights(path)


def value_in(path):
    """Return the one value that all weights in a file have."""
    if path.suffix == ".checkpoint":
        weights = CheckpointFolder.read_file(path)["weights"]
    elif path.name in ("model.keras", "model.h5"):
        weights = load_model(path).get_weights()
    else:
        made = model(0)
        made.load_weights(path)
        weights = made.get_weights()
    values = {float(value) for weight in weights for value in np.unique(weight)}
    assert len(values) == 1, values
    return values.pop()


def limited(path, value, size, killed):
    """Save in a child whose files may have so many bytes and no more; return how it ends.

    The byte after that is an error for it, as on a full disk, or its death.
    """
    import resource  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forks while there are threads
        child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if killed else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            save(path, value)
        except OSError:
            os._exit(3)
        except BaseException:
            os._exit(4)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check(path, share, killed):
    save(path, 1)
    size = max(one.stat().st_size for one in path.parent.iterdir())
    ended = limited(path, 2, int(size * share), killed)
    assert ended in ((-signal.SIGXFSZ, 3) if killed else (3,))
    assert value_in(path) == 1
    if not killed:
        assert left_over(path.parent) == []
    save(path, 3)
    assert value_in(path) == 3
    assert left_over(path.parent) == []


def left_over(folder):
    return [one.name for one in folder.iterdir() if one.name.endswith(".tmp")]


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits files as Linux does")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "full"])
def test_at_some_byte(killed, ending, tmp_path):
    for share in (0, 0.5, 0.999):
        check(tmp_path / f"model{ending}", share, killed)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "full"])
def test_at_many_bytes(killed, ending, tmp_path):
    for share in np.linspace(0, 0.9995, 60):
        check(tmp_path / f"model{ending}", share, killed)
