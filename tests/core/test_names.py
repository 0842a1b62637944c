"""Automatic names against Keras's."""

import keras
import pytest
from keras.src.utils.naming import to_snake_case as keras_snake_case

from kerlite.core import names


@pytest.mark.parametrize(
    "name",
    ["Dense", "Conv2D", "BatchNormalization", "GlobalAveragePooling2D", "LSTM", "GRUCell", "ReLU",
     "PReLU", "MyLSTMLayer", "X", "Conv1DTranspose", "SeparableConv2D", "RNN", "A1B2", "my_Layer",
     "ELU", "ZeroPadding3D", "LeakyReLU", "HTTPServer2Go", "lower"],
)  # fmt: skip
def test_snake_case_is_that_of_keras(name):
    assert names.to_snake_case(name) == keras_snake_case(name)


def test_names_count_up():
    names.reset_uids()
    assert [names.auto_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert names.auto_name("other") == "other"


def test_get_uid_is_that_of_keras():
    names.reset_uids()
    keras.backend.clear_session()
    ours = [names.get_uid(p) for p in ("a", "b", "a")]
    assert ours == [keras.backend.get_uid(p) for p in ("a", "b", "a")] == [1, 1, 2]
