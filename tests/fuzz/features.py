"""What random programs may use. Every feature is a switch."""
from __future__ import annotations

FEATURES: dict[str, str] = {
    "augmented": "`s += e` on scalars, and on fresh arrays that nothing else shares",
    "branches": "if / elif / else",
    "choice": "conditional expressions",
    "boolean": "and, or, not, chained comparisons, np.any, np.all",
    "for": "for over range",
    "ranges": "negative steps, zero trips, bounds that the body changes",
    "loopvar": "the loop variable used after the loop, or reassigned in it",
    "while": "bounded while loops",
    "nested": "loops in loops",
    "first": "names first defined in a loop, under a guard that holds in the first trip",
    "index": "ints, negative ints and loop variables as subscripts",
    "slices": "slices with steps, tuples of them, newaxis",
    "methods": "methods and attributes of arrays",
    "broadcast": "operands of different shapes",
    "reductions": "sum, mean, max, min, prod, with axis and keepdims",
    "joining": "concatenate, stack",
    "select": "where, clip, maximum, minimum, abs",
    "linalg": "@, dot, outer",
    "helpers": "calls of generated functions",
    "lambdas": "lambda",
    "return": "early return",
    "break": "break",
    "continue": "continue",
    "globals": "module-level floats and arrays",
    "mixed": "names that are a float first and an array later",
    "shapes": "names that change their shape, also in loops",
    "lists": "append, pop and items of lists",
    "tuples": "tuples as values, swaps, unpacking",
    "collide": "the names that generated code likes: tape, b_x, cond, ...",
    "defaults": "parameters with defaults, keyword arguments",
    "zerod": "0-d arrays as arguments",
    "outputs": "results that are arrays or tuples",
    "float32": "arguments of dtype float32 (compared loosely)",
    "containers": "lists and tuples of floats and arrays as arguments",
    "iterate": "for over arrays and lists, enumerate, zip",
    "comprehensions": "list comprehensions, sums of generator expressions, what may be done to a list",
    "walrus": "assignment expressions",
    "starred": "starred targets and displays",
    "dicts": "dicts that are filled, updated and gone through",
    "shadow": "names of builtins as local names",
    "recursion": "helpers that call themselves",
    "closures": "nested functions over variables that change later",
    "classes": "objects with array attributes, methods, stores to attributes",
    "stores": "stores to elements and sections, also augmented, chained and unpacked; arrays share memory freely",
    "views": "views of arrays and of views, written through any of the names",
    "masks": "stores by masks and index arrays",
    "into": "out=, np.copyto, np.add.at, fill, put, sort in place",
    "overlap": "updates of an array by sections of itself, swaps of rows and elements",
    "scans": "recurrences that fill an array element by element",
    "writers": "helpers that write to their arguments",
    "held": "arrays in lists, tuples and dicts, written to there",
    "single": "float32 buffers in float64 code (compared loosely), int index arrays",
    "arguments": "results that are left in an argument: of=",
    "maybe": "names that stand for one array or another, and are written to",
}
IN_PLACE = frozenset({"stores", "views", "masks", "into", "overlap", "scans", "writers", "held", "single", "arguments", "maybe"})
LATER = frozenset({"float32", "shadow", "single", "maybe"})
DEFAULT = frozenset(FEATURES) - LATER


def parse(text: str) -> frozenset[str]:
    """`a,b` means exactly these; `+a,-b` changes the default; "" is the default, "all" everything."""
    words = [w.strip() for w in text.split(",") if w.strip()]
    if words == ["all"]:
        return frozenset(FEATURES)
    unknown = {w.lstrip("+-") for w in words} - set(FEATURES)
    if unknown:
        raise ValueError(f"unknown features {sorted(unknown)}; there are {', '.join(FEATURES)}")
    chosen = set() if words and not any(w[0] in "+-" for w in words) else set(DEFAULT)
    for word in words:
        (chosen.discard if word.startswith("-") else chosen.add)(word.lstrip("+-"))
    return frozenset(chosen)
