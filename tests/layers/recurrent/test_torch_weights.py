import pickle

import pytest
import torch

from tests.layers.recurrent.support import LAYERS, TWINS
from tests.layers.support import data


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", sorted(LAYERS))
def test_the_lists_torch_keeps(name, bias):
    layer, twin = LAYERS[name](4, use_bias=bias), TWINS[name](3, 4, bias=bias)
    assert layer._flat_weights == [None] * (4 if bias else 2)
    layer.build((2, 5, 3))
    assert layer._flat_weights_names == twin._flat_weights_names
    assert layer._all_weights == twin._all_weights
    assert [w.shape for w in layer._flat_weights] == [w.shape for w in twin._flat_weights]
    assert [len(row) for row in layer.all_weights] == [len(row) for row in twin.all_weights]
    layer.flatten_parameters()
    layer.half()
    assert all(w.dtype is torch.float16 for w in layer._flat_weights)


def test_nothing_that_cannot_be_pickled_is_kept():
    layer = LAYERS["LSTM"](4)
    layer(data(2, 5, 3))
    again = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(layer.double()))))
    assert "_flat_weight_refs" not in pickle.loads(pickle.dumps(again)).__dict__
    torch.testing.assert_close(again(data(2, 5, 3).double()), layer(data(2, 5, 3).double()))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", sorted(LAYERS))
def test_one_piece_of_memory_on_cuda(name):
    """cuDNN warns if it has to bring the weights together itself."""
    layer = LAYERS[name](4, return_sequences=True)
    expected = layer(data(2, 5, 3))
    layer.cuda()
    torch.testing.assert_close(layer(data(2, 5, 3).cuda()).cpu(), expected, rtol=1e-3, atol=1e-3)
    layer(data(2, 5, 3).cuda()).sum().backward()
    again = pickle.loads(pickle.dumps(layer))
    torch.testing.assert_close(again(data(2, 5, 3).cuda()), layer(data(2, 5, 3).cuda()))
