"""The register of kernels: each with its arguments, what it is differentiated by, and what its outputs are."""
KERNELS = []
_places = set()  # pytest may import a file twice


def kernel(*args, wrt, of):
    def register(f):
        place = f.__code__.co_filename, f.__code__.co_firstlineno
        if place not in _places:
            _places.add(place)
            KERNELS.append((f, args, (wrt,) if isinstance(wrt, str) else wrt, of))
        return f
    return register
