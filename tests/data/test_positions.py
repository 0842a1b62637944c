"""Batches that go on where others were: `state_dict` and `load_state_dict`."""

import itertools

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset

from kerlite.core.random_state import random_state, set_random_state
from kerlite.data import adapt
from kerlite.saving.plain import pack, unpack
from kerlite.utils import PyDataset

ROWS = np.arange(22.0, dtype="float32").reshape(-1, 1)


class Noisy(Dataset):
    def __len__(self):
        return len(ROWS)

    def __getitem__(self, index):
        return torch.from_numpy(ROWS[index]) + torch.rand(1) + np.random.rand()


class Stream(IterableDataset):
    def __iter__(self):
        return iter(torch.from_numpy(ROWS) + torch.rand(1))


class Sequence(PyDataset):
    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.turn = 0

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return ROWS[index : index + 3] + self.turn + np.random.rand()

    def on_epoch_end(self):
        self.turn += 100


class Stateful:
    """A loader that tells its place, as torchdata's StatefulDataLoader."""

    def __init__(self):
        self.place, self.read = 0, 0

    def __iter__(self):
        if self.place == 6:
            self.place = 0
        while self.place < 6:
            self.place += 1
            self.read += 1
            yield torch.from_numpy(ROWS[self.place : self.place + 2])

    def __len__(self):
        return 6

    def state_dict(self):
        return {"place": self.place}

    def load_state_dict(self, state):
        self.place = state["place"]


def numbers():
    own = np.random.default_rng(3)
    while True:
        yield own.normal(size=(3, 1))


def shuffled(**arguments):
    return DataLoader(
        Noisy(), 4, shuffle=True, generator=torch.Generator().manual_seed(5), **arguments
    )


SOURCES = {
    "arrays": (lambda: ROWS, {"batch_size": 4, "shuffle": True}, [6, 6, 6]),
    "parts of arrays": (lambda: ROWS, {"batch_size": 4, "shuffle": True, "steps": 3}, [3, 3, 3]),
    "samples": (Noisy, {"batch_size": 4, "shuffle": True}, [6, 6, 6]),
    "loader": (shuffled, {}, [6, 6, 6]),
    "own sampler": (lambda: DataLoader(Noisy(), 4, shuffle=True), {}, [6, 6, 6]),
    "parts of a loader": (shuffled, {"steps": 3}, [3, 3, 3]),
    "workers": (lambda: shuffled(num_workers=2), {}, [6, 6, 6]),
    "stream": (Stream, {"batch_size": 4}, [6, 6, 6]),
    "parts of a stream": (Stream, {"batch_size": 4, "steps": 4}, [4, 4, 4]),
    "stateful": (Stateful, {}, [6, 6, 6]),
    "generator": (numbers, {"steps": 4}, [4, 4, 4]),
    "sequence": (Sequence, {"shuffle": True}, [8, 8, 8]),
    "sequence in processes": (
        lambda: Sequence(workers=2, use_multiprocessing=True), {"shuffle": True}, [8, 8, 8]
    ),
}  # fmt: skip


def make(name):
    source, arguments, lengths = SOURCES[name]
    return adapt(source(), **arguments, seed=7, device="cpu"), lengths


def run(batches, epochs, begin=(0, 0)):
    """Yield (place, batch), and (None, None) after an epoch; draw in between as a model would."""
    for epoch in range(begin[0], epochs):
        start = begin[1] if epoch == begin[0] else 0
        for index, batch in enumerate(batches.epoch(epoch, start), start):
            torch.rand(3)
            yield (epoch, index), batch[0] if isinstance(batch, tuple) else batch
        yield None, None


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("after", [1, 5, 6, 7, 9])
def test_they_go_on_where_others_were(name, after):
    first = random_state()
    batches, _ = make(name)
    expected = list(run(batches, 3))
    set_random_state(first)
    interrupted, lengths = make(name)
    going = run(interrupted, 3)
    seen = list(itertools.islice(going, after))
    epoch, index = next(place for place, _ in reversed(seen) if place)
    begin = (epoch, index + 1) if seen[-1][0] else (epoch + 1, 0)
    if index + 1 == lengths[epoch] and seen[-1][0]:
        seen.append(next(going))  # within an epoch nothing is saved after its last batch
        begin = (epoch + 1, 0)
    state = unpack(*pack([interrupted.state_dict(), random_state()]))
    interrupted.close()
    set_random_state(first)
    later, _ = make(name)
    later.load_state_dict(state[0])
    set_random_state(state[1])
    found = list(run(later, 3, begin))
    for (place, batch), (wanted, other) in zip(found, expected[len(seen) :], strict=True):
        assert place == wanted
        assert place is None or torch.equal(batch, other)
    if name == "stateful":  # nothing is read twice
        assert later.loader.read == sum(place is not None for place, _ in found)


def test_a_generator_that_ends_too_soon():
    batches = adapt(iter([ROWS] * 4), device="cpu")
    list(itertools.islice(batches.epoch(0), 3))
    later = adapt(iter([ROWS] * 2), device="cpu")
    with pytest.raises(ValueError, match=r"interrupted after 3 batches, but .* ends after 2"):
        later.load_state_dict(batches.state_dict())
