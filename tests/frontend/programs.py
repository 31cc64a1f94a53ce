"""Small functions that between them use every row of the table of accepted constructs.

Each is called with the argument tuples given to `@case`; `say(x)` notes that x was evaluated and returns it.
"""
import functools
import math

import numpy as np

CASES = []
SAID = []
LIMIT = 3
TABLE = np.arange(4.0)
MODEL = type("Model", (), {"w": 2.0, "scaled": lambda self, x: self.w * x})()


def case(*calls):
    def register(function):
        CASES.extend((function, call if isinstance(call, tuple) else (call,)) for call in calls)
        return function
    return register


def say(x):
    SAID.append(x if np.isscalar(x) or x is None else np.array(x).tolist())
    return x


def helper(x, scale=2):
    return x * scale


def vector(n=4):
    return np.arange(n, dtype=float) + 0.5


def matrix():
    return np.array([[1.0, -2.0, 3.5], [0.5, 4.0, -1.0]])


# ------------------------------------------------------------------ straight line
@case((2, 3), (0.5, -1))
def arithmetic(x, y):
    return x * y + x / 4 - y ** 2 % 5 // 2 + (-x) + (+y)


@case((6, 3), (12, 1))
def bits(x, y):
    return x & y, x | y, x ^ y, ~x, x << y, x >> y, -x, not x, not y


@case(())
def nothing():
    pass


@case(1)
def no_return(x):
    x = x + 1


@case(1)
def bare_return(x):
    say(x)
    return


@case(1)
def docstring(x):
    """Text."""
    return x


@case((matrix(), np.ones((3, 2))))
def matmul(a, b):
    return a @ b


@case(vector())
def numpy_calls(x):
    return np.sum(np.exp(x) * np.linalg.norm(x), axis=0) + np.pi + math.sqrt(2.0)


@case(vector())
def methods(x):
    return x.reshape(2, 2).T.sum(axis=0), x.shape[0], x.dtype.name


@case(vector())
def ufunc_methods(x):
    y = x.copy()
    np.add.at(y, [0, 0], 1.0)
    return np.add.reduce(y), y


@case(3)
def module_values(x):
    return x + LIMIT, TABLE[1] * x, MODEL.w, MODEL.scaled(x)


@case(4)
def user_calls(x):
    return helper(x), helper(x, 3), helper(x=x, scale=5), helper(scale=1, x=x)


@case((), (7,), (7, 8), )
def defaults(a=-1, b=(1, -2.5), *, c="s", d=None, e=TABLE):
    return a, b, c, d, e


@case((1, 2))
def positional_only(x, /, y):
    return x - y


@case((1, 2))
def builtin_calls(x, y):
    return max(x, y), abs(-x), round(2.567, 2), float(x), list(range(y)), len((x, y)), isinstance(x, int)


@case(2)
def chained(x):
    a = b = x * x
    c = (d, e) = (a, b + 1)
    a = (f, a) = (a, 5)
    return a, b, c, d, e, f


@case(2)
def annotated(x: float) -> float:
    y: float = x + 1
    z: unused  # noqa: F821
    return y


@case((1, 2))
def swap(a, b):
    a, b = b, a
    return a, b


@case((1, 2, 3))
def rotate(a, b, c):
    a, b, c = b, c, a
    [a, b] = (b, a)
    return a, b, c


@case(8)
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@case((1, 2))
def swap_and_call(a, b):
    a, b, c = say(b), say(a), say(a + b)
    return a, b, c


@case(((1, (2, 3)),), )
def nested_unpacking(pair):
    a, (b, c) = pair
    (d, e), f = (c, b), a
    (b, c), b = (b, 7), c
    return a, b, c, d, e, f


@case((1, 2))
def repeated_target(a, b):
    a, a = b, a
    return a


@case(vector())
def unpack_shape(x):
    n, = x.shape
    return n


@case(vector())
def swap_items(x):
    x = x.copy()
    x[0], x[3] = x[3], x[0]
    i, x[i] = 1, 9.0
    x[2], i = i, 3
    return x, i


@case(matrix())
def swap_rows_is_wrong_in_numpy(x):
    x = x.copy()
    x[0], x[1] = x[1], x[0]
    return x


@case(vector())
def subscripts(x):
    i = 1
    return x[i], x[-1], x[1:3], x[::2], x[i:], x[[0, 2]], x[x > 1], x[None, :], x[..., 0], x[i + 1]


@case(matrix())
def many_subscripts(x):
    i, j = 0, 1
    return x[i, j], x[:, j], x[i][j], x[1:, ::-1], x[..., None], x[(0, 1)], x[i, j + 1], x[[0, 1], :][0]


@case(matrix())
def stores(x):
    x = x.copy()
    x[0, 1] = 7
    x[1] = x[0]
    x[:, 2] *= 3
    x[x > 5] -= 1
    x[0, 0:2] += x[1, 0:2] * 2
    return x


@case(())
def updates():
    x = 7
    x += 1
    x -= 2
    x *= 3
    x /= 2
    x //= 2
    x **= 3
    x %= 10
    y = 6
    y <<= 2
    y >>= 1
    y |= 1
    y &= 7
    y ^= 2
    return x, y


@case(())
def update_in_place():
    x = np.zeros(3)
    y = x
    y += 1
    z = [1]
    w = z
    w += [2]
    return x, z


@case(())
def displays():
    x = 2
    return [x, x + 1], {x: "a", x * 2: [x]}, {x, 2, 3}, (), [], {}, (x,), [[x], (x, x)]


@case((1.23456, "text"))
def fstrings(x, s):
    width = 8
    return f"{x:.3f}|{s!r}|{x!s:>10}|{x + 1}|{s}|{x:{width}.2f}|{{}}|{s!a:>{width}}" "tail"


@case(2)
def literals(x):
    return -1, -1.5, 1j, -0.0, True, None, ..., "s", b"b", 10 ** 20, -x


@case((1.0, 2.0))
def calls_of_calls(x, y):
    return np.exp(np.sin(x) * helper(np.cos(y)) + y) - helper(helper(x), scale=helper(y))


@case(())
def call_of_value():
    table = {"f": helper, "g": [abs, helper]}
    return table["f"](3), table["g"][0](-2), helper.__name__


# ------------------------------------------------------------------ order of evaluation
@case((1, 2))
def order(x, y):
    return say(x) + say(y) * say(3) - helper(say(4), scale=say(5))


@case(())
def order_of_store():
    x = {}
    x[say("key")] = say("value")
    say(x)[say("other")] = say("more")
    return x


@case(())
def order_of_item():
    return [say(1), say(2)][say(0)], {say(1): say(2), say(3): say(4)}


def write_first(x):
    x[0] = 100.0
    return 1.0


@case(())
def old_item_is_read_first():
    x = [1.0, 2.0]
    x[0] += write_first(x)
    y = np.zeros(3)
    y[0:2] += write_first(y)
    return x, y


@case(())
def item_before_call():
    x = [1.0, 2.0]
    return x[0] + write_first(x)


@case((0, 1), (1, 0), (1, 1), (0, 0))
def lazy(a, b):
    if say(a) and say(b):
        r = 1
    elif say(a) or say(b):
        r = 2
    else:
        r = 3
    return r, say(a) and say(b), say(a) or say(b), a and b or 7


@case((0, 1), (1, 0), (1, 1), (0, 0))
def lazy_values(a, b):
    a = a or b
    b = b and a
    c = a or (b and 5) or 6
    d = a > 0 and b > 0
    e = not (a or b) and not b
    f = a == 0 or isinstance(b, int)
    return a, b, c, d, e, f


@case((None, 3), ([1, 2], 3))
def lazy_guard(a, b):
    return a is not None and len(a) > 1 and a[0] == 1, b if a is None or not a[0] else a[1]


@case((0, 5), (3, 5), (9, 5))
def conditional(x, y):
    z = x if x > 2 else y
    w = say(1) if x > 8 else (say(2) if x > 2 else say(3))
    return z, w, (x if y else say(y)) + (y if x > 5 else 0)


@case((1, 2), (2, 1))
def conditional_return(a, b):
    return a if a > b else b


@case(1, 3, 5, 7)
def comparisons(x):
    return 2 < x < 6, 1 <= x != 5, 3 == x, x in (1, 7), x not in [3], x is None, x is not None


@case(1, 3, 5, 7)
def chains(x):
    r = say(2) < say(x) < say(6)
    s = say(9) > say(x) > say(4) > say(1)
    t = 0 < np.abs(x - 4) < 3
    if 1 < helper(x) <= 10:
        r = (r, t)
    return r, s


@case(0, 1, 2)
def effects_of_expressions(x):
    x and say("and")
    x or say("or")
    say("then") if x > 1 else say("else")
    x > 1 and (x or say("never"))
    say(x)
    x + 1
    None


@case(0, 3)
def asserts(x):
    assert x < 10
    assert x > 0, f"bad {say(x)}"
    assert x < 5 and x, "more"
    return x


@case(0, 3)
def raises(x):
    if x > 2:
        raise ValueError(f"too big: {x}")
    if x > 1:
        raise ValueError("x") from KeyError(x)
    return x


# ------------------------------------------------------------------ branches and returns
@case(-1, 0, 1, 2)
def branches(x):
    if x < 0:
        y = 1
    elif x == 0:
        y = 2
    elif x == 1:
        pass
    else:
        y = 3
    if x != 1:
        return y
    return None


@case(-1, 0, 1)
def early_returns(x):
    if x < 0:
        return say("negative")
    y = say(x + 1)
    if x > 0:
        y = y * 2
        return y
    say("zero")
    return y - 1


@case(-1, 0, 1)
def falls_off(x):
    if x < 0:
        return 5
    say(x)


@case((0, 0), (0, 1), (1, 0), (1, 1))
def nested_returns(a, b):
    if a:
        if b:
            return 1
        say("a")
    else:
        if not b:
            say("not b")
        else:
            return 2
        say("x")
    say("rest")
    return 3


@case((0, 0), (0, 1), (1, 0), (1, 1))
def all_return(a, b):
    if a:
        if b:
            return "ab"
        else:
            return "a"
    elif b:
        return "b"
    raise ValueError("neither")


@case(1, 2)
def dead_code(x):
    if x > 1:
        return 1
        say("never")
    else:
        return 2
    say("never")


@case(3)
def out_is_taken(out):
    t = out + 1
    cond = t > 2
    if cond:
        return out * 2
    return t


# ------------------------------------------------------------------ loops
@case(0, 1, 5)
def total(n):
    s = 0.0
    for i in range(n):
        s += i * 0.5
    return s


@case(0, 3)
def loop_variable_after(n):
    i = -1
    for i in range(n):
        pass
    return i


@case((1, 10, 3), (10, 1, -4))
def ranges(a, b, c):
    r = []
    for i in range(a, b, c):
        r += [i]
    for i in reversed(range(3)):
        r += [i]
    return r


@case(vector())
def iterables(x):
    r = []
    for i, v in enumerate(x):
        r += [i, v]
    for a, (b, c) in zip(x, enumerate(x * 2)):
        r += [a, b, c]
    for k, v in {"a": 1, "b": 2}.items():
        r += [k, v]
    for i, (a, b) in enumerate(zip(x, reversed(x))):
        r += [i, a, b]
    for row in x.reshape(2, 2):
        r += [row[0]]
    for v in [1, 2]:
        r += [v]
    for c in "ab":
        r += [c]
    return r


@case(vector())
def loop_target_item(x):
    y = [0, 0]
    for y[0] in range(3):
        for i, y[i] in [(0, 5), (1, 6)]:
            say(y)
    return y


@case(vector())
def iterates_over_what_it_writes(x):
    y = x.copy()
    for i, v in enumerate(y):
        y[(i + 1) % 4] += v
    return y


@case(5)
def bound_is_changed_inside(n):
    r = 0
    for i in range(n):
        n = n - 1
        r = r * 10 + i + n
    return r, n


@case(0, 1, 6, 7, 27)
def collatz(n):
    steps = 0
    while n > 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@case(0, 3)
def while_calls(n):
    while say(n) > 0 and say(n) != 2:
        n -= 1
    while helper(say(n)) > (1 if n else 5):
        n -= 1
    return n


@case(0, 3)
def while_chain(n):
    while 0 < say(n) < 10:
        n = n + 4
    return n


@case(0, 2, 5, 9)
def breaks(n):
    r = []
    for i in range(10):
        if i == n:
            r += ["stop"]
            break
        r += [i]
    return r, i


@case(0, 2, 5)
def continues(n):
    r = []
    for i in range(6):
        if i == n:
            continue
        if i == n + 1:
            r += ["next"]
            continue
        r += [i]
    return r


@case(0, 2, 5)
def breaks_deep(n):
    r = []
    for i in range(8):
        if i > 1:
            if i == n:
                r += ["a"]
                break
            elif i == n + 1:
                r += ["c"]
                continue
            r += ["b"]
        else:
            if i == n:
                r += ["d"]
                break
        r += [i]
    return r


@case(0, 2, 5)
def while_true(n):
    i = 0
    while True:
        i += 1
        if i < n:
            continue
        if i % 3 == 0:
            break
    return i


@case(0, 2, 5)
def only_continue(n):
    for i in range(n):
        if say(i):
            continue
        else:
            continue
    return n


@case(0, 2, 7, 20)
def for_else(n):
    for i in range(n):
        if i * i > 20:
            say("found")
            break
    else:
        say("none")
        i = -1
    return i


@case(0, 2, 7)
def while_else(n):
    while n < 5:
        n += 2
        if n == 4:
            break
    else:
        n = n * 10
    return n


@case(2, 7)
def else_without_break(n):
    for i in range(n):
        say(i)
    else:
        say("else")
    while n > 1:
        n -= 1
        if n == 5:
            return "five"
    else:
        say("done")
    return n


@case((0, 0), (3, 1), (3, 2), (5, 4), (3, 9))
def else_that_exits(n, m):
    for i in range(n):
        for j in range(n):
            if i * j == m:
                break
            say(j)
        else:
            say("else")
            continue
        say(("break", i))
        break
    else:
        return "none"
    return i, j


@case(0, 2, 5)
def return_in_loop(n):
    for i in range(4):
        if i == n:
            return say(i) * 10
        say(-i)
    say("end")
    return -1


@case((0, 0), (1, 2), (2, 1), (5, 5))
def return_in_nested_loops(a, b):
    for i in range(3):
        for j in range(3):
            if i == a and j == b:
                return i, j
            if j == 2:
                break
            say(j)
        else:
            say("else")
        say(i)
    return "none"


@case(0, 1, 10, 100)
def return_in_endless_loop(n):
    i = 0
    while True:
        i += 1
        if i * i >= n:
            return i
        say(i)


@case(0, 1, 10)
def endless_in_loop(n):
    for i in range(3):
        while True:
            say(i)
            i += 2
            if i > n:
                break
            if i == 5:
                return "five"
    while 1:
        n += 1
        for j in range(n):
            if j == 3:
                return "three"
    say("never")


@case(1, 4)
def while_else_returns(n):
    while n > 2:
        n -= 1
        if n == 0:
            break
        for k in range(n):
            if k == 2:
                return "k", n
            if k == 5:
                break
        else:
            continue
        break
    else:
        return "else", n
    return "end"


@case((0, 0), (2, 1), (3, 2))
def break_and_return(n, m):
    for i in range(4):
        if i >= n:
            if m == 1:
                break
            if m == 2:
                return "returned"
            if m == 3:
                continue
            say("a")
        say(i)
    return "end"


@case(3)
def nested_loops(n):
    s = 0
    for i in range(n):
        for j in range(i, n):
            if j == 2:
                continue
            for k in range(2):
                if k > i:
                    break
                s = s * 3 + i + j + k
    return s


@case((0.5,), (2.0,))
def newton(x):
    k = 0
    while abs(x * x - 2.0) > 1e-12 and k < 50:
        x = x - (x * x - 2.0) / (2.0 * x)
        k += 1
    return x, k


@case((vector(), 3))
def shrink(w, n):
    y = w
    for _ in range(n):
        a = w * y
        if np.sum(a) > 1.0:
            y = np.tanh(a)
        else:
            y = a * a
    return np.sum(y)


# ------------------------------------------------------------------ closures and classes
def make(scale):
    count = [0]

    def inner(x):
        count[0] += 1
        return x * scale + count[0]
    return inner


def make_rebinding():
    value = 1

    def change():
        nonlocal value
        value = value * 10
        return value

    def use():
        return value + change(), (value, change(), value), say(value) < change()
    return use


class Dense:
    bias = 0.5

    def __init__(self, w):
        self.w = w
        self.__hidden = 3.0

    def __repr__(self):
        return f"Dense({self.w})"

    def forward(self, x):
        __local = x
        return self.w * __local + self.bias + self.__hidden + self.__twice(x)

    def __twice(self, x):
        return 2 * x

    @staticmethod
    def static(x):
        return x + Dense.bias

    @classmethod
    def made(cls, x):
        return cls.bias * x


CASES += [(make(2.0), (3.0,)), (make_rebinding(), ()), (Dense.forward, (Dense(2.0), 3.0)), (Dense.static, (1.0,)),
          (Dense.made.__func__, (Dense, 2.0))]
# ------------------------------------------------------------------ functions inside functions
@case((3,), (-2.5,))
def nested_function(x):
    k = x + 1

    def scale(y, by=k, *, plus=say(5)):
        if y > by:
            return y * by
        return y + plus + k
    k = 7
    return scale(x), scale(9), scale(2, 1), scale(y=1, plus=say(x)), k


@case((4,))
def nested_recursion(n):
    def even(k):
        return True if k == 0 else odd(k - 1)

    def odd(k):
        return False if k == 0 else even(k - 1)
    return even(n), odd(n)


@case((2,))
def lambdas(x):
    fs = [lambda y: x * y, lambda y, k=x: y + k]
    x = 10
    return fs[0](3), fs[1](3), (lambda: say(x))(), list(map(lambda y: y + x, [1, 2]))


@case((2, 3), (1,))
def takes_anything(*args, **kwargs):
    first = args[0] if args else None
    return first, args, kwargs


@case(((1, 2), {"z": 3}))
def passes_on(args, kwargs):
    def inner(a, /, b=2, *rest, z=0, **others):
        return a, b, rest, z, others
    return (inner(*args), inner(*args, say(5), *say([6, 7]), **kwargs), inner(1, w=say(2), **kwargs),
            max(*args), dict(a=1, **kwargs))


@case(3)
def decorated_inside(x):
    def twice(f):
        @functools.wraps(f)
        def wrapper(*args):
            return f(*args) + f(*args)
        return wrapper

    @twice
    def plus(y):
        return say(x + y)
    return plus(4)


ADD, MUL, NEST = lambda x: x + 1, lambda x: x * 2, lambda x: (lambda y: y)
CASES += [(ADD, (3,)), (MUL, (3,)), (lambda x, y=2, *, z=3: x if x > y else (y, z), (1,)),
          (lambda: None, ()), ((lambda x:
                                x + 10), (1,))]
