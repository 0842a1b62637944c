"""What `jit_compile` may be."""

import pytest
import torch

import kerlite
from kerlite.training.compile_options import (
    compile_options,
    compiler_missing_for,
    torch_arguments,
    uses_cuda_graphs,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [(True, {}), (False, None), (None, None), ("auto", None), ({}, {}),
     ({"dynamic": None, "fullgraph": True}, {"dynamic": None, "fullgraph": True}),
     ({"backend": "aot_eager"}, {"backend": "aot_eager"}),
     ({"mode": "reduce-overhead"}, {"mode": "reduce-overhead"})],
)  # fmt: skip
def test_what_is_taken(given, expected):
    assert compile_options(given) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [("yes", "jit_compile must be True, False or 'auto'; received 'yes'. A dict"),
     ({"modes": "default"}, "Unknown option of jit_compile: 'modes'. Did you mean 'mode'"),
     ({"mode": "reduce_overhead"}, "Unknown mode of torch.compile: 'reduce_overhead'. Did you mean "
      "'reduce-overhead'"),
     ({"backend": "inducter"}, "Unknown backend of torch.compile: 'inducter'. Did you mean "
      "'inductor'"),
     ({"fullgraph": "yes"}, "'fullgraph' must be True or False; received 'yes'"),
     ({"dynamic": 1.5}, "'dynamic' must be True, False or None; received 1.5"),
     ({"options": ["a"]}, "'options' must be a dict"),
     ({"mode": "default", "backend": "aot_eager"}, "received the backend 'aot_eager' too")],
)  # fmt: skip
def test_what_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        compile_options(given)
    model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
    with pytest.raises(ValueError, match=message):
        model.compile("sgd", "mse", jit_compile=given)


def test_inductor_draws_torchs_random_numbers():
    assert torch_arguments({"dynamic": True}) == {
        "dynamic": True, "options": {"fallback_random": True},
    }  # fmt: skip
    chosen = torch_arguments({"mode": "max-autotune-no-cudagraphs"})
    assert chosen["options"]["fallback_random"]
    assert chosen["options"]["max_autotune"]
    assert "mode" not in chosen
    own = torch_arguments({"options": {"fallback_random": False}})
    assert own == {"options": {"fallback_random": False}}
    assert torch_arguments({"backend": "aot_eager"}) == {"backend": "aot_eager"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, False), ({"mode": "reduce-overhead"}, True), ({"mode": "default"}, False),
     ({"options": {"triton.cudagraphs": True}}, True), ({"backend": "cudagraphs"}, True)],
)  # fmt: skip
def test_cuda_graphs(options, expected):
    assert uses_cuda_graphs(options) is expected


def test_what_a_device_lacks(monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", "")
    assert compiler_missing_for(torch.device("cpu")) == "there is no C++ compiler"
    assert "CPU and CUDA" in compiler_missing_for(torch.device("meta"))


def test_the_options_are_saved_with_the_model():
    model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
    options = {"backend": "aot_eager", "dynamic": True}
    model.compile("sgd", "mse", jit_compile=options)
    config = model.get_compile_config()
    other = kerlite.models.clone_model(model)
    other.compile_from_config(config)
    assert other.get_compile_config()["jit_compile"] == options
    assert other.jit_compile


def test_a_contradiction():
    model = kerlite.Sequential([kerlite.Input((2,)), kerlite.layers.Dense(1)])
    with pytest.warns(UserWarning, match="contradict each other"):
        model.compile("sgd", "mse", run_eagerly=True, jit_compile={"dynamic": True})
    assert str(model.compile_report()["train"]) == "eager: run_eagerly=True"
