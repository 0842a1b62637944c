"""What `evaluate` and `predict` return."""

import numpy as np
import pytest
import torch

from kerlite.metrics import Mean
from kerlite.training.compile import CompileMetrics
from kerlite.training.results import Collector, in_order


def test_the_order_is_that_of_the_metrics():
    compiled = CompileMetrics(["mse", "mae"])
    compiled.build(torch.zeros(2), torch.zeros(2))
    metrics = [Mean("loss"), compiled, Mean("own")]
    logs = {"z": 5.0, "mae": 2.0, "loss": 1.0, "own": 4.0, "mse": 3.0, "a": 6.0}
    assert in_order(logs, metrics) == [1.0, 3.0, 2.0, 4.0, 6.0, 5.0]
    assert in_order({"b": 1.0, "a": 2.0}, []) == [2.0, 1.0]
    assert in_order({"loss": 1.0}, metrics) == 1.0
    assert in_order({}, metrics) == []


def collected(*batches):
    collector = Collector()
    for batch in batches:
        collector.add(batch)
    return collector.result()


def test_batches_of_a_structure_become_arrays_in_that_structure():
    batch = {"b": torch.ones(2, 3), "a": [torch.zeros(2), (torch.ones(2, 1),)]}
    result = collected(batch, batch)
    assert list(result) == ["b", "a"]
    assert result["b"].shape == (4, 3)
    assert result["a"][0].shape == (4,)
    assert result["a"][1][0].shape == (4, 1)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (torch.float32, np.float32), (torch.bfloat16, np.float32), (torch.float16, np.float16),
        (torch.float64, np.float64), (torch.int64, np.int64), (torch.bool, np.bool_),
    ],
)  # fmt: skip
def test_number_types(dtype, expected):
    result = collected(torch.ones(2, dtype=dtype), torch.ones(3, dtype=dtype))
    assert result.dtype == expected
    assert result.shape == (5,)


def test_arrays_numbers_and_what_needs_gradients():
    np.testing.assert_array_equal(collected(np.arange(2), np.arange(3)), [0, 1, 0, 1, 2])
    np.testing.assert_array_equal(collected(torch.tensor(1.0), torch.tensor(2.0)), [1.0, 2.0])
    assert collected(torch.ones(2, requires_grad=True)).tolist() == [1.0, 1.0]


def test_the_result_is_ones_own():
    batch = torch.ones(2)
    result = collected(batch)
    batch.zero_()
    assert result.tolist() == [1.0, 1.0]


class OnADevice(torch.Tensor):
    """A tensor that says it is not in the host's memory."""

    is_cpu = False


def test_outputs_that_fill_the_device_go_to_the_host():
    collector = Collector(limit=100)
    for number in range(10):
        collector.add({"a": torch.full((8, 1), number).as_subclass(OnADevice), "b": number})
        assert len(collector._batches) <= 1  # 64 bytes each
    result = collector.result()
    np.testing.assert_array_equal(result["a"][:, 0], np.repeat(range(10), 8))
    np.testing.assert_array_equal(result["b"], range(10))
