"""Arguments read off `__init__`, along the bases that **kwargs reach."""

from kerlite.core.init_arguments import given_arguments, init_parameters


class Root:
    pass


class Base(Root):
    def __init__(self, size, *, name=None, **kwargs):
        pass


class Middle(Base):
    pass


class Leaf(Middle):
    def __init__(self, factor, *rest, name="leaf", **kwargs):
        pass


class Closed(Leaf):
    def __init__(self, only):
        pass


def test_kwargs_lead_to_the_base():
    assert list(init_parameters(Leaf, Root)) == ["factor", "name", "size"]
    assert list(init_parameters(Middle, Root)) == ["size", "name"]


def test_the_nearest_definition_counts():
    assert init_parameters(Leaf, Root)["name"].default == "leaf"


def test_without_kwargs_the_class_stands_alone():
    assert list(init_parameters(Closed, Root)) == ["only"]


def test_the_root_is_where_it_ends():
    class Foreign:
        def __init__(self, in_features):
            pass

    class Both(Leaf, Foreign):
        pass

    assert "in_features" not in init_parameters(Both, Root)
    assert "in_features" in init_parameters(Both)


def test_given_arguments():
    assert given_arguments(Leaf, (1,), {"size": 2}) == {"factor": 1, "size": 2}
    assert given_arguments(Leaf, (1, 5, 6), {}) == {"factor": 1}  # the others have no name
