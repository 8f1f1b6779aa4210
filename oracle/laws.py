"""Global minima of robust fits of scaling laws, values and optima of published laws, by NumPy and SciPy alone.

Run from the root of the repository: python3 oracle/laws.py [--bootstrap]
It writes crates/isoflop/tests/it/golden/laws.json; README.md in this folder says what is in it. Without
--bootstrap the section of that name is kept as it was.

Method. Residuals are r = t(predicted) - t(observed), t the logarithm, the identity or log1p, and the objective is
the sum of rho(r) over the rows, never the mean. Every law is a function that also takes complex parameters, so
its Jacobian is exact (complex step) and its second derivatives are central differences of that. Descent is Newton's,
damped towards iteratively reweighted least squares, from many starts in double precision; the best point is polished
in 80-bit arithmetic, where gradients are about 2000 times as exact. The laws are written in N and D divided by
their geometric means (amplitudes as logarithms), and turned back into natural constants at the end.
"""

import csv
import itertools
import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import linprog, nnls

OUTPUT = "crates/isoflop/tests/it/golden/laws.json"
LONG = np.longdouble
np.seterr(all="ignore")  # steps that overflow are refused


# Robust losses: value, derivative and second derivative of rho at r.


class Huber:
    def __init__(self, delta):
        self.delta = delta
        self.told = {"loss": "huber", "delta": delta, "rho": "r^2/2 if |r| <= delta, else delta (|r| - delta/2)"}

    def __call__(self, r):
        size = np.abs(r)
        inside = size <= self.delta
        value = np.where(inside, r * r / 2, self.delta * (size - r.dtype.type(self.delta) / 2))
        return value, np.where(inside, r, self.delta * np.sign(r)), inside.astype(r.dtype)

    def softer(self, factor):
        return Huber(self.delta * factor)


class Squares:
    told = {"loss": "squares", "rho": "r^2"}

    def __call__(self, r):
        return r * r, 2 * r, 2 + 0 * r

    softer = None


class LogCosh:
    def __init__(self, scale):
        self.scale = scale
        self.told = {"loss": "log-cosh", "scale": scale, "rho": "s^2 ln cosh(r / s)"}

    def __call__(self, r):
        s, two = r.dtype.type(self.scale), r.dtype.type(2)
        x = np.abs(r) / s
        tanh = np.tanh(r / s)
        return s * s * (x + np.log1p(np.exp(-two * x)) - np.log(two)), s * tanh, 1 - tanh * tanh

    def softer(self, factor):
        return LogCosh(self.scale * factor)


class Pinball:
    """Not smooth: solved by `pinball`, not by `descend`."""

    def __init__(self, tau):
        self.tau = tau
        self.told = {"loss": "pinball", "tau": tau, "rho": "u = -r = t(observed) - t(predicted); tau u if u >= 0, else (tau - 1) u"}

    def __call__(self, r):
        tau = r.dtype.type(self.tau)
        return np.where(r <= 0, -tau * r, (1 - tau) * r), None, None


# Laws. A law has the names of its natural constants, the prediction from internal parameters, and both
# translations. `x` is a tuple of columns.


class Law:
    def prepare(self, x):
        """Centres the axes named in self.axes at their geometric means."""
        self.centres = [np.log(column.astype(LONG)).mean() for column in x]
        self.logs = {}
        for real in (np.float64, LONG):
            self.logs[real] = [(np.log(c.astype(LONG)) - m).astype(real) for c, m in zip(x, self.centres)]
        return self

    def columns(self, theta):
        return self.logs[LONG if theta.dtype in (LONG, np.clongdouble) else np.float64]


class Surface(Law):
    form = "E + A N^-alpha + B D^-beta"
    names = ("E", "A", "B", "alpha", "beta")

    def __call__(self, t):
        n, d = self.columns(t)
        return np.exp(t[0]) + np.exp(t[1] - t[3] * n) + np.exp(t[2] - t[4] * d)

    def natural(self, t):
        m, k = self.centres
        return np.array([np.exp(t[0]), np.exp(t[1] + t[3] * m), np.exp(t[2] + t[4] * k), t[3], t[4]])

    def internal(self, v):
        m, k = self.centres
        v = np.array(v, dtype=LONG)
        return np.array([np.log(v[0]), np.log(v[1]) - v[3] * m, np.log(v[2]) - v[4] * k, v[3], v[4]])

    def starts(self, loss):
        """For exponents on a grid, the non-negative E, A, B of least relative squares."""
        n, d = self.logs[np.float64]
        for alpha, beta in itertools.product((0.05, 0.15, 0.3, 0.45, 0.7, 1.1), repeat=2):
            basis = np.stack([np.ones_like(n), np.exp(-alpha * n), np.exp(-beta * d)], axis=1)
            linear, _ = nnls(basis / loss[:, None], np.ones_like(n))
            yield np.array([*np.log(np.maximum(linear, 0.02)), alpha, beta])


class Tied(Surface):
    form = "E + A N^-alpha + B D^-alpha"
    names = ("E", "A", "B", "alpha")

    def __call__(self, t):
        return super().__call__(t[[0, 1, 2, 3, 3]])

    def natural(self, t):
        return super().natural(t[[0, 1, 2, 3, 3]])[:4]

    def internal(self, v):
        return super().internal([*v, v[3]])[:4]

    def starts(self, loss):
        return (t[:4] for t in super().starts(loss) if t[3] == t[4])


class JointExponent(Surface):
    form = "E + (A N^-p + B D^-q)^k"
    names = ("E", "A", "B", "p", "q", "k")
    fixed = None

    def __call__(self, t):
        n, d = self.columns(t)
        k = np.exp(t[5]) if self.fixed is None else self.fixed
        return np.exp(t[0]) + np.exp(k * np.log(np.exp(t[1] - t[3] * n) + np.exp(t[2] - t[4] * d)))

    def natural(self, t):
        k = np.exp(t[5]) if self.fixed is None else LONG(self.fixed)
        return np.array([*super().natural(t[:5]), k])

    def starts(self, loss):
        for t, k in itertools.product(super().starts(loss), (0.3, 0.6, 1.0, 1.8)):
            if 0.1 < t[3] < 1 and 0.1 < t[4] < 1:
                # The bracket of the start is about the excess of the surface, shared out as there.
                share = np.array([t[1], t[2]]) + np.log(np.exp(t[1]) + np.exp(t[2])) * (1 / k - 1)
                yield np.array([t[0], *share, t[3] / k, t[4] / k, np.log(k)])


class WithFixedExponent(JointExponent):
    names = ("E", "A", "B", "p", "q")

    def __init__(self, k):
        self.fixed = k

    def natural(self, t):
        return super().natural(t)[:5]


class Kaplan(Law):
    form = "[(Nc / N)^(aN / aD) + Dc / D]^aD"
    names = ("Nc", "Dc", "aN", "aD")

    def __call__(self, t):
        n, d = self.columns(t)
        return np.exp(t[3] * np.log(np.exp(t[2] / t[3] * (t[0] - n)) + np.exp(t[1] - d)))

    def natural(self, t):
        m, k = self.centres
        return np.array([np.exp(t[0] + m), np.exp(t[1] + k), t[2], t[3]])

    def internal(self, v):
        m, k = self.centres
        v = np.array(v, dtype=LONG)
        return np.array([np.log(v[0]) - m, np.log(v[1]) - k, v[2], v[3]])

    def starts(self, loss):
        """For exponents and the share of N on a grid, constants that give the mean loss at the centre."""
        for a_n, a_d, share in itertools.product((0.04, 0.08, 0.16, 0.3), (0.04, 0.08, 0.16, 0.3), (0.2, 0.5, 0.8)):
            bracket = np.log(loss).mean() / a_d
            yield np.array([(bracket + np.log(share)) * a_d / a_n, bracket + np.log(1 - share), a_n, a_d])


class Farseer(Law):
    """Each of s N^q + S, B N^b + Q and A N^a + E by its value and slope in ln N at the centre, and its power.

    Value and slope of the second are those of the whole exponent of the second term at the centre of D."""

    form = "exp(s N^q + S) + exp(B N^b + Q) D^(-exp(A N^a + E))"
    names = ("s", "q", "S", "B", "b", "Q", "A", "a", "E")

    def parts(self, t):
        share = np.exp(t[6]) * self.centres[1].astype(t.real.dtype)
        return (t[0], t[1], t[2]), (t[3] + share, t[4] + share * t[7], t[5]), (t[6], t[7], t[8])

    def __call__(self, t):
        n, d = self.columns(t)
        first, second, power = (level + slope * np.expm1(bend * n) / bend for level, slope, bend in self.parts(t))
        return np.exp(first) + np.exp(second - np.exp(power) * (d + self.centres[1].astype(t.real.dtype)))

    def natural(self, t):
        m = self.centres[0]
        return np.array([v for level, slope, bend in self.parts(t) for v in (slope / bend * np.exp(-bend * m), bend, level - slope / bend)])

    def starts(self, loss):
        for q, b, a in itertools.product((-0.4, -0.1), (-0.5, -0.1, 0.4), (-0.5, 0.1, 0.5)):
            yield np.array([np.log(0.85 * loss.mean()), -0.05, q, np.log(0.15 * loss.mean()), 0.0, b, -1.0, 0.02, a])


class PowerLaw(Law):
    names = ("k", "gamma")

    def __init__(self, axis="C"):
        self.form = f"k {axis}^-gamma"

    def __call__(self, t):
        (x,) = self.columns(t)
        return np.exp(t[0] - t[1] * x)

    def natural(self, t):
        return np.array([np.exp(t[0] + t[1] * self.centres[0]), t[1]])

    def starts(self, loss):
        for power in (0.05, 0.2, 0.6):
            yield np.array([np.log(loss).mean(), power])


class Frontier(Law):
    names = ("E", "k", "gamma")

    def __init__(self, axis="C"):
        self.form = f"E + k {axis}^-gamma"

    def __call__(self, t):
        (x,) = self.columns(t)
        return np.exp(t[0]) + np.exp(t[1] - t[2] * x)

    def natural(self, t):
        return np.array([np.exp(t[0]), np.exp(t[1] + t[2] * self.centres[0]), t[2]])

    def starts(self, loss):
        for share, power in itertools.product((0.1, 0.3, 0.6, 0.9), (0.05, 0.15, 0.4, 0.9, 1.5)):
            yield np.array([np.log(share * loss.min()), np.log(loss.mean() - share * loss.min()), power])


class Broken(Law):
    form = "a + b x^-c0 (1 + (x / d1)^(1 / f1))^(-c1 f1)"
    names = ("a", "b", "c0", "c1", "d1", "f1")

    def __call__(self, t):
        (x,) = self.columns(t)
        f = np.exp(t[5])
        z = (x - t[4]) / f
        high = np.maximum(z.real, 0)
        soft = high + np.log(np.exp(z - high) + np.exp(-high))
        return t[0] + np.exp(t[1] - t[2] * x - t[3] * f * soft)

    def natural(self, t):
        m = self.centres[0]
        return np.array([t[0], np.exp(t[1] + t[2] * m), t[2], t[3], np.exp(t[4] + m), np.exp(t[5])])

    def starts(self, loss):
        (x,) = self.logs[np.float64]
        for a, c0, c1, at, f in itertools.product((0.0, 0.4), (0.05,), (1.5, 4.0), (0.6, 0.75, 0.9), (0.03, 0.1, 0.3)):
            d = x.min() + at * (x.max() - x.min())
            yield np.array([a, np.log(loss.max() - a), c0, c1, d, np.log(f)])


class Constrained(Law):
    """Only R_D*, R_N* are free; the single-epoch constants are given, and with them U_N."""

    form = "E + A / (U_N + U_N R_N* (1 - exp(-R_N / R_N*)))^alpha + B / (U + U R_D* (1 - exp(-R_D / R_D*)))^beta"
    names = ("R_D", "R_N")

    def __init__(self, base):
        self.base = base

    def prepare(self, x):
        self.parts = {}
        for real in (np.float64, LONG):
            n, d, u = (column.astype(real) for column in x)
            (e, a, b), (alpha, beta) = (real(self.base[k]) for k in "eab"), (real(self.base[k]) for k in ("alpha", "beta"))
            g = np.exp((np.log(alpha) + a - np.log(beta) - b) / (alpha + beta))
            u_n = np.minimum(n, g * (g * u) ** (beta / alpha))
            self.parts[real] = u, np.maximum(d / u - 1, 0), u_n, np.maximum(n / u_n - 1, 0), e, a, b, alpha, beta
        return self

    def __call__(self, t):
        u, r_d, u_n, r_n, e, a, b, alpha, beta = self.parts[LONG if t.dtype in (LONG, np.clongdouble) else np.float64]
        star_d, star_n = np.exp(t[0]), np.exp(t[1])
        d = u * (1 + star_d * (1 - np.exp(-r_d / star_d)))
        n = u_n * (1 + star_n * (1 - np.exp(-r_n / star_n)))
        return np.exp(e) + np.exp(a - alpha * np.log(n)) + np.exp(b - beta * np.log(d))

    def natural(self, t):
        return np.exp(t)

    def internal(self, v):
        return np.log(np.array(v, dtype=LONG))

    def starts(self, loss):
        return (np.log(np.array(s)) for s in itertools.product((4.0, 10.0, 15.0, 25.0, 47.0, 70.0, 90.0, 120.0, 160.0), (1.0, 1.7, 2.3, 5.0, 15.0)))


# Descent.

TRANSFORMS = {"log": np.log, "linear": lambda y: y, "log1p": lambda y: np.log(1 + y)}


class Problem:
    def __init__(self, law, x, loss, residual="log", rho=Huber(1e-3), weight=None):
        self.law, self.loss, self.residual, self.rho = law.prepare(x), loss, residual, rho
        self.transform = TRANSFORMS[residual]
        self.observed = {real: self.transform(loss.astype(LONG)).astype(real) for real in (np.float64, LONG)}
        self.weight = 1.0 if weight is None else weight

    def residuals(self, t):
        real = LONG if t.dtype in (LONG, np.clongdouble) else np.float64
        return self.transform(self.law(t)) - self.observed[real]

    def objective(self, t, rho=None):
        value = ((rho or self.rho)(self.residuals(t))[0] * self.weight).sum()
        return value if np.isfinite(value) else type(value)(np.inf)

    def jacobian(self, t):
        step = t.dtype.type(1e-40)
        moved = t.astype(np.clongdouble if t.dtype == LONG else complex)
        columns = []
        for i in range(len(t)):
            moved[i] += 1j * step
            columns.append(self.residuals(moved).imag / step)
            moved[i] = t[i]
        return np.stack(columns, axis=1)

    def bends(self, t, first):
        """The sum of first times the second derivatives of the residuals."""
        total = np.empty((len(t), len(t)), dtype=t.dtype)
        for i in range(len(t)):
            step = t.dtype.type(1e-6 if t.dtype == LONG else 1e-5)
            up, down = t.copy(), t.copy()
            up[i], down[i] = t[i] + step, t[i] - step
            total[i] = first @ (self.jacobian(up) - self.jacobian(down)) / (2 * step)
        return (total + total.T) / 2

    def quadratic(self, t, rho=None):
        """Gradient, Hessian, its part without the law's bends, and the Hessian of the squares that bound rho."""
        r, jacobian = self.residuals(t), self.jacobian(t)
        _, first, second = (rho or self.rho)(r)
        first, second = first * self.weight, second * self.weight
        bound = np.where(r == 0, second, first / np.where(r == 0, 1, r))
        straight = (jacobian.T * second) @ jacobian
        return first @ jacobian, straight + self.bends(t, first), straight, (jacobian.T * bound) @ jacobian

    def descend(self, t, rounds=200, rho=None):
        """Damped Newton; returns the point, its objective, and whether it stands still there."""
        value, damping = self.objective(t, rho), 1e-3
        for _ in range(rounds):
            if not np.isfinite(value):
                return t, value, False
            gradient, hessian, straight, bound = (part.astype(float) for part in self.quadratic(t, rho))
            if not (np.isfinite(hessian).all() and np.isfinite(bound).all()):
                return t, value, False
            scale = 1 / np.sqrt(np.maximum(np.diag(bound), 1e-4 * np.diag(bound).max() + 1e-300))
            gradient = gradient * scale
            hessian, straight, bound = (part * np.outer(scale, scale) for part in (hessian, straight, bound))
            bound += 1e-3 * np.eye(len(t))
            while damping < 1e12:
                try:
                    lower = np.linalg.cholesky(hessian + damping * bound)
                except np.linalg.LinAlgError:
                    damping = max(damping, 1e-6)
                    lower = np.linalg.cholesky(straight + damping * bound)
                step = -scale * np.linalg.solve(lower.T, np.linalg.solve(lower, gradient))
                if np.abs(step).max() > 2:
                    damping = max(damping * 8, 1e-6)
                    continue
                moved = t + step.astype(t.dtype)
                found = self.objective(moved, rho)
                if found < value:
                    break
                if np.abs(step).max() < 1e-9:
                    return t, value, True
                damping = max(damping * 8, 1e-6)
            else:
                return t, value, False
            t, value, damping = moved, found, damping / 20 if damping > 1e-12 else 0.0
        return t, value, False

    def polish(self, t):
        """Undamped Newton in extended precision: the zero of the gradient."""
        t = t.astype(LONG)
        for _ in range(12):
            gradient, hessian, _, _ = self.quadratic(t)
            scale = 1 / np.sqrt(np.abs(np.diag(hessian)).astype(float))
            system = hessian.astype(float) * np.outer(scale, scale)
            t = t - (scale * np.linalg.solve(system, gradient.astype(float) * scale)).astype(LONG)
        gradient, hessian, _, bound = self.quadratic(t)
        scale = 1 / np.sqrt(np.diag(bound).astype(float))
        eigenvalues = np.linalg.eigvalsh(hessian.astype(float) * np.outer(scale, scale))
        return t, {
            "gradient": float(np.abs(gradient * scale).max()),
            "eigenvalues": [float(f"{e:.3g}") for e in eigenvalues],
        }

    def minima(self, starts, keep=40):
        """Distinct points of rest, best first, each with the number of descents that came to it.

        From every start one descent goes straight, another by way of wider deltas."""
        found = []
        for start in starts:
            for eased in (False, True) if self.rho.softer else (False,):
                t = start
                if eased:
                    for factor in (30, 5):
                        t = self.descend(t, 60, self.rho.softer(factor))[0]
                t, value, still = self.descend(t)
                if still and np.isfinite(value):
                    found.append((value, t))
        found.sort(key=lambda pair: pair[0])
        distinct = []
        for value, t in found:
            if distinct and abs(value - distinct[-1][0]) <= 1e-8 * abs(value) + 1e-20:
                distinct[-1][2] += 1
            else:
                distinct.append([value, t, 1])
        return distinct[:keep], len(found)


def pinball(problem, starts, tau):
    """Sequential linear programming in a trust region, then the residuals that vanish as equations.

    At a minimum p of the residuals are zero (p parameters) and the multipliers of these are strictly inside
    (tau - 1, tau); both are checked, so the point is a strict local minimum, and the best of all starts."""
    rho, best = problem.rho, None
    for t in starts:
        value, radius = problem.objective(t), 0.5
        for _ in range(120):
            if radius < 1e-10:
                break
            r, j = problem.residuals(t), problem.jacobian(t)
            rows, p = j.shape
            # u = -(r + j step) = plus - minus; minimise tau plus + (1 - tau) minus.
            cost = np.concatenate([np.zeros(p), np.full(rows, tau), np.full(rows, 1 - tau)])
            equal = np.hstack([j, np.eye(rows), -np.eye(rows)])
            bounds = [(-radius, radius)] * p + [(0, None)] * (2 * rows)
            plan = linprog(cost, A_eq=equal, b_eq=-r, bounds=bounds, method="highs")
            moved = t + plan.x[:p]
            found = problem.objective(moved)
            if found < value:
                t, value, radius = moved, found, min(radius * 2, 1)
            else:
                radius /= 4
        if best is None or value < best[0]:
            best = value, t
    t = best[1].astype(LONG)
    active = np.argsort(np.abs(problem.residuals(t)))[: len(t)]
    for _ in range(12):
        j = problem.jacobian(t)[active].astype(float)
        t = t - np.linalg.solve(j, problem.residuals(t)[active].astype(float)).astype(LONG)
    r, j = problem.residuals(t), problem.jacobian(t).astype(float)
    others = np.setdiff1d(np.arange(len(r)), active)
    slopes = np.where(r[others] > 0, 1 - tau, -tau).astype(float)
    multipliers = np.linalg.solve(j[active].T, -(slopes @ j[others]))
    assert (multipliers < 1 - tau).all() and (multipliers > -tau).all(), multipliers
    return t, {"zero_residuals": [int(i) for i in sorted(active)], "next_residual": float(np.abs(r[others]).min())}


# Cases.


def number(value):
    return float(value)


def named(law, values):
    return {name: number(value) for name, value in zip(law.names, values)}


def case(name, data, problem, published=(), others=4, extra=None):
    """Searches, polishes and tells one fit."""
    law = problem.law
    if isinstance(problem.rho, Pinball):
        t, told = pinball(problem, extra, problem.rho.tau)
        distinct, reached = [], None
    else:
        starts = list(law.starts(problem.loss))
        distinct, reached = problem.minima(starts)
        assert distinct, f"{name}: no start came to rest"
        t, told = problem.polish(distinct[0][1])
        told["descents"] = {"made": len(starts) * (2 if problem.rho.softer else 1), "came_to_rest": reached, "at_this_minimum": distinct[0][2]}
    r = problem.residuals(t)
    record = {
        "name": name,
        **data,
        "rows": len(problem.loss),
        "law": law.form,
        "residual": problem.residual,
        **problem.rho.told,
        "objective": number(problem.objective(t)),
        "coefficients": named(law, law.natural(t)),
        "solved": told,
    }
    if isinstance(problem.rho, Huber):
        record["solved"]["inside_delta"] = int((np.abs(r) <= problem.rho.delta).sum())
    record["other_minima"] = []
    for value, point, count in distinct[1:]:
        point, also = problem.polish(point)
        value = problem.objective(point)
        worse = value / problem.objective(t) - 1
        if min(also["eigenvalues"]) > 0 and 1e-9 < worse < 3 and len(record["other_minima"]) < others:
            record["other_minima"].append(
                {"objective": number(value), "coefficients": named(law, law.natural(point)), "descents": count}
            )
    record["published"] = []
    for source, values, printed in published:
        at = problem.objective(law.internal(values).astype(float))
        entry = {"source": source, "coefficients": named(law, values), "objective": number(at)}
        if printed is not None:
            entry["objective_printed"] = printed
        record["published"].append(entry)
    print(f"{name}: {record['objective']!r} {record['coefficients']} {record['solved']}", flush=True)
    for other in record["other_minima"] + record["published"]:
        print("    ", other.get("source", "other minimum"), other["objective"], other["coefficients"], flush=True)
    return record


def csv_rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


CHINCHILLA = "testdata/chinchilla-fig4-epoch/svg_extracted_data.csv"
HIGHEST = {"data": CHINCHILLA, "condition": "loss < 3.44", "keep": "all but the five runs of highest loss", "tokens": "C / 6N"}


def chinchilla(dropped):
    rows = csv_rows(CHINCHILLA)
    n, c, loss = (column(rows, name) for name in ("Model Size", "Training FLOP", "loss"))
    kept = np.ones(len(loss), bool)
    if dropped:
        kept = loss < np.sort(loss)[-dropped]
    return (n[kept], (c / (6 * n))[kept]), loss[kept]


BESIROGLU = (
    ("Besiroglu et al. 2024, notebook, BFGS (headline)", [np.exp(0.59711196), np.exp(6.17795598), np.exp(7.64273236), 0.34781303, 0.36585412], None),
    ("Besiroglu et al. 2024, notebook, L-BFGS-B over a grid", [1.8172355, 477.84171, 2143.86379, 0.34731266, 0.36718262], 0.0010182740346),
    ("Besiroglu et al. 2024, as printed in the paper", [1.8172, 482.01, 2085.43, 0.3478, 0.3658], None),
    ("Hoffmann et al. 2022, from the TeX source", [np.exp(0.5267228), np.exp(6.0073404), np.exp(6.0179186), 0.33917084, 0.2849083], None),
    ("Hoffmann et al. 2022, as printed", [1.69, 406.4, 410.7, 0.34, 0.28], None),
)


def chinchilla_cases():
    x, loss = chinchilla(5)
    huber = Huber(1e-3)
    yield case("chinchilla-240-huber", HIGHEST, Problem(Surface(), x, loss, "log", huber), BESIROGLU)
    yield case("chinchilla-240-squares-log", HIGHEST, Problem(Surface(), x, loss, "log", Squares()))
    yield case("chinchilla-240-squares-linear", HIGHEST, Problem(Surface(), x, loss, "linear", Squares()))
    yield case("chinchilla-240-huber-linear", HIGHEST, Problem(Surface(), x, loss, "linear", huber))
    yield case("chinchilla-240-log-cosh", HIGHEST, Problem(Surface(), x, loss, "log", LogCosh(1e-3)))
    law = Surface().prepare(x)
    exact = [law.internal(values).astype(float) for values in ([1.8172, 477.8, 2143.4, 0.3473, 0.3672], [1.69, 406.4, 410.7, 0.34, 0.28])]
    exact += [t for t in law.starts(loss) if 0.1 < t[3] < 0.6 and 0.1 < t[4] < 0.6]
    yield case("chinchilla-240-pinball", HIGHEST, Problem(law, x, loss, "log", Pinball(0.1)), extra=exact)
    yield case("chinchilla-240-tied", HIGHEST, Problem(Tied(), x, loss, "log", huber))
    yield case("chinchilla-240-kaplan-joint", HIGHEST, Problem(Kaplan(), x, loss, "log", huber), [("Kaplan et al. 2020, other data", [6.4e13, 1.8e13, 0.076, 0.103], None)])
    yield case("chinchilla-240-joint-exponent", HIGHEST, Problem(JointExponent(), x, loss, "log", huber))
    yield case("chinchilla-240-joint-exponent-squares-log", HIGHEST, Problem(JointExponent(), x, loss, "log", Squares()))
    yield case("chinchilla-240-farseer-squares-log", HIGHEST, Problem(Farseer(), x, loss, "log", Squares()))
    yield case("chinchilla-240-farseer", HIGHEST, Problem(Farseer(), x, loss, "log", huber))
    x, loss = chinchilla(0)
    yield case("chinchilla-245-huber", {**HIGHEST, "condition": "", "keep": "all"}, Problem(Surface(), x, loss, "log", huber))


def joint_exponent_profile():
    """The objective, minimised over the other five, at values of k."""
    x, loss = chinchilla(5)
    points = []
    for k in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0):
        problem = Problem(WithFixedExponent(k), x, loss)
        starts = [t[:5] for t in JointExponent().prepare(x).starts(loss) if abs(t[5] - np.log(k)) < 0.7]
        t, _ = problem.polish(problem.minima(starts)[0][0][1])
        points.append({"k": k, "objective": number(problem.objective(t)), "coefficients": named(problem.law, problem.law.natural(t))})
        print("   k", points[-1], flush=True)
    return {"name": "joint-exponent-k", "case": "chinchilla-240-joint-exponent", "over": "k", "points": points}


def gemstones_cases():
    path = "testdata/gemstones/fit_hot_100b+.jsonl"
    rows = [json.loads(line) for line in open(path)]
    x, loss = (column(rows, "params_active_precise"), column(rows, "tokens")), column(rows, "final_loss")
    data = {"data": path, "condition": "", "keep": "all", "tokens": "tokens"}
    published = {
        1e-3: ([0.6681624725, 4.9008415415, 12.850969215, 0.2591125694, 0.5972679073], 6.5925344e-3),
        1e-4: ([0.6655226816, 4.8761769847, 12.6984060933, 0.2575546364, 0.5909317455], 6.9233e-4),
    }
    for delta, (values, printed) in published.items():
        values = [*np.exp(values[:3]), *values[3:]]
        source = f"McLeish et al. 2025, published_fits.json, delta {delta:g}"
        problem = Problem(Surface(), x, loss, "log", Huber(delta))
        yield case(f"gemstones-770-huber-{delta:g}", data, problem, [(source, values, printed)])


def marin_cases():
    path = "testdata/marin-isoflops/isoflops_qc.csv"
    for mixture in ("comma", "dclm"):
        rows = [row for row in csv_rows(path) if row["dataset"] == mixture and row["outlier"] == "False"]
        x = column(rows, "params"), column(rows, "tokens")
        data = {"data": path, "condition": f"dataset == '{mixture}' && outlier == false", "keep": f"{mixture}, unflagged", "tokens": "tokens"}
        yield case(f"marin-{mixture}-squares-log", data, Problem(Surface(), x, column(rows, "loss"), "log", Squares()))


COURSE = [2.69, 1606.4, 3210.7, 0.34, 0.36]


def course_cases():
    path = "examples/isoflops_curves.json"
    rows = json.load(open(path))
    n, c, loss = (column(rows, name) for name in ("parameters", "compute_budget", "final_loss"))
    data = {"data": path, "condition": "", "keep": "all", "tokens": "C / 6N"}
    truth = [("the law the file was computed from", COURSE, None)]
    x = n, c / (6 * n)
    yield case("course-squares-log", data, Problem(Surface(), x, loss, "log", Squares()), truth)
    yield case("course-squares-linear", data, Problem(Surface(), x, loss, "linear", Squares()), truth)
    yield case("course-huber", data, Problem(Surface(), x, loss, "log", Huber(1e-3)), truth)
    budgets = np.unique(c)
    optima = [allocate(COURSE, budget) for budget in budgets]
    minima = np.array([optimum["loss"] for optimum in optima], dtype=float)
    data = {"data": "the true minima of that law, C and L", "keep": "all", "points": [[number(b), number(m)] for b, m in zip(budgets, minima)]}
    yield case("course-minima-frontier", data, Problem(Frontier(), (budgets,), minima, "log", Squares()))
    yield case("course-minima-power-squares-log", data, Problem(PowerLaw(), (budgets,), minima, "log", Squares()))
    yield case("course-minima-power-huber", data, Problem(PowerLaw(), (budgets,), minima, "log", Huber(1e-3)))


DATABLATIONS = "testdata/datablations/runs_182.csv"
TIED = {"e": 0.6254804, "a": 6.255414, "b": 7.3049974, "alpha": 0.3526596, "beta": 0.3526596}
UNTIED = {"e": 0.63032365, "a": 5.9577184, "b": 7.9145365, "alpha": 0.33480313, "beta": 0.38289225}
R_STARS = [15.387756, 5.309743]


def constrained_cases():
    rows = csv_rows(DATABLATIONS)
    x = tuple(column(rows, name) for name in ("params", "tokens", "unique_tokens"))
    loss = column(rows, "loss")
    problem = Problem(Constrained(TIED), x, loss)
    data = {"data": DATABLATIONS, "condition": "", "keep": "all", "tokens": "tokens, unique_tokens", "base": TIED}
    fit = case("datablations-182-huber", data, problem, [("Muennighoff et al. 2023, notebook", R_STARS, 0.015825936570763588)], others=20)
    # Many minima lie close together: no point of a wide grid is lower than the lowest of them.
    grid = itertools.product(np.linspace(-1, 12, 130), np.linspace(-4, 7, 110))
    assert fit["objective"] < min(problem.objective(np.array(point)) for point in grid)
    spread = ((loss - loss.mean()) ** 2).sum()
    predicted = problem.law(problem.law.internal(R_STARS).astype(float))
    fit["published"][0]["r_squared_of_loss"] = number(1 - ((loss - predicted) ** 2).sum() / spread)
    e, a, b = (np.exp(TIED[key]) for key in "eab")
    plain = e + a * x[0] ** -TIED["alpha"] + b * x[1] ** -TIED["beta"]
    fit["published"][0]["r_squared_without_repetition"] = number(1 - ((loss - plain) ** 2).sum() / spread)
    print("   R2", fit["published"][0])
    # At R_D* fixed only R_N* is left: one descent from each of many starts, in double precision and polished.
    points = []
    for star in (5.0, 10.0, 15.4, 20.0, 30.0, 47.0, 60.0, 95.0, 150.0, 300.0, 1000.0):
        best = problem_of_one(problem, np.log(LONG(star)))
        points.append({"R_D": star, "objective": number(best[0]), "R_N": number(np.exp(best[1]))})
        print("   R_D", points[-1])
    profile = {"name": "datablations-R_D", "case": fit["name"], "over": "R_D", "points": points}
    return fit, profile


class OneStar(Constrained):
    def __init__(self, of, star):
        self.parts, self.star = of.parts, star

    def prepare(self, x):
        return self

    def __call__(self, t):
        return super().__call__(np.stack([t[0] * 0 + t.real.dtype.type(self.star), t[0]]))


def problem_of_one(problem, star):
    fixed = Problem(OneStar(problem.law, star), None, problem.loss)
    distinct, _ = fixed.minima([np.array([np.log(s)]) for s in (0.3, 0.7, 1.5, 2.5, 4.0, 5.5, 8.0, 12.0, 20.0, 40.0)])
    t, _ = fixed.polish(distinct[0][1])
    return fixed.objective(t), t[0]


def curve_cases():
    path = "testdata/bnsl-4digit-addition/curve.csv"
    rows = csv_rows(path)
    x, y = column(rows, "train_set_size"), column(rows, "test_cross_entropy")
    fitted = np.array([row["split"] == "fit" for row in rows])
    told = {"data": path, "condition": "split == 'fit'", "keep": "the first 14", "axis": "train_set_size"}
    # A power law with a floor is no third case: the curve bends down, and the best floor is none.
    for law, name in ((Broken(), "broken"), (PowerLaw("x"), "power")):
        problem = Problem(law, (x[fitted],), y[fitted], "log1p", Squares())
        yield ahead(case(f"addition-{name}", told, problem), law, x, y, fitted)
    path = "testdata/nmt-learning-curves/benchmark_lang_nmt.csv"
    rows = csv_rows(path)
    for model in dict.fromkeys(row["model"] for row in rows):
        of = [row for row in rows if row["model"] == model]
        x, y = column(of, "seen_examples"), column(of, "loss")
        fitted = column(of, "training") == 1
        told = {"data": path, "condition": f"model == '{model}' && training == 1", "keep": f"{model}, all but the last", "axis": "seen_examples"}
        for law, name in ((Frontier("x"), "power-and-floor"), (PowerLaw("x"), "power")):
            problem = Problem(law, (x[fitted],), y[fitted], "log", Squares())
            title = f"nmt-{model.lower().replace(', ', '-').replace(' ', '')}-{name}"
            yield ahead(case(title, told, problem), law, x, y, fitted)


def ahead(record, law, x, y, fitted):
    """Forecasts of the rows held out, and root mean squares of ln y and ln(1 + y) on either side."""
    v = np.array([LONG(record["coefficients"][name]) for name in law.names])
    x = x.astype(LONG)
    if isinstance(law, Broken):
        predicted = v[0] + v[1] * x ** -v[2] * (1 + (x / v[4]) ** (1 / v[5])) ** (-v[3] * v[5])
    elif isinstance(law, Frontier):
        predicted = v[0] + v[1] * x ** -v[2]
    else:
        predicted = v[0] * x ** -v[1]
    record["held_out"] = [
        {"x": number(a), "predicted": number(p), "observed": number(o), "relative_error": number(p / o - 1)}
        for a, p, o in zip(x[~fitted], predicted[~fitted], y[~fitted])
    ]
    for key, error in (("rms_ln", np.log(predicted / y)), ("rms_ln_1p", np.log1p(predicted) - np.log1p(y))):
        record[key] = {"fit": number(np.sqrt((error[fitted] ** 2).mean())), "held_out": number(np.sqrt((error[~fitted] ** 2).mean()))}
    print("   ", record["held_out"], record["rms_ln"], record["rms_ln_1p"])
    return record


# Values.


def real(values):
    return [LONG(value) for value in values]


def surface(constants, n, d):
    e, a, b, alpha, beta = real(constants)
    return e + a * LONG(n) ** -alpha + b * LONG(d) ** -beta


def allocate(constants, compute):
    """The optimum of a surface under C = 6ND."""
    e, a, b, alpha, beta = real(constants)
    compute = LONG(compute)
    g = (alpha * a / (beta * b)) ** (1 / (alpha + beta))
    n = g * (compute / 6) ** (beta / (alpha + beta))
    d = (compute / 6) ** (alpha / (alpha + beta)) / g
    return {"params": n, "tokens": d, "loss": surface(constants, n, d), "slope": alpha * a * n**-alpha}


def allocations():
    table = []
    besiroglu = [*np.exp([0.59711196, 6.17795598, 7.64273236]), 0.34781303, 0.36585412]
    tied = [*np.exp([TIED[k] for k in "eab"]), TIED["alpha"], TIED["beta"]]
    untied = [*np.exp([UNTIED[k] for k in "eab"]), UNTIED["alpha"], UNTIED["beta"]]
    cases = [
        ("Hoffmann et al. 2022, as printed", [1.69, 406.4, 410.7, 0.34, 0.28], (3.8e25, 5.88e23)),
        ("Besiroglu et al. 2024, exp of 0.59711196, 6.17795598, 7.64273236", besiroglu, (5.88e23,)),
        ("Besiroglu et al. 2024, as printed", [1.8172, 482.01, 2085.43, 0.3478, 0.3658], (1e21,)),
        ("Stanford CS336, the law of examples/isoflops_curves.json", COURSE, (6e18, 1e21, 1e23, 1e24)),
        ("Muennighoff et al. 2023, tied, exp of the logs", tied, (5.76e23,)),
        ("Muennighoff et al. 2023, untied, exp of the logs", untied, (5.76e23,)),
    ]
    for source, constants, budgets in cases:
        for compute in budgets:
            optimum = {key: number(value) for key, value in allocate(constants, compute).items()}
            table.append({"source": source, "coefficients": named(Surface, constants), "compute": compute, **optimum, "tokens_per_param": optimum["tokens"] / optimum["params"]})
            print(source, compute, optimum)
    return table


def broken(a, b, c0, c, d, f, x):
    a, b, c0, x = real((a, b, c0, x))
    y = b * x**-c0
    for ci, di, fi in zip(real(c), real(d), real(f)):
        y *= (1 + (x / di) ** (1 / fi)) ** (-ci * fi)
    return a + y


def constrained(base, stars, n, d, u):
    law = Constrained(base).prepare(tuple(np.array([value]) for value in (n, d, u)))
    return law(law.internal(stars))[0]


def worked():
    """The laws at round inputs. Constants are the doubles nearest to the printed decimals."""
    values = []

    def told(law, value, printed=None, **constants):
        values.append({"law": law, **constants, "value": number(value), **({} if printed is None else {"printed": printed})})
        agrees = "" if printed is None else f"{abs(number(value) / printed - 1):.1e}"
        print(law, number(value), printed, agrees, constants)

    hoffmann, besiroglu = [1.69, 406.4, 410.7, 0.34, 0.28], [1.8172, 482.01, 2085.43, 0.3478, 0.3658]
    for constants, printed in ((hoffmann, 1.936645), (besiroglu, 1.973882)):
        told("surface", surface(constants, 70e9, 1.4e12), printed, coefficients=named(Surface, constants), params=70e9, tokens=1.4e12)
    told("kaplan params (Nc / N)^aN", (LONG(8.8e13) / LONG(1.5e9)) ** LONG(0.076), 2.303551, Nc=8.8e13, aN=0.076, params=1.5e9)
    told("kaplan tokens (Dc / D)^aD", (LONG(5.4e13) / LONG(2.3e10)) ** LONG(0.095), 2.090322, Dc=5.4e13, aD=0.095, tokens=2.3e10)
    told("kaplan compute (Cc / C)^aC, PF-days of 8.64e19 FLOPs", LONG(3.1e8) ** LONG(0.050), 2.658080, Cc=3.1e8, aC=0.050, pf_days=1.0)
    joint = {"Nc": 6.4e13, "Dc": 1.8e13, "aN": 0.076, "aD": 0.103}
    n_c, d_c, a_n, a_d = real(joint.values())
    part = (n_c / LONG(1.5e9)) ** (a_n / a_d)
    told("kaplan joint", (part + d_c / LONG(2.3e10)) ** a_d, 2.310064, **joint, params=1.5e9, tokens=2.3e10)
    told("kaplan joint, endless data", part**a_d, 2.248468, **joint, params=1.5e9)
    told("kaplan steps (Nc / N)^aN + (Sc / S)^aS", (LONG(6.5e13) / LONG(1.5e9)) ** LONG(0.077) + (LONG(2.1e3) / LONG(1e5)) ** LONG(0.76), 2.328357, Nc=6.5e13, Sc=2.1e3, aN=0.077, aS=0.76, params=1.5e9, steps=1e5)
    gadre = {"E": 1.51, "A": 141.0, "B": 190.0, "eta": 0.121}
    e, a, b, eta = real(gadre.values())
    for m, printed in ((20.0, 2.473444), (320.0, 2.597385)):
        loss = e + (a * LONG(m) ** eta + b * LONG(m) ** -eta) * LONG(1e21) ** -eta
        told("gadre E + (A M^eta + B M^-eta) C^-eta", loss, printed, **gadre, compute=1e21, tokens_per_param=m)
    told("gadre error eps - k exp(-gamma L)", LONG(0.850) - LONG(2.08) * np.exp(-LONG(0.756) * LONG(2.473444)), 0.529398, eps=0.850, k=2.08, gamma=0.756, loss=2.473444)
    three = {"a": 1e-3, "b": 4.66e3, "c0": 0.05, "c": [0.49, -0.811, 2.1], "d": [3e6, 1e14, 2e20], "f": [1.1, 1.425, 0.05]}
    for x, printed in ((1e6, 1972.323), (1e12, 2.408754), (1e16, 0.6986126)):
        told("broken, three breaks", broken(*three.values(), x), printed, **three, x=x)
    one = {"a": 0.4139, "b": 2.277, "c0": 0.05508, "c": [5.663], "d": [612.58], "f": [0.05919]}
    for x in (160.0, 612.58, 800.0, 1e3):
        told("broken, one break", broken(*one.values(), x), None, **one, x=x)
    for (n, d, u), printed in (((6.34e9, 242e9, 25e9), 2.2256440889984477), ((8.67e9, 178e9, 25e9), 2.2269634075087867)):
        value = constrained(TIED, R_STARS, n, d, u)
        told("constrained", value, printed, base=TIED, R_D=R_STARS[0], R_N=R_STARS[1], params=n, tokens=d, unique_tokens=u)
    e, a, b = (LONG(TIED[key]) for key in "eab")
    alpha = LONG(TIED["alpha"])
    for u, printed in ((100e6, 5098651.77), (400e6, 20394607.06), (1.5e9, 76479776.48)):
        g = (np.exp(a - b)) ** (1 / (2 * alpha))
        told("constrained, the best N for U unique tokens", g * g * LONG(u), printed, base=TIED, unique_tokens=u)
    farseer = {"s": -0.062465473, "q": 0.13, "S": 0.1284880679, "B": 230.7343709, "b": -0.1729, "Q": -1.544209554, "A": -1.665630816, "a": 0.0459, "E": 3.133347199}
    s, q, S, B, b, Q, A, a, E = real(farseer.values())
    for n, d, printed in ((1e9, 1e11, 0.505029), (2.5e10, 4.75e11, 0.410284)):
        n_, d_ = LONG(n), LONG(d)
        value = np.exp(s * n_**q + S) + np.exp(B * n_**b + Q) * d_ ** -np.exp(A * n_**a + E)
        told("farseer", value, printed, **farseer, params=n, tokens=d)
    return values


# Standard errors.


def bootstrap(resamples=1000, seed=20240415):
    """Rows drawn with replacement as counts; each refit starts at the minimum of all rows and two starts beside it."""
    x, loss = chinchilla(5)
    rng = np.random.default_rng(seed)
    whole = Problem(Surface(), x, loss)
    centre = whole.minima(list(whole.law.starts(loss)))[0][0][1]
    found = []
    for _ in range(resamples):
        weight = np.bincount(rng.integers(0, len(loss), len(loss)), minlength=len(loss)).astype(float)
        problem = Problem(whole.law, x, loss, weight=weight)
        fits = [problem.descend(centre + np.array(shift)) for shift in ([0] * 5, [0.05, 0, 0, 0.05, 0.05], [-0.05, 0, 0, -0.05, -0.05])]
        t = min(fits, key=lambda fit: fit[1])[0]
        e, a, b, alpha, beta = problem.law.natural(t).astype(float)
        found.append([e, a, b, alpha, beta, beta / (alpha + beta)])
    found = np.array(found)
    names = ("E", "A", "B", "alpha", "beta", "a")
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    result = {
        "name": "chinchilla-240-huber",
        "resamples": resamples,
        "generator": f"numpy PCG64, seed {seed}",
        "sd": dict(zip(names, found.std(axis=0, ddof=1).tolist())),
        "mean": dict(zip(names, found.mean(axis=0).tolist())),
        "low_95": dict(zip(names, low.tolist())),
        "high_95": dict(zip(names, high.tolist())),
        "published": {
            "source": "Besiroglu et al. 2024, 4000 resamples",
            "sd": {"E": 0.02566, "A": 124.52232, "B": 1293.28410, "alpha": 0.01540, "beta": 0.02060, "a": 0.020},
            "low_95": {"E": 1.769, "A": 285.214, "B": 1042.357, "alpha": 0.317, "beta": 0.331},
            "high_95": {"E": 1.871, "A": 743.626, "B": 5810.344, "alpha": 0.373, "beta": 0.415},
        },
    }
    print("bootstrap", result)
    return result


def timed(cases):
    started = time.time()
    for record in cases:
        print(f"    took {time.time() - started:.1f} s", flush=True)
        started = time.time()
        yield record


def main():
    constrained_fit, constrained_profile = constrained_cases()
    golden = {
        "made_by": f"oracle/laws.py, NumPy {np.__version__}, SciPy {scipy.__version__}",
        "fits": [*timed(itertools.chain(chinchilla_cases(), gemstones_cases(), marin_cases(), course_cases(), [constrained_fit], curve_cases()))],
        "profiles": [joint_exponent_profile(), constrained_profile],
        "allocations": allocations(),
        "values": worked(),
    }
    if "--bootstrap" in sys.argv[1:]:
        golden["bootstrap"] = bootstrap()
    else:
        try:
            golden["bootstrap"] = json.load(open(OUTPUT))["bootstrap"]
        except (OSError, KeyError):
            pass
    with open(OUTPUT, "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
