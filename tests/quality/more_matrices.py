from fractions import Fraction as F
from typing import Any
import numpy as np
from properties import Int, Invertible, Matrix, Orthogonal, Problem, Real, Spectrum, claim, equal, forall, exists, frobenius, least, most, strictly, symbols, exp, log, implies, iff, within
from simulate import loss, matrix_descent, one_layer_descent, spectral_start, two_layer_gradients, deep_descent, gradient_flow
FALSE=[]
def false(name, over, **given):
    def dec(f): FALSE.append(claim("more."+name, over=over, given=given)(f))
    return dec
def sq(x): return (np.asarray(x)**2).sum()
SMALL = Problem(d=Int(1, 4), p=Int(1, 4), r=Int(1, 4))
def modes(problem, W): return np.diagonal(problem.U.T @ W @ problem.V)
@false("loss-descends-to-0.94", {"problem":SMALL,"s1":Real(0,F(94,100)),"delta":Real(0,3),"steps":Int(1,8)})
def _(problem,s1,delta,steps):
    W1,W2=spectral_start(problem.U,problem.V,problem.Q,delta)
    o=matrix_descent(problem.Sxx,problem.Sxy,W1,W2,s1/problem.sigma[0],steps)
    l=[loss(problem.Sxx,problem.Sxy,a@b) for a,b in zip(o.W1,o.W2)]
    return forall(l[-2]-l[-1])
@false("no-overshoot-0.51", {"problem":Problem(kind="whitened",d=Int(1,4),p=Int(1,4),r=Int(1,4)),"s1":Real(0,F(51,100)),"delta":Real(0,3),"steps":Int(1,10)})
def _(problem,s1,delta,steps):
    W1,W2=spectral_start(problem.U,problem.V,problem.Q,delta)
    o=matrix_descent(problem.Sxx,problem.Sxy,W1,W2,s1/problem.sigma[0],steps)
    w=modes(problem,o.W1[steps]@o.W2[steps])[:problem.m]
    return forall(problem.omega*F(1001,1000)-w)
@false("gradient-0.97-lam", {"problem":Problem(),"steps":Int(1,3)})
def _(problem,steps):
    W=problem.plateau(problem.m)
    top=-least(*(-problem.lam))
    return F(97,100)*top**2*sq(W)-sq(problem.Sxx@W)
@false("trace-square-3%", {"problem":Problem(d=Int(2,6),p=Int(2,6),r=Int(2,6))})
def _(problem):
    return sq(problem.Sxx)*problem.d-F(103,100)*np.trace(problem.Sxx)**2
@false("fractions-differ-with-sigma", {"problem":Problem(d=Int(2,4),p=Int(2,4),r=Int(2,4),modes=Int(2,4),gap=F(1,4)),"eta":Real(0,F(1,4)),"steps":Int(1,5)})
def _(problem,eta,steps):
    W=one_layer_descent(problem.Sxx,problem.Sxy,0*problem.Sxy,eta,steps).W[steps]
    f=modes(problem,W)[:problem.m]/problem.omega
    return strictly(forall(abs(f[1:]-f[:-1])))
@false("two-steps-leave-1e-6", {"problem":Problem(d=Int(2,4),p=Int(2,4),r=Int(2,4),modes=Int(2,4)),"eta":Real(0,2)})
def _(problem,eta):
    W=one_layer_descent(problem.Sxx,problem.Sxy,0*problem.Sxy,eta,2).W[2]
    return sq(problem.plateau(problem.m)-W)-F(1,10**6)*sq(problem.plateau(problem.m))
@false("noncommuting-form", {"problem":Problem(kind="noncommuting",d=Int(2,3),p=Int(1,3),r=Int(1,3)),"x":Matrix(2,1)})
def _(problem,x):
    S=(problem.U.T@problem.Sxx@problem.U)[:2,:2]
    low=least(*problem.lam[:2])
    return (x.T@S@x)[0,0]-low*(1-F(9,10)/(problem.d))*sq(x)
@false("one-shape", {"problem":Problem(d=Int(1,6),p=Int(1,6),r=Int(1,6))})
def _(problem):
    return -1 if problem.d==problem.p==6 and problem.r==1 else problem.d
@false("product-norm-3%", {"n":Int(2,4),"A":Matrix("n","n"),"B":Matrix("n","n")})
def _(n,A,B):
    return F(97,100)*sq(A)*sq(B)-sq(A@B)
@false("flow-of-squares", {"n":Int(2,4),"A":Matrix("n","n"),"B":Matrix("n","n")})
def _(n,A,B):
    return sq(A)+sq(B)-F(103,100)*2*abs((A*B).sum())
@false("rank-one-minor", {"A":Matrix(3,3)})
def _(A):
    m=[A[i,j]*A[k,l]-A[i,l]*A[k,j] for i in range(3) for k in range(i) for j in range(3) for l in range(j)]
    return sum(x**2 for x in m)-F(1,100)*(sq(A)-10)
@false("four-ties-gap", {"d":Int(4,8),"a":Spectrum("d",F(1,4),4,gap=F(1,8)),"b":Spectrum("d",F(1,4),4)})
def _(d,a,b):
    return strictly(abs(a[0]*b[1]-a[1]*b[0])+abs(b[2]-b[3]))
@false("weights-erased", {"A":Matrix(2,2),"C":Matrix(2,2),"T":Matrix(2,2),"eta":Real(0,1)})
def _(A,C,T,eta):
    o=matrix_descent(np.eye(2,dtype=int),T,A,C,eta,1)
    return strictly(sq(o.W1[1])+sq(o.W2[1])+(1 if sq(A)+sq(C)<1 else 0))
@false("first-layer-erased", {"A":Matrix(2,2),"C":Matrix(2,2),"T":Matrix(2,2),"eta":Real(0,1)})
def _(A,C,T,eta):
    o=matrix_descent(np.eye(2,dtype=int),T,A,C,eta,1)
    return strictly(sq(o.W1[1])+(1 if sq(A)<1 else 0))
@false("order-by-gain", {"problem":Problem(d=Int(2,4),p=Int(2,4),r=Int(2,4),modes=Int(2,4),gap=F(1,2),lam=(F(1,2),1)),"eta":Real(0,F(1,2))})
def _(problem,eta):
    W=one_layer_descent(problem.Sxx,problem.Sxy,0*problem.Sxy,eta,3).W[3]
    w=modes(problem,W)[:problem.m]
    return forall(w[:-1]-F(101,100)*w[1:])
@false("unitary-perturb", {"n":Int(2,5),"Q":Orthogonal("n"),"x":Matrix("n",1)})
def _(n,Q,x):
    return sq(Q@x-x)-F(1,500)*sq(x)
@false("invertible-det", {"n":Int(2,4),"T":Invertible("n")})
def _(n,T):
    return sq(T)-F(5,2)
@false("sigma-lam-eq", {"problem":Problem(modes=Int(2,5)),"s":Real(0,4)})
def _(problem,s):
    return strictly(abs(problem.sigma[1]-s)+abs(problem.lam[0]-1))
@false("eta-lam-one-half-tie", {"problem":Problem(d=Int(2,5),p=Int(2,5),r=Int(2,5),modes=Int(2,5)),"eta":Real(0,1)})
def _(problem,eta):
    return strictly(abs(1-2*eta*problem.lam[0])+abs(1-eta*problem.sigma[1]))
@false("flow-grows-narrow", {"problem":Problem(kind="noncommuting",d=Int(2,4),p=Int(2,4),r=Int(2,4)),"eta":Real(0,F(1,4))})
def _(problem,eta):
    W=one_layer_descent(problem.Sxx,problem.Sxy,0*problem.Sxy,eta,1).W[1]
    return eta**2*F(98,100)*problem.sigma[0]**2*problem.m-sq(W)
@false("all-at-top-with-steps", {"problem":Problem(d=Int(1,5),p=Int(1,5),r=Int(1,5)),"steps":Int(1,20),"n":Int(1,9)})
def _(problem,steps,n):
    return 5*5*5+20+9-1-problem.d*problem.p*problem.r-steps-n
@false("mixed-corner", {"problem":Problem(d=Int(1,6),p=Int(1,6),r=Int(1,6))})
def _(problem):
    return F(59,10)*4-problem.sigma.sum()+problem.lam.sum()
