"""Trains the default checkpoint on simulated closes; resumes from --out when it is there."""

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model import Bolt, Shape
from simulate import Chunk, simulate

EMA_DECAY = 0.999


def main() -> None:
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    shape = Shape(
        context=args.context, patch=args.patch, horizon=args.horizon, d_model=args.d_model, d_kv=args.d_model // 4,
        d_ff=args.d_ff, layers=args.layers, decoder_layers=args.decoder_layers,
    )
    model = Bolt(shape)
    if args.start:
        model.load_state_dict(torch.load(args.start, weights_only=True)["ema"])
    ema = {k: v.clone() for k, v in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=1e-4, betas=(0.9, 0.98))
    out, step, elapsed, seen = Path(args.out), 0, 0.0, 0.0
    if out.exists():
        saved = torch.load(out, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        ema, step, elapsed = saved["ema"], saved["step"], saved["elapsed"]
    print(json.dumps({"parameters": sum(p.numel() for p in model.parameters()), "step": step, **vars(args)}), flush=True)

    per_chunk = args.reuse * args.chunk // args.batch
    began, batches, ahead = time.time() - elapsed, iter(()), None
    simulator = ThreadPoolExecutor(1)
    while step < args.steps:
        if step % per_chunk == 0:
            index = step // per_chunk
            now = ahead or simulator.submit(simulated, args, shape, index)
            ahead = simulator.submit(simulated, args, shape, index + 1)
            batches = chunk_batches(args, *now.result())
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, args)
        loss, pinball = losses(model, *next(batches), measured=step % 10 == 0)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay = min(EMA_DECAY, (1 + step) / (10 + step))
        for name, value in model.state_dict().items():
            ema[name].lerp_(value, 1 - decay)
        if pinball is not None:
            seen = 0.95 * seen + 0.05 * pinball if seen else pinball
        step += 1
        if step % 250 == 0:
            print(f"{step} loss {seen:.5f} lr {learning_rate(step, args):.5f} {time.time() - began:.0f}s", flush=True)
        if step % (16 * per_chunk) == 0 or step >= args.steps:
            save(out, shape, model, ema, optimizer, step, time.time() - began, args)


def learning_rate(step: int, args: argparse.Namespace) -> float:
    """Returns the rate of this step: linear warm-up, a plateau, and a linear descent over the last 40 %."""
    rising = (step + 1) / args.warmup
    falling = (args.steps - step) / (0.4 * args.steps)
    return args.lr * min(1.0, rising, falling)


def simulated(args: argparse.Namespace, shape: Shape, index: int) -> tuple[np.random.Generator, Chunk]:
    """Returns chunk `index`, a function of the seed and the index alone, and the generator that made it."""
    rng = np.random.default_rng([args.seed, index])
    return rng, simulate(rng, args.chunk, shape.context, shape.horizon, args.futures)


def chunk_batches(args: argparse.Namespace, rng: np.random.Generator, chunk: Chunk):
    """Yields the batches of a chunk: contexts with missing days, and their futures."""
    context, futures = torch.from_numpy(chunk.context), torch.from_numpy(chunk.futures)
    for turn in range(args.reuse):
        order = torch.from_numpy(rng.permutation(args.chunk))
        for start in range(0, args.chunk, args.batch):
            rows = order[start : start + args.batch]
            mirror = torch.from_numpy(rng.random(len(rows)) < 0.1)
            past, ahead = context[rows], futures[rows]
            past = torch.where(mirror[:, None], -past, past)
            yield hide(rng, past), torch.where(mirror[:, None, None], -ahead.flip(2), ahead)


def hide(rng: np.random.Generator, context: Tensor) -> Tensor:
    """Returns the context with what real histories lack: a start (30 % of rows), single days (15 %)."""
    rows, steps = context.shape
    start = np.where(rng.random(rows) < 0.3, rng.integers(0, steps - 8, rows), 0)
    rate = np.where(rng.random(rows) < 0.15, np.exp(rng.uniform(np.log(0.004), np.log(0.15), rows)), 0.0)
    missing = (np.arange(steps)[None] < start[:, None]) | (rng.random((rows, steps)) < rate[:, None])
    missing[:, -1] = False
    return torch.where(torch.from_numpy(missing), torch.nan, context)


def losses(model: Bolt, context: Tensor, futures: Tensor, measured: bool) -> tuple[Tensor, float | None]:
    """Returns a loss whose gradient is that of the mean pinball, and (where measured) that pinball at 0.1 to 0.9.

    Both are in units of each context's own expected move, so that calm and wild series count alike,
    and per square root of the step. futures [series, horizon, futures] are relative to the last close
    and sorted. The gradient of the mean pinball loss with respect to a quantile is the share of
    outcomes below it minus its level.
    """
    shape = model.shape
    output, _, scale = model(context)
    output = output.transpose(1, 2)
    level = torch.tensor(shape.levels)
    day = torch.arange(1, shape.horizon + 1)
    root = day.sqrt()[None, :, None]
    with torch.no_grad():
        target = (futures / scale[:, :, None]).contiguous()
        move = (futures.abs() / root).mean((1, 2)).clamp_min(1e-5)[:, None, None]
        weight = (scale[:, :, None] / move).clamp(0.05, 60.0) / root
        below = torch.searchsorted(target, output.detach().contiguous()) / futures.shape[2]
        emphasis = torch.where(day <= 5, 1.0, 0.5)[None, :, None]
        pinball = None
        if measured:
            error, inner = target[:, :, None, :] - output[:, :, 2:11, None], level[2:11, None]
            pinball = (torch.maximum(inner * error, (inner - 1) * error) * weight[:, :, :, None]).mean().item()
    return (output * (below - level) * weight * emphasis).sum((1, 2)).mean() / 100.0, pinball


def save(out: Path, shape: Shape, model: Bolt, ema: dict, optimizer, step: int, elapsed: float, args) -> None:
    """Writes everything that a resumed run needs, whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part")
    torch.save(
        {"shape": shape.as_dict(), "model": model.state_dict(), "ema": ema, "optimizer": optimizer.state_dict(),
         "step": step, "elapsed": elapsed, "args": vars(args)},
        part,
    )
    part.replace(out)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="file of the run, for example run.pt")
    parser.add_argument("--start", help="file of an earlier run whose averaged weights to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--chunk", type=int, default=4096, help="instruments simulated at a time")
    parser.add_argument("--reuse", type=int, default=2, help="passes over a chunk, differently masked")
    parser.add_argument("--futures", type=int, default=16, help="continuations of each context")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    for name in ("context", "patch", "horizon", "d_model", "d_ff", "layers", "decoder_layers"):
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=getattr(Shape, name))
    return parser.parse_args()


if __name__ == "__main__":
    main()
