"""Arrays to try rules on."""
import numpy as np

RNG = np.random.default_rng(34)


def array(*shape, low=-2.0, high=2.0, dtype=float):
    """Distinct numbers in no order, none of them closer than 0.02 to an integer or half of one."""
    n = max(int(np.prod(shape)), 1)
    steps = (RNG.permutation(n) + RNG.uniform(0.2, 0.8, n)) / n
    values = low + (high - low) * steps
    near = np.abs(values * 2 - np.round(values * 2)) < 0.04
    return np.asarray(np.where(near, values + 0.02 * (high - low) / 4 + 0.011, values)[:int(np.prod(shape))]
                      .reshape(shape).astype(dtype))


def pair(*shape):
    return array(*shape) + 1j * array(*shape)
