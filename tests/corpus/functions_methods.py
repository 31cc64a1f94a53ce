"""Methods of all kinds, properties, callable objects, classes whose methods call each other."""
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.corpus.registry import case, mat, vec


@dataclass
class Layer:
    """A layer whose methods call each other."""

    w: Any
    b: Any
    activation: Any = np.tanh
    GAIN = 1.5

    def linear(self, x):
        return self.w @ x + self.b

    def forward(self, x, *, scale=1.0):
        return self.activation(self.linear(x)) * scale * self.GAIN

    def __call__(self, x):
        return self.forward(x)

    @property
    def size(self):
        return np.sum(self.w * self.w)

    @staticmethod
    def square(t):
        return t * t

    @classmethod
    def penalty(cls, t, rate=0.1):
        return rate * np.sum(cls.square(t))

    def loss(self, x):
        return np.sum(self.square(self.forward(x, scale=2.0))) + self.penalty(self.b) * self.size


class Deep(Layer):
    """Overrides one method and calls that of its base."""

    def linear(self, x):
        return Layer.linear(self, x) - x[0]


def method_of_argument(layer, x):
    return layer.loss(x)


case(method_of_argument, Layer(mat(2, 3), vec(2)), vec(3), wrt=1, smooth=True)
case(method_of_argument, Layer(mat(2, 3), vec(2), np.sin), vec(3), wrt=(0, 1))
case(method_of_argument, Deep(mat(2, 3), vec(2)), vec(3), wrt=(0, 1))


def called_object(layer, x):
    return np.sum(layer(x) * layer(x * x))


case(called_object, Layer(mat(2, 3), vec(2)), vec(3), wrt=(0, 1))


def properties(layer, x):
    return layer.size * np.sum(x) + np.sum(layer.b)


case(properties, Layer(mat(2, 3), vec(2)), vec(3), wrt=(0, 1))


def statics(x):
    return np.sum(Layer.square(x)) + Layer.penalty(x, rate=0.5) * Deep.penalty(x)


case(statics, vec(3), smooth=True)


def bound_method(layer, x):
    step = layer.forward
    return np.sum(step(x) * step(x, scale=0.5))


def _apply(f, x):
    return f(f(x) * 0.5)


def bound_method_passed_on(x, layer):
    return np.sum(_apply(layer.activation, x) * _apply(functools.partial(layer.square), x))


def method_as_argument(x, f):
    return np.sum(_apply(f, x))


case(method_as_argument, vec(2), Layer(mat(2, 2), vec(2)).forward, smooth=True)
case(method_as_argument, vec(2), Layer.square, smooth=True)
case(method_as_argument, vec(2), Layer(mat(2, 2), vec(2)), smooth=True)


@dataclass
class Pendulum:
    gravity: float
    length: float

    def rate(self, angle):
        return -self.gravity / self.length * np.sin(angle)

    def advance(self, step, state, n):
        for _ in range(n):
            state = step(lambda y: np.stack([y[1], self.rate(y[0])]), state)
        return state


def _midpoint(rhs, y, dt=0.1):
    return y + dt * rhs(y + dt / 2 * rhs(y))


def method_takes_functions(pendulum, y):
    end = pendulum.advance(_midpoint, y, 3)
    return end[0] * end[1]


case(method_takes_functions, Pendulum(9.81, 1.3), vec(2), wrt=(0, 1))


# ------------------------------------------------------------------ objects that are not passed
class Mixture:
    """Methods of any number of arguments, also under a name that arrays have a method of."""

    def __init__(self):
        self.w = vec(3)

    def loss(self, x):
        return np.sum(self.w * x ** 3)

    def var(self, *xs, **more):
        return self.w[0] * xs[0] ** 3 * xs[1] + more.get("shift", 0.0)


MIXTURE = Mixture()


def methods_of_a_global_object(x):
    return MIXTURE.loss(x) * MIXTURE.var(x[0], 2.0, shift=x[1])


def any_number_of_arguments(x, model):
    return model.var(x[0], x[1], shift=2.0) * x[2]


case(methods_of_a_global_object, vec(3), smooth=True)
case(any_number_of_arguments, vec(3), Mixture(), smooth=True)
