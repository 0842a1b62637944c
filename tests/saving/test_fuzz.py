"""Valid files, changed at random: only our errors come out, memory stays bounded, nothing dies.

The attempts run in a process of their own, whose memory and time are limited: if HDF5, which is
written in C, were to crash on a file, the test would fail and name it.
"""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import kerlite
from kerlite.saving import load_model
from kerlite.saving.checkpoint_folder import CheckpointFolder

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

KINDS = [".keras", ".weights.h5", ".h5", ".weights.json", ".safetensors", ".pt", ".checkpoint",
         "_by_keras.keras", "_by_keras.weights.h5", "_by_keras.h5"]  # fmt: skip
MEMORY = 2**31  # beyond what the process takes anyway


def made(k=kerlite):
    layers = k.layers
    parts = [k.Input((8,)), layers.Dense(6, name="hidden"), layers.BatchNormalization(name="norm")]
    return k.Sequential([*parts, layers.Dense(3, name="out")], name="chain")


def write(kind, path):
    """Write a valid file of a kind."""
    if "_by_keras" in kind:
        import keras  # noqa: PLC0415

        (made(keras).save_weights if "weights" in kind else made(keras).save)(path)
    elif kind == ".checkpoint":
        CheckpointFolder.save_file(path, {"step": 3, "weights": made().get_weights()})
    elif kind in (".keras", ".h5"):
        model = made()
        model.compile("adam", "mse", metrics=["mae"])
        model.save(path)
    else:
        made().save_weights(path, max_shard_size=1 if kind == ".weights.json" else None)


def read(path):
    """Read it in every way there is for its kind."""
    if path.name.endswith(".checkpoint"):
        CheckpointFolder.read_file(path)
        return
    if path.name.endswith((".keras", ".h5")) and ".weights" not in path.name:
        load_model(path)
    made().load_weights(path)


def mutated(content, rng):  # noqa: C901
    """Return a file with bytes changed, cut out, put in, or pieces swapped."""
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        place = int(rng.integers(len(data)))
        length = int(rng.choice([1, 1, 4, 8, 100]))
        change = rng.integers(7)
        if change == 0:
            data[place] ^= 1 << int(rng.integers(8))
        elif change == 1:
            data[place : place + length] = rng.bytes(len(data[place : place + length]))
        elif change == 2:
            data[place : place + length] = b"\xff" * len(data[place : place + length])
        elif change == 3:
            data[place : place + length] = bytes(len(data[place : place + length]))
        elif change == 4 and len(data) > 200:
            del data[place : place + length]
        elif change == 5:
            other = int(rng.integers(len(data)))
            data[place : place + length] = data[other : other + length]
        elif change == 6 and rng.integers(10) == 0 and place > 10:
            del data[place:]
    return bytes(data)


def attempts(folder, count, seed):
    """Change every file in a folder so many times; print what comes of it."""
    import resource  # noqa: PLC0415

    warnings.simplefilter("ignore")
    originals = {path: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    for path in originals:
        read(path)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    rng = np.random.default_rng(seed)
    found = {path.name: {"loaded": 0, "refused": 0} for path in originals}
    for path, content in originals.items():
        for index in range(count):
            path.write_bytes(mutated(content, rng))
            print(path.name, index, file=sys.stderr, flush=True)
            try:
                read(path)
                found[path.name]["loaded"] += 1
            except FileNotFoundError:  # a part that an index names
                found[path.name]["refused"] += 1
            except ValueError as error:  # UnsafeFileError among them
                found[path.name]["refused"] += 1
                assert "victim" in str(error), repr(error)  # noqa: PT017
        path.write_bytes(content)
    print(json.dumps(found))


def run(tmp_path, count, seed):
    for kind in KINDS:
        write(kind, tmp_path / f"victim{kind}")
    code = (
        f"from tests.saving.test_fuzz import attempts; attempts({str(tmp_path)!r}, {count}, {seed})"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1",
                   "PYTHONFAULTHANDLER": "1"}  # fmt: skip
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, timeout=3600,
                           capture_output=True, text=True)  # fmt: skip
    assert ended.returncode == 0, f"seed {seed}: {ended.stderr[-3000:]}"
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_some_hundred_changes(tmp_path):
    for name, ends in run(tmp_path, count=20, seed=1).items():
        assert ends["refused"] >= 5, (name, ends)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
@pytest.mark.parametrize("seed", range(2, 6))
def test_thousands_of_changes(seed, tmp_path):
    run(tmp_path, count=250, seed=seed)
