"""The gradient with respect to the input: a small step against the right answer fools a linear classifier."""
import numpy as np

from srcgrad import autograd, nd

rng = np.random.default_rng(4)
w = nd.array(rng.normal(size=(10, 64)) * 0.3)
image = nd.array(rng.uniform(size=(1, 64))).attach_grad()
scores = nd.fully_connected(image, w)
answer = scores.argmax(axis=1)

with autograd.record(train_mode=False):
    loss = nd.softmax_cross_entropy(nd.fully_connected(image, w), answer)
loss.backward()

fooled = image + 0.1 * np.sign(image.grad)
print("before:", answer, "score", scores.max().round(2))
print("after: ", nd.fully_connected(fooled, w).argmax(axis=1), "largest change of a pixel:", abs(fooled - image).max().round(3))
