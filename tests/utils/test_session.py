from kerlite.core import names, policy
from kerlite.utils import clear_session


def test_the_global_policy_is_forgotten():
    policy.set_dtype_policy("mixed_bfloat16")
    clear_session(free_memory=False)
    assert policy.dtype_policy().name == "float32"


def test_names_start_again():
    names.auto_name("dense")
    names.auto_name("dense")
    clear_session()
    assert names.auto_name("dense") == "dense"
