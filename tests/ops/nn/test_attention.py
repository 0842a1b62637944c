"""dot_product_attention: real Keras, and the definition in float64 for what Keras cannot do."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.nn.attention import dot_product_attention
from tests.ops.support.compare import file_form, same
from tests.ops.support.elementwise import differentiable, everywhere

RNG = np.random.default_rng(0)
Q, K, V = (RNG.normal(size=s).astype("float32") for s in ((2, 5, 4, 8), (2, 6, 2, 8), (2, 6, 2, 8)))
BIAS = RNG.normal(size=(2, 4, 5, 6)).astype("float32")
MASK = RNG.uniform(size=(2, 1, 5, 6)) > 0.4
MASK[0, 0, 2] = False


def by_definition(q, k, v, bias=0.0, mask=True, is_causal=False, cap=None):
    q, k, v = (x.astype("float64").swapaxes(1, 2) for x in (q, k, v))
    k, v = (x.repeat(q.shape[1] // k.shape[1], 1) for x in (k, v))
    scores = q @ k.swapaxes(2, 3) / np.sqrt(q.shape[-1])
    scores = scores if cap is None else cap * np.tanh(scores / cap)
    allowed = np.broadcast_to(mask, scores.shape)
    if is_causal:
        allowed = allowed & np.tri(*scores.shape[-2:], dtype=bool)
    scores = np.where(allowed, scores + bias, -1e30)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True) @ v).swapaxes(1, 2).astype("float32")


@pytest.mark.parametrize(
    "options",
    [
        {}, {"mask": MASK}, {"is_causal": True}, {"mask": MASK, "is_causal": True}, {"scale": 0.3},
        {"bias": BIAS}, {"flash_attention": False},
    ],
    ids=lambda options: "-".join(options) or "plain",
)  # fmt: skip
def test_equals_keras(options):
    for k, v in ((K, V), (K[:, :, :1], V[:, :, :1]), (K.repeat(2, 2), V.repeat(2, 2))):
        theirs = keras.ops.dot_product_attention(Q, k, v, **options)
        same(dot_product_attention(Q, k, v, **options), theirs)


@pytest.mark.parametrize("cap", [None, 0.7])
@pytest.mark.parametrize(
    "options",
    [
        {"bias": BIAS, "mask": MASK}, {"bias": BIAS, "is_causal": True}, {"mask": MASK}, {},
        {"bias": BIAS, "mask": MASK, "is_causal": True},
    ],
    ids=lambda options: "-".join(options) or "plain",
)  # fmt: skip
def test_follows_the_definition(options, cap):
    ours = dot_product_attention(Q, K, V, attn_logits_soft_cap=cap, **options)
    same(ours, by_definition(Q, K, V, cap=cap, **options))


def test_number_types():
    half = [torch.tensor(x).to(torch.bfloat16) for x in (Q, K, V)]
    assert dot_product_attention(*half, bias=BIAS).dtype == torch.bfloat16
    ours = dot_product_attention(half[0], *map(torch.tensor, (K, V)))
    same(ours, dot_product_attention(half[0].float(), K, V))


def test_on_symbols_compiled_in_files_and_gradients():
    everywhere(dot_product_attention, Q, K.repeat(2, 2), V.repeat(2, 2), is_causal=True)
    everywhere(dot_product_attention, Q, K, V, file=False, mask=torch.tensor(MASK[:1]))
    sizes_unknown = torch.compile(
        dot_product_attention, backend="eager", fullgraph=True, dynamic=True
    )
    tensors = [torch.tensor(x) for x in (Q, K, V)]
    same(sizes_unknown(*tensors), dot_product_attention(*tensors))
    small = [x[:, :3, :, :2].astype("float64") for x in (Q, K, V)]
    differentiable(lambda q, k, v: dot_product_attention(q, k, v, is_causal=True), *small)
    mask = MASK[..., :3, :3]
    capped = {"attn_logits_soft_cap": 0.5, "mask": mask, "bias": BIAS[..., :3, :3]}
    differentiable(lambda q, k, v: dot_product_attention(q, k, v, **capped), *small)


def test_files_have_the_inputs_of_the_call_by_position():
    def attend(q, k, v):
        return dot_product_attention(q, k, value=v, scale=0.5)

    entry = file_form(kerlite, attend, Q, K, V)
    assert entry["inbound_nodes"][0]["args"][3:] == [None, None, 0.5]
    assert entry["config"].keys() == {
        "name", "is_causal", "flash_attention", "attn_logits_soft_cap",
    }  # fmt: skip


def test_bad_arguments():
    with pytest.raises(ValueError, match="steps, heads"):
        dot_product_attention(Q[0], K, V)
    with pytest.raises(ValueError, match="cannot be computed"):
        dot_product_attention(Q, K[..., :3], V)
    with pytest.raises(ValueError, match="cannot be computed"):
        dot_product_attention(Q, K, V, mask=MASK[:, :, :3])
