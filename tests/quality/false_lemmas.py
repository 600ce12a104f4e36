"""False statements near true ones, one a line, each with the place where it fails: none may come out proved.

A row is the relation, its assumptions and the counterexample; letters are real numbers, and ``n in 0..9`` makes n whole.
Where a statement has no value it does not hold.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np

import rankladder as rl
from rankladder.numbers.words import entrywise, identity, rectangle, smallest, table

LEMMAS: list[tuple[str, str, str]] = [
    # polynomials
    ("(x**2 - 2)**2 > 0", "", "x=sqrt(2)"),
    ("x**4*y**2 + x**2*y**4 + 1 >= 3*x**2*y**2 + 1/10**9", "", "x=1, y=-1"),
    ("x + y <= 2*10**6", "x > 0; y > 0; x + y < 2*10**6 + 1/10**6", "x=10**6, y=10**6 + 1/10**7"),
    ("10**6*x - x**2 + 5 >= 0", "x >= 0", "x=10**6 + 1"),
    ("x**2 <= x", "x >= 0; x <= 1 + 1/10**9", "x=1 + 1/10**9"),
    ("Eq((x + y)**3, x**3 + y**3 + 3*x*y*(x + y) + (x - y)/10**9)", "", "x=1, y=0"),
    ("Ne(x**2 - x - 1, 0)", "", "x=(1 + sqrt(5))/2"),
    ("x**2*(x - 10**6)**2 > 0", "x > 0", "x=10**6"),
    ("(x**2 + 1)*(y**2 + 1) > (x + y)**2", "", "x=1, y=1"),
    # one step of descent, and what surrounds it
    ("(1 - 2*s*x)*(1 + s*x)**2 < 1", "s > 0; 2*s < 1; x >= 0; x <= 1", "s=1/4, x=0"),
    ("100*(1 - 2*s*x)*(1 + s*x)**2 <= 99", "s > 0; 2*s < 1; x >= 0; x <= 1", "s=1/4, x=0"),
    ("(1 - 2*s*x)*(1 + s*x)**2 <= 1", "s > 0; 100*s < 51; 10*x >= -31; x <= 1", "s=1/2, x=-31/10"),
    ("(1 + s*x)**2*((1 + s)**2 - x*((1 + s)**2 - 1)) >= (1 + s)**2", "s >= 0; x >= 0; 100*x <= 101", "s=1, x=101/100"),
    ("u*(1 + s - u)**2 <= 2 + s", "s > 0; 50*s <= 101; u >= 0; u <= 2 + s", "s=101/50, u=151/150"),
    ("z*(1 + s*(1 - z))**2 <= (1 + s)**2*z", "s > 0; z >= 0; 100*s*z <= 202*(1 + s)", "s=1, z=404/100"),
    ("9 - 2*(1 + s)**2 > -1", "s > 1; s <= sqrt(5) - 1", "s=sqrt(5) - 1"),
    ("(1 - z)**2 >= (1 - z*(1 + s*(1 - z))**2)**2", "s > 0; 50*s <= 47; z >= 0; 27*s*z <= 4*(1 + s)**3", "s=47/50, z=4*(97/50)**3/(27*47/50)"),
    ("1/(a*(1 - exp(-2*t)) + exp(2*b - 2*t)) <= exp(2*t - 2*b)", "a > 0; b >= 0", "a=1, b=1, t=-1"),
    ("log((1 - x)/(1 - y)) < -log(1 - y)", "x >= 0; x < y; y < 1", "x=0, y=1/2"),
    # whole numbers
    ("(n - 2)*(n - 4) >= 0", "n in 0..50", "n=3"),
    ("Ne(n**2 + 1, 2*m**2)", "n in 2..50; m in 1..50", "n=7, m=5"),
    ("2**n >= n**2", "n in 0..60", "n=3"),
    ("(1 + x)**n >= 1 + n*x", "n in 0..9; x >= -3", "n=5, x=-3"),
    ("x**n <= 1", "n in 0..9; x >= -1; 10**6*x <= 10**6 + 1", "n=1, x=1 + 1/10**6"),
    ("x**n <= y**n", "n in 1..9; x <= y", "n=2, x=-2, y=1"),
    ("(1 - s)**n*(1 + n*s)**2 <= 1", "n in 1..20; s >= 0; s <= 1", "n=1, s=1/2"),
    ("(1 - s)**n <= exp(-1001*n*s/1000)", "n in 1..20; s > 0; s < 1", "n=1, s=1/10**4"),
    ("1/x**n > 0", "n in 1..5; x >= 0", "n=1, x=0"),
    ("n < 999999", "n in 1..10**6", "n=999999"),
    # roots
    ("Eq(sqrt(x**2), x)", "", "x=-1"),
    ("sqrt(x*y) <= (x + y)/2", "x*y >= 0", "x=-1, y=-1"),
    ("sqrt(x + y) < sqrt(x) + sqrt(y)", "x >= 0; y > 0", "x=0, y=1"),
    ("sqrt(1 + x) <= 1 + x/2 - x**2/8", "x >= 0", "x=1"),
    ("sqrt(x) >= x", "x >= 0; x <= 1 + 1/10**9", "x=1 + 1/10**9"),
    ("sqrt(x**2 + 1/10**18) <= x + 1/10**10", "x >= 0", "x=0"),
    ("sqrt(x**2 + 1) > x + 1/10**9", "", "x=10**9"),
    ("x**(1/3) <= x", "x >= 0", "x=1/8"),
    # exponentials and logarithms
    ("log(1 + x) <= x - x**2/2", "x > 0", "x=1"),
    ("log(x) <= x**(1/10)", "x >= 10**15", "x=10**15"),
    ("exp(x) >= x**10", "x >= 30", "x=35"),
    ("exp(-x)*(1 + x + x**2/2) <= 1", "x >= -1", "x=-1/2"),
    ("exp(x) <= exp(y)*(1 + x - y)", "x >= y", "x=1, y=0"),
    ("tanh(x) <= x", "x >= -1", "x=-1"),
    ("tanh(x) < 1 - 1/10**9", "", "x=20"),
    ("tanh(x) <= x/sqrt(1 + x**2) + 1/100", "x >= 0", "x=1"),
    ("Eq(log(x*y), log(x) + log(y))", "x*y > 0", "x=-1, y=-1"),
    ("Eq(log(x**2), 2*log(x))", "x**2 > 0", "x=-1"),
    ("log(x)/log(y) >= 1", "x >= y; y > 0; Ne(y, 1)", "x=2, y=1/2"),
    ("log(1 + x)/x <= 1", "x > -1", "x=-1/2"),
    ("E_x >= exp(x) - 100", "x >= 0; x <= 1", "E_x=-150, x=0"),
    ("L_1 >= log(x) - 100", "x > 2; x < 3", "L_1=-150, x=5/2"),
    # powers
    ("x**a >= 1 + a*(x - 1)", "x > 0", "x=4, a=1/2"),
    ("Eq((x**a)**b, x**(a*b))", "", "x=-1, a=2, b=1/2"),
    ("x**x >= 7/10", "x > 0", "x=1/3"),
    ("2**x >= 1 + x", "x >= 0", "x=1/2"),
    # absolute values, least and greatest
    ("Abs(x + y) >= Abs(x) - Abs(y) + 1/10**9", "", "x=1, y=0"),
    ("Eq(Max(x, y)**2, Max(x**2, y**2))", "", "x=1, y=-2"),
    ("2*Max(x, y, z) <= x + y + z", "x >= 0; y >= 0; z >= 0", "x=1, y=0, z=0"),
    ("Min(x, y)*(x + y) >= 2*x*y", "x > 0; y > 0", "x=1, y=2"),
    ("Abs(Abs(x) - Abs(y)) >= Abs(x - y)", "", "x=1, y=-1"),
    ("Abs(x)**3 <= x**2", "Abs(x) <= 1 + 1/10**8", "x=-1 - 1/10**8"),
    # division
    ("(x**2 - 1)/(x - 1) <= x + 1", "", "x=1"),
    ("1/x**2 > 0", "", "x=0"),
    ("a/b + b/a >= 2", "Ne(a*b, 0)", "a=1, b=-1"),
    ("1/x <= 1/y", "x >= y; Ne(x*y, 0)", "x=1, y=-1"),
    ("(x**2 - 1)/(x**2 + 1) <= 1 - 1/10**13", "", "x=10**7"),
    ("x**2/(x - y) - y**2/(x - y) >= x + y", "x >= y", "x=1, y=1"),
    ("1/(1 - x) >= 1 + x + x**2 + x**3 + x**4", "x < 1", "x=-3/2"),
    # ranges that have an end or have none
    ("x*(1 - x) > 0", "x in [0, 1)", "x=0"),
    ("s*(1 - s) < 1/4", "s in (0, 1)", "s=1/2"),
    ("sqrt(1 - x) > 1/10**6", "x in [0, 1)", "x=1 - 1/10**13"),
    # equalities and alternatives among the assumptions
    ("x > 0", "Eq(x**2, 2)", "x=-sqrt(2)"),
    ("10**8*(x + y) <= 141421356", "Eq(x**2 + y**2, 1)", "x=1/sqrt(2), y=1/sqrt(2)"),
    ("Abs(x) + Abs(y) <= 1", "Eq(x**2 + y**2, 1)", "x=3/5, y=4/5"),
    ("x**2 > x", "x*(1 - x) <= 0", "x=0"),
    ("Eq(x**2 + 2, 3*x)", "Eq((x - 1)*(x - 2)*(x - 3), 0)", "x=3"),
    ("x*z <= y**2", "x < y; y < z", "x=1, y=2, z=5"),
    ("x <= y", "Eq(exp(x)*z, exp(y)*z)", "x=1, y=0, z=0"),
    ("x + z <= 1", "Min(x, z) <= 0; x <= 1; z <= 2", "x=0, z=2"),
]  # fmt: skip

# relation, start, step, assumptions, what is said to hold along, and the parameters and the step where it fails
ALWAYS: list[tuple[str, str, str, str, str, str]] = [
    ("z <= 1", "z=a", "z=z/2 + 51/100", "a >= 0; a <= 1", "", "a=1, steps=1"),
    ("z <= 1", "z=a", "z=z/2 + 51/100", "a >= 0; a <= 1", "z <= 101/100", "a=1, steps=1"),
    ("z > 0", "z=a", "z=4*z*(1 - z)", "a > 0; a < 1", "z <= 1", "a=1/2, steps=2"),
    ("z >= u**2", "z=1, u=0", "z=2*z, u=u + 1", "", "u >= 0", "steps=3"),
    ("Eq(z**2 - z*y - y**2, 1)", "z=1, y=0", "z=z + y, y=z", "", "", "steps=1"),
    ("z <= 2", "z=a", "z=z**2", "a >= 0; a <= 1 + 1/10**3", "z >= 0", "a=1 + 1/10**3, steps=10"),
    ("z**2 >= a", "z=b", "z=(z + a/z)/2", "a > 0; b > 0", "z > 0", "a=2, b=1, steps=0"),
    ("z > 0", "z=a", "z=z - s*z", "a > 0; s > 0; s <= 1", "z >= 0", "a=1, s=1, steps=1"),
    ("z <= 5", "z=1, u=1", "z=z + 1/(u + 1), u=u + 1", "", "u >= 1", "steps=82"),
    ("2**40*z <= 2**40 - 1", "z=a", "z=(z + 1)/2", "a >= 0; a < 1/2", "z < 1", "a=0, steps=41"),
    ("y > z", "z=a", "z=z*(1 + s*(1 - z))**2, y:=z", "s > 0; 2*s <= 1; a > 0; a <= 1", "z > 0; z <= 1", "s=1/2, a=1, steps=0"),
    ("y <= 1", "x=a, y=a", "x=y**2, y=x + y - y**2/2", "a > 0; a <= 1", "x <= y; y <= 1", "a=1, steps=1"),
    ("Eq(z, a)", "z=a", "z=1 - z", "a >= 0", "z >= 1 - a", "a=1, steps=1"),
    ("z <= 1", "z=a", "z=-z", "a >= -3/2; a <= 1", "z >= -3/2", "a=-3/2, steps=1"),
    ("z <= (1 + s)*a", "z=a, u=1", "z=z + s*u*a, u=u/2", "a > 0; s > 0", "u > 0", "a=1, s=1, steps=2"),
    ("x**2 + y**2 <= 1", "x=a, y=b", "x=x - s*y, y=y + s*x", "Eq(a**2 + b**2, 1); s >= 0; s <= 1", "", "a=1, b=0, s=1, steps=1"),
    ("z < 1", "z=a", "z=z + (1 - z)**2*s", "a >= 0; a < 1; s > 0; s <= 1", "z >= 0", "a=0, s=1, steps=1"),
    ("z*(1 - a) >= a*q*(1 - z)", "z=a, q=1", "z=z*(1 + s*(1 - z))**2, q=101*q*(1 + s)**2/100", "a > 0; a < 1; s > 0; 2*s < 1", "(z > 0) & (z <= 1); q >= 1", "a=1/2, s=1/100, steps=1"),
    ("z*(1 - a) >= a*q*(1 - z)", "z=a, q=1", "z=z*(1 + s*(1 - z)), q=q*(1 + s)**2", "a > 0; a < 1; s > 0; 2*s < 1", "(z > 0) & (z <= 1); q >= 1", "a=1/2, s=1/4, steps=1"),
    ("z*(1 - a) <= a*q*(1 - z)", "z=a, q=1", "z=z*(1 + s*(1 - z))**2, q=99*q/(1 - 2*s)/100", "a > 0; a < 1; s > 0; 2*s < 1", "(z > 0) & (z <= 1); q > 0", "a=1/2, s=1/1000, steps=1"),
    ("z <= 2", "z=a", "z=(z**2 - z)/(z - 1)", "a > 0; a < 2", "", "a=1, steps=1"),
    ("z <= 1", "z=a, u=a", "z=1/(1 + u**2), u=sqrt(u - 1/2)", "a > 0; a < 1", "", "a=1/4, steps=2"),
    ("z <= 1", "z=a", "z=z*(1 + s*(1 - z))**2", "a > 0; a < 1; s > 0; s <= 1", "z <= a", "a=3/4, s=1, steps=1"),
]  # fmt: skip
# the two sides, how they are said to stand to each other, and matrices of which it is not true
MATRICES: list[tuple[Any, str, str]] = [
    # equations: transposes, frames, the order of factors
    (lambda A, D: ((A @ D).T, A.T @ D.T), "=", "A=N, D=E"),
    (lambda U, A: (U @ A @ U.T, A), "=", "U=J, A=E"),
    (lambda A: (np.trace(A @ A), (A * A).sum()), "=", "A=N"),
    (lambda A, D: (np.trace(A @ D @ A.T), np.trace(A @ A.T @ D)), "=", "A=N, D=E"),
    (lambda A, D: ((A + D) @ (A - D), A @ A - D @ D), "=", "A=N, D=E"),
    (lambda U, R, lam: (np.trace((U * lam) @ R.T), lam.sum()), "=", "U=I, R=J, lam=l"),
    (lambda U, R, lam: ((U * lam) @ R.T, (R * lam) @ U.T), "=", "U=I, R=J, lam=l"),
    (lambda A, D: (np.diagonal(A @ D), np.diagonal(D @ A)), "=", "A=N, D=M"),
    (lambda A, lam, mu: (lam[:, None] * A * mu, mu[:, None] * A * lam), "=", "A=N, lam=l, mu=o"),
    (lambda A, D: (((A @ D) ** 2).sum(), np.trace(A @ A.T @ D @ D.T)), "=", "A=N, D=E"),
    (lambda U, R: (U @ R, R @ U), "=", "U=J, R=X"),
    (lambda U, R, d: ((U + R) @ (U + R).T, 2 * identity(d) + 2 * U @ R.T), "=", "U=I, R=J"),
    (lambda A: ((A + A.T) @ (A - A.T), A @ A - A.T @ A.T), "=", "A=N"),
    (lambda A, lam: (((lam[:, None] * A) ** 2).sum(), ((A * lam) ** 2).sum()), "=", "A=N, lam=l"),
    (lambda U, R, lam, d: ((U * lam) @ U.T @ ((U / lam) @ R.T), identity(d)), "=", "U=I, R=J, lam=l"),
    # equations: of equal eigenvalues, of rank 1, of one row alone
    (lambda U, lam, mu: ((U * lam) @ U.T + (U * mu) @ U.T, (U * (lam * mu)) @ U.T), "=", "U=I, lam=l, mu=o"),
    (lambda U, A, lam: (A @ ((U * lam) @ U.T), (U * lam) @ U.T @ A), "=", "U=I, A=N, lam=l"),
    (lambda A, lam: (lam[0] * A, lam[:, None] * A), "=", "A=I, lam=l"),
    (lambda B: (B @ B.T @ B, (B * B).sum() * B), "=", "B=I"),
    (lambda A, D: (np.trace(A) * np.trace(D), np.trace(A @ D)), "=", "A=I, D=I"),
    (lambda lam, mu: (lam.sum() * mu.sum(), (lam * mu).sum()), "=", "lam=o, mu=o"),
    (lambda problem: (problem.Sxx @ problem.plateau(1), problem.Sxy), "=", "problem=P"),
    (lambda problem: (problem.Sxx @ problem.Sxy, problem.Sxy), "=", "problem=P"),
    (lambda problem: (problem.Sxy @ problem.Sxy.T, problem.Sxx @ problem.Sxx), "=", "problem=P"),
    (lambda problem: (np.trace(problem.Sxx), problem.lam[: problem.m].sum()), "=", "problem=Q"),
    (lambda A, D: (rl.determinant(A + D), rl.determinant(A) + rl.determinant(D)), "=", "A=I, D=I"),
    # inequalities
    (lambda A: ((A * A).sum(), np.trace(A @ A)), "<=", "A=N"),
    (lambda A: (-(A * A).sum() / 2, np.trace(A @ A)), "<=", "A=J"),
    (lambda A, D: (np.trace(A @ D), 49 * ((A * A).sum() + (D * D).sum()) / 100), "<=", "A=E, D=E"),
    (lambda A, D: (((A + D) ** 2).sum(), (A * A).sum() + (D * D).sum()), "<=", "A=E, D=E"),
    (lambda lam, mu: (mu, lam[0]), "<=", "lam=o, mu=l"),
    (lambda A, lam: (((lam[:, None] * A) ** 2).sum(), lam[0] * (A * A).sum()), "<=", "A=E, lam=l"),
    (lambda U, A, lam: (lam[0] * (A * A).sum(), np.trace((U * lam) @ U.T @ A @ A.T)), "<=", "U=I, A=M, lam=l"),
    (lambda U, B, lam, eta: ((((U * (1 - 2 * eta * lam)) @ U.T @ B) ** 2).sum(), (B * B).sum()), "<=", "U=I, B=I, lam=l, eta=1"),
    (lambda A: (((A + A.T) ** 2).sum(), 2 * (A * A).sum()), "<=", "A=E"),
    (lambda A: (0, np.diagonal(A @ A)), "<=", "A=J"),
    (lambda problem: (problem.omega, problem.omega[0]), "<=", "problem=P"),
    (lambda problem: (problem.lam[: problem.m], problem.sigma), "<=", "problem=P"),
    (lambda A: (rl.nuclear_norm(A), rl.frobenius(A)), "<=", "A=I"),
    (lambda lam, U, R, mu: (rl.eigenvalues((U * lam) @ U.T + (R * mu) @ R.T), lam + mu), "<=", "lam=l, U=I, R=J, mu=l"),
]  # fmt: skip


def running_sums(lam: Any, d: Any) -> Any:
    sums = [0]

    def add(i: Any) -> Any:
        sums.append(sums[-1] + lam[i])
        return sums[-1]

    return entrywise(d, add)


def cut(lam: Any, p: Any) -> Any:
    return rectangle(entrywise(smallest(lam.shape[0], p), lambda i: lam[i]), lam.shape[0], lam.shape[0])


# what the rules of a proof for every shape could be mistaken about: a conclusion, an assumption, and where it fails
RULES: list[tuple[Any, Any, str]] = [
    # an equation is no number, no premise and no assumption; one entry is not every entry
    (lambda A, D: rl.strictly(-rl.equal(A, D)), None, "d=1, A=((1,),), D=((1,),)"),
    (lambda A, D: 2 + rl.equal(A, D), None, "d=1, A=((2,),), D=((-2,),)"),
    (lambda A, D: (-rl.equal(A, D)).sum() - 1, None, "d=1, A=((1,),), D=((1,),)"),
    (lambda A: rl.implies(rl.equal(A, A.T), rl.equal(A, 0 * A)), None, "d=1, A=((1,),)"),
    (lambda A, D: rl.iff(rl.equal(A, D), rl.equal(A.T @ A, D)), None, "d=1, A=((2,),), D=((2,),)"),
    (lambda A: -(A * A).sum(), lambda A: rl.equal(A, A.T), "d=1, A=((1,),)"),
    (lambda lam, mu: rl.equal(lam, mu), lambda lam, mu: rl.exists(rl.equal(lam, mu)), "d=2, lam=(2, 2), mu=(2, 1)"),
    (lambda A, x, y, z: (x - y) * (A * A).sum(), lambda x, y, z: -abs(x - y) * z, "d=1, A=((1,),), x=0, y=1/2, z=0"),
    (lambda lam: lam - 3, lambda lam: rl.exists(lam - 3), "d=2, lam=(4, 1)"),
    (lambda lam, mu: lam - mu, lambda lam, mu: rl.strictly(rl.exists(lam - mu)), "d=2, lam=(4, 1), mu=(2, 2)"),
    (lambda lam: rl.implies(lam - 2, (lam - 2).sum()), None, "d=2, lam=(2, 1)"),
    (lambda lam, d: rl.implies(lam - 2, table(d, d, lambda i, j: lam[i] + lam[j] - 4)), None, "d=2, lam=(2, 1)"),
    (lambda lam, mu: rl.implies(rl.equal(lam, mu), (mu - lam).sum()), None, "d=2, lam=(2, 2), mu=(2, 1)"),
    # what belongs to an index, to a call, to a size
    (lambda lam, d: (lambda v: v - v[0])(entrywise(d, lambda i: math.floor(lam[i]))), None, "d=2, lam=(3, 1)"),
    (lambda lam: np.floor(lam) - np.floor(lam)[0], None, "d=2, lam=(3, 1)"),
    (lambda lam, d: rl.equal(running_sums(lam, d), lam), None, "d=2, lam=(2, 1)"),
    (lambda d, k, A: np.trace(identity(d)) - np.trace(identity(d - k)), None, "d=1, k=-1, A=((1,),)"),
    (lambda d, n, lam: rl.equal(lam[: d - n].sum(), entrywise(d - n, lambda i: lam[i]).sum()), None, "d=2, n=3, lam=(2, 1)"),
    (lambda d, lam: rl.equal(lam[: d - 3].sum(), entrywise(d - 3, lambda i: lam[i]).sum()), None, "d=2, lam=(2, 1)"),
    (lambda V, W: rl.equal((V * V).sum(), (W * W).sum()), None, "V=Reflections(1, ()), W=Reflections(2, ())"),
    # numbers as they are written
    (lambda x, A: (x - 0.3) * (A * A).sum(), lambda x: x - Fraction(299999999999999995, 10**18), "d=1, x=59999999999999999/200000000000000000, A=((1,),)"),
    (lambda A: rl.equal((1 / 3) * A, Fraction(1 / 3) * A), None, "d=1, A=((1,),)"),
    # what has no value
    (lambda x, A: rl.equal(x / x * A, A), None, "d=1, x=0, A=((1,),)"),
    (lambda x, A: rl.equal(rl.sqrt(x) ** 2 * A, x * A), None, "d=1, x=-1/2, A=((1,),)"),
    (lambda x, A: rl.equal(rl.exp(rl.log(x)) * A, x * A), None, "d=1, x=-1/2, A=((1,),)"),
    (lambda x, A: (1 / x - 1 / x) * (A * A).sum(), None, "d=1, x=0, A=((1,),)"),
    (lambda lam, mu: rl.equal((lam**2 - mu**2) / (lam - mu), lam + mu), None, "d=1, lam=(1,), mu=(1,)"),
    (lambda lam, mu: lam + mu - (lam**2 - mu**2) / (lam - mu), None, "d=1, lam=(1,), mu=(1,)"),
    (lambda lam: lam - 1 - rl.log(lam - 2) + rl.log(lam - 2), None, "d=1, lam=(1,)"),
    (lambda lam, p: rl.equal(rl.inverse(cut(lam, p)) @ cut(lam, p), cut(lam / lam, p)), None, "d=2, p=1, lam=(2, 1)"),
]  # fmt: skip
