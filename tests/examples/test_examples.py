"""Every example runs from the command line with --smoke."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def smoke(tmp_path):
    def run(name):
        result = subprocess.run(
            [sys.executable, EXAMPLES / name, "--smoke"],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    return run


@pytest.mark.slow
def test_quickstart_trains_saves_reloads_and_shows_five_digits(smoke, tmp_path):
    output = smoke("quickstart.py")
    assert "the predictions are equal" in output
    assert (tmp_path / "digits.keras").stat().st_size > 0
    *_, captions = output.splitlines()
    pictures = output.splitlines()[-9:-1]
    assert captions.count("(right)") + captions.count("(it is") == 5
    assert all(set(row) <= set(" ░▒▓█") for row in pictures)


def test_no_example_is_left_out():
    tested = {"quickstart.py"}
    assert {path.name for path in EXAMPLES.glob("*.py")} == tested
