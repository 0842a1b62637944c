import itertools

import pytest

from kerlite.utils import PyDataset, Sequence


class Three(PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return index * 10


def test_iterates_over_its_batches():
    assert list(Three()) == [0, 10, 20]
    assert Three().num_batches == 3


def test_settings():
    dataset = Three(workers=4, use_multiprocessing=True, max_queue_size=3)
    assert (dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size) == (4, True, 3)
    dataset.workers = 2
    assert dataset.workers == 2


def test_a_subclass_that_forgets_super_has_the_defaults():
    class Forgetful(Three):
        def __init__(self):
            pass

    dataset = Forgetful()
    assert (dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size) == (1, False, 10)


def test_without_end():
    class Endless(PyDataset):
        num_batches = None

        def __getitem__(self, index):
            return index

    assert list(itertools.islice(Endless(), 4)) == [0, 1, 2, 3]


def test_what_a_subclass_must_define():
    with pytest.raises(NotImplementedError, match="PyDataset must define __len__"):
        PyDataset().num_batches  # noqa: B018
    with pytest.raises(NotImplementedError, match="must define __getitem__"):
        PyDataset()[0]


def test_the_old_name():
    assert Sequence is PyDataset
