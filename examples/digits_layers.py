"""Handwritten digits again, with layers: dropout, batch normalisation, a schedule for the step size.

    python examples/digits_layers.py --plot loss.png --weights digits.npz

The model is a class, and each layer of `nd` that it calls under `autograd.record()` is one entry of the record, with
generated code of its own.
"""
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TimeElapsedColumn
from sklearn.datasets import load_digits

from srcgrad import autograd, nd


class Model:
    """Two hidden layers with batch normalisation and dropout."""

    def __init__(self, pixels=64, hidden=128, classes=10, drop=0.2):
        self.drop = drop
        self.w1 = nd.random.normal(0, np.sqrt(2 / pixels), (hidden, pixels)).attach_grad()
        self.w2 = nd.random.normal(0, np.sqrt(2 / hidden), (hidden, hidden)).attach_grad()
        self.w3 = nd.random.normal(0, np.sqrt(2 / hidden), (classes, hidden)).attach_grad()
        self.b3 = nd.zeros(classes).attach_grad()
        self.gamma1, self.beta1 = nd.ones(hidden).attach_grad(), nd.zeros(hidden).attach_grad()
        self.gamma2, self.beta2 = nd.ones(hidden).attach_grad(), nd.zeros(hidden).attach_grad()
        self.mean1, self.var1 = nd.zeros(hidden), nd.ones(hidden)
        self.mean2, self.var2 = nd.zeros(hidden), nd.ones(hidden)

    def arrays(self):
        """All arrays of the model, by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, nd.NDArray)}

    def scores(self, images):
        """How well each image fits each digit: shape (images, 10)."""
        h = nd.fully_connected(images, self.w1)
        h = nd.relu(nd.batch_norm(h, self.gamma1, self.beta1, self.mean1, self.var1))
        h = nd.dropout(h, self.drop)
        h = nd.fully_connected(h, self.w2)
        h = nd.relu(nd.batch_norm(h, self.gamma2, self.beta2, self.mean2, self.var2))
        h = nd.dropout(h, self.drop)
        return nd.fully_connected(h, self.w3, self.b3)


def loss(model, images, digits):
    """The mean cross-entropy."""
    return np.mean(nd.softmax_cross_entropy(model.scores(images), digits))


def accuracy(model, images, digits):
    """The share of images whose highest score is that of the right digit."""
    return float((model.scores(images).argmax(axis=1) == digits).mean())


def schedule(step, steps, highest):
    """The step size: up in the first tenth of the steps, then down to nothing along a cosine."""
    start = steps / 10
    if step < start:
        return highest * (step + 1) / start
    return highest * 0.5 * (1 + np.cos(np.pi * (step - start) / (steps - start)))


def train(model, images, digits, epochs, batch, rate, progress):
    """Goes through the images in random batches; returns the mean loss of each epoch."""
    marked = [array for array in model.arrays().values() if array.grad is not None]
    speed = [np.zeros(array.shape) for array in marked]
    steps, step, curve = epochs * -(-len(digits) // batch), 0, []
    task = progress.add_task("learning", total=epochs, loss=float("nan"))
    for _ in range(epochs):
        order, losses = nd.random.permutation(len(digits)).asnumpy(), []
        for part in (order[i:i + batch] for i in range(0, len(order), batch)):
            with autograd.record():
                value = loss(model, images[part], digits[part])
            value.backward()
            for array, v in zip(marked, speed):
                v *= 0.9
                v -= schedule(step, steps, rate) * array.grad.asnumpy()
                array += v
            losses.append(float(value))
            step += 1
        curve.append(float(np.mean(losses)))
        progress.update(task, advance=1, loss=curve[-1])
    return curve


def plot(curve, path):
    """The loss by epoch as a PNG, where matplotlib is installed; returns whether it was written."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    axes = Figure(figsize=(5, 3), layout="tight").subplots()
    axes.semilogy(range(1, len(curve) + 1), curve)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss in training")
    axes.figure.savefig(path)
    return True


def load_data(train=1400):
    """Images with pixels in [0, 1], and the digits they show: a part to learn from and a part to test with."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    images, digits = nd.array(data.data[order] / 16), data.target[order]
    return (images[:train], digits[:train]), (images[train:], digits[train:])


@click.command()
@click.option("--epochs", default=30, show_default=True, help="How often to go through the images.")
@click.option("--batch", default=50, show_default=True, help="Images in a step.")
@click.option("--rate", default=0.1, show_default=True, help="The largest step size.")
@click.option("--seed", default=0, show_default=True, help="Seed of all that is random.")
@click.option("--plot", "picture", type=click.Path(path_type=Path), help="Where to draw the loss curve, as PNG.")
@click.option("--weights", type=click.Path(path_type=Path), help="Where to save the weights, as npz.")
def main(epochs, batch, rate, seed, picture, weights):
    """Learn to read handwritten digits with dropout and batch normalisation."""
    console = Console()
    nd.random.seed(seed)
    (images, digits), (test_images, test_digits) = load_data()
    model = Model()
    columns = "{task.description}", BarColumn(), "{task.completed}/{task.total}", "loss {task.fields[loss]:.4f}"
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        curve = train(model, images, digits, epochs, batch, rate, progress)
    console.print(f"accuracy on {len(test_digits)} images it never saw: {accuracy(model, test_images, test_digits):.3f}")

    if picture is not None:
        console.print(f"loss curve: {picture}" if plot(curve, picture) else "no loss curve: matplotlib is not installed")
    if weights is not None:
        nd.save(weights, model.arrays())
        again = Model()
        vars(again).update(nd.load(weights))
        console.print(f"accuracy with the weights in {weights}: {accuracy(again, test_images, test_digits):.3f}")


if __name__ == "__main__":
    main()
