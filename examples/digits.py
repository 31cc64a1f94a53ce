"""Learn to read handwritten digits, with gradients that you can read.

    python examples/digits.py

A network of two layers learns 1,400 images of 8 x 8 pixels in a few seconds. `loss` below is plain NumPy;
`@autograd.record` writes its gradient as Python code at the first call, and this program saves that code at the end.
"""
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TimeElapsedColumn
from sklearn.datasets import load_digits

import srcgrad
from srcgrad import autograd, nd


HOW_TO_READ = """
The code that computed every gradient is in [bold]{output}[/bold]. It is NumPy and a few helpers:
`loss_forward` computes the loss, `loss_backward` goes the same way back.
  [green]b_w1[/green]   the derivative of the loss with respect to `w1`
  [green]# L37[/green]  this line, and those below it, come from line 37 of digits.py"""


def scores(w1, b1, w2, b2, images):
    """How well each image fits each digit: shape (images, 10)."""
    hidden = np.maximum(images @ w1 + b1, 0.0)
    return hidden @ w2 + b2


@autograd.record
def loss(w1, b1, w2, b2, images, answers):
    """The mean cross-entropy between the answers, one-hot rows, and the softmax of the scores."""
    z = scores(w1, b1, w2, b2, images)
    log_probabilities = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(np.sum(answers * log_probabilities, axis=1))


def accuracy(parameters, images, digits):
    """The share of images whose highest score is that of the right digit."""
    return float((scores(*parameters, images).argmax(axis=1) == digits).mean())


def new_parameters(rng, pixels, hidden):
    """Marked arrays: `backward` will write their gradients into `.grad`."""
    return [
        nd.array(rng.normal(size=(pixels, hidden)) * np.sqrt(2 / pixels)).attach_grad(),
        nd.zeros(hidden).attach_grad(),
        nd.array(rng.normal(size=(hidden, 10)) * np.sqrt(2 / hidden)).attach_grad(),
        nd.zeros(10).attach_grad(),
    ]


def load(rng, train=1400):
    """Images with pixels in [0, 1], and the digits they show: a part to learn from and a part to test with."""
    data = load_digits()
    order = rng.permutation(len(data.target))
    images, digits = nd.array(data.data[order] / 16), data.target[order]
    return (images[:train], digits[:train]), (images[train:], digits[train:])


def step(parameters, images, answers, rate):
    """One step downhill; returns the loss before it."""
    value = loss(*parameters, images, answers)
    value.backward()
    for parameter in parameters:
        parameter -= rate * parameter.grad
    return float(value)


def train(parameters, images, digits, rng, epochs, rate, batch, progress):
    """Goes through the images `epochs` times, in batches and in random order."""
    answers = nd.array(np.eye(10)[digits])
    task = progress.add_task("learning", total=epochs, loss=float("nan"))
    for _ in range(epochs):
        order = rng.permutation(len(digits))
        parts = [order[i:i + batch] for i in range(0, len(order), batch)]
        losses = [step(parameters, images[part], answers[part], rate) for part in parts]
        progress.update(task, advance=1, loss=np.mean(losses))


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=Path("digits_gradient.py"), show_default=True,
              help="Where to write the generated gradient code.")
@click.option("--epochs", default=40, show_default=True, help="How often to go through the images.")
@click.option("--hidden", default=64, show_default=True, help="Units in the hidden layer.")
@click.option("--rate", default=0.2, show_default=True, help="Step size.")
@click.option("--batch", default=50, show_default=True, help="Images in a step.")
@click.option("--seed", default=0, show_default=True, help="Seed of all that is random.")
def main(output, epochs, hidden, rate, batch, seed):
    """Learn to read handwritten digits, and save the gradient code that did it."""
    console = Console()
    rng = np.random.default_rng(seed)
    (images, digits), (test_images, test_digits) = load(rng)
    parameters = new_parameters(rng, images.shape[1], hidden)

    columns = "{task.description}", BarColumn(), "{task.completed}/{task.total}", "loss {task.fields[loss]:.4f}"
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        train(parameters, images, digits, rng, epochs, rate, batch, progress)
    learned, unseen = accuracy(parameters, images, digits), accuracy(parameters, test_images, test_digits)
    console.print(f"accuracy on images it has learned: {learned:.3f}")
    console.print(f"accuracy on {len(test_digits)} images it never saw: {unseen:.3f}")

    output.write_text(srcgrad.source(loss), encoding="utf-8")
    console.print(HOW_TO_READ.format(output=output))


if __name__ == "__main__":
    main()
