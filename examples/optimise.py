"""SciPy's optimisers with exact derivatives: trust-ncg on Rosenbrock's function and on logistic regression.

trust-ncg wants products of the Hessian with vectors, and `hvp` gives them without a Hessian. The parameters of the
regression are a dict; `ravel` makes a vector of it and back. The data are the 569 tumours of Wolberg, Street and Mangasarian
(1995) that come with scikit-learn.
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


def valley(dimensions=10):
    """The minimum of Rosenbrock's function, found from the usual start."""
    start = np.tile([-1.2, 1.0], dimensions // 2)
    product = srcgrad.hvp(rosenbrock)
    return minimize(srcgrad.value_and_grad(rosenbrock), start, jac=True, hessp=lambda x, v: product(x, v=v), method="trust-ncg",
                    options={"gtol": 1e-8})


def tumours():
    data = load_breast_cancer()
    inputs = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    return inputs, np.where(data.target == 1, 1.0, -1.0)


def regression(decay=1e-3):
    """The optimiser's result, and the share of tumours that are told apart."""
    inputs, labels = tumours()
    start, unravel = srcgrad.ravel({"weights": np.zeros(inputs.shape[1]), "bias": 0.0})

    def objective(vector):
        return loss(unravel(vector), inputs, labels, decay)

    product = srcgrad.hvp(objective)
    result = minimize(srcgrad.value_and_grad(objective), start, jac=True, hessp=lambda x, v: product(x, v=v),
                      method="trust-ncg", options={"gtol": 1e-8})
    params = unravel(result.x)
    right = np.mean(np.sign(inputs @ params["weights"] + params["bias"]) == labels)
    return result, float(right)


if __name__ == "__main__":
    found = valley()
    print(f"Rosenbrock: {found.fun:.1e} after {found.nit} steps, {rosen(found.x):.1e} by SciPy's own function")
    found, share = regression()
    print(f"regression: loss {found.fun:.4f}, slope {np.linalg.norm(found.jac):.1e} after {found.nit} steps, {share:.1%} right")
