"""The arguments of a layer's `call`: which are tensors, which `training`, which masks."""

import pytest
import torch

from kerlite.layers.calls import CallSignature, mask_of


def plain(self, inputs):
    pass


def trains(self, inputs, training=None):
    pass


def keyword(self, inputs, *, training=False, mask=None):
    pass


def attends(self, query, value, query_mask=None, value_mask=None, **options):
    pass


def tensor(mask):
    x = torch.ones(1)
    x._keras_mask = mask
    return x


def test_what_a_signature_takes():
    assert not CallSignature(plain).takes_training
    assert CallSignature(trains).takes_training
    assert CallSignature(keyword).takes_training
    assert CallSignature(keyword).mask_names == {"mask"}
    assert CallSignature(attends).mask_names == {"query_mask", "value_mask"}
    assert CallSignature(attends).takes_any
    assert CallSignature(attends).names == ["query", "value", "query_mask", "value_mask"]


@pytest.mark.parametrize(
    ("call", "args", "kwargs", "expected"),
    [
        (trains, (1,), {}, None), (trains, (1, True), {}, True), (trains, (1, False), {}, False),
        (trains, (1,), {"training": True}, True), (keyword, (1,), {"training": False}, False),
        (keyword, (1,), {}, None), (plain, (1,), {"training": True}, True),
        (plain, (1, 2), {}, None),
    ],
)  # fmt: skip
def test_training_of(call, args, kwargs, expected):
    assert CallSignature(call).training_of(args, kwargs) is expected


def test_with_training():
    signature = CallSignature(trains)
    assert signature.with_training((1,), {}, True) == ((1,), {"training": True})
    assert signature.with_training((1, None), {}, True) == ((1, True), {})
    assert CallSignature(keyword).with_training((1,), {}, False) == ((1,), {"training": False})


def test_masks_for():
    a, b = tensor("a"), tensor("b")
    assert CallSignature(keyword).masks_for((a,), {}) == {"mask": "a"}
    assert CallSignature(keyword).masks_for((a,), {"mask": "given"}) == {}
    assert CallSignature(keyword).masks_for((a,), {"mask": None}) == {"mask": "a"}
    assert CallSignature(keyword).masks_for(([a, torch.ones(1)],), {}) == {"mask": ["a", None]}
    assert CallSignature(attends).masks_for((a, b), {}) == {"query_mask": "a", "value_mask": "b"}
    assert CallSignature(attends).masks_for((a,), {"value": b}) == {
        "query_mask": "a", "value_mask": "b",
    }  # fmt: skip
    assert CallSignature(plain).masks_for((a,), {}) == {}
    assert CallSignature(keyword).masks_for((torch.ones(1),), {}) == {}


def test_mask_of():
    assert mask_of(tensor("m")) == "m"
    assert mask_of(torch.ones(1)) is None
    assert mask_of("text") is None
