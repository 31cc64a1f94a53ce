"""The gradient of 2 x^2, without a network: the array itself is marked."""
import numpy as np

from srcgrad import autograd, nd

x = nd.arange(4.0).reshape(4, 1).attach_grad()
with autograd.record():
    y = 2 * np.dot(x.T, x)
y.backward()
print(x.grad.ravel(), "is 4 x:", bool((x.grad == 4 * x).all()))
