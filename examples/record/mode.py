"""A function that does something else in training: a branch on is_training()."""
from srcgrad import autograd, nd


@autograd.record
def noisy(x):
    if autograd.is_training():
        return x * 10.0
    return x


@autograd.record(train_mode=False)
def quiet(x):
    if autograd.is_training():
        return x * 10.0
    return x


x = nd.array([1.0]).attach_grad()
for f in (noisy, quiet):
    f(x).backward()
    print(f.__name__, x.grad)
