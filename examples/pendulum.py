"""Swing a pendulum up with a motor that is too weak to lift it, with a gradient that is a file.

    srcgrad emit examples/pendulum.py:miss --value --types "push: f8[n]" -o examples/pendulum_gradient.py
    python examples/pendulum.py

The first command writes the gradient of `miss` as Python code. The second follows it downhill: it imports that file,
and no compiler. This module is plain NumPy and knows nothing of srcgrad.
"""
import numpy as np

DT = 0.05         # seconds in a step
STRENGTH = 0.5    # the largest torque of the motor; holding the pendulum level takes 1
DRAG = 0.1


def simulate(push):
    """The angle and the speed after the motor has been driven with each of the numbers in `push` for one step.

    Angles are in radians, 0 when the pendulum hangs down. The drag of the air grows with the square of the speed where
    that is above 1.
    """
    angle, speed = 0.0, 0.0
    for i in range(len(push)):
        drag = DRAG * speed
        if abs(speed) > 1.0:
            drag = drag * abs(speed)
        torque = STRENGTH * np.tanh(push[i])
        speed = speed + DT * (torque - np.sin(angle) - drag)
        angle = angle + DT * speed
    return angle, speed


def miss(push):
    """How far the pendulum ends from standing upright and still."""
    angle, speed = simulate(push)
    return (angle - np.pi) ** 2 + speed ** 2


def descend(value_and_grad, push, rounds, good=1e-4):
    """Goes down the gradient, faster while that helps; returns the best point, its value, and the rounds it took."""
    best, point, slope, rate = np.inf, push, 0.0, 1.0
    for done in range(rounds):
        value, gradient = value_and_grad(push)
        if value < best:
            best, point, slope, rate = value, push, gradient, 1.3 * rate
        else:
            rate *= 0.5
        if best < good:
            return point, best, done + 1
        push = point - rate * slope
    return point, best, rounds


def main(rounds=500):
    """Finds out how to drive the motor, and prints where the pendulum ends."""
    try:
        from pendulum_gradient import miss_value_and_grad
    except ImportError:
        raise SystemExit(__doc__) from None
    push, _, done = descend(miss_value_and_grad, np.full(200, 0.1), rounds)
    angle, speed = simulate(push)
    print(f"after {done} rounds the pendulum ends at {np.degrees(angle):.1f} degrees, speed {speed:.3f}")


if __name__ == "__main__":
    main()
