"""The Chronos-Bolt network, written for training.

The state dictionary has the names and shapes of a published Chronos-Bolt checkpoint, so what is
trained here is what chronos-forecasting (class ChronosBoltModelForForecasting) and chronolight load.
"""

import math
from dataclasses import asdict, dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
MASKED = torch.finfo(torch.float32).min


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `context` must be a multiple of `patch`."""

    context: int = 128
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

    def forward(self, x: Tensor, memory: Tensor, bias: Tensor) -> Tensor:
        def split(y: Tensor) -> Tensor:
            return y.view(y.shape[0], y.shape[1], self.heads, -1).transpose(1, 2)

        scores = split(self.q(x)) @ split(self.k(memory)).transpose(2, 3) + bias
        mixed = scores.softmax(-1) @ split(self.v(memory))
        return self.o(mixed.transpose(1, 2).flatten(2))

    def alone(self, x: Tensor) -> Tensor:
        """Returns self-attention over a single token, where the softmax is 1."""
        return self.o(self.v(x))


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

    def forward(self, x: Tensor) -> Tensor:
        dense = self.DenseReluDense
        return x + dense.wo(F.relu(dense.wi(self.layer_norm(x))))


class Block(nn.Module):
    def __init__(self, layers: list[nn.Module]):
        super().__init__()
        self.layer = nn.ModuleList(layers)


class Stack(nn.Module):
    def __init__(self, blocks: list[Block], shape: Shape):
        super().__init__()
        self.block = nn.ModuleList(blocks)
        self.final_layer_norm = RmsNorm(shape.d_model, shape.epsilon)


class Bolt(nn.Module):
    """Chronos-Bolt: normalised patches of one series in, quantiles of every step out."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.shared = nn.Embedding(2, shape.d_model)
        self.input_patch_embedding = ResidualBlock(2 * shape.patch, shape.d_ff, shape.d_model)
        self.encoder = Stack([Block([SelfLayer(shape, i == 0), ForwardLayer(shape)]) for i in range(shape.layers)], shape)
        self.decoder = Stack(
            [Block([SelfLayer(shape, i == 0), CrossLayer(shape), ForwardLayer(shape)]) for i in range(shape.decoder_layers)],
            shape,
        )
        self.output_patch_embedding = ResidualBlock(shape.d_model, shape.d_ff, len(shape.levels) * shape.horizon)
        tokens = shape.context // shape.patch + 1
        offsets = torch.arange(tokens)[None, :] - torch.arange(tokens)[:, None]
        self.register_buffer("bucket", encoder_bucket(offsets, shape.buckets, shape.max_distance), persistent=False)
        self.prefer_differences()

    @torch.no_grad()
    def prefer_differences(self) -> None:
        """Starts most hidden units of the input embedding as local mixtures of first differences.

        A context of prices spreads over many daily moves; a random projection sees the level and
        almost nothing of the moves, and learns slowly.
        """
        patch, hidden = self.shape.patch, self.input_patch_embedding.hidden_layer
        rows = hidden.out_features * 3 // 4
        mixture = torch.randn(rows, patch - 1) * (torch.rand(rows, patch - 1) < 0.3)
        hidden.weight[:rows, :patch] = 3.0 * (F.pad(mixture, (1, 0)) - F.pad(mixture, (0, 1)))

    def forward(self, context: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns quantiles [series, levels, horizon] in units of scale, loc and scale [series, 1].

        context is [series, shape.context]; NaN is missing.
        """
        observed = ~context.isnan()
        count = observed.sum(1, keepdim=True).clamp_min(1)
        filled = context.nan_to_num()
        loc = filled.sum(1, keepdim=True) / count
        centred = (filled - loc) * observed
        scale = (centred.square().sum(1, keepdim=True) / count).sqrt()
        scale = torch.where(scale == 0, 1e-5, scale)
        return self.network(centred / scale, observed.to(centred.dtype)), loc, scale

    def network(self, values: Tensor, mask: Tensor) -> Tensor:
        """Returns the normalised quantiles [series, levels, horizon] of normalised values [series, context]."""
        shape, series = self.shape, values.shape[0]
        values, mask = values.view(series, -1, shape.patch), mask.view(series, -1, shape.patch)
        tokens = self.input_patch_embedding(torch.cat([values, mask], -1))
        x = torch.cat([tokens, self.shared.weight[1].expand(series, 1, -1)], 1)
        seen = F.pad(mask.sum(-1) > 0, (0, 1), value=True)
        hidden = torch.where(seen, 0.0, MASKED)[:, None, None, :]
        first = self.encoder.block[0].layer[0].SelfAttention
        bias = hidden + first.relative_attention_bias(self.bucket).permute(2, 0, 1)[None]
        for block in self.encoder.block:
            attend, forward = block.layer
            y = attend.layer_norm(x)
            x = forward(x + attend.SelfAttention(y, y, bias))
        x = self.encoder.final_layer_norm(x)
        g = self.shared.weight[0].expand(series, 1, -1)
        for block in self.decoder.block:
            attend, cross, forward = block.layer
            g = g + attend.SelfAttention.alone(attend.layer_norm(g))
            g = forward(g + cross.EncDecAttention(cross.layer_norm(g), x, hidden))
        g = self.decoder.final_layer_norm(g)
        return self.output_patch_embedding(g).view(series, len(shape.levels), shape.horizon)


def encoder_bucket(offset: Tensor, buckets: int, max_distance: int) -> Tensor:
    """Returns T5's bidirectional relative-position bucket of key minus query."""
    half = buckets // 2
    exact = half // 2
    distance = offset.abs()
    ratio = torch.log(distance.clamp_min(1).float() / exact) / math.log(max_distance / exact)
    far = (exact + (ratio * (half - exact)).long()).clamp_max(half - 1)
    return torch.where(offset > 0, half, 0) + torch.where(distance < exact, distance, far)
