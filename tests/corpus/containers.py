"""Dicts, named tuples, dataclasses and plain objects, read and written part by part."""
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from tests.corpus.registry import case, mat, vec

State = namedtuple("State", ["position", "velocity"])


@dataclass
class Body:
    place: np.ndarray
    speed: float = 2.0


def new_keys(x):
    parts = {"a": x * 1.0}
    parts["b"] = parts["a"] * x
    parts["a"] = np.sin(parts["b"])
    return np.sum(parts["a"] * parts["b"])


case(new_keys, vec(3), smooth=True)


def dict_in_a_loop(x, n):
    state = {"h": x, "c": np.zeros(3)}
    for _ in range(n):
        state["c"] = 0.5 * state["c"] + np.tanh(state["h"])
        state["h"] = state["c"] * state["h"]
    return np.sum(state["h"] * state["c"])


case(dict_in_a_loop, vec(3), 3, smooth=True)


def dict_updated_in_a_branch(x, flag):
    state = {"h": x * 2.0, "c": x}
    if flag:
        state["h"] = state["h"] * state["c"]
    return np.sum(state["h"] ** 2)


case(dict_updated_in_a_branch, vec(3), True, smooth=True)
case(dict_updated_in_a_branch, vec(3), False)


def dict_augmented(params, x):
    params = {"w": params["w"], "b": params["b"] * 1.0}
    params["b"] += np.sum(params["w"] @ x)
    params["b"] *= 2.0
    return np.sum(params["w"] * params["b"])


case(dict_augmented, {"w": mat(2, 3), "b": 0.7}, vec(3), wrt=(0, 1), smooth=True)


def dict_argument(params, x):
    return np.sum(np.tanh(params["w"] @ x + params["b"]) * params["scale"])


case(dict_argument, {"w": mat(2, 3), "b": vec(2), "scale": 1.5}, vec(3), wrt=(0, 1), smooth=True)


def affine(p, x):
    return p["w"] @ x + p["b"]


def dict_through_calls(params, x):
    hidden = np.tanh(affine(params["first"], x))
    return np.sum(affine(params["second"], hidden) ** 2)


case(dict_through_calls, {"first": {"w": mat(4, 3), "b": vec(4)}, "second": {"w": mat(2, 4, 1), "b": vec(2)}}, vec(3),
     smooth=True)


def dynamic_keys(params, names):
    total = 0.0
    for name in names:
        total = total + np.sum(params[name] ** 2)
    return total


case(dynamic_keys, {"w": mat(2, 3), "b": vec(2)}, ["w", "b", "w"], smooth=True)


def named_tuple(x, v):
    s = State(x, v * 2.0)
    for _ in range(2):
        s = State(s.position + 0.1 * s.velocity, s.velocity - np.sin(s.position))
    return np.sum(s.position * s[1])


case(named_tuple, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def named_tuple_of_branches(x):
    s = State(x, 2 * x) if x[0] > 0 else State(3 * x, x)
    position, velocity = s
    return np.sum(position * velocity)


case(named_tuple_of_branches, vec(3), smooth=True)


def dataclass_made_here(x):
    body = Body(x * x)
    other = Body(np.sin(body.place), speed=np.sum(x))
    return np.sum(body.place * other.place) * other.speed * body.speed


case(dataclass_made_here, vec(3), smooth=True)


def namespace_written(x):
    model = SimpleNamespace(w=x, count=0)
    for _ in range(3):
        model.w = model.w * np.cos(model.w)
        model.count = model.count + 1
    model.bias = np.sum(model.w)
    return model.bias * np.sum(model.w) * model.count


case(namespace_written, vec(3), smooth=True)


def new_key_then_a_loop_over_keys(x):
    d = {"a": x, "b": x * 2}
    d["c"] = d["a"] * d["b"]
    total = 0.0
    for k in d:
        total += np.sum(d[k] * 2)
    return total


case(new_key_then_a_loop_over_keys, vec(3))
