import pytest
import torch

from kerlite.layers import Dense
from kerlite.layers.recurrent.bidirectional import Bidirectional
from kerlite.layers.recurrent.lstm import LSTM
from tests.layers.support import data

X = data(3, 5, 4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bidirectional(3), r"layer to be a recurrent layer.*received 3 of type int"),
        (lambda: Bidirectional(Dense(3)), r"Dense '.*', which has no stateful, return_sequences"),
        (lambda: Bidirectional(LSTM(3), "max"), r"one of \('sum', .*received 'max'"),
        (lambda: Bidirectional(LSTM(3), backward_layer="gru"), r"backward_layer .*received 'gru'"),
        (
            lambda: Bidirectional(LSTM(3), backward_layer=LSTM(3)),
            r"opposite directions; received two with go_backwards=False.*go_backwards=True",
        ),
        (lambda: Bidirectional(LSTM(3, go_backwards=True)), r"two with go_backwards=True"),
        (
            lambda: Bidirectional(
                LSTM(3, return_sequences=True), backward_layer=LSTM(3, go_backwards=True)
            ),
            r"the same return_sequences; received True for the layer and False",
        ),
        (
            lambda: Bidirectional(
                LSTM(3), "sum", name="b", backward_layer=LSTM(4, go_backwards=True)
            )(X),
            r"'b' cannot merge outputs of shapes \(3, 3\) and \(3, 4\) with merge_mode='sum'",
        ),
        (
            lambda: Bidirectional(LSTM(3))(X, initial_state=[torch.zeros(3, 3)] * 2),
            r"initial_state to be a list of 4, .*received 2 of them",
        ),
        (
            lambda: Bidirectional(LSTM(3))(X, initial_state=torch.zeros(3, 3)),
            r"a list of 4, .*received a Tensor",
        ),
    ],
)
def test_what_does_not_fit(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_sizes_may_differ_where_outputs_are_concatenated():
    layer = Bidirectional(LSTM(3), backward_layer=LSTM(4, go_backwards=True))
    assert layer.compute_output_shape((None, 5, 4)) == (None, 7)
    assert layer(X).shape == (3, 7)
