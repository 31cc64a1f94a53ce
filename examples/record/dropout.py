"""Dropout is active in training only, and backward uses the mask of the forward."""
from srcgrad import autograd, nd

nd.random.seed(1)
x = nd.ones(8).attach_grad()

with autograd.record():
    y = nd.dropout(x, p=0.5)
y.backward()
print("training:  ", y)
print("gradient:  ", x.grad)

with autograd.record(train_mode=False):
    y = nd.dropout(x, p=0.5)
print("prediction:", y)
