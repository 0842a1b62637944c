"""Every example runs from the command line with --smoke."""

import os
import re
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


def test_quickstart_trains_saves_reloads_and_shows_five_digits(smoke, tmp_path):
    output = smoke("quickstart.py")
    assert "the predictions are equal" in output
    assert (tmp_path / "digits.keras").stat().st_size > 0
    *_, captions = output.splitlines()
    pictures = output.splitlines()[-9:-1]
    assert captions.count("(right)") + captions.count("(it is") == 5
    assert all(set(row) <= set(" ░▒▓█") for row in pictures)


def test_transfer_learning_compares_three_ways(smoke):
    output = smoke("transfer_learning.py")
    for way in ("from nothing", "frozen base, new head", "fine-tuned"):
        assert re.search(rf"{way} +\d+\.\d\d%", output)


def test_feature_extraction_counts_neighbours(smoke):
    shares = re.findall(r"by (\S+) +(\d+\.\d\d)%", smoke("feature_extraction.py"))
    assert [name for name, _ in shares] == ["pixels", "low/pool", "high/pool"]
    assert all(0 <= float(share) <= 100 for _, share in shares)


def test_grad_cam_saves_its_picture(smoke, tmp_path):
    output = smoke("grad_cam.py")
    assert output.count("of the heat for") == 4
    assert (tmp_path / "grad_cam.png").read_bytes().startswith(b"\x89PNG")


def test_no_example_is_left_out():
    tested = {
        "feature_extraction.py", "grad_cam.py", "quickstart.py", "transfer_learning.py",
    }  # fmt: skip
    assert {path.name for path in EXAMPLES.glob("*.py")} == tested
