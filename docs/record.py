"""Writes docs/record.md: its text from here, its examples and what they print from examples/record/.

    python docs/record.py
"""
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_suffix(".md")
EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "record"
ORDER = ["no_parameters", "regression", "control_flow", "dropout", "mode", "freezing", "head_gradients", "retain_graph",
         "stable_sigmoid", "second_order", "adversarial"]
START = """\
# The record face

<!-- Written by docs/record.py, which runs the examples; do not edit. -->

MXNet's autograd, on generated code. Mark arrays, record what is computed from them, call `backward`:

```python
from srcgrad import autograd, nd

x = nd.array([1.0, 2.0, 3.0]).attach_grad()     # or autograd.mark_variables(x, buffer)
with autograd.record():
    y = (x * x).sum()
y.backward()                                    # x.grad is [2, 4, 6]
```

Under `with autograd.record():` each operation on NDArrays, NumPy's functions included, is one entry of the record. It is
differentiated like any other function: `x * y` is recorded with the generated gradient of `def multiply(x, y): return
x * y`. `srcgrad.source(y)` lists the calls that lead to `y`, with that code.

## Decorated functions

`@autograd.record` differentiates the function as a whole: a call runs generated code and is one entry. Marked and recorded
arrays are found among arguments and defaults, captured variables and globals, and inside lists, tuples, dicts, dataclasses
and objects (`self.w`) there. `srcgrad.source(f)` shows forward and backward.

Where no code can be generated, because the function uses a construct that is not accepted, calls another decorated function,
or reaches a marked array in a way that code cannot follow, it runs as it is and is recorded operation by operation. Gradients
are the same; `srcgrad.source(f)` then raises what stood in the way. Code like `float(x)` or `math.exp(x)`, which would cut
the history of `x` where generated code does not, is refused in such a function.

## Writing in place

`x[i] = v`, `x += v`, `np.add(a, b, out=x)` and `np.copyto(x, v)` are recorded, through views by subscript as well, and in
decorated functions. What the record has saved of an array keeps its old values. Refused with a RecordError, before anything is
written: writes to a marked array while recording, writes of recorded arrays into plain NumPy arrays or through views like
`x.T`. A write outside the record, or in `pause()`, happens in memory: if backward needs what was there, it says which array
was overwritten.

## Modes

| scope, also a decorator | recording | training |
| --- | --- | --- |
| `record()` | on | on |
| `record(train_mode=False)` | on | off |
| `record(train_mode=None)` | on | as it was |
| `pause()` | off | off |
| `train_mode()`, `predict_mode()` | as it was | on, off |

Flags belong to the thread or task; leaving a scope restores them, whatever happened inside.

## Kinks and ties

Ties share equally: `maximum` and `minimum` of equal operands give half to each, `max` and `min` the same part to all that are
largest or smallest. `relu`, `abs` and `sign` have slope 0 at 0, `clip` has 1 at its limits, `sqrt`, `log` and `1 / x` are
infinite at 0. An entry that was masked out or not chosen gets 0, also there.

## Gradients of gradients

`autograd.grad(y, x)` returns gradients and leaves `x.grad` alone; `create_graph=True` records them, to any order. For that, each
recorded call is run again as one function together with its backward; a call that then computes something else, because it
draws random numbers inside, is refused (draw them outside: `nd.dropout` called on NDArrays does).

## Functions of `nd`

relu, leaky_relu, elu, gelu, sigmoid, softplus, softmax, log_softmax, dropout, batch_norm, fully_connected, convolution, pooling,
embedding, one_hot, pick; the losses softmax_cross_entropy, sigmoid_cross_entropy, l2_loss, l1_loss, smooth_l1 and huber, one
number for each sample; `nd.random`; `nd.save` and `nd.load`. They are ordinary Python over NumPy (`srcgrad/nd/`), take plain
arrays as well, and are differentiated by `srcgrad.grad` like a user's own functions.

## What backward refuses

| RecordError | cause |
| --- | --- |
| `y` was never recorded | it does not come from operations on marked arrays; often `asnumpy()` stood between |
| `y` was computed outside record() / under pause() | the computation has to be in the scope |
| `y` was recorded, but no array that it depends on is marked | `attach_grad()` comes before the computation |
| `y` depends only on variables marked with grad_req 'null' | at least one needs 'write' or 'add' |
| `y` was detached from its history | `detach()` cuts |
| the history of `y` was already released by backward at FILE:LINE | that backward needs `retain_graph=True` |
| `x` was overwritten in place after `multiply` was recorded | the old value is gone |

Wrong counts, shapes or dtypes of head gradients, buffers and grad_reqs are ValueErrors. Nothing is changed then.

## Examples

The files of [examples/record](../examples/record), with what they print. A longer one,
[examples/digits_layers.py](../examples/digits_layers.py), learns handwritten digits with dropout, batch normalisation and a
schedule, draws the loss curve and saves the weights.
"""


def page() -> str:
    """The text of docs/record.md."""
    return "\n".join([START, *map(section, ORDER)])


def section(name: str) -> str:
    """An example: its docstring as text, its code, and its output."""
    path = EXAMPLES / f"{name}.py"
    _, title, code = path.read_text(encoding="utf-8").split('"""', 2)
    shown = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True).stdout
    return f"**{title}**\n\n```python\n{code.strip()}\n```\n\n```text\n{shown.rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
