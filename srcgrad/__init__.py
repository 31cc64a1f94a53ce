"""srcgrad: derivatives of Python functions over NumPy, by rewriting their source."""
