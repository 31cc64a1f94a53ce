"""SciPy through the whole compiler, both modes, to second order; and that nobody imports it without need."""
import subprocess
import sys

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import MissingRule

pytest.importorskip("scipy")
RNG = np.random.default_rng(8)
X, Y = RNG.uniform(0.4, 0.9, (2, 3)), RNG.uniform(0.4, 0.9, 3)
HEADER = "import numpy as np\nfrom scipy import linalg, signal, special, stats\n\n\n"
ONE = ["erf", "erfc", "erfcx", "erfi", "dawsn", "erfinv", "erfcinv", "ndtr", "ndtri", "log_ndtr", "expit", "log_expit",
    "logit",
       "entr", "exp1", "expi", "gamma", "gammaln", "loggamma", "rgamma", "digamma", "psi", "j0", "j1", "y0", "y1", "i0",
    "i1",
       "i0e", "i1e", "k0", "k1", "k0e", "k1e"]
SPECIAL = [*(f"np.sum(special.{name}(x) * y)" for name in ONE),
           *(f"np.sum(special.{name}(2, x) * y)" for name in ("jv", "yn", "yv", "iv", "ive", "kn", "kv", "kve",
    "polygamma", "zeta")),
           "np.sum(special.expn(4, x) * y)", "np.sum(special.beta(x, y) * y)", "np.sum(special.betaln(x, y) * y)",
           "np.sum(special.gammainc(1.5, x) * y)", "np.sum(special.gammaincc(2.5, x) * y)",
    "np.sum(special.betainc(1.5, 2.5, x) * y)",
           "np.sum(special.xlogy(x, y) * y)", "np.sum(special.xlog1py(x, y) * y)",
    "np.sum(special.multigammaln(x + 2, 3) * y)",
           "special.logsumexp(x) * y[0]", "np.sum(special.logsumexp(x, axis=1) ** 2) * y[0]",
    "special.logsumexp(x, b=y) * 2.0",
           "np.sum(special.softmax(x, axis=1) * y)", "np.sum(special.log_softmax(x, axis=0) ** 2 * y)",
    "special.softmax(x)[0, 1] * y[0]"]


LINALG = ["np.sum(linalg.solve(x, y) ** 2)", "np.sum(linalg.solve(x, x[0] * y[0, 0]) ** 2)", "np.sum(linalg.inv(x) * y)",
          "np.sum(linalg.solve(x @ np.transpose(x) + np.eye(3), y, assume_a='pos') ** 2)", "linalg.det(x @ y)",
          "np.sum(linalg.solve_triangular(x, y) ** 2)", "np.sum(linalg.solve_triangular(x, y, 'T', lower=True) ** 2)",
          "np.sum(linalg.solve_triangular(x, y, trans=1, unit_diagonal=True) ** 2)",
          "np.sum(linalg.solve_banded((1, 1), x, y) ** 2)",
          "np.sum(linalg.cholesky(x @ np.transpose(x) + np.eye(3)) * y)", "np.sum(linalg.solve_sylvester(x, x * x, y) ** 2)",
          "np.sum(linalg.cholesky(x @ np.transpose(x) + np.eye(3), lower=True) * y)", "np.sum(linalg.sqrtm(x @ x) ** 2 * y)",
          "np.sum(linalg.cho_solve(linalg.cho_factor(x @ np.transpose(x) + np.eye(3)), y) ** 2)",
          "np.sum(linalg.cho_solve((x, True), y) ** 2)", "np.sum(linalg.lu(x)[1] ** 2 * y)", "np.sum(linalg.lu(x)[2] ** 2 * y)",
          "np.sum(linalg.expm(x) * y)", "np.sum(linalg.expm(0.3 * x @ y) ** 2)", "np.sum(linalg.block_diag(x, y) ** 3)",
          "np.sum(linalg.toeplitz(x[0], y[0]) ** 3)", "np.sum(linalg.toeplitz(x[0] * y[0]) ** 3)"]
A, B = RNG.standard_normal((3, 3)) * 0.5 + 2 * np.eye(3), RNG.standard_normal((3, 3))


@pytest.mark.parametrize("e", LINALG)
def test_linalg(tmp_path, e):
    srcgrad.check_grads(function(tmp_path, e), (A, B), order=2)


STATS = [f"np.sum(stats.{law}.{part}(x, {shapes}y * 0.1, y) * x)"
         for law, shapes in [("norm", ""), ("laplace", ""), ("logistic", ""), ("expon", ""), ("t", "3.5, "), ("chi2", "2.5, "),
                             ("gamma", "2.5, "), ("beta", "1.5, 2.5, ")]
         for part in ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf")]
STATS += ["np.sum(signal.convolve(x[0], y, 'same') ** 3)", "np.sum(signal.fftconvolve(x, x[:, 1:], 'valid') ** 3) * y[0]",
          "np.sum(signal.correlate(x[0], y, 'valid') ** 3)"]
STATS += ["np.sum(stats.norm.logpdf(x))", "np.sum(stats.norm.logpdf(x, loc=y) * x)", "np.sum(stats.t.logpdf(x, y + 2) * x)",
          "np.sum(stats.gamma.logpdf(x, y + 1, scale=y) * x)", "np.sum(stats.beta.pdf(0.5 * x, y + 1, x) * x)",
          "np.sum(stats.chi2.pdf(x, df=y + 1) * x)", "np.sum(stats.poisson.logpmf(np.array([1, 2, 3]), y) * x)",
          "np.sum(stats.poisson.cdf(2, y) * x)",
          "np.sum(stats.multivariate_normal.logpdf(x, y, np.outer(y, y) + np.eye(3)) ** 2)",
          "np.sum(stats.multivariate_normal.pdf(x, y, np.outer(y, y) + np.eye(3)))",
          "stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), y) * x[0, 0]"]


@pytest.mark.parametrize("e", STATS)
def test_stats(tmp_path, e):
    x, y = (0.4 * X + 0.1, Y + 0.6) if "beta" in e else (X + 0.6, Y)
    srcgrad.check_grads(function(tmp_path, e), (x, y), order=2)


def test_shapes_of_integrals_are_refused(tmp_path):
    with pytest.raises(MissingRule, match="no derivative for the argument `a`"):
        srcgrad.grad(function(tmp_path, "stats.gamma.cdf(1.5, x)", "x"))(2.0)


def function(tmp_path, e, params="x, y", header=HEADER):
    path = tmp_path / "program.py"
    path.write_text(f"{header}def f({params}):\n    return {e}\n")
    env = {"__name__": "program"}
    exec(compile(path.read_text(), str(path), "exec"), env)
    return env["f"]


@pytest.mark.parametrize("e", SPECIAL)
def test_special(tmp_path, e):
    srcgrad.check_grads(function(tmp_path, e), (X, Y), order=2)


@pytest.mark.parametrize("e, name", [("special.jv(x, 1.0)", "v"), ("special.gammainc(x, 1.0)",
    "a"), ("special.zeta(x, 2.0)", "x"),
                                     ("special.betainc(x, 1.0, 0.5)", "a"), ("special.polygamma(x, 1.0)", "n"),
                                     ("special.zeta(x)", "x")])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_operands_without_a_derivative(tmp_path, e, name, mode):
    f = function(tmp_path, e, "x")
    with pytest.raises(MissingRule, match=f"no derivative for the argument `{name}`") as caught:
        srcgrad.grad(f)(1.5) if mode == "reverse" else srcgrad.jvp(f, (1.5,), (1.0,))
    assert caught.value.lineno == 6


def test_nobody_imports_scipy_without_need():
    program = ("import sys, linecache, numpy as np, srcgrad\n"
               "text = 'def f(x):\\n    return np.sum(np.linalg.norm(x) ** 2)\\n'\n"
               "linecache.cache['<f>'] = len(text), None, text.splitlines(True), '<f>'\n"
               "exec(compile(text, '<f>', 'exec'))\nsrcgrad.grad(f)(np.eye(2))\n"
               "print(sum(name.partition('.')[0] == 'scipy' for name in sys.modules))")
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "0"


OWN = """
import numpy as np
import srcgrad
from scipy import special
from srcgrad.rules import d, registry

@registry.register(special.erf)
def own(z, x):
    d[z] += 7 * d[x]

def f(x): return special.erf(x)
def g(x): return special.j0(x)
with registry.local():
    srcgrad.grad(g)(0.5)
print(srcgrad.grad(f)(0.5), srcgrad.grad(g)(0.5) == -special.j1(0.5))
"""


def test_own_rules_stay_and_scopes_lose_nothing(tmp_path):
    """A rule of one's own is not replaced by that which is loaded later, and that outlives a scope it is loaded in."""
    path = tmp_path / "own.py"
    path.write_text(OWN)
    found = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    assert found.stdout.strip() == "7.0 True", found.stderr
