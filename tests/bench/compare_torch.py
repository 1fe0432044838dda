#!/usr/bin/python3
"""How Lantern's training speed compares to PyTorch's on this machine.

    tests/bench/compare_torch.py [--lantern build/gui/lantern] [--rounds 2] [WORKLOAD]...

Needs Debian's python3-torch and python3-sklearn. Both train the same model with the same batch size and optimiser on
60,000 x 784 uniform noise, in turn (torch, lantern, torch, lantern, …), so that a machine
whose speed drifts treats both alike. PyTorch runs each workload with every sensible number of
threads, and its best figure counts. Nothing is asserted: the ratios are printed.

The PyTorch programs are what a careful user writes: modules and functions of torch.nn, a
fused binary cross-entropy on logits, data in one tensor, a permutation an epoch, no
copies and no statistics that training does not need. Where scikit-learn has the same
machine, its speed is printed on a line of its own.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import torch
from sklearn.neural_network import BernoulliRBM
from torch import nn
from torch.nn import functional as F

ROWS, WIDTH = 60_000, 784


class Tied(nn.Module):
    """One sigmoid layer whose decoder is its encoder, transposed."""

    def __init__(self, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(hidden, WIDTH))
        bound = 4 * (6 / (WIDTH + hidden)) ** 0.5
        nn.init.uniform_(self.weight, -bound, bound)
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))
        self.visible_bias = nn.Parameter(torch.zeros(WIDTH))

    def encode(self, x):
        return torch.sigmoid(F.linear(x, self.weight, self.hidden_bias))

    def decode(self, h):
        return F.linear(h, self.weight.t(), self.visible_bias)


def reconstruction_loss(logits, x):
    """Cross-entropy summed over the pixels, mean over the examples."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)


def denoising():
    model = Tied(500)

    def loss(x):
        kept = torch.rand_like(x) >= 0.3
        return reconstruction_loss(model.decode(model.encode(x * kept)), x)

    return model, torch.optim.SGD(model.parameters(), lr=0.1), loss, 20


def contractive():
    model = Tied(1000)

    def loss(x):
        h = model.encode(x)
        # Rifai et al. 2011: the squared Frobenius norm of the Jacobian of one sigmoid layer.
        norms = model.weight.square().sum(dim=1)
        penalty = ((h * (1 - h)).square() @ norms).mean()
        return reconstruction_loss(model.decode(h), x) + CONTRACTION * penalty

    return model, torch.optim.SGD(model.parameters(), lr=0.1), loss, 100


CONTRACTION = 0.1


def stack(sizes, activation):
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*layers[:-1])  # the last one gives logits


def shallow():
    model = stack([WIDTH, 128, WIDTH], nn.ReLU)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.001)
    return model, optimiser, lambda x: reconstruction_loss(model(x), x), 256


def deep():
    sizes = [WIDTH, 1000, 500, 250, 30]
    model = stack(sizes + sizes[-2::-1], nn.Sigmoid)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.001)
    return model, optimiser, lambda x: reconstruction_loss(model(x), x), 100


class Boltzmann:
    """A binary RBM with the same algorithm, written plainly: momentum, weight decay."""

    def __init__(self, persistent):
        self.weight = 0.01 * torch.randn(WIDTH, 500)
        self.visible_bias, self.hidden_bias = torch.zeros(WIDTH), torch.zeros(500)
        self.moments = [torch.zeros_like(p) for p in self.parameters()]
        self.chains = torch.bernoulli(torch.full((100, 500), 0.5)) if persistent else None

    def parameters(self):
        return self.weight, self.visible_bias, self.hidden_bias

    def up(self, v):
        return torch.sigmoid(torch.addmm(self.hidden_bias, v, self.weight))

    def down(self, h):
        return torch.sigmoid(torch.addmm(self.visible_bias, h, self.weight.t()))

    @torch.no_grad()
    def step(self, x):
        h0 = self.up(x)
        if self.chains is None:
            v1 = self.down(torch.bernoulli(h0))
            h1 = self.up(v1)
        else:
            v1 = torch.bernoulli(self.down(self.chains))
            h1 = self.up(v1)
            self.chains = torch.bernoulli(h1)
        n, m = len(x), len(v1)
        gradients = (
            v1.t() @ h1 / m - x.t() @ h0 / n + 0.0002 * self.weight,
            v1.mean(0) - x.mean(0),
            h1.mean(0) - h0.mean(0),
        )
        for p, moment, gradient in zip(self.parameters(), self.moments, gradients):
            moment.mul_(0.9).add_(gradient)
            p.sub_(moment, alpha=0.05)


def boltzmann(persistent):
    return Boltzmann(persistent), 100


class Annealing:
    """Annealed importance sampling of an RBM's log Z with 100 runs (Salakhutdinov & Murray
    2008), written plainly. A step moves all runs by one temperature; the data only say how
    many runs there are, and give the base's biases."""

    def __init__(self):
        self.weight = 0.1 * torch.randn(WIDTH, 500)
        self.visible_bias, self.hidden_bias = torch.zeros(WIDTH), torch.zeros(500)
        self.base = torch.zeros(WIDTH)
        self.v = torch.bernoulli(torch.full((100, WIDTH), 0.5))
        self.log_weights = torch.zeros(100)
        self.beta = 0.0

    @torch.no_grad()
    def step(self, x):
        last, self.beta = self.beta, (self.beta + 1 / 14_500) % 1
        now = self.beta
        hidden = torch.addmm(self.hidden_bias, self.v, self.weight)
        self.log_weights += (
            (now - last) * (self.v @ (self.visible_bias - self.base))
            + F.softplus(now * hidden).sum(1) - F.softplus(last * hidden).sum(1))
        h = torch.bernoulli(torch.sigmoid(now * hidden))
        bias = (1 - now) * self.base + now * self.visible_bias
        self.v = torch.bernoulli(
            torch.sigmoid(torch.addmm(bias, h, self.weight.t(), alpha=now)))


class DeepBoltzmann:
    """A DBM with the same algorithm, written plainly: 10 sweeps of mean field, of which what
    the pixels give is computed once, and 100 chains of 5 Gibbs sweeps, by halves."""

    def __init__(self):
        self.w1, self.w2 = 0.01 * torch.randn(WIDTH, 500), 0.01 * torch.randn(500, 1000)
        self.b, self.c1, self.c2 = torch.zeros(WIDTH), torch.zeros(500), torch.zeros(1000)
        self.moments = [torch.zeros_like(p) for p in self.parameters()]
        self.v = torch.bernoulli(torch.full((100, WIDTH), 0.5))
        self.h2 = torch.bernoulli(torch.full((100, 1000), 0.5))

    def parameters(self):
        return self.w1, self.w2, self.b, self.c1, self.c2

    def mean_field(self, x):
        given = torch.addmm(self.c1, x, self.w1)
        h1 = torch.sigmoid(2 * given - self.c1)
        h2 = torch.sigmoid(torch.addmm(self.c2, h1, self.w2))
        for _ in range(10):
            h1 = torch.sigmoid(torch.addmm(given, h2, self.w2.t()))
            h2 = torch.sigmoid(torch.addmm(self.c2, h1, self.w2))
        return h1, h2

    def gibbs(self):
        for _ in range(5):
            h1 = torch.bernoulli(torch.sigmoid(
                torch.addmm(torch.addmm(self.c1, self.v, self.w1), self.h2, self.w2.t())))
            v = torch.sigmoid(torch.addmm(self.b, h1, self.w1.t()))
            h2 = torch.sigmoid(torch.addmm(self.c2, h1, self.w2))
            self.v, self.h2 = torch.bernoulli(v), torch.bernoulli(h2)
        return v, h1, h2

    @torch.no_grad()
    def step(self, x):
        h1, h2 = self.mean_field(x)
        v_m, h1_m, h2_m = self.gibbs()
        n, m = len(x), len(v_m)
        gradients = (
            v_m.t() @ h1_m / m - x.t() @ h1 / n,
            h1_m.t() @ h2_m / m - h1.t() @ h2 / n,
            v_m.mean(0) - x.mean(0),
            h1_m.mean(0) - h1.mean(0),
            h2_m.mean(0) - h2.mean(0),
        )
        for p, moment, gradient in zip(self.parameters(), self.moments, gradients):
            moment.mul_(0.9).add_(gradient)
            p.sub_(moment, alpha=0.001)


WORKLOADS = {
    "dA-784-500": denoising,
    "ae-784-128": shallow,
    "deep-ae": deep,
    "cae-784-1000": contractive,
    "rbm-784-500-cd1": lambda: boltzmann(False),
    "rbm-784-500-pcd1": lambda: boltzmann(True),
    "dbm-784-500-1000": lambda: (DeepBoltzmann(), 100),
    "ais-784-500": lambda: (Annealing(), 100),
}

# scikit-learn's machine is trained with persistent chains, as many as a minibatch has rows,
# and plain stochastic gradients.
SKLEARN = {"rbm-784-500-pcd1"}
# The same numbers and minibatches as the others, then numpy's usual numbers, then its own default.
SKLEARN_RUNS = (("float32", 100), ("float64", 100), ("float64", 10))


def stepper(workload):
    """What trains on one minibatch, and the minibatches' size."""
    made = WORKLOADS[workload]()
    if len(made) == 2:
        return made[0].step, made[1]
    _, optimiser, loss, batch = made

    def step(x):
        optimiser.zero_grad(set_to_none=True)
        loss(x).backward()
        optimiser.step()

    return step, batch


def train(workload, x, seconds):
    """Examples a second over about so many seconds, after a short warm-up."""
    torch.manual_seed(1)
    step, batch = stepper(workload)
    done, start = 0, None
    while True:
        for rows in torch.randperm(len(x)).split(batch):
            step(x[rows])
            done += len(rows)
            now = time.perf_counter()
            if start is None:
                if done >= 20 * batch:
                    done, start = 0, now
            elif now - start > seconds:
                return done / (now - start)


def run_torch(workload, threads, x, seconds):
    rates = {}
    for n_threads in threads:
        torch.set_num_threads(n_threads)
        rates[n_threads] = train(workload, x, seconds)
    best = max(rates, key=rates.get)
    return rates[best], best


def run_sklearn(rows, batch_size, seconds):
    """Examples a second of BernoulliRBM; its products run on BLAS's own threads."""
    model = BernoulliRBM(n_components=500, learning_rate=0.05, batch_size=batch_size, n_iter=1)
    model.fit(rows[:200])
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        model.fit(rows)
        done += len(rows)
    return done / (time.perf_counter() - start)


def run_lantern(program, workload, n_threads):
    line = subprocess.run(
        [program, "bench", workload, "--json", "--threads", str(n_threads)],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(line)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD",
                        help=", ".join(WORKLOADS))
    parser.add_argument("--lantern", default="build/gui/lantern", help="the program")
    parser.add_argument("--rounds", type=int, default=2, help="turns that each has")
    parser.add_argument("--seconds", type=float, default=8, help="of PyTorch a setting")
    arguments = parser.parse_args()
    unknown = set(arguments.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    return arguments


def main():
    arguments = parse_arguments()
    processors = len(os.sched_getaffinity(0))
    threads = sorted({1, max(1, processors // 2), processors})
    x = torch.rand(ROWS, WIDTH)
    print(f"PyTorch {torch.__version__}, threads tried: {threads}; lantern: {processors}")
    print(f"{'workload':16} {'torch/s':>10} {'(threads)':>9} {'lantern/s':>10} {'ratio':>6} "
          f"{'of sgemm':>9}")
    for workload in arguments.workloads or WORKLOADS:
        torch_rates, lantern_runs = [], []
        for _ in range(arguments.rounds):
            torch_rates.append(run_torch(workload, threads, x, arguments.seconds))
            lantern_runs.append(run_lantern(arguments.lantern, workload, processors))
        rate, n_threads = max(torch_rates)
        best = max(lantern_runs, key=lambda run: run["examples_per_second"])
        print(f"{workload:16} {rate:10,.0f} {n_threads:9} {best['examples_per_second']:10,.0f} "
              f"{best['examples_per_second'] / rate:6.2f} {best['share_of_sgemm']:9.1%}")
        if workload in SKLEARN:
            for kind, batch_size in SKLEARN_RUNS:
                rows = x[:2_000].numpy().astype(kind)
                rate = run_sklearn(rows, batch_size, arguments.seconds)
                print(f"{'  scikit-learn':16} {rate:10,.0f} {'':9} {'':10} "
                      f"{best['examples_per_second'] / rate:6.2f}  "
                      f"{kind}, minibatches of {batch_size}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
