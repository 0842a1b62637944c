"""Trainings killed by SIGKILL at random moments end with the bytes of uninterrupted ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.callbacks.kill.trainings import TRAININGS

ROOT = Path(__file__).parents[3]


def kill(names, kills, seed):
    command = [
        sys.executable, "-W", "ignore", "-m", "tests.callbacks.kill.harness", *names,
        "--kills", str(kills), "--seed", str(seed),
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_twenty_kills():
    report = kill(sorted(TRAININGS), 20, seed=0)
    assert sum(killed for _, killed, _ in report) >= 20
    assert {name for name, _, _ in report} == set(TRAININGS)
    assert [found for found in report if found[2]] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TRAININGS))
def test_many_kills(name):
    report = kill([name], 34, seed=1)
    assert sum(killed for _, killed, _ in report) >= 34
    assert [found for found in report if found[2]] == []
