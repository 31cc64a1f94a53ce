"""Stage 3: a NORMAL function and its facts become an ADJOINT function."""
