"""Trains the default checkpoint's network on simulated bars; resumes from --out when it is there.

  python train.py --out run.pt --steps 22000 --seed 31

Everything counts in steps: chunk i of contexts is a function of the seed and i alone, and the rate of a step of its number, so that
a run can be repeated and a resumed run is the unbroken one. With a GPU the simulator and the optimisation step are
compiled and captured as CUDA graphs, and the middle layers compute in bfloat16.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from torch import Tensor

import simulate as sim
from model import CHANNELS, BarBolt, Shape, channels_of

CUDA = torch.cuda.is_available()
DEVICE = "cuda" if CUDA else "cpu"
LOW = torch.bfloat16 if CUDA else torch.float32
EMA_DECAY = 0.999
WARMUP = 0.02


def main() -> None:
    args = arguments()
    if args.chunk % args.batch:
        raise SystemExit("--chunk must be a multiple of --batch")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(args.seed)
    model = BarBolt(Shape()).to(DEVICE)
    source = Simulator(args, model.shape)
    trainer = Trainer(model, args)
    out, step = Path(args.out), 0
    if out.exists():
        step = trainer.restore(torch.load(out, weights_only=True))
    print(json.dumps({"device": DEVICE, "torch": torch.__version__, "parameters": sum(p.numel() for p in trainer.parameters), "step": step, **vars(args)}), flush=True)
    per_chunk, began = args.chunk // args.batch, time.time()
    while step < args.steps:
        inputs, target = source.chunk(args.seed, step // per_chunk)
        for start in range(step % per_chunk * args.batch, args.chunk, args.batch):
            if step == args.steps:
                break
            rows = slice(start, start + args.batch)
            trainer.step(inputs[rows], target[rows], learning_rate(step, args))
            step += 1
        if step // per_chunk % args.save_every == 0 or step == args.steps:
            trainer.save(out, step, args)
            print(f"{step} loss {trainer.loss.item():.5f} {time.time() - began:.0f}s", flush=True)


def learning_rate(step: int, args: argparse.Namespace) -> float:
    """Returns the rate of this step: a short linear warm-up under a cosine that ends at zero."""
    done = step / args.steps
    return args.lr * min(1.0, done / WARMUP + 1e-3) * (0.5 + 0.5 * math.cos(math.pi * done))


class Simulator:
    """Chunks of fresh contexts: channels and mask [chunk, 5, context], sorted futures [chunk, horizon, futures] in units of scale."""

    def __init__(self, args: argparse.Namespace, shape: Shape):
        self.sizes = (args.chunk, shape.context, shape.horizon, args.futures, DEVICE)
        self.day_of = torch.compile(sim.next_day, dynamic=False) if CUDA else sim.next_day
        self.graph = None
        if CUDA:
            warm_up(self.make, 1)
            self.graph = torch.cuda.CUDAGraph()
            with torch.no_grad(), torch.cuda.graph(self.graph):
                self.made = self.make()

    @torch.no_grad()
    def chunk(self, seed: int, index: int) -> tuple[Tensor, Tensor]:
        """Returns chunk `index`, a function of the seed and the index alone (and of the device); valid until the next call."""
        torch.manual_seed(1_000_003 * (seed + 1) + index)
        if self.graph is None:
            return self.make()
        self.graph.replay()
        return self.made

    @torch.no_grad()
    def make(self) -> tuple[Tensor, Tensor]:
        bars, ahead = sim.with_gaps(*sim.simulate(*self.sizes, day_of=self.day_of))
        channels, mask, scale = channels_of(bars)
        inputs = torch.cat([channels, mask[:, None]], 1)
        fine = inputs.isfinite().flatten(1).all(1)
        return torch.where(fine[:, None, None], inputs, 0.0), (ahead / scale[:, :, None]).clamp(-1e4, 1e4)


class Trainer:
    """The optimisation step, its averaged weights and what a resumed run needs."""

    def __init__(self, model: BarBolt, args: argparse.Namespace):
        shape = model.shape
        self.model, self.parameters = model, list(model.parameters())
        self.names = [name for name, _ in model.named_parameters()]
        self.lr = torch.tensor(0.0, device=DEVICE)
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=self.lr, weight_decay=1e-4, betas=(0.9, 0.98), fused=CUDA, capturable=CUDA
        )
        self.inputs = torch.randn(args.batch, CHANNELS + 1, shape.context, device=DEVICE)
        self.inputs[:, -1] = 1.0
        self.target = torch.randn(args.batch, shape.horizon, args.futures, device=DEVICE).sort(-1).values
        self.ema = [p.detach().clone() for p in self.parameters]
        day = torch.arange(1, shape.horizon + 1, device=DEVICE)
        self.level = torch.tensor(shape.levels, device=DEVICE)
        self.root = day.sqrt().float()[None, :, None]
        self.emphasis = torch.where(day == 1, 3.0, torch.where(day <= 5, 1.5, 0.3)).float()[None, :, None]
        self.loss_of = torch.compile(self.pinball, dynamic=False) if CUDA else self.pinball
        self.graph = None
        if CUDA:
            self.capture()

    def capture(self) -> None:
        """Captures one step as a CUDA graph, and takes back the steps that the capture needs."""
        before = [p.detach().clone() for p in self.parameters]
        warm_up(self.once, 3)
        self.graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(self.graph):
            self.loss = self.once(clear=False)
        with torch.no_grad():
            for p, e, b in zip(self.parameters, self.ema, before):
                p.copy_(b)
                e.copy_(b)
            for state in self.optimizer.state.values():
                for value in state.values():
                    value.zero_()

    def pinball(self, inputs: Tensor, target: Tensor) -> Tensor:
        """Returns a loss whose gradient is that of the mean pinball over the futures, in units of each context's expected move.

        The gradient of the mean pinball loss with respect to a quantile is the share of outcomes below it minus its level.
        """
        output = self.model.network(inputs[:, :-1], inputs[:, -1], LOW).transpose(1, 2)
        with torch.no_grad():
            move = (target.abs() / self.root).mean((1, 2)).clamp_min(1e-3)[:, None, None]
            weight = (1.0 / move).clamp(0.02, 60.0) / self.root
            below = torch.searchsorted(target, output.detach().contiguous()).float() / target.shape[2]
        return (output * (below - self.level) * weight * self.emphasis).sum((1, 2)).mean() / 100.0

    def once(self, clear: bool = True) -> Tensor:
        if clear:
            self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(self.inputs, self.target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.ema, [p.detach() for p in self.parameters], 1.0 - EMA_DECAY)
        return loss.detach()

    def step(self, inputs: Tensor, target: Tensor, lr: float) -> None:
        self.lr.fill_(lr)
        self.inputs.copy_(inputs)
        self.target.copy_(target)
        if self.graph is None:
            self.loss = self.once()
        else:
            self.graph.replay()

    def save(self, out: Path, step: int, args: argparse.Namespace) -> None:
        """Writes everything that a resumed run needs, whole or not at all; weights that are not finite stop the run."""
        if not all(torch.isfinite(p).all() for p in self.parameters + self.ema):
            raise SystemExit(f"A weight is not finite at step {step}")
        out.parent.mkdir(parents=True, exist_ok=True)
        part = out.with_suffix(".part")
        torch.save(
            {
                "shape": self.model.shape.as_dict(),
                "model": {name: p.detach().cpu() for name, p in zip(self.names, self.parameters)},
                "ema": {name: e.cpu() for name, e in zip(self.names, self.ema)},
                "moments": [{k: v.cpu() for k, v in self.optimizer.state[p].items()} for p in self.parameters],
                "step": step,
                "args": vars(args),
            },
            part,
        )
        part.replace(out)

    @torch.no_grad()
    def restore(self, saved: dict) -> int:
        """Takes up a saved run, in place (a captured graph reads these very tensors); returns its step."""
        for name, p, e, moments in zip(self.names, self.parameters, self.ema, saved["moments"]):
            p.copy_(saved["model"][name])
            e.copy_(saved["ema"][name])
            state = self.optimizer.state[p]
            for key, value in moments.items():
                if key in state:
                    state[key].copy_(value)
                else:
                    state[key] = value.clone() if key == "step" and not CUDA else value.to(DEVICE)
        return saved["step"]


def warm_up(work, times: int) -> None:
    """Runs what is to be captured on a stream of its own first, as capturing demands."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(times):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="file of the run, for example run.pt")
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--steps", type=int, default=22000)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--chunk", type=int, default=65536, help="instruments simulated at a time")
    parser.add_argument("--futures", type=int, default=32, help="continuations of each context; even")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--save-every", type=int, default=32, help="chunks between two saved states")
    return parser.parse_args()


if __name__ == "__main__":
    main()
