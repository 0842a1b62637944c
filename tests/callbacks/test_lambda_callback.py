import pytest

from kerlite.callbacks import LambdaCallback
from kerlite.callbacks.callback import HOOKS
from tests.callbacks.fakes import fit


def test_functions_are_called():
    record = []
    fit(
        LambdaCallback(
            on_epoch_begin=lambda epoch, logs: record.append(("epoch begins", epoch)),
            on_epoch_end=lambda epoch, logs: record.append(("epoch ends", epoch, logs["loss"])),
            on_train_begin=lambda logs: record.append("begins"),
            on_train_end=lambda logs: record.append("ends"),
            on_train_batch_begin=lambda batch, logs: record.append(("batch begins", batch)),
            on_train_batch_end=lambda batch, logs: record.append(("batch ends", batch)),
        ),
        [{"loss": 0.5}],
        batches=1,
    )
    assert record == [
        "begins",
        ("epoch begins", 0),
        ("batch begins", 0),
        ("batch ends", 0),
        ("epoch ends", 0, 0.5),
        "ends",
    ]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_can_be_given(hook):
    assert getattr(LambdaCallback(**{hook: print}), hook) is print


def test_misspelled_hook():
    with pytest.raises(ValueError, match=r"Unknown hook: 'on_epoch_ends'.*'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)


def test_not_a_function():
    with pytest.raises(TypeError, match="on_epoch_end; got 3"):
        LambdaCallback(on_epoch_end=3)
