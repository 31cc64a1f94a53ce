"""A small regression net: the loss falls to what the noise leaves."""
import numpy as np

from srcgrad import autograd, nd

rng = np.random.default_rng(0)
x = nd.array(rng.uniform(-2, 2, size=(200, 1)))
y = np.sin(2 * x) + 0.05 * nd.array(rng.normal(size=(200, 1)))
parameters = [nd.array(rng.normal(size=shape) * 0.5).attach_grad() for shape in [(1, 16), (16,), (16, 1), (1,)]]


@autograd.record
def loss(w1, b1, w2, b2):
    hidden = np.tanh(x @ w1 + b1)
    return np.mean((hidden @ w2 + b2 - y) ** 2)


for step in range(3001):
    value = loss(*parameters)
    value.backward()
    for p in parameters:
        p -= 0.1 * p.grad
    if step % 1000 == 0:
        print(f"step {step:4}: loss {value:.3f}")
