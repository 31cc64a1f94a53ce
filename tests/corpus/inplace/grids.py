"""Fields on grids: time loops that update slices of several arrays, boundary conditions by helper functions, sweeps."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, ten, vec


@kernel(mat(5, 6), mat(5, 6, 1), 0.3, 3, wrt=("u", "u_old", "c"), of="return")
def wave_2d(u, u_old, c, steps):
    u_new = np.zeros_like(u)
    for _ in range(steps):
        lap = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
        u_new[1:-1, 1:-1] = 2.0 * u[1:-1, 1:-1] - u_old[1:-1, 1:-1] + c**2 * lap
        u_old, u, u_new = u, u_new, u_old
    return u


@kernel(mat(5, 6), 2, wrt="A", of="A")
def seidel_2d(A, tsteps):
    N, M = A.shape
    for t in range(tsteps):
        for i in range(1, N - 1):
            A[i, 1:-1] += A[i - 1, :-2] + A[i - 1, 1:-1] + A[i - 1, 2:] + A[i, 2:] + A[i + 1, :-2] + A[i + 1, 1:-1] + A[i + 1, 2:]
            for j in range(1, M - 1):
                A[i, j] += A[i, j - 1]
                A[i, j] /= 9.0


@kernel(vec(8), vec(8, 1), 0.4, 3, wrt=("rho", "u"), of="rho")
def upwind(rho, u, dtdx, steps):
    for _ in range(steps):
        right = np.roll(rho, -1)
        left = np.roll(rho, 1)
        flux_out = np.where(u > 0, u * rho, u * right)
        flux_in = np.where(u > 0, u * left, u * rho)
        rho -= dtdx * (flux_out - flux_in)


@kernel(mat(5, 5), 2, wrt="u", of="u")
def adi(u, tsteps):
    n = u.shape[0]
    v = np.empty(u.shape, dtype=u.dtype)
    p = np.empty(u.shape, dtype=u.dtype)
    q = np.empty(u.shape, dtype=u.dtype)
    dx = dy = 1.0 / n
    dt = 1.0 / tsteps
    mul1 = 2.0 * dt / (dx * dx)
    mul2 = dt / (dy * dy)
    a = -mul1 / 2.0
    b = 1.0 + mul1
    c = a
    d = -mul2 / 2.0
    e = 1.0 + mul2
    f = d
    for t in range(1, tsteps + 1):
        v[0, 1:n - 1] = 1.0
        p[1:n - 1, 0] = 0.0
        q[1:n - 1, 0] = v[0, 1:n - 1]
        for j in range(1, n - 1):
            p[1:n - 1, j] = -c / (a * p[1:n - 1, j - 1] + b)
            q[1:n - 1, j] = (-d * u[j, :n - 2] + (1.0 + 2.0 * d) * u[j, 1:n - 1] - f * u[j, 2:]
                             - a * q[1:n - 1, j - 1]) / (a * p[1:n - 1, j - 1] + b)
        v[n - 1, 1:n - 1] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, 1:n - 1] = p[1:n - 1, j] * v[j + 1, 1:n - 1] + q[1:n - 1, j]
        u[1:n - 1, 0] = 1.0
        p[1:n - 1, 0] = 0.0
        q[1:n - 1, 0] = u[1:n - 1, 0]
        for j in range(1, n - 1):
            p[1:n - 1, j] = -f / (d * p[1:n - 1, j - 1] + e)
            q[1:n - 1, j] = (-a * v[:n - 2, j] + (1.0 + 2.0 * a) * v[1:n - 1, j] - c * v[2:, j]
                             - d * q[1:n - 1, j - 1]) / (d * p[1:n - 1, j - 1] + e)
        u[1:n - 1, n - 1] = 1.0
        for j in range(n - 2, 0, -1):
            u[1:n - 1, j] = p[1:n - 1, j] * u[1:n - 1, j + 1] + q[1:n - 1, j]


@kernel(mat(5, 6), mat(5, 6, 1), mat(5, 6, 2), vec(3), wrt=("ex", "ey", "hz", "fict"), of=("ex", "ey", "hz"))
def fdtd_2d(ex, ey, hz, fict):
    for t in range(len(fict)):
        ey[0, :] = fict[t]
        ey[1:] -= 0.5 * (hz[1:] - hz[:-1])
        ex[:, 1:] -= 0.5 * np.diff(hz, axis=1)
        hz[:-1, :-1] -= 0.7 * (np.diff(ex, axis=1)[:-1] + ey[1:, :-1] - ey[:-1, :-1])


@kernel(mat(6, 7), mat(6, 7, 1), 2, wrt=("u", "f"), of="u")
def red_black(u, f, sweeps):
    h2 = 0.1
    for _ in range(sweeps):
        u[1:-1:2, 1:-1:2] = 0.25 * (u[2::2, 1:-1:2] + u[:-2:2, 1:-1:2] + u[1:-1:2, 2::2] + u[1:-1:2, :-2:2]
                                    - h2 * f[1:-1:2, 1:-1:2])
        u[2:-1:2, 2:-1:2] = 0.25 * (u[3::2, 2:-1:2] + u[1:-2:2, 2:-1:2] + u[2:-1:2, 3::2] + u[2:-1:2, 1:-2:2]
                                    - h2 * f[2:-1:2, 2:-1:2])
        u[1:-1:2, 2:-1:2] = 0.25 * (u[2::2, 2:-1:2] + u[:-2:2, 2:-1:2] + u[1:-1:2, 3::2] + u[1:-1:2, 1:-2:2]
                                    - h2 * f[1:-1:2, 2:-1:2])
        u[2:-1:2, 1:-1:2] = 0.25 * (u[3::2, 1:-1:2] + u[1:-2:2, 1:-1:2] + u[2:-1:2, 2::2] + u[2:-1:2, :-2:2]
                                    - h2 * f[2:-1:2, 1:-1:2])


def tridiagonal(a, b, c, d):
    """Solves in place; the solution is in d."""
    n = d.size
    c[0] /= b[0]
    d[0] /= b[0]
    for i in range(1, n):
        m = b[i] - a[i] * c[i - 1]
        c[i] /= m
        d[i] = (d[i] - a[i] * d[i - 1]) / m
    for i in reversed(range(n - 1)):
        d[i] -= c[i] * d[i + 1]
    return d


@kernel(vec(6), vec(6, 1)**2 + 0.5, 0.2, 2, wrt=("u", "kappa", "dt"), of="return")
def crank_nicolson(u, kappa, dt, steps):
    n = u.size
    lower = np.zeros(n)
    upper = np.zeros(n)
    for _ in range(steps):
        lower[1:] = -0.5 * dt * kappa[1:]
        upper[:-1] = -0.5 * dt * kappa[:-1]
        diag = 1.0 - lower - upper
        rhs = u.copy()
        rhs[1:-1] += 0.5 * dt * (kappa[1:-1] * (u[2:] - u[1:-1]) - kappa[1:-1] * (u[1:-1] - u[:-2]))
        u = tridiagonal(lower, diag, upper, rhs)
    return u


def build_up_b(rho, dt, dx, dy, u, v):
    b = np.zeros_like(u)
    b[1:-1, 1:-1] = (rho * (1 / dt * ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx) + (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy))
                            - ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx))**2
                            - 2 * ((u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy) * (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx))
                            - ((v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy))**2))
    # periodic in x
    b[1:-1, -1] = rho * (1 / dt * ((u[1:-1, 0] - u[1:-1, -2]) / (2 * dx) + (v[2:, -1] - v[0:-2, -1]) / (2 * dy)))
    b[1:-1, 0] = rho * (1 / dt * ((u[1:-1, 1] - u[1:-1, -1]) / (2 * dx) + (v[2:, 0] - v[0:-2, 0]) / (2 * dy)))
    return b


def pressure_poisson_periodic(p, b, nit, dx, dy):
    pn = np.empty_like(p)
    for q in range(nit):
        pn = p.copy()
        p[1:-1, 1:-1] = (((pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2)
                         / (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1])
        p[1:-1, -1] = (((pn[1:-1, 0] + pn[1:-1, -2]) * dy**2 + (pn[2:, -1] + pn[0:-2, -1]) * dx**2)
                       / (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, -1])
        p[-1, :] = p[-2, :]
        p[0, :] = p[1, :]


@kernel(0.1 * mat(5, 6), 0.1 * mat(5, 6, 1), 0.1 * mat(5, 6, 2), 0.01, 0.5, 0.4, 1.1, 0.1, 1.5, wrt=("u", "v", "p", "rho", "F"),
        of=("u", "v", "p", "return"))
def channel_flow(u, v, p, dt, dx, dy, rho, nu, F):
    udiff = 1.0
    stepcount = 0
    while udiff > 1e-3 and stepcount < 2:
        un = u.copy()
        vn = v.copy()
        b = build_up_b(rho, dt, dx, dy, u, v)
        pressure_poisson_periodic(p, b, 2, dx, dy)
        u[1:-1, 1:-1] = (un[1:-1, 1:-1] - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
                         - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
                         - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
                         + nu * (dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])) + F * dt)
        v[1:-1, 1:-1] = (vn[1:-1, 1:-1] - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, 0:-2])
                         - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1]))
        u[0, :] = 0
        u[-1, :] = 0
        v[0, :] = 0
        v[-1, :] = 0
        udiff = (np.sum(u) - np.sum(un)) / np.sum(u)
        stepcount += 1
    return stepcount


CX = np.array([0, 1, 0, -1, 0, 1, -1, -1, 1])
CY = np.array([0, 0, 1, 0, -1, 1, 1, -1, -1])
WEIGHTS = np.array([4 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 36, 1 / 36, 1 / 36, 1 / 36])


@kernel(1.0 + 0.1 * ten(3, 4, 9), 0.8, 2, wrt=("F", "tau"), of="F")
def lattice_boltzmann(F, tau, Nt):
    cylinder = np.zeros(F.shape[:2], dtype=bool)
    cylinder[1, 2] = True
    for it in range(Nt):
        for i, cx, cy in zip(range(9), CX, CY):
            F[:, :, i] = np.roll(F[:, :, i], cx, axis=1)
            F[:, :, i] = np.roll(F[:, :, i], cy, axis=0)
        bndryF = F[cylinder, :]
        bndryF = bndryF[:, [0, 3, 4, 1, 2, 7, 8, 5, 6]]
        rho = np.sum(F, 2)
        ux = np.sum(F * CX, 2) / rho
        uy = np.sum(F * CY, 2) / rho
        Feq = np.zeros(F.shape)
        for i, cx, cy, w in zip(range(9), CX, CY, WEIGHTS):
            Feq[:, :, i] = rho * w * (1 + 3 * (cx * ux + cy * uy) + 9 * (cx * ux + cy * uy)**2 / 2
                                      - 3 * (ux**2 + uy**2) / 2)
        F += -(1.0 / tau) * (F - Feq)
        F[cylinder, :] = bndryF


@kernel(ten(7, 8, 2), np.zeros((3, 4, 2)), ten(3, 4, 2, seed=1), wrt=("in_field", "coeff"), of="out_field")
def horizontal_diffusion(in_field, out_field, coeff):
    I, J, K = out_field.shape
    lap_field = 4.0 * in_field[1:I + 3, 1:J + 3, :] - (in_field[2:I + 4, 1:J + 3, :] + in_field[0:I + 2, 1:J + 3, :]
                                                      + in_field[1:I + 3, 2:J + 4, :] + in_field[1:I + 3, 0:J + 2, :])
    res = lap_field[1:, 1:J + 1, :] - lap_field[:-1, 1:J + 1, :]
    flx_field = np.where(res * (in_field[2:I + 3, 2:J + 2, :] - in_field[1:I + 2, 2:J + 2, :]) > 0, 0, res)
    res = lap_field[1:I + 1, 1:, :] - lap_field[1:I + 1, :-1, :]
    fly_field = np.where(res * (in_field[2:I + 2, 2:J + 3, :] - in_field[2:I + 2, 1:J + 2, :]) > 0, 0, res)
    out_field[:, :, :] = in_field[2:I + 2, 2:J + 2, :] - coeff[:, :, :] * (
        flx_field[1:, :, :] - flx_field[:-1, :, :] + fly_field[:, 1:, :] - fly_field[:, :-1, :])


@kernel(1.5 + 0.1 * vec(7), 0.2 * vec(7, 1), 9.81, 0.02, 2, wrt=("h", "uh", "g"), of=("h", "uh"))
def lax_wendroff(h, uh, g, dtdx, steps):
    nx = len(h) - 1
    h_mid = np.zeros(nx)
    uh_mid = np.zeros(nx)
    for _ in range(steps):
        h_mid[:] = (h[:-1] + h[1:]) / 2.0 - dtdx / 2.0 * (uh[1:] - uh[:-1])
        flux = uh**2 / h + 0.5 * g * h**2
        uh_mid[:] = (uh[:-1] + uh[1:]) / 2.0 - dtdx / 2.0 * (flux[1:] - flux[:-1])
        h[1:-1] = h[1:-1] - dtdx * (uh_mid[1:] - uh_mid[:-1])
        uh[1:-1] -= dtdx * np.diff(uh_mid**2 / h_mid + 0.5 * g * h_mid**2)
        h[0], h[-1] = h[1], h[-2]
        uh[0], uh[-1] = -uh[1], -uh[-2]
