import pytest

from kerlite.data.batches import Batches, default_batch_size, warn_short, window


def test_without_steps_an_epoch_is_a_pass():
    assert window(3, 2, total=10, steps=None) == (3, 2, 10, 0)
    assert window(3, 0, total=None, steps=None) == (0, 0, None, 0)


def test_steps_cut_a_pass_into_epochs():
    parts = [window(epoch, 0, total=10, steps=5) for epoch in range(3)]
    assert parts == [(0, 0, 5, 0), (0, 5, 10, 0), (1, 0, 5, 0)]


def test_the_rest_of_a_pass_is_a_short_epoch():
    assert window(2, 0, total=10, steps=4) == (0, 8, 10, 2)
    assert window(0, 0, total=3, steps=4) == (0, 0, 3, 1)


def test_a_source_without_end_goes_on():
    assert window(2, 1, total=None, steps=4) == (0, 9, 12, 0)


def test_default_batch_size():
    assert [default_batch_size(10, steps) for steps in (None, 1, 3, 4)] == [32, 10, 4, 3]


def test_warning_says_what_was_needed_and_how_to_fix():
    with pytest.warns(
        UserWarning, match=r"ran out of data: epoch 1 needed 5 batches.*gave 2.*whil"
    ):
        warn_short(1, 2, 5, "the generator")


def test_a_subclass_must_define_epoch():
    class Mine(Batches):
        pass

    Mine().close()
    with pytest.raises(NotImplementedError, match="Mine must define epoch"):
        Mine().epoch(0)
