"""Lists and dicts that are filled and emptied, put in order, cut and joined; iterators over active items."""
import itertools

import numpy as np

from tests.corpus.registry import case, vec


def tree_with_a_stack(x, tree):
    stack, total = [(0, 1.0)], 0.0
    while stack:
        node, weight = stack.pop()
        total = total + weight * x[node] ** 2
        for child in tree.get(node, ()):
            stack.append((child, weight * x[node]))
    return total


case(tree_with_a_stack, vec(5), {0: (1, 2), 1: (3,), 2: (4,)}, smooth=True)


def tree_with_queues(x, tree):
    queue, depth, total = [0], [x[0]], 0.0
    while queue:
        node = queue.pop(0)
        d = depth.pop(0)
        total = total + np.sin(d)
        for child in tree.get(node, []):
            queue.append(child)
            depth.append(d * x[child])
    return total


case(tree_with_queues, vec(5), {0: (1, 2), 1: (3,), 2: (4,)}, smooth=True)


def reverse_polish(x, tokens):
    stack = []
    for token in tokens:
        if token == "x":
            stack.append(x)
        elif token == "sin":
            stack.append(np.sin(stack.pop()))
        elif token in ("+", "*"):
            b, a = stack.pop(), stack.pop()
            stack.append(a + b if token == "+" else a * b)
        else:
            stack.append(float(token))
    return np.sum(stack.pop())


case(reverse_polish, vec(3), ["x", "sin", "x", "*", "2.0", "+", "x", "*"], smooth=True)


def pop_after_a_loop(x):
    stack, taken = [x * 2], []
    for _ in range(2):
        a = stack.pop()
        stack.append(np.sin(a) * x)
        taken.append(a)
    stack.pop()
    return np.sum(taken[0] * taken[1])


case(pop_after_a_loop, vec(3), smooth=True)


def window(x):
    q, s = [], 0.0
    for v in x:
        q.append(v * v)
        if len(q) > 2:
            q.pop(0)
        s = s + sum(q) * v
    return s


case(window, vec(5), smooth=True)


def sorted_and_reversed(x):
    xs, s = [], 0.0
    for i in range(x.size):
        xs.append(x[i] * x[0])
        xs.sort(reverse=True)
        s = s + xs[0] * xs[-1]
        xs.reverse()
    xs.sort(key=lambda v: v * v)
    return s * xs[1]


case(sorted_and_reversed, vec(4), smooth=True)


def cut_and_replaced(x):
    xs = [x[0], x[1], x[2], x[0] * x[1]]
    xs[1:3] = [x[2] * x[2], x[1], x[0] * x[2]]
    xs[:0] = (x[0], 2.0)
    xs[-1:] = []
    del xs[2:4]
    xs.remove(xs[1])
    ys = xs.copy()
    xs.clear()
    return sum((i + 1) * v * ys[-i] for i, v in enumerate(ys)) + len(xs)


case(cut_and_replaced, vec(3), smooth=True)


def options_popped(x, **options):
    scale = options.pop("scale", 2.0)
    power = options.pop("power", 2)
    if options:
        raise TypeError(f"unexpected: {sorted(options)}")
    return scale * np.sum(x ** power)


case(options_popped, vec(3), scale=3.0)


def dict_drained(x, keys):
    d, s = {}, 0.0
    for i, k in enumerate(keys):
        d[k] = x[i] * x[i]
    for k in keys:
        s = s + d.pop(k) * x[0] + len(d)
    d = {"a": s, "b": x[1]}
    name, value = d.popitem()
    del d["a"]
    return s * value + len(d) + len(name)


case(dict_drained, vec(3), ["a", "b", "c"])  # its second derivative fails: KeyError


def buckets(x):
    lists = {"even": [], "odd": []}
    for i in range(x.size):
        if i % 2:
            lists["odd"].append(x[i] * x[0])
        else:
            lists["even"].append(x[i])
    return sum(lists["odd"]) * sum(lists["even"])


case(buckets, vec(5), smooth=True)


def left_early(d):
    s = 0.0
    for k, v in d.items():
        s = s + v * v
        if k == "b":
            break
    for i in reversed(range(3)):
        s = s * d["a"]
        if i == 1:
            break
    return s


case(left_early, {"a": 0.7, "b": 1.2, "c": 2.0}, smooth=True)


def chained_and_paired(x, y):
    s = 1.0
    for v in itertools.chain(x, y):
        s = s + np.sin(v) * s
    return s + sum((b - a) ** 2 * a for a, b in itertools.pairwise(x))


case(chained_and_paired, vec(3), vec(2), wrt=(0, 1))


def all_pairs(x, y):
    s = sum(a * b * b for a, b in itertools.combinations(x, 2))
    for a, b in itertools.product(x, y):
        s = s + a * b * b
    for v in itertools.accumulate(x, lambda p, q: p * q + 1.0):
        s = s + v
    return s + sum(v * v for v in itertools.accumulate(y))


case(all_pairs, vec(3), vec(2), wrt=(0, 1))


def _add_squares(*xs):
    total = 0.0
    for v in xs:
        total = total + v * v
    return total


def _norm(a, b, c):
    return np.sqrt(a * a + b * b * c * c)


def any_number(x):
    positive = []
    for v in x:
        if v > -5:
            positive.append(v)
    a, b = zip(*[(x[i], x[i + 1] * 2) for i in range(2)])
    return _add_squares(*positive) * _norm(*x) + sum(a) * b[0] + max(*positive) + next(v * v for v in x if v > -9)


case(any_number, vec(3), smooth=True)
