"""Particles, spectra, images and signals."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, ten, vec


def accelerations(pos, mass, G, softening):
    x, y, z = pos[:, 0:1], pos[:, 1:2], pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0]**(-1.5)
    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    az = G * (dz * inv_r3) @ mass
    return np.hstack((ax, ay, az))


def energy(pos, vel, mass, G):
    KE = 0.5 * np.sum(np.sum(mass * vel**2))
    x, y, z = pos[:, 0:1], pos[:, 1:2], pos[:, 2:3]
    inv_r = np.sqrt((x.T - x)**2 + (y.T - y)**2 + (z.T - z)**2)
    inv_r[inv_r > 0] = 1.0 / inv_r[inv_r > 0]
    PE = G * np.sum(np.sum(np.triu(-(mass * mass.T) * inv_r, 1)))
    return KE, PE


@kernel(mat(4, 1)**2 + 0.5, mat(4, 3), mat(4, 3, 1), 3, 0.01, 1.1, 0.1,
        wrt=("mass", "pos", "vel", "G"), of=("pos", "vel", "return"))
def nbody(mass, pos, vel, Nt, dt, G, softening):
    vel -= np.mean(mass * vel, axis=0) / np.mean(mass)
    acc = accelerations(pos, mass, G, softening)
    KE = np.empty(Nt + 1)
    PE = np.empty(Nt + 1)
    KE[0], PE[0] = energy(pos, vel, mass, G)
    for i in range(Nt):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc[:] = accelerations(pos, mass, G, softening)
        vel += acc * dt / 2.0
        KE[i + 1], PE[i + 1] = energy(pos, vel, mass, G)
    return KE, PE


@kernel(vec(7) * 3.0, vec(7, 1), 4, wrt=("radius", "weight"), of="return")
def weighted_histogram(radius, weight, bins):
    edges = np.linspace(radius.min(), radius.max(), bins + 1)
    which = np.minimum(((radius - edges[0]) / (edges[-1] - edges[0]) * bins).astype(int), bins - 1)
    total = np.zeros(bins)
    np.add.at(total, which, weight * radius)
    return total


@kernel(vec(9), np.abs(vec(9, 1)) * 2, 3, wrt=("data", "radius"), of="return")
def azimuthal(data, radius, npt):
    rmax = radius.max()
    res = np.zeros(npt, dtype=np.float64)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        mask_r12 = np.logical_and(r1 <= radius, radius < r2)
        values_r12 = data[mask_r12]
        res[i] = values_r12.mean() if len(values_r12) else 0.0
    return res


@kernel(np.array([[0, 2], [1, 0], [2, 1]]), ten(2, 3, 2, 2, 2), ten(2, 2, 2, 2, seed=1), ten(3, 2, 2, 2, 2, seed=2),
        np.zeros((2, 3, 2, 2, 2)), wrt=("dH", "D", "G"), of="Sigma")
def self_energies(neighbours, G, D, dH, Sigma):
    Nk, NA = G.shape[:2]
    Nq, Nw = D.shape[:2]
    for k in range(Nk):
        for q in range(Nq):
            for w in range(Nw):
                for a in range(NA):
                    for b in range(neighbours.shape[1]):
                        f = neighbours[a, b]
                        for i in range(2):
                            dHG = G[(k + q) % Nk, f, w] @ dH[a, b, i]
                            dHD = dH[a, b, i] * D[q, w, i, b]
                            Sigma[k, a, w] += dHG @ dHD


@kernel(mat(4, 4), wrt="a", of="return")
def go_fast(a):
    trace = 0.0
    for i in range(a.shape[0]):
        trace += np.tanh(a[i, i])
    return a + trace


@kernel(vec(5, 0), vec(5, 1), vec(5, 2), vec(5, 3), wrt=("theta_1", "phi_1", "theta_2", "phi_2"), of="return")
def arc_distance(theta_1, phi_1, theta_2, phi_2):
    temp = np.sin((theta_2 - theta_1) / 2)**2
    temp += np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2)**2
    np.clip(temp, 0.0, 1.0, out=temp)
    return 2 * np.arctan2(np.sqrt(temp), np.sqrt(1 - temp))


@kernel(mat(3, 4), mat(3, 4, 1), 0.4, 1.3, 2.0, wrt=("array_1", "array_2", "a", "b", "c"), of="return")
def compute(array_1, array_2, a, b, c):
    work = np.empty_like(array_1)
    np.clip(array_1, -1.0, 0.7, out=work)
    np.multiply(work, a, out=work)
    work += b * array_2
    work[work > 1.0] = c
    np.sqrt(work, out=work, where=work > 0)
    return work


@kernel(mat(3, 3), mat(3, 2), 8, wrt=("A", "Y"), of="return")
def contour(A, Y, n):
    P0 = np.zeros(Y.shape, dtype=np.complex128)
    P1 = np.zeros(Y.shape, dtype=np.complex128)
    for k in range(n):
        z = 3.0 * np.exp(2j * np.pi * (k + 0.5) / n)
        X = np.linalg.solve(z * np.eye(3) - A, Y)
        P0 += z * X / n
        P1 += z * z * X / n
    return np.real(P0), np.imag(P1) + P1.real


@kernel(vec(4), b"abcd", wrt="weights", of="return")
def checksums(weights, message):
    total = np.zeros(3)
    crc = 0xFFFF
    for i, byte in enumerate(message):
        current = byte & 0xFF
        for _ in range(8):
            if (crc & 1) ^ (current & 1):
                crc = (crc >> 1) ^ 0x8408
            else:
                crc >>= 1
            current >>= 1
        total[crc % 3] += weights[i] * (crc / 65536.0)
    return total * total


@kernel(2, 3, vec(8) + 1j * vec(8, 1), np.empty(8, dtype=complex), wrt="x", of="y")
def stockham(R, K, x, y):
    N = R**K
    i_coord, j_coord = np.mgrid[0:R, 0:R]
    dft_mat = np.exp(-2.0j * np.pi * i_coord * j_coord / R)
    y[:] = x[:]
    ii_coord, jj_coord = np.mgrid[0:R, 0:R**K]
    tmp = np.empty(N, dtype=np.complex128)
    for i in range(K):
        yv = np.reshape(y, (R**i, R, R**(K - i - 1)))
        tmp_perm = np.transpose(yv, axes=(1, 0, 2))
        D = np.empty((R, R**i, R**(K - i - 1)), dtype=np.complex128)
        angle = np.exp(-2.0j * np.pi * ii_coord[:, :R**i] * jj_coord[:, :R**i] / R**(i + 1))
        D[:] = np.repeat(np.reshape(angle, (R, R**i, 1)), R**(K - i - 1), axis=2)
        tmp = np.reshape(np.reshape(tmp_perm, (N,)) * np.reshape(D, (N,)), (R, R**(K - 1)))
        y[:] = np.reshape(dft_mat @ tmp, (N,))


@kernel(mat(5, 6), np.array([0.3, 1.7, 3.2]), np.array([0.6, 2.4, 3.9, 1.1]), wrt=("image", "ys", "xs"), of="return")
def resample(image, ys, xs):
    out = np.zeros((len(ys), len(xs)))
    x0 = np.floor(xs).astype(int)
    fx = xs - x0
    for i, y in enumerate(ys):
        y0 = int(np.floor(y))
        fy = y - y0
        out[i] = image[y0, x0] * (1 - fx)
        out[i] += image[y0, x0 + 1] * fx
        out[i] *= 1 - fy
        out[i] += fy * (image[y0 + 1, x0] * (1 - fx) + image[y0 + 1, x0 + 1] * fx)
    return out


@kernel(-1.2, 0.5, -0.9, 0.8, 4, 3, 5, wrt=("xmin", "xmax", "ymin", "ymax"), of="return")
def escape(xmin, xmax, ymin, ymax, xn, yn, maxiter):
    X = np.linspace(xmin, xmax, xn, dtype=np.float64)
    Y = np.linspace(ymin, ymax, yn, dtype=np.float64)
    C = X + Y[:, None] * 1j
    N = np.zeros(C.shape, dtype=np.int64)
    Z = np.zeros(C.shape, dtype=np.complex128)
    for n in range(maxiter):
        I = np.less(abs(Z), 2.0)
        N[I] = n
        Z[I] = Z[I]**2 + C[I]
    N[N == maxiter - 1] = 0
    return np.abs(Z) * (1 + N)


@kernel(np.array([0.4, 1.7, 2.2, 3.6]), vec(4), 5, wrt=("x", "charge"), of="return")
def deposit(x, charge, cells):
    rho = np.zeros(cells)
    left = x.astype(int)
    right = (left + 1) % cells
    frac = x - left
    np.add.at(rho, left, charge * (1 - frac))
    np.add.at(rho, right, charge * frac)
    rho -= rho.mean()
    return rho


@kernel(mat(3, 5), wrt="image", of="return")
def median_filter(image):
    out = np.copy(image)
    for i in range(image.shape[0]):
        for j in range(1, image.shape[1] - 1):
            window = image[i, j - 1:j + 2].copy()
            window.sort()
            out[i, j] = 0.5 * window[1] + 0.25 * (window[0] + window[2])
    return out


@kernel(mat(5, 3), 0.2, wrt=("x", "cut"), of=("x", "return"))
def trimmed(x, cut):
    x.sort(axis=0)
    middle = x[1:-1]
    middle *= 1.0 - cut
    return middle.mean(axis=0)


def lorenz(state, out):
    x, y, z = state
    out[0] = 10.0 * (y - x)
    out[1] = x * (28.0 - z) - y
    out[2] = x * y - 8.0 / 3.0 * z


@kernel(vec(3), 0.02, 2, wrt=("y", "h"), of="y")
def runge_kutta(y, h, steps):
    k1, k2, k3, k4, work = (np.empty_like(y) for _ in range(5))
    for _ in range(steps):
        lorenz(y, k1)
        np.multiply(k1, h / 2, out=work)
        work += y
        lorenz(work, k2)
        np.multiply(k2, h / 2, out=work)
        work += y
        lorenz(work, k3)
        np.multiply(k3, h, out=work)
        work += y
        lorenz(work, k4)
        k2 += k3
        k2 *= 2.0
        y += h / 6 * (k1 + k2 + k4)


@kernel(vec(8), 2, wrt="x", of="x")
def haar(x, levels):
    n = len(x)
    for _ in range(levels):
        even, odd = x[:n:2], x[1:n:2]
        odd -= even
        even += 0.5 * odd
        x[:n] = np.concatenate([even, odd])
        n //= 2


@kernel(vec(8), wrt="a", of="a")
def prefix_sums(a):
    n = len(a)
    d = 1
    while d < n:
        a[2 * d - 1::2 * d] += a[d - 1:-d:2 * d]
        d *= 2
    d //= 2
    while d > 1:
        h = d // 2
        a[d + h - 1::d] += a[d - 1:-h:d]
        d //= 2


@kernel(vec(8), wrt="a", of="a")
def bitonic(a):
    n = len(a)
    k = 2
    while k <= n:
        j = k // 2
        while j > 0:
            for i in range(n):
                other = i ^ j
                if other > i:
                    up = (i & k) == 0
                    if (a[i] > a[other]) == up:
                        a[i], a[other] = a[other], a[i]
            j //= 2
        k *= 2


@kernel(vec(6), 3, wrt="signal", of="return")
def single_precision(signal, width):
    buffer = np.zeros(len(signal), dtype=np.float32)
    total = np.zeros(len(signal))
    for shift in range(width):
        buffer[shift:] = signal[:len(signal) - shift]
        buffer *= 0.5
        total += buffer
    return total


@kernel(mat(4, 2), mat(4, 2, 1), np.array([[0, 1], [1, 2], [2, 3], [3, 0], [0, 2]]), 0.05, 2,
        wrt=("pos", "vel"), of=("pos", "vel"))
def springs(pos, vel, pairs, dt, steps):
    for _ in range(steps):
        force = np.zeros_like(pos)
        for i, j in pairs:
            d = pos[j] - pos[i]
            r = np.sqrt(d @ d)
            f = (r - 1.0) * d / r
            force[i] += f
            force[j] -= f
        vel += dt * force
        outside = np.abs(pos) > 1.5
        vel[outside] *= -0.5
        pos += dt * vel
