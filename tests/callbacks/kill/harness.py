"""Kill trainings at random moments and run them again: `python -m tests.callbacks.kill.harness`.

A process of its own, that imports once and forks for each run: fast, and untouched by the threads
of whoever asks. What it finds is printed as JSON.
"""

import argparse
import faulthandler
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path

import torch
import torch._dynamo  # what the first step of a training imports: once for all of them
from safetensors.torch import load_file

from kerlite.core import config
from kerlite.saving.plain import pack
from tests.callbacks.kill import trainings

_SECONDS = 120  # for one run, which takes two; then it tells where it stands, and ends


def main():
    """Kill one training many times; print the number of runs, and what differed at the end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    config.set_device("cpu")
    chance = random.Random(arguments.seed)
    wanted = {name: _uninterrupted(name, chance) for name in arguments.names}
    report, kills = [], 0
    while kills < arguments.kills:
        for name in arguments.names:
            killed, found = _killed(name, wanted[name], chance)
            kills += killed
            report.append([name, killed, found])
    print(json.dumps(report))


def _uninterrupted(name, chance):
    folder = tempfile.mkdtemp()
    try:
        _run(name, folder, 3, _Count())
        return json.loads(Path(folder, "result.json").read_text())
    finally:
        shutil.rmtree(folder)


def _killed(name, wanted, chance):
    """Kill a training three times, then let it end; return the kills, and what is not the same."""
    folder, kills = tempfile.mkdtemp(), 0
    save_freq = chance.choice([1, 2, 3, 4, "epoch", "0.005s"])
    try:
        for _ in range(3):
            killer = _Kill(chance.randint(1, int(0.7 * wanted["ticks"])))
            if _run(name, folder, save_freq, killer) != -signal.SIGKILL:
                break
            kills += 1
        else:
            _run(name, folder, save_freq, _Count())
        result = json.loads(Path(folder, "result.json").read_text())
    finally:
        shutil.rmtree(folder)
    ignored = ("ticks",)
    found = [key for key in wanted if key not in ignored and result.get(key) != wanted[key]]
    return kills, [f"{key} (save_freq={save_freq})" for key in found]


class _Count:
    def __init__(self):
        self.ticks, self.process = 0, None

    def __call__(self):
        self.ticks += 1


class _Kill(_Count):
    def __init__(self, at):
        super().__init__()
        self.at = at

    def __call__(self):
        super().__call__()
        if self.ticks == self.at and os.getpid() == self.process:  # not in a DataLoader's worker
            os.kill(os.getpid(), signal.SIGKILL)


def _run(name, folder, save_freq, tick):
    """Train in a process of its own; return its exit status."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        if status not in (0, -signal.SIGKILL):
            raise RuntimeError(f"{name} ended with {status}")
        return status
    try:
        tick.process = os.getpid()
        faulthandler.dump_traceback_later(_SECONDS, exit=True)
        _patch(tick)
        _write_result(trainings.train(name, folder, save_freq), folder, tick)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _patch(tick):
    """Let it be killed within a write too: before it, in the middle, before and after a rename."""
    trainings.tick = tick
    replace, sync = Path.replace, os.fsync

    def replace_slowly(path, target):
        tick()
        replace(path, target)
        tick()

    def sync_slowly(descriptor):
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_file():
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
            tick()
            path.write_bytes(whole)
        tick()
        sync(descriptor)

    Path.replace, os.fsync = replace_slowly, sync_slowly


def _write_result(result, folder, tick):
    plain, tensors = pack(result)
    hashes = {name: _hash(tensor) for name, tensor in tensors.items()}
    files = {  # by their tensors: the order within the header is left to chance
        path.name: {name: _hash(tensor) for name, tensor in load_file(path).items()}
        for path in sorted(Path(folder).glob("*.safetensors"))
    }
    left = sorted(path.name for path in Path(folder).iterdir())
    log = Path(folder, "log.csv").read_text()
    found = {
        "plain": plain, "tensors": hashes, "files": files, "left": left, "log": log,
        "ticks": tick.ticks,
    }  # fmt: skip
    Path(folder, "result.json").write_text(json.dumps(found, sort_keys=True))


def _hash(tensor):
    flat = tensor.contiguous().reshape(-1).view(torch.uint8).numpy()
    return f"{tensor.dtype} {list(tensor.shape)} {hashlib.sha256(flat).hexdigest()}"


if __name__ == "__main__":
    main()
