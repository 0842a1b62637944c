"""Functions that stay plain Python, and an import that stays quick."""

import subprocess
import sys

import torch

from kerlite.core.tracing import untraced


def test_a_function_inside_a_compiled_one_runs_as_it_is():
    seen = []

    @untraced
    def note(x):
        seen.append(torch.compiler.is_compiling())
        return {"doubled": x * 2}

    compiled = torch.compile(lambda x: note(x + 1)["doubled"] + 1, backend="eager")
    assert (
        compiled(torch.ones(2)).tolist() == note(torch.full((2,), 2.0))["doubled"].add(1).tolist()
    )
    assert seen == [False, False]


def test_importing_the_package_does_not_import_the_compiler_or_optional_packages():
    heavy = ["torch._dynamo", "torch._inductor", "torchvision", "h5py", "matplotlib", "pandas"]
    code = f"import sys, kerlite; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
