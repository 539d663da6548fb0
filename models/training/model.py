"""The default checkpoint's network, written for training: Chronos-Bolt's body over four channels of daily bars.

The names of the state dictionary are those of a Chronos-Bolt checkpoint; what goes in and comes out is chronolight's own.
"""

import math
from dataclasses import asdict, dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
# Standard normal quantiles of the levels: where training starts.
NORMAL = (-2.326, -1.645, -1.282, -0.842, -0.524, -0.253, 0.0, 0.253, 0.524, 0.842, 1.282, 1.645, 2.326)
CHANNELS = 4
DECAY = 0.97
MIN_SCALE = 1e-6
FLOOR = 0.01
CLIP = 10
MOST = 6
FACTOR_CLIP = 3.0
MASKED = -1e9


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `context` must be a multiple of `patch`."""

    context: int = 256
    patch: int = 16
    horizon: int = 20
    d_model: int = 64
    d_kv: int = 16
    d_ff: int = 256
    heads: int = 4
    layers: int = 2
    decoder_layers: int = 2
    buckets: int = 32
    max_distance: int = 128
    epsilon: float = 1e-6
    levels: tuple[float, ...] = field(default=LEVELS)

    def as_dict(self) -> dict:
        """Returns the sizes as plain values."""
        return asdict(self)


def channels_of(bars: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Returns channels [series, 4, days], mask [series, days] and scale [series, 1] of log bars [series, 4, days]: open, high, low, close.

    A day is missing where its close is NaN. Return and night are measured from the last observed close before.
    """
    opened, high, low, close = bars.unbind(1)
    days = torch.arange(close.shape[1], device=close.device)
    seen = ~close.isnan()
    last = torch.where(seen, days, -1).cummax(1).values
    last = F.pad(last[:, :-1], (1, 0), value=-1)
    valid = seen & (last >= 0)
    before = close.nan_to_num().gather(1, last.clamp_min(0))
    opened, high, low, close = (x.nan_to_num() for x in (opened, high, low, close))
    move, night = close - before, opened - before
    up, down, body = high - opened, low - opened, close - opened
    variance = night * night + (up * (up - body) + down * (down - body)).clamp_min(0.0)  # Rogers and Satchell
    width = (high - low).square() / (4.0 * math.log(2.0))  # Parkinson
    weight = DECAY ** (close.shape[1] - 1 - days).to(close.dtype) * valid
    size = (0.5 * (move * move + variance)).sqrt()
    scale = (size * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp_min(1e-9)
    scale = scale.clamp_min(MIN_SCALE)
    square = scale * scale
    channels = torch.stack(
        [
            (move / scale).clamp(-CLIP, CLIP),
            (night / scale).clamp(-CLIP, CLIP),
            torch.log(variance / square + FLOOR).clamp_max(MOST),
            torch.log(width / square + FLOOR).clamp_max(MOST),
        ],
        1,
    )
    return channels * valid[:, None], valid.to(close.dtype), scale


def linear(x: Tensor, weight: Tensor, low: torch.dtype) -> Tensor:
    return F.linear(x.to(low), weight.to(low))


class RmsNorm(nn.Module):
    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


class ResidualBlock(nn.Module):
    def __init__(self, wide_in: int, hidden: int, wide_out: int):
        super().__init__()
        self.hidden_layer = nn.Linear(wide_in, hidden)
        self.output_layer = nn.Linear(hidden, wide_out)
        self.residual_layer = nn.Linear(wide_in, wide_out)

    def forward(self, x: Tensor) -> Tensor:
        return self.output_layer(F.relu(self.hidden_layer(x))) + self.residual_layer(x)


class Attention(nn.Module):
    """Multi-head attention without the 1/sqrt(d_kv) factor, as in T5."""

    def __init__(self, shape: Shape, with_bias: bool):
        super().__init__()
        inner = shape.heads * shape.d_kv
        self.heads = shape.heads
        self.q = nn.Linear(shape.d_model, inner, bias=False)
        self.k = nn.Linear(shape.d_model, inner, bias=False)
        self.v = nn.Linear(shape.d_model, inner, bias=False)
        self.o = nn.Linear(inner, shape.d_model, bias=False)
        if with_bias:
            self.relative_attention_bias = nn.Embedding(shape.buckets, shape.heads)
        nn.init.normal_(self.q.weight, std=(shape.d_model * shape.d_kv) ** -0.5)
        nn.init.normal_(self.k.weight, std=shape.d_model**-0.5)
        nn.init.normal_(self.v.weight, std=shape.d_model**-0.5)
        nn.init.normal_(self.o.weight, std=inner**-0.5)

    def forward(self, x: Tensor, memory: Tensor, bias: Tensor, low: torch.dtype) -> Tensor:
        def split(y: Tensor) -> Tensor:
            return y.view(y.shape[0], y.shape[1], self.heads, -1).transpose(1, 2)

        scores = split(linear(x, self.q.weight, low)) @ split(linear(memory, self.k.weight, low)).transpose(2, 3)
        mixed = (scores.float() + bias).softmax(-1).to(low) @ split(linear(memory, self.v.weight, low))
        return linear(mixed.transpose(1, 2).flatten(2), self.o.weight, low).float()

    def alone(self, x: Tensor, low: torch.dtype) -> Tensor:
        """Returns self-attention over a single token, where the softmax is 1."""
        return linear(linear(x, self.v.weight, low), self.o.weight, low).float()


class SelfLayer(nn.Module):
    def __init__(self, shape: Shape, with_bias: bool):
        super().__init__()
        self.SelfAttention = Attention(shape, with_bias)
        self.layer_norm = RmsNorm(shape.d_model, shape.epsilon)


class CrossLayer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.EncDecAttention = Attention(shape, with_bias=False)
        self.layer_norm = RmsNorm(shape.d_model, shape.epsilon)


class Dense(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.wi = nn.Linear(shape.d_model, shape.d_ff, bias=False)
        self.wo = nn.Linear(shape.d_ff, shape.d_model, bias=False)
        nn.init.normal_(self.wi.weight, std=shape.d_model**-0.5)
        nn.init.normal_(self.wo.weight, std=shape.d_ff**-0.5)


class ForwardLayer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.DenseReluDense = Dense(shape)
        self.layer_norm = RmsNorm(shape.d_model, shape.epsilon)

    def forward(self, x: Tensor, low: torch.dtype) -> Tensor:
        dense = self.DenseReluDense
        return x + linear(F.relu(linear(self.layer_norm(x), dense.wi.weight, low)), dense.wo.weight, low).float()


class Block(nn.Module):
    def __init__(self, layers: list[nn.Module]):
        super().__init__()
        self.layer = nn.ModuleList(layers)


class Stack(nn.Module):
    def __init__(self, blocks: list[Block], shape: Shape):
        super().__init__()
        self.block = nn.ModuleList(blocks)
        self.final_layer_norm = RmsNorm(shape.d_model, shape.epsilon)


class BarBolt(nn.Module):
    """Bars in, quantiles of every step out: levels and a log factor a step, in units of the context's scale."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.shared = nn.Embedding(2, shape.d_model)
        self.input_patch_embedding = ResidualBlock((CHANNELS + 1) * shape.patch, shape.d_ff, shape.d_model)
        self.encoder = Stack([Block([SelfLayer(shape, i == 0), ForwardLayer(shape)]) for i in range(shape.layers)], shape)
        self.decoder = Stack(
            [Block([SelfLayer(shape, i == 0), CrossLayer(shape), ForwardLayer(shape)]) for i in range(shape.decoder_layers)],
            shape,
        )
        self.output_patch_embedding = ResidualBlock(shape.d_model, shape.d_ff, (len(shape.levels) + 1) * shape.horizon)
        tokens = shape.context // shape.patch + 1
        offsets = torch.arange(tokens)[None, :] - torch.arange(tokens)[:, None]
        self.register_buffer("bucket", encoder_bucket(offsets, shape.buckets, shape.max_distance), persistent=False)
        self.start_at_random_walk()

    @torch.no_grad()
    def start_at_random_walk(self) -> None:
        """Starts the output at the quantiles of a normal random walk of the context's scale."""
        shape, out = self.shape, self.output_patch_embedding
        start = torch.tensor(NORMAL)[:, None] * torch.arange(1, shape.horizon + 1).sqrt()[None]
        for layer in (out.output_layer, out.residual_layer):
            layer.weight.mul_(0.2)
            layer.bias.zero_()
        out.output_layer.bias[: start.numel()] = start.flatten()

    def forward(self, bars: Tensor) -> tuple[Tensor, Tensor]:
        """Returns quantiles [series, levels, horizon] of the log return in units of scale, and scale [series, 1], of log bars [series, 4, context]."""
        with torch.no_grad():
            channels, mask, scale = channels_of(bars)
        return self.network(channels, mask), scale

    def network(self, channels: Tensor, mask: Tensor, low: torch.dtype = torch.float32) -> Tensor:
        """Returns quantiles [series, levels, horizon] in units of scale from channels and mask; the middle layers compute in `low`."""
        shape, series = self.shape, mask.shape[0]
        patches = torch.cat([channels, mask[:, None]], 1).view(series, CHANNELS + 1, -1, shape.patch)
        tokens = self.input_patch_embedding(patches.transpose(1, 2).flatten(2))
        x = torch.cat([tokens, self.shared.weight[1].expand(series, 1, -1)], 1)
        seen = F.pad(mask.view(series, -1, shape.patch).sum(-1) > 0, (0, 1), value=True)
        hidden = torch.where(seen, 0.0, MASKED)[:, None, None, :]
        first = self.encoder.block[0].layer[0].SelfAttention
        bias = hidden + first.relative_attention_bias(self.bucket).permute(2, 0, 1)[None]
        for block in self.encoder.block:
            attend, forward = block.layer
            y = attend.layer_norm(x)
            x = forward(x + attend.SelfAttention(y, y, bias, low), low)
        x = self.encoder.final_layer_norm(x)
        g = self.shared.weight[0].expand(series, 1, -1)
        for block in self.decoder.block:
            attend, cross, forward = block.layer
            g = g + attend.SelfAttention.alone(attend.layer_norm(g), low)
            g = forward(g + cross.EncDecAttention(cross.layer_norm(g), x, hidden, low), low)
        rows = self.output_patch_embedding(self.decoder.final_layer_norm(g)).view(series, len(shape.levels) + 1, shape.horizon)
        return rows[:, :-1] * torch.exp(rows[:, -1:].clamp(-FACTOR_CLIP, FACTOR_CLIP))


def encoder_bucket(offset: Tensor, buckets: int, max_distance: int) -> Tensor:
    """Returns T5's bidirectional relative-position bucket of key minus query."""
    half = buckets // 2
    exact = half // 2
    distance = offset.abs()
    ratio = torch.log(distance.clamp_min(1).float() / exact) / math.log(max_distance / exact)
    far = (exact + (ratio * (half - exact)).long()).clamp_max(half - 1)
    return torch.where(offset > 0, half, 0) + torch.where(distance < exact, distance, far)
