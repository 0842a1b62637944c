import copy
import json
import pickle

import numpy as np
import pytest
import torch

from kerlite.callbacks import Logs

WAYS_TO_READ = {
    "index": lambda logs: {key: logs[key] for key in logs},
    "get": lambda logs: {key: logs.get(key) for key in logs},
    "items": lambda logs: dict(list(logs.items())),
    "values": lambda logs: dict(zip(logs, logs.values(), strict=True)),
    "copy": lambda logs: logs.copy(),
    "copy.copy": lambda logs: copy.copy(logs),
    "deepcopy": lambda logs: copy.deepcopy(logs),
    "dict": lambda logs: dict(logs),
    "double star": lambda logs: {**logs},
    "keywords": lambda logs: dict(**logs),
    "call": lambda logs: (lambda **values: values)(**logs),
    "update": lambda logs: _updated({}, logs),
    "or": lambda logs: logs | {},
    "or from the right": lambda logs: {} | logs,
    "pop": lambda logs: {key: logs.pop(key) for key in list(logs)},
    "popitem": lambda logs: dict(logs.popitem() for _ in range(len(logs))),
    "setdefault": lambda logs: {key: logs.setdefault(key, 0) for key in logs},
    "json": lambda logs: json.loads(json.dumps(logs)),
    "pickle": lambda logs: pickle.loads(pickle.dumps(logs)),
    "repr": lambda logs: eval(repr(logs)),
    "format": lambda logs: {k: float("{" + k + "}") for k in ()} or eval(f"{logs}"),
}


def _updated(values, logs):
    values.update(logs)
    return values


def _make():
    return Logs(
        {
            "loss": torch.tensor(0.25, requires_grad=True),
            "accuracy": lambda: torch.tensor(0.5),
            "count": torch.tensor(3),
            "plain": 2,
        }
    )


@pytest.mark.parametrize("way", WAYS_TO_READ)
def test_every_way_to_read_gives_floats_in_sorted_order(way):
    values = WAYS_TO_READ[way](_make())
    assert values == {"accuracy": 0.5, "count": 3.0, "loss": 0.25, "plain": 2.0}
    assert all(type(value) is float for value in values.values())
    if way != "popitem":
        assert list(values) == sorted(values)


def test_equality_reads():
    assert _make() == {"accuracy": 0.5, "count": 3.0, "loss": 0.25, "plain": 2.0}
    assert _make() == _make()
    assert _make() != {"loss": 1.0}
    assert Logs() == {}


def test_names_are_known_without_reading():
    def explode():
        raise AssertionError("read")

    logs = Logs({"b": explode, "a": explode})
    assert len(logs) == 2
    assert bool(logs)
    assert "a" in logs
    assert list(logs) == list(logs.keys()) == ["a", "b"]
    assert list(reversed(logs)) == ["b", "a"]
    assert isinstance(logs, dict)


def test_one_read_converts_everything_with_one_copy(monkeypatch):
    copies = []
    original = torch.Tensor.tolist
    monkeypatch.setattr(torch.Tensor, "tolist", lambda t: copies.append(t) or original(t))
    for name in ("item", "cpu", "numpy", "__float__"):
        monkeypatch.setattr(torch.Tensor, name, None)
    logs = Logs({name: torch.tensor(float(i)) for i, name in enumerate("abcd")})
    assert logs["c"] == 2.0
    assert dict(logs) == {"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}
    assert len(copies) == 1


def test_a_function_is_called_once_and_only_when_read():
    calls = []
    logs = Logs({"loss": lambda: calls.append(1) or torch.tensor(1.0)})
    assert "loss" in logs
    assert calls == []
    assert torch.equal(logs.peek("loss"), torch.tensor(1.0))
    assert logs["loss"] == 1.0
    assert logs["loss"] == 1.0
    assert calls == [1]


def test_peek_gives_the_tensor_itself():
    loss = torch.tensor(0.5)
    logs = Logs({"loss": loss})
    assert logs.peek("loss") is loss
    assert logs.peek("no such", 3) == 3


def test_what_is_written_is_converted_and_comes_last():
    logs = Logs({"loss": torch.tensor(0.5)})
    assert logs["loss"] == 0.5
    logs["learning_rate"] = torch.tensor(0.25)
    logs.update(a=1)
    logs |= {"b": torch.tensor(2)}
    assert list(logs.items()) == [("loss", 0.5), ("learning_rate", 0.25), ("a", 1.0), ("b", 2.0)]
    del logs["loss"]
    assert "loss" not in logs
    logs.clear()
    assert not logs


def test_changes_before_the_first_read_are_kept():
    logs = Logs({"loss": 1, "a": 2})
    logs["loss"] = 5
    del logs["a"]
    assert logs == {"loss": 5.0}
    cleared = Logs({"loss": 1})
    cleared.clear()
    assert cleared == {}


def test_logs_of_logs_leave_the_inner_ones_unread():
    calls = []
    inner = Logs({"loss": lambda: calls.append(1) or 1.0})
    outer = Logs(inner)
    assert list(outer) == ["loss"]
    assert calls == []
    assert outer["loss"] == 1.0


def test_nested_dicts_are_merged_in():
    assert list(Logs({"z": 1, "m": {"y": torch.tensor(2.0), "x": 3}}).items()) == [
        ("x", 3.0),
        ("y", 2.0),
        ("z", 1.0),
    ]


def test_values_of_other_kinds():
    logs = Logs(
        {
            "array": np.arange(3),
            "bfloat16": torch.ones(2, dtype=torch.bfloat16),
            "flag": True,
            "list": [torch.ones(2), 1],
            "matrix": torch.eye(2),
            "none": None,
            "numpy": np.float32(0.5),
            "single": torch.tensor([7.0]),
            "text": "hello",
            "zero": np.array(4),
        }
    )
    assert isinstance(logs["matrix"], np.ndarray)
    np.testing.assert_array_equal(logs["matrix"], np.eye(2))
    np.testing.assert_array_equal(logs["array"], [0, 1, 2])
    np.testing.assert_array_equal(logs["bfloat16"], [1, 1])
    np.testing.assert_array_equal(logs["list"][0], [1, 1])
    assert type(logs["list"][1]) is int
    assert [logs[key] for key in ("flag", "none", "numpy", "single", "text", "zero")] == [
        1.0, None, 0.5, 7.0, "hello", 4.0,
    ]  # fmt: skip


def test_numbers_keep_their_precision_beside_others():
    logs = Logs({"float": torch.tensor(0.1), "int": torch.tensor(2**40 + 1)})
    assert logs["float"] == torch.tensor(0.1).item()
    assert logs["int"] == float(2**40 + 1)
