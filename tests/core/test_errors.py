"""Unknown names list the three nearest."""

import pytest

from kerlite.core.errors import UnsafeFileError, nearest, unknown_name


def test_the_three_nearest_come_first_by_spelling():
    options = ["adam", "adamw", "adamax", "sgd", "rmsprop"]
    assert nearest("adm", options) == ["adam", "adamw", "adamax"]


def test_case_does_not_matter():
    assert nearest("MSE", ["mse", "mae"], count=1) == ["mse"]


@pytest.mark.parametrize(
    ("options", "hint"),
    [(["a"], "mean 'a'?"), (["a", "b"], " or "), ([], "None exist")],
)
def test_fewer_than_three(options, hint):
    assert hint in str(unknown_name("thing", "c", options))


def test_unknown_name_tells_kind_and_name():
    error = unknown_name("loss", "mze", ["mse", "mae", "huber", "hinge"])
    assert isinstance(error, ValueError)
    assert str(error).startswith("Unknown loss: 'mze'.")
    assert "'mse'" in str(error)


def test_unsafe_file_error_is_a_value_error():
    assert issubclass(UnsafeFileError, ValueError)
