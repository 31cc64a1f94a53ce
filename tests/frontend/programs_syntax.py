"""More programs: comprehensions, `:=`, stars, match, del, imports. They register themselves in `programs.CASES`."""
import contextlib

import numpy as np

from tests.frontend.programs import case, say, vector

item, half = 7, 0


@case((vector(),), ([3, 1],))
def comprehensions(x):
    squares = [say(v) ** 2 for v in x if say(v) > 1]
    pairs = {(a, b) for a in range(3) for b in range(a) if a + b > 1}
    table = {say(f"k{i}"): say(i * v) for i, v in enumerate(x)}
    nested = [[say(a * b) for a in range(b)] for b in range(say(3))]
    return squares, sorted(pairs), table, nested


@case((vector(),), ([],), ([-1.0],))
def generators(x):
    total = sum(say(v) for v in x)
    some = any(say(v) > 1 for v in x)
    every = all(say(v) < 2 for v in x)
    first = next((v for v in x if say(v) > 0.6), say("none"))
    text = ", ".join(f"{v:.1f}" for v in x)
    return total, some, every, first, text, tuple(v for v in x), dict((v, say(v)) for v in x)


@case((1, 2))
def scopes(x, item_2):
    y = [x for x in range(3)]
    z = [item for item in y] + [item]
    w = [[x * item for x in y] for item in (x for x in z)]
    return x, y, z, w, item_2


@case((vector(),), ([2, 5, 1],))
def walrus(x):
    if (n := len(x)) > 3 and (m := say(n * 2)) > 1:
        n = n + m
    values = [last := say(v) for v in x]
    i = 1
    t = (i, (i := i + 1), i, say(i) + (i := 10) + i)
    while (i := i - 4) > 0:
        say(i)
    return n, values, last, t, i, x[(k := 0)] + k


@case(([1, 2, 3, 4],), ([1, 2],), ([1],), ((5, 6, 7),), ("abc",))
def starred_targets(x):
    first, *rest, last = x
    *a, b = [first, last]
    (c, *d), e = x, say(1)
    for head, *tail in [x, x]:
        say(str(head) + str(len(tail)))
    return first, rest, last, a, b, c, d, e, head, tail


@case(([1, 2], (3,)), ((), "ab"))
def starred_displays(x, y):
    one, three = {"a": 1}, {"a": say(3)}
    merged = {**one, "b": 2, **three}
    return [*x, say(0), *y], (*x, *y), {*x, *y} == set(x) | set(y), [*[say(v) for v in x]], merged


@case((1,), (2,), (3,), ("a",), (None,), (2.0,), (True,), ([1],))
def matched(x):
    match say(x):
        case 1 | "a":
            r = "one or a"
        case None:
            return "none"
        case True:
            r = "true"
        case y if say(y) == 2:
            r = f"two {y}"
        case 3 as three:
            r = three * 2
        case _:
            r = "other"
    return r, x


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


@case(([1, 2],), ((1, (2, 3)),), ("ab",), ([],), ([1, 2, 3, 4],), ({"kind": "a", "w": 3},), ({"kind": "b", "w": 3, "v": 4},),
      ({},), (Point(1, 2),), (Point(0, [5, 6]),), (7,), (2.5,), (b"x",), (None,))
def taken_apart(x):
    match x:
        case [1, (a, b)]:
            r = "nested", a, b
        case []:
            r = "empty"
        case [first, second] if say(first) < second:
            r = "two", first, second
        case [first, *rest, last]:
            r = "many", first, rest, last
        case {"kind": "a", "w": w}:
            r = "a", w
        case {"kind": kind, **others}:
            r = kind, others
        case {}:
            r = "mapping"
        case Point(0, [u, v]):
            r = "origin", u, v
        case Point(y=4) | Point(1, 3):
            r = "or"
        case Point(x=px, y=py):
            r = px, py
        case int(n):
            r = "int", n
        case float() | str():
            r = "number or text"
        case _:
            r = "other"
    return r


@case(("3",), ("x",), (None,), ([],))
def caught(x):
    try:
        n = say(int(x))
        if n > 2:
            return n
    except ValueError as error:
        n = str(error)
    except TypeError:
        return say("type")
    else:
        n = say(n + 1)
    return n


@case(("3", 1), ("x", 1), ("4", 0), ("x", 0), ("7", 2))
def cleared(x, y):
    for i in range(3):
        try:
            say(i)
            try:
                n = int(x) / y
            except ValueError:
                say("value")
                if i == 1:
                    break
                continue
            finally:
                say("first")
            if n > 3:
                raise KeyError(n)
            if n == 3:
                return "left"
        except ZeroDivisionError as error:
            raise RuntimeError("zero") from error
        except KeyError:
            say("key")
        finally:
            say("second")
    else:
        return "done"
    return "broken"


@case((2,), (3,))
def counted_inside(x):
    def count(by):
        nonlocal x
        x += say(by)
        return x
    return count(1) + x, count(x), x


@case((2,), (3,))
def counted_outside(x):
    global item, half
    before = item
    item += x
    for half in (item, item / 2):
        say(half)
    item, result = before, (item, half)
    return result, item


@case(({"a": 1, "b": 2}, [1, 2, 3]))
def deleted(d, xs):
    y = say(5)
    del d["a"], xs[say(0)], y
    return d, xs


@case((2.0,), (-2.0,))
def imports(x):
    import math as m
    from operator import add, mul as times
    if x > 0:
        from math import sqrt
        x = sqrt(x)
    return add(x, times(x, m.pi)), np.ones(2)


@case((1.0,), (0.0,), (-1.0,))
def contexts(x):
    with np.errstate(all="ignore") as old, contextlib.nullcontext(say(3)) as three:
        if x > 0:
            return say(np.float64(x) / 0), old is None, three
        y = say(x) + three
    for i in range(4):
        with np.errstate(over="raise"):
            if i == 1:
                continue
            if i > x + 2:
                break
        y = y * say(i)
    with contextlib.suppress(ZeroDivisionError):
        y = say(1)
        y = y / 0
        y = 5
    return y, np.geterr()["over"]
