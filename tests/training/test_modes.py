"""What holds while a trainer works, and is undone afterwards."""

import pytest
from torch import nn

from kerlite.callbacks import Callback, CallbackList
from kerlite.training.modes import closing, in_mode


@pytest.mark.parametrize("training", [True, False])
def test_every_part_gets_its_own_mode_back(training):
    module = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    module.train()
    module[1][0].eval()
    before = [part.training for part in module.modules()]
    with in_mode(module, training):
        assert all(part.training is training for part in module.modules())
    assert [part.training for part in module.modules()] == before


def test_new_parts_get_the_mode_of_the_whole():
    module = nn.Sequential().eval()
    with in_mode(module, training=True):
        module.append(nn.Dropout().eval())
        with in_mode(module, training=False):
            module.append(nn.Dropout())
            assert not module[0].training
        assert [part.training for part in module] == [False, True]
    assert [part.training for part in module] == [False, False]


def test_the_mode_comes_back_after_an_error():
    module = nn.Dropout().eval()
    with pytest.raises(KeyboardInterrupt), in_mode(module, training=True):
        raise KeyboardInterrupt
    assert not module.training


class Source:
    closed = 0

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("error", [None, ValueError("x"), KeyboardInterrupt()])
def test_closing(error):
    heard, source = [], Source()

    class Listen(Callback):
        def on_exception(self, error):
            heard.append(error)

    hooks = CallbackList([Listen()])
    if error is None:
        with closing(hooks, source, None):
            pass
    else:
        with pytest.raises(type(error)), closing(hooks, source, None):
            raise error
    assert source.closed == 1
    assert heard == ([] if error is None else [error])
