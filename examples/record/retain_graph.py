"""backward frees what was recorded, unless it is told to retain it."""
from srcgrad import autograd, nd
from srcgrad.errors import RecordError

x = nd.array([2.0]).attach_grad(grad_req="add")
with autograd.record():
    y = x ** 3
y.backward(retain_graph=True)
y.backward()
print("twice 3 x^2:", x.grad)
try:
    y.backward()
except RecordError as error:
    print(error.message.split(" by backward")[0])
    print("hint:", error.hint)
