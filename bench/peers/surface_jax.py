"""JAX as an expert would use it: compiled, in float64, in batches that stay in the cache, on one device per core.

Steps are Newton's with the exact 5 × 5 Hessian, damped as by Levenberg and Marquardt. Far from the minimum, in
`hoffmann-grid`, they take the matrix of iteratively reweighted least squares instead, which is positive semidefinite.
Compilation (some seconds for each job) is not counted.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"

from surface_data import (  # before JAX: it limits the threads
    COMPARED,
    DELTA,
    LN_D,
    LN_L,
    LN_N,
    RESAMPLES,
    ROWS,
    START,
    grid_starts,
    objective,
    report,
    resamples,
    timed,
)

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh, PartitionSpec

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

ONES = np.ones(ROWS)
BATCH = 50
STALLED = 1e8  # a damping at which no step changes theta
CELLS = np.linspace(0.05, 1.2, 32)
POLISHED = 32


def terms(theta):
    """The Jacobian of ln L of the law, 5 × runs, and the residuals."""
    a, b, e, alpha, beta = theta
    first = jnp.exp(a - alpha * LN_N)
    second = jnp.exp(b - beta * LN_D)
    third = jnp.exp(e)
    total = first + second + third
    scale = 1 / total
    first *= scale
    second *= scale
    return jnp.stack([first, second, third * scale, -first * LN_N, -second * LN_D]), LN_L - jnp.log(total)


def newton(theta, weights):
    """The objective, its gradient, its Hessian and the diagonal that damps it."""
    jacobian, residual = terms(theta)
    inner = jnp.clip(residual, -DELTA, DELTA)
    slope = weights * inner
    curved = jnp.where(jnp.abs(residual) < DELTA, weights, 0.0)
    hessian = (jacobian * (curved + slope)) @ jacobian.T
    # The second derivatives of ln L's numerator: only within each of the three terms.
    n, d = slope * jacobian[0], slope * jacobian[1]
    n0, n1, n2 = n.sum(), n @ LN_N, n @ LN_N**2
    d0, d1, d2 = d.sum(), d @ LN_D, d @ LN_D**2
    e0, o = slope @ jacobian[2], 0.0
    within = [[n0, o, o, -n1, o], [o, d0, o, o, -d1], [o, o, e0, o, o], [-n1, o, o, n2, o], [o, -d1, o, o, d2]]
    damping = jacobian**2 @ (weights * jnp.minimum(1.0, DELTA / jnp.abs(residual)))
    return slope @ (residual - 0.5 * inner), -(jacobian @ slope), hessian - jnp.array(within), damping


def reweighted(theta, _):
    """The same with the matrix of iteratively reweighted least squares for the Hessian."""
    jacobian, residual = terms(theta)
    inner = jnp.clip(residual, -DELTA, DELTA)
    hessian = (jacobian * jnp.minimum(1.0, DELTA / jnp.abs(residual))) @ jacobian.T
    return inner @ (residual - 0.5 * inner), -(jacobian @ inner), hessian, jnp.diag(hessian)


def solved(matrix, right):
    """Cholesky without roots, written out so that a batch of systems is solved side by side. Also: was it definite?"""
    lower = [[None] * 5 for _ in range(5)]
    pivot = []
    definite = True
    for j in range(5):
        pivot.append(matrix[j, j] - sum(lower[j][k] ** 2 * pivot[k] for k in range(j)))
        definite &= pivot[j] > 1e-13 * jnp.abs(matrix[j, j])
        for i in range(j + 1, 5):
            lower[i][j] = (matrix[i, j] - sum(lower[i][k] * lower[j][k] * pivot[k] for k in range(j))) / pivot[j]
    x = []
    for i in range(5):
        x.append(right[i] - sum(lower[i][k] * x[k] for k in range(i)))
    x = [value / p for value, p in zip(x, pivot)]
    for i in reversed(range(5)):
        x[i] -= sum(lower[k][i] * x[k] for k in range(i + 1, 5))
    return jnp.stack(x), definite


def begun(matrix, theta, weights):
    return theta, *matrix(theta, weights), jnp.asarray(1e-2), jnp.asarray(jnp.inf)


def step(matrix, state, weights):
    """Takes the step if it lowers the objective; the state ends with the damping and the last gain."""
    value, gradient, hessian, diagonal, damping, gain = state[1:]
    move, definite = solved(hessian + jnp.diag(damping * diagonal + 1e-300), gradient)
    theta = state[0] - jnp.where(definite, move, 0.0)
    ahead = theta, *matrix(theta, weights)
    good = definite & (ahead[1] < value)
    kept = [jnp.where(good, new, old) for new, old in zip(ahead, state)]
    return *kept, damping * jnp.where(good, 0.2, 4.0), jnp.where(good, value - ahead[1], gain)


def converged(theta, weights):
    """theta and the objective at a minimum: the last step gained less than 1e-11, or none gains anything."""

    def on(carry):
        state, count = carry
        return (count < 100) & (state[-1] > 1e-11 * state[1]) & (state[-2] < STALLED)

    start = begun(newton, theta, weights), 0
    state, _ = lax.while_loop(on, lambda carry: (step(newton, carry[0], weights), carry[1] + 1), start)
    return state[:2]


def batched(function):
    """Over the first axis of its arguments: a half on each device, there in batches."""
    halves = PartitionSpec("device")

    def one_device(*arguments):
        return lax.map(lambda each: function(*each), arguments, batch_size=BATCH)

    return jax.shard_map(
        one_device, mesh=Mesh(np.array(jax.devices()), ("device",)), in_specs=halves, out_specs=halves, check_vma=False
    )


def from_grid(steps):
    """All starts `steps` steps on; then the best of them to convergence."""

    def moved(theta):
        state = lax.fori_loop(0, steps, lambda _, s: step(reweighted, s, None), begun(reweighted, theta, None))
        return state[0], jnp.where(jnp.isnan(state[1]), jnp.inf, state[1])

    @jax.jit
    def fit(starts):
        thetas, values = batched(moved)(starts)
        _, best = lax.top_k(-values, POLISHED)
        return values, jax.vmap(lambda theta: converged(theta, ONES))(thetas[best])[1].min()

    return fit


def projected(weights):
    """The best of 32 × 32 cells of exponents, E, A and B by linear least squares of L in each."""
    first, second = np.exp(-np.outer(CELLS, LN_N)), np.exp(-np.outer(CELLS, LN_D))
    loss = np.exp(LN_L)
    each = np.stack([np.ones(ROWS), loss])  # sums of f, and of f times the loss
    s1, sy = each @ weights
    sf, sfy = (first[None] * each[:, None]) @ weights
    sg, sgy = (second[None] * each[:, None]) @ weights
    sff, sgg = first**2 @ weights, second**2 @ weights
    sfg = (first * weights) @ second.T
    # About the weighted means E drops out and 2 × 2 systems are left.
    ff = (sff - sf**2 / s1)[:, None]
    gg = sgg - sg**2 / s1
    fg = sfg - jnp.outer(sf, sg) / s1
    fy = (sfy - sf * sy / s1)[:, None]
    gy = sgy - sg * sy / s1
    determinant = ff * gg - fg**2
    a = (gg * fy - fg * gy) / determinant
    b = (ff * gy - fg * fy) / determinant
    e = (sy - a * sf[:, None] - b * sg) / s1
    explained = jnp.where((a > 0) & (b > 0) & (e > 0), a * fy + b * gy, -jnp.inf)
    at = jnp.argmax(explained)
    amplitudes = [jnp.log(amplitude.ravel()[at]) for amplitude in (a, b, e)]
    cells = jnp.asarray(CELLS)
    return jnp.stack([*amplitudes, cells[at // len(CELLS)], cells[at % len(CELLS)]])


def measured(function, arguments, repeats):
    compiled = jax.jit(function)
    arguments = [jax.device_put(argument) for argument in arguments]
    answer, taken = timed(lambda: jax.block_until_ready(compiled(*arguments)), repeats)
    return jax.tree.map(np.asarray, answer), taken


def refits(job, fit, drawn):
    """Their objectives are taken by NumPy, as those of every other peer are."""
    (thetas, _), taken = measured(batched(fit), [drawn], 5)
    values = [objective(t, w)[0] for t, w in zip(thetas[:COMPARED], drawn)]
    report(job, "JAX", taken, np.mean(values), f"all {RESAMPLES:,}")


if __name__ == "__main__":
    (theta, value), taken = measured(converged, [START, ONES], 500)
    report("warm-fit", "JAX", taken, value, "Newton")
    (_, value), taken = measured(lambda w: converged(projected(w), w), [ONES], 500)
    report("global-fit", "JAX", taken, value, "32 × 32 cells and Newton")
    for steps, repeats in (15, 5), (200, 2):
        (values, best), taken = measured(from_grid(steps), [grid_starts()], repeats)
        reached = np.mean(values <= best * (1 + 1e-9))
        note = f"{steps} steps from each start bring {reached:.0%} to the minimum, the best {POLISHED} polished"
        report("hoffmann-grid", f"JAX, {steps} steps", taken, best, note)
    drawn = resamples()
    refits("warm-refits", lambda w: converged(jnp.asarray(theta), w), drawn)
    refits("global-refits", lambda w: converged(projected(w), w), drawn)
