"""Parameters as one vector, for optimisers that want one."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..derivative import maker
from ..emit.load import define
from ..runtime import helpers, trees


@maker
def ravel(tree: Any) -> tuple[np.ndarray[Any, Any], Callable[[Any], Any]]:
    """All float and complex entries of a container as one vector, and the function that takes such a vector back.

    The vector has the widest dtype of the leaves; `unravel(vector)` gives the structure of `tree`, each leaf in its kind,
    shape and dtype, what is no float as it is in `tree`. It is a function like any other, and can be differentiated. The
    gradient of a tree is raveled in the order of the tree itself.

    Raises ValueError, in `unravel`, for a vector of another length.

    >>> import srcgrad
    >>> params = {"w": np.array([[1.0, 2.0]]), "b": 3.0}
    >>> vector, unravel = ravel(params)
    >>> vector
    array([1., 2., 3.])
    >>> unravel(2 * vector)
    {'w': array([[2., 4.]]), 'b': 6.0}
    >>> def loss(params):
    ...     return np.sum(params["w"] ** 2) * params["b"]
    >>> def loss_of_vector(v):
    ...     return loss(unravel(v))
    >>> srcgrad.grad(loss_of_vector)(vector)
    array([ 6., 12.,  5.])
    """
    unravel = define("def unravel(vector):\n    return unraveled(vector, tree)\n", "unravel",
                     {"unraveled": helpers.unraveled, "tree": tree})
    return trees.flat(tree), unravel
