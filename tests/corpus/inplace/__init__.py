"""Kernels in the style of scientific code: they work in place, and leave their results in their arguments."""
