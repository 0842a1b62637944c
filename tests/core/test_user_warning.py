"""Warnings name the user's line, whoever is in between."""

import sys

import numpy as np
import pytest
import torch

import kerlite
from kerlite.core.user_warning import warn


def here():
    return sys._getframe(1).f_lineno


def test_a_call_of_its_own_is_named():
    line = here() + 2
    with pytest.warns(UserWarning, match="look out") as caught:
        warn("look out")
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)


def test_the_category_is_passed_on():
    with pytest.warns(DeprecationWarning, match="old"):
        warn("old", DeprecationWarning)


class Complaining(kerlite.layers.Layer):
    def call(self, x):
        return kerlite.callbacks.EarlyStopping(mode="best") and x


def test_what_lies_between_is_passed_over():
    """The callback is made by a layer of this file, which modules of torch and kerlite call."""
    model = torch.nn.Sequential(kerlite.Sequential([Complaining()]))
    with pytest.warns(UserWarning, match="mode='best'") as caught:
        model(torch.zeros(1, 2))
    assert caught[0].filename == __file__
    assert caught[0].lineno == Complaining.call.__code__.co_firstlineno + 1


def test_fit_names_the_line_that_calls_it():
    model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
    model.compile("sgd", "mse")
    batches = ((np.zeros((4, 2)), np.zeros((4, 1))) for _ in range(2))
    line = here() + 2
    with pytest.warns(UserWarning, match="ran out of data") as caught:
        model.fit(batches, steps_per_epoch=3, epochs=1, verbose=0)
    assert (caught[0].filename, caught[0].lineno) == (__file__, line)
