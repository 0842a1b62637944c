import random

import numpy as np
import pytest
import torch

from kerlite.callbacks.training_snapshot import RandomStates, TrainingSnapshot
from tests.callbacks import small


def test_random_states_of_all_generators():
    def draw():
        return random.random(), np.random.random(), torch.rand(3).tolist()

    states = RandomStates()
    first = draw()
    assert draw() != first
    states.restore()
    assert draw() == first


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("trained", [False, True], ids=["fresh", "trained"])
def test_training_goes_on_as_if_nothing_had_happened(optimizer, trained):
    def train(disturbed):
        model, data = small.model(optimizer, dropout=0.5), small.data()
        if trained:
            model.fit(*data, verbose=0)
        if disturbed:
            snapshot = TrainingSnapshot(model)
            model.optimizer.learning_rate = 0.3
            model.fit(*data, epochs=2, verbose=0)
            snapshot.restore()
        model.fit(*data, epochs=2, verbose=0)
        return small.weights(model), float(model.optimizer.learning_rate)

    plain, disturbed = train(False), train(True)
    assert small.same(plain[0], disturbed[0])
    assert plain[1] == disturbed[1]
