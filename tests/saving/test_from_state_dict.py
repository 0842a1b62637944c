"""Foreign state dicts into a model, names mapped."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import kerlite
from kerlite import layers
from kerlite.core.errors import UnsafeFileError
from kerlite.saving import from_state_dict


def made():
    return kerlite.Sequential(
        [
            kerlite.Input((5, 5, 2)),
            layers.Conv2D(3, 3, name="conv"),
            layers.BatchNormalization(name="norm", epsilon=1e-5),
            layers.Flatten(),
            layers.Dense(4, name="head"),
        ]
    )


def twin():
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 3),
        torch.nn.BatchNorm2d(3),
        torch.nn.Flatten(),
        torch.nn.Linear(27, 4),
    )
    module[1].running_mean.uniform_()
    return module.eval()


NAMES = {r"^0\.": "conv.", r"^1\.": "norm.", r"^3\.": "head."}


def by_function(name):
    number, rest = name.split(".")
    return {"0": "conv", "1": "norm", "3": "head"}[number] + f".{rest}"


@pytest.mark.parametrize("rename", [NAMES, by_function], ids=["patterns", "function"])
@pytest.mark.parametrize("source", ["dict", "pt", "safetensors", "numpy"])
def test_a_torch_twin_s_weights(rename, source, tmp_path):
    model, module = made(), twin()
    state = module.state_dict()
    if source == "numpy":
        state = {name: value.numpy() for name, value in state.items()}
    elif source == "pt":
        torch.save(state, tmp_path / "m.bin")
        state = tmp_path / "m.bin"
    elif source == "safetensors":
        save_file(state, tmp_path / "m.safetensors")
        state = str(tmp_path / "m.safetensors")
    from_state_dict(model, state, rename=rename)
    for name in ("weight", "bias"):
        assert torch.equal(model.get_layer("conv").state_dict()[name], module[0].state_dict()[name])
    x = torch.rand(2, 5, 5, 2)
    features = module[:2](x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # Flatten sees channels last
    expected = module[3](features.flatten(1))
    torch.testing.assert_close(model(x), expected, atol=1e-5, rtol=1e-5)


def test_everything_that_does_not_fit_is_in_one_error():
    model = made()
    before = model.get_weights()
    state = twin().state_dict()
    del state["0.bias"]
    state["3.weight"] = torch.ones(2, 2)
    state["more"] = torch.ones(1)
    with pytest.raises(ValueError, match="does not fit") as raised:
        from_state_dict(model, state, rename=NAMES)
    for part in ("missing: conv.bias (3,)", "unexpected: more (1,)", "other shape: head.weight"):
        assert part in str(raised.value)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_renamed_to_none_is_left_out_and_the_rest_may_be_skipped():
    model, module = made(), twin()
    state = {**module.state_dict(), "extra.step": torch.ones(1)}
    from_state_dict(model, state, rename={r"^extra": None, **NAMES})
    with pytest.warns(UserWarning, match=r"unexpected: extra\.step"):
        from_state_dict(model, state, rename=NAMES, skip_mismatch=True)


def test_two_weights_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="two weights that `rename` calls 'x'"):
        from_state_dict(made(), twin().state_dict(), rename=lambda name: "x")


def test_of_tied_weights_one_name_is_enough():
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = torch.nn.Linear(2, 2, bias=False), torch.nn.Linear(2, 2, bias=False)
            self.b.weight = self.a.weight

    module, value = Tied(), torch.rand(2, 2)
    from_state_dict(module, {"b.weight": value})
    assert torch.equal(module.a.weight, value)


def test_other_values_and_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match="are none"):
        from_state_dict(made(), {"conv.weight": "text"})
    torch.save({"x": made}, tmp_path / "m.pt")
    with pytest.raises(UnsafeFileError, match="never loaded"):
        from_state_dict(made(), tmp_path / "m.pt")
