"""Gradients of gradients: x^3 and its derivatives at 2."""
from srcgrad import autograd, nd

x = nd.array(2.0).attach_grad()
with autograd.record():
    y = x ** 3
    for order in range(1, 5):
        y = autograd.grad(y, x, create_graph=True)
        print(f"order {order}: {y}")
