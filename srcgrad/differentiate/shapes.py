"""Lines that read only the shape of a value read that of an operand which is there anyway.

    t = dt * f                b_f = unbroadcast(dt * b_x, t)     becomes     unbroadcast(dt * b_x, f)
"""
from __future__ import annotations

import numpy as np

from ..analyse.reads import ATTRIBUTES, SHAPES
from ..ir.nodes import Attribute, Call, Expr, Fn, Method, Operator, Ref
from ..ir.types import Num, same_dims, same_dtype
from ..ir.walk import map_children
from ..rules import registry
from ..runtime import helpers
from .accesses import Accesses
from .versions import Use, Version

SAME = {np.zeros_like, np.ones_like, np.empty_like, np.copy, helpers.copy}


class Shapes(Accesses):
    """Finds such operands; a base of contents.py."""

    def witness(self, v: Version, value: Expr, env: dict[str, Version]) -> Version | None:
        """An operand that has the shape and dtype of the value, which is an array."""
        t = v.type
        if not isinstance(t, Num) or t.kind != "array" or t.dims == () or not isinstance(value, Call) or value.kwargs:
            return None
        args = [env.get(x.name) if isinstance(x, Ref) else None for x in value.args]
        if value.target == Method("copy") or isinstance(value.target, Fn) and value.target.value in SAME:
            found = args[:1] if len(args) == 1 else []
        elif elementwise(value):
            arrays = [x for x in args if x is None or not (isinstance(x.type, Num) and x.type.scalar)]
            found = [x for x in arrays if x is not None and (len(arrays) == 1 or same_dims(x.type, t))]
        else:
            found = []
        return next((x for x in found if x is not None and isinstance(x.type, Num) and x.type.kind == "array"
                     and same_dtype(x.type, t)), None)

    def shapes(self, e: Expr) -> Expr:
        """The expression with other values where it reads no more than a shape."""
        skipped: tuple[int, ...] = ()
        if isinstance(e, Call) and isinstance(e.target, Fn):
            skipped = SHAPES.get(e.target.value, ()) if callable(e.target.value) else ()
        elif isinstance(e, Call) and isinstance(e.target, Attribute) and e.target.name in ATTRIBUTES:
            skipped = (0,)
        e = map_children(e, self.shapes)
        if not skipped or not isinstance(e, Call):
            return e
        args = tuple(self.source(x.version) or x if i in skipped and isinstance(x, Use) else x for i, x in enumerate(e.args))
        return Call(e.target, args, e.kwargs)

    def source(self, v: Version) -> Expr | None:
        """What has the shape of a version and needs not be saved."""
        w: Version | None = v
        while w is not None and not self.there(w):
            w = w.witness
        return None if w is None or w is v else Use(w)

    def there(self, v: Version) -> bool:
        return v.again is not None or v.lost is None and not self.in_loop[v.home]


def elementwise(e: Call) -> bool:
    if isinstance(e.target, Operator):
        return e.target.name in ("add", "sub", "mul", "truediv", "neg", "pow")
    rule = registry.described(registry.target_of(e))
    return rule is not None and rule.kind == "elementwise"
