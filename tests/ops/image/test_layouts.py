"""Images of any layout as one kind of batch, and back."""

import pytest
import torch

from kerlite.ops.image.layouts import batch_of, restored


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("batch", [(), (2,)])
def test_there_and_back(data_format, batch):
    last = data_format == "channels_last"
    x = torch.rand(*batch, *((4, 5, 3) if last else (3, 4, 5)))
    y, layout = batch_of(x, data_format)
    assert y.shape == (*(batch or (1,)), 3, 4, 5)
    assert y.data_ptr() == x.data_ptr()
    assert torch.equal(restored(y, layout), x)


def test_other_ranks_are_refused():
    with pytest.raises(ValueError, match=r"received the shape \(2, 3\)"):
        batch_of(torch.zeros(2, 3), None)
