"""Loops and branches that depend on data: what ran is what is differentiated."""
import numpy as np

from srcgrad import autograd, nd


@autograd.record
def power(x, n):
    y = x
    i = 1
    while i < n:
        y = y * x
        i += 1
    return y


x = nd.array(1.5).attach_grad()
for n in (2, 3, 4):
    power(x, n).backward()
    print(f"x^{n}: {x.grad:.3f} is {n} x^{n - 1}: {n * 1.5 ** (n - 1):.3f}")


@autograd.record
def doubled(a):
    b = a * 2
    while np.sum(np.abs(b)) < 1000:
        b = b * 2
    if np.sum(b) > 0:
        return b[0]
    return b[1]


a = nd.array([3.0, -1.0]).attach_grad()
c = doubled(a)
c.backward()
print("c / a at the chosen element:", c / a[0], "gradient:", a.grad)
