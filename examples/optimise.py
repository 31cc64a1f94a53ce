"""SciPy's optimisers with exact derivatives: trust-ncg on Rosenbrock's function and on logistic regression.

trust-ncg wants products of the Hessian with vectors, and `hvp` gives them without a Hessian. The parameters of the
regression are a dict; `ravel` makes a vector of it, and back. The data are the 569 tumours of Wolberg, Street and
Mangasarian (1995) that come with scikit-learn.
"""
import numpy as np
from scipy.optimize import minimize, rosen
from sklearn.datasets import load_breast_cancer

import srcgrad


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def loss(params, inputs, labels, decay):
    """Mean negative log likelihood of logistic regression; labels are 1 and -1."""
    margins = labels * (inputs @ params["weights"] + params["bias"])
    return np.mean(np.logaddexp(0.0, -margins)) + decay * np.sum(params["weights"] ** 2)


start, unravel = srcgrad.ravel({"weights": np.zeros(30), "bias": 0.0})


def objective(vector, inputs, labels, decay):
    return loss(unravel(vector), inputs, labels, decay)


def minimum(f, x, *args):
    """The result of trust-ncg for a function of a vector and more arguments."""
    return minimize(srcgrad.value_and_grad(f), x, args, jac=True, hessp=products(f), method="trust-ncg", options={"gtol": 1e-8})


def products(f):
    """The product of the Hessian of f with a vector, with the arguments in SciPy's order."""
    product = srcgrad.hvp(f)
    return lambda x, v, *args: product(x, *args, v=v)


def tumours():
    """Inputs of mean 0 and deviation 1, and labels."""
    data = load_breast_cancer()
    return (data.data - data.data.mean(axis=0)) / data.data.std(axis=0), np.where(data.target == 1, 1.0, -1.0)


def accuracy(vector, inputs, labels):
    params = unravel(vector)
    return float(np.mean(np.sign(inputs @ params["weights"] + params["bias"]) == labels))


if __name__ == "__main__":
    found = minimum(rosenbrock, np.tile([-1.2, 1.0], 5))
    print(f"Rosenbrock: {found.fun:.1e} after {found.nit} steps, {rosen(found.x):.1e} by SciPy's own function")
    inputs, labels = tumours()
    found = minimum(objective, start, inputs, labels, 1e-3)
    print(f"regression: loss {found.fun:.4f}, slope {np.linalg.norm(found.jac):.1e} after {found.nit} steps, "
          f"{accuracy(found.x, inputs, labels):.1%} right")
