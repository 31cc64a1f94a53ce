"""The helpers of linear algebra and Fourier transforms, gathered; imported through `srcgrad.runtime.helpers`."""
from . import adjoints_decompositions, adjoints_fft, adjoints_matrices, adjoints_norms, adjoints_products, adjoints_svd
from .adjoints_decompositions import *  # noqa: F403
from .adjoints_fft import *  # noqa: F403
from .adjoints_linalg import fitted as fitted
from .adjoints_matrices import *  # noqa: F403
from .adjoints_norms import *  # noqa: F403
from .adjoints_products import *  # noqa: F403
from .adjoints_svd import *  # noqa: F403

__all__ = ["fitted"]
for _module in (adjoints_decompositions, adjoints_fft, adjoints_matrices, adjoints_norms, adjoints_products, adjoints_svd):
    __all__ += _module.__all__
del _module
