"""Programs that are refused: test_errors.py compares what is said with tests/golden/errors.txt."""
import numpy as np

import srcgrad
from srcgrad import autograd, nd


def several(x):
    class Model:
        w = 1.0
    y = x * Model.w
    if len(x) > 2:
        super().check(y)
    async def later():
        return y
    return np.sum(y)


def generator(x):
    y = x * x
    yield y


def two_rules(x):
    y = np.cumsum(x, out_of=3)
    if np.sum(y) > 0:
        y = np.tahn(y)
    return np.sum(unknwon(y))  # noqa: F821


def opaque(x):
    return np.sum(np.interp(x, x, x, period=x)) + len(np.busday_count(x, x))


def plain(weights, x, n=3):
    return np.sum(weights * x) * n


def vector(x):
    y = np.tanh(x)
    return y * y


def text(x):
    return f"{x}"


def shared(x, out):
    out[0] = x[1] * 2
    return np.sum(out * x)


def log_of_nothing(x):
    y = x - 1.0
    return np.sum(np.log(y))


def wrong_gradient(x):
    return TRIPLED(x) + 1.0


TRIPLED = srcgrad.custom_vjp(lambda x: x * x, lambda x: (x * x, x), lambda x, b: 3.0 * b * x)
X = np.array([1.0, 2.0, 3.0])


def marked():
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    return x


def never_recorded():
    y = nd.array([1.0]) * 2
    y.backward()


def not_marked():
    x = nd.array([1.0])
    with autograd.record():
        y = x * 2
    y.backward()


def released():
    x = marked()
    with autograd.record():
        y = x * x
    y.backward()
    y.backward()


def overwritten():
    x = marked()
    with autograd.record():
        y = x * x
        z = y * y
    y[:] = 0.0
    z.backward()


def without_source():
    names = {"np": np}
    exec("def made(x):\n    return np.sum(x)", names)
    srcgrad.grad(names["made"])(X)


def debugged():
    with srcgrad.debug(), np.errstate(all="ignore"):
        srcgrad.grad(log_of_nothing)(X)


CASES = {  # how each comes about
    "several constructs outside the language": lambda: srcgrad.grad(several),
    "a generator": lambda: srcgrad.grad(generator),
    "several rules that are missing": lambda: srcgrad.grad(two_rules)(X),
    "no rule, and an argument without derivative": lambda: srcgrad.grad(opaque)(X),
    "forward mode": lambda: srcgrad.jvp(two_rules, (X,), (X,)),
    "no source": without_source,
    "a C function": lambda: srcgrad.grad(np.busday_count),
    "an integer": lambda: srcgrad.grad(plain, "n")(X, X, 3),
    "integers": lambda: srcgrad.grad(plain)(np.arange(3), X),
    "a string": lambda: srcgrad.grad(plain)("abc", X),
    "integers marked": lambda: nd.array([1, 2], dtype="int64").attach_grad(),
    "a vector": lambda: srcgrad.grad(vector)(X),
    "a text": lambda: srcgrad.grad(text)(X),
    "a position": lambda: srcgrad.grad(plain, 3),
    "a misspelled parameter": lambda: srcgrad.grad(plain, "wieghts"),
    "a parameter twice": lambda: srcgrad.grad(plain, ("x", "x")),
    "no parameter": lambda: srcgrad.grad(plain, ()),
    "not a parameter": lambda: srcgrad.grad(plain, 1.5),
    "an unknown output": lambda: srcgrad.grad(shared, of="uot"),
    "an array passed twice": lambda: srcgrad.grad(shared)(X, X),
    "never recorded": never_recorded,
    "nothing marked": not_marked,
    "released": released,
    "overwritten": overwritten,
    "a wrong gradient": lambda: srcgrad.check_grads(wrong_gradient, (2.0,), modes=("reverse",), order=1),
    "a NaN": debugged,
}
