"""Objects that are made inside; functions chosen at run time; patterns of sequences, mappings and classes."""
import functools
from dataclasses import dataclass, field

import numpy as np

from tests.corpus.registry import case, mat, vec


class Layer:
    def __init__(self, w, b, activation="tanh"):
        self.w, self.b = w, b
        self.activation = {"tanh": np.tanh, "square": lambda z: z * z}[activation]
        self.out = None

    def __call__(self, x):
        self.out = self.activation(x @ self.w + self.b)
        return self.out


class Scaled(Layer):
    def __init__(self, w, b, scale=1.0):
        super().__init__(w, b)
        self.scale = scale

    def __call__(self, x):
        return super().__call__(x) * self.scale


def layer_made_inside(w, b, x):
    layer = Scaled(w, b, scale=2.0)
    y = layer(x)
    return np.sum(y * layer.out)


case(layer_made_inside, mat(3, 2), vec(2), mat(4, 3), wrt=(0, 1))


class Network:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def network_made_inside(w, v, x):
    network = Network([Layer(w, 0.1), Layer(v, 0.2)])
    return np.sum(network(x) ** 2)


case(network_made_inside, mat(3, 2), mat(2, 2), mat(2, 3), wrt=(0, 1))


class Momentum:
    def __init__(self, rate):
        self.rate = rate
        self.velocity = 0.0
        self.total = 0.0
        self.count = 0

    def step(self, w, gradient):
        self.count += 1
        self.velocity = 0.9 * self.velocity + gradient
        self.total = self.total + np.sum(self.velocity)
        return w - self.rate * self.velocity

    @property
    def mean(self):
        return self.total / self.count


def optimiser_made_inside(w, rate):
    optimiser = Momentum(rate)
    for _ in range(3):
        w = optimiser.step(w, 2 * w + np.cos(w))
    return np.sum(w * w) * optimiser.mean


case(optimiser_made_inside, vec(3), 0.1, wrt=(0, 1))


class Vector:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    @property
    def norm(self):
        return np.sqrt(self.dot(self))


def vectors(x):
    a, b = Vector(x[0], x[1]), Vector(x[1], x[2])
    c = a + b * 2.0
    return c.norm * a.dot(b)


case(vectors, vec(3), smooth=True)


@dataclass
class Body:
    position: float
    speed: float
    time: float = 0.0
    path: list = field(default_factory=list)


def body_in_motion(x):
    body = Body(position=x[0], speed=x[1])
    for _ in range(3):
        body.speed = body.speed - 0.1 * body.position
        body.position = body.position + 0.1 * body.speed
        body.time += 0.1
    return body.position ** 2 * body.speed + body.time


case(body_in_motion, vec(2), smooth=True)


def pattern_of_a_class(x):
    match Vector(x[0] * 2, x[1]):
        case Vector(x=0.0):
            return x[2]
        case Vector(a, b) if a > 100:
            return a * b
        case Vector(a, b):
            return a * b * b


case(pattern_of_a_class, vec(3), smooth=True)


def commands(x, program):
    for command in program:
        match command:
            case ["scale", k]:
                x = x * k
            case ["shift", *amounts] if amounts:
                x = x + sum(amounts)
            case {"kind": "power", "n": int(n), **rest}:
                x = x ** n * rest.get("weight", 1.0)
            case "reverse" | "flip":
                x = x[::-1]
            case (first, _):
                x = x * first
            case _:
                raise ValueError(f"unknown command {command!r}")
    return np.sum(x * x[0])


case(commands, vec(3), [["scale", 2.0], ["shift", 0.5, 0.25], {"kind": "power", "n": 2, "weight": 0.5}, "flip", (3.0, None)],
     smooth=True)


def one_of_several(x, kind):
    f = np.sin if kind == "sin" else (lambda t: t * t * x)
    table = {"sin": lambda t: t ** 3, "tanh": np.tanh, "half": functools.partial(np.multiply, 0.5)}
    g = table[kind]
    return np.sum(f(x) * g(x))


case(one_of_several, vec(3), "sin", smooth=True)
case(one_of_several, vec(3), "half")


def function_of_the_trip(x, n):
    f, s = np.sin, 0.0
    for i in range(n):
        s = s + np.sum(f(x))
        if i % 2 == 0:
            f = lambda t: t * t + s  # noqa: B023
        else:
            f = np.cos
    return s


case(function_of_the_trip, vec(3), 4, smooth=True)


def step_or_none(x, mode):
    if mode == "tanh":
        def step(t):
            return np.tanh(t) * x
    elif mode == "square":
        def step(t):
            return t * t
    else:
        step = None
    return np.sum(step(x) if step is not None else x)


case(step_or_none, vec(3), "tanh")
case(step_or_none, vec(3), "none")
