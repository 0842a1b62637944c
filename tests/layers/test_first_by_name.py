"""The first argument of a call may be given by name: masks and symbolic calls work alike."""

import torch

import kerlite
from kerlite import layers

NUMBERS = torch.tensor([[1, 2, 0], [3, 0, 0]])


def test_masks_are_handed_on():
    embedding, dense = layers.Embedding(5, 4, mask_zero=True), layers.Dense(2)
    by_name = dense(inputs=embedding(inputs=NUMBERS))
    assert torch.equal(by_name._keras_mask, NUMBERS != 0)
    assert torch.equal(by_name, dense(embedding(NUMBERS)))


def test_functional_models_are_the_same():
    embedding, lstm = layers.Embedding(5, 4, mask_zero=True), layers.LSTM(3)
    inputs = kerlite.Input((3,))
    by_name = kerlite.Model(inputs, lstm(sequences=embedding(inputs=inputs)))
    by_place = kerlite.Model(inputs, lstm(embedding(inputs)))
    assert torch.equal(by_name(NUMBERS), by_place(NUMBERS))
    again = kerlite.Model.from_config(by_name.get_config())
    again.set_weights(by_name.get_weights())
    assert torch.equal(again(NUMBERS), by_place(NUMBERS))


def test_what_else_is_given_by_name_stays():
    dropout = layers.Dropout(0.5)
    x = torch.ones(100)
    assert torch.equal(dropout(inputs=x, training=False), x)
    assert not torch.equal(dropout(training=True, inputs=x), x)
