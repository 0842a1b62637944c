"""Programs written for Keras run after changing only the import, with the results Keras gives.

Each program of this folder leaves a dict called `results`; `expected.json` holds what they are with
real Keras on torch. Run this file to make it anew: `python tests/scripts/test_keras_scripts.py`.
"""

import importlib
import json
import math
import os
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch

FOLDER = Path(__file__).parent
EXPECTED = FOLDER / "expected.json"
PROGRAMS = sorted(
    path.stem for path in FOLDER.glob("*.py") if not path.name.startswith(("test_", "conftest"))
)


def with_another_import(text):
    """Return a Keras program that runs on kerlite: nothing but its imports changes."""
    text = re.sub(r"^import keras$", "import kerlite as keras", text, flags=re.MULTILINE)
    return re.sub(r"^from keras\b", "from kerlite", text, flags=re.MULTILINE)


def results_of(program, package):
    """Run a program on a package, "keras" or "kerlite"; return its results as JSON would."""
    path = FOLDER / f"{program}.py"
    text = path.read_text()
    if package == "kerlite":
        text = with_another_import(text)
        assert "keras" not in re.findall(r"^(?:import|from) (\w+)$", text, flags=re.MULTILINE)
    importlib.import_module(package).utils.clear_session()
    namespace = {"__name__": "__main__", "__file__": str(path)}
    exec(compile(text, path, "exec"), namespace)
    return json.loads(json.dumps(namespace["results"], default=plain))


def plain(value):
    """Return an array or a NumPy number as lists and numbers."""
    return np.asarray(value).tolist()


def assert_same(ours, theirs, where):
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), where
        assert sorted(ours) == sorted(theirs), where
        for key, value in theirs.items():
            assert_same(ours[key], value, f"{where}.{key}")
    elif isinstance(theirs, list):
        assert isinstance(ours, list), where
        assert len(ours) == len(theirs), where
        for index, value in enumerate(theirs):
            assert_same(ours[index], value, f"{where}[{index}]")
    elif isinstance(theirs, float):
        assert math.isclose(ours, theirs, rel_tol=1e-3, abs_tol=1e-4), (where, ours, theirs)
    else:
        assert ours == theirs, (where, ours, theirs)


@pytest.fixture(autouse=True)
def one_thread():
    """For models this small more threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


# Which kerlite says, and Keras does not: one program freezes a part of its model after compile().
@pytest.mark.filterwarnings("ignore:`trainable` was changed after compile")
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expected = json.loads(EXPECTED.read_text())
    assert_same(results_of(program, "kerlite"), expected[program], program)


def test_every_expectation_has_a_program():
    assert sorted(json.loads(EXPECTED.read_text())) == PROGRAMS


def record():
    """Write what all programs give on real Keras."""
    os.environ["KERAS_BACKEND"] = "torch"
    found = {}
    for program in PROGRAMS:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            found[program] = rounded(results_of(program, "keras"))
            os.chdir(FOLDER)
        print(program, file=sys.stderr)
    lines = [f"{json.dumps(name)}: {json.dumps(results)}" for name, results in found.items()]
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def rounded(value):
    """Return results with floats of seven digits."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


if __name__ == "__main__":
    record()
