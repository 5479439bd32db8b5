"""The checks of the house itself: they find what they are for, and the house keeps what they ask."""

import pytest

from tools import house
from tools.contracts import strongly_connected


def test_a_class_name_means_one_thing():
    assert house.names_used_twice(house.modules()) == {}


def test_a_name_in_two_modules_is_found_and_djangos_are_not():
    texts = {"a.py": "class Line: pass\nclass Meta: pass\n", "b.py": "class Line: pass\nclass Meta: pass\n"}
    assert house.names_used_twice(texts) == {"Line": ["a.py", "b.py"]}


def test_long_modules_and_functions_are_found_and_models_may_be_longer():
    long = "def f():\n" + "    x = 1\n" * house.FUNCTION + "\n" * house.MODULE
    texts = {"a.py": long, "recruitment/models/b.py": long, "c.py": "def f():\n    pass\n"}
    assert [name for _, name in house.long_modules(texts)] == ["a.py"]
    assert {name for _, name in house.long_functions(texts)} == {"a.py: f", "recruitment/models/b.py: f"}


@pytest.mark.parametrize(
    ("needs", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d", "a"}}, [["a", "b", "c"], ["d", "e"]]),
    ],
)
def test_circles_of_files_are_found(needs, circles):
    assert sorted(sorted(one) for one in strongly_connected(needs) if len(one) > 1) == circles
