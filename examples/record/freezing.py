"""Freezing with grad_req "null": that array gets no gradient, the other does."""
from srcgrad import autograd, nd

w = nd.array([1.0, 2.0]).attach_grad()
frozen = nd.array([3.0, 4.0]).attach_grad(grad_req="null")

with autograd.record():
    loss = (w * frozen).sum()
loss.backward()
print("w:     ", w.grad)
print("frozen:", frozen.grad, "fresh:", frozen.fresh_grad)
