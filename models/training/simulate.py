"""Simulated daily bars: what the default checkpoint is trained on.

Every instrument has its own law, drawn from wide priors. A day has a night and a session; volatility answers to what came in
between. The bars of `context` days are observed, and the close is then continued `futures` times from the same state.
Arrays are [instruments, 1] along the context and [instruments, futures] afterwards; prices are logarithms.
"""

import math
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

BURN_IN = 40
SPLITS = (2.0, 3.0, 5.0, 10.0, 0.5, 0.2, 0.1)
# Standard deviation of a uniform number on (-1/2, 1/2), inverted.
UNIFORM_TO_UNIT = 3.46


class Law(NamedTuple):
    """The parameters of instruments, each [instruments, 1]."""

    sigma: Tensor  # volatility of a day
    df: Tensor  # degrees of freedom of the night
    skew: Tensor
    omega: Tensor
    alpha: Tensor
    beta: Tensor
    gjr: Tensor
    slow_decay: Tensor
    slow_sd: Tensor
    fast_decay: Tensor
    fast_sd: Tensor
    leverage: Tensor
    regime_factor: Tensor
    regime_enter: Tensor
    regime_leave: Tensor
    jump_rate: Tensor
    jump_size: Tensor
    jump_bias: Tensor
    jump_feedback: Tensor
    report_size: Tensor
    report_every: Tensor
    report_burst: Tensor
    burst_add: Tensor
    burst_slope: Tensor
    burst_decay: Tensor
    burst_threshold: Tensor
    drift: Tensor
    trend_sd: Tensor
    trend_decay: Tensor
    ar: Tensor
    bounce: Tensor
    reversion: Tensor
    tick: Tensor
    limit: Tensor
    limit_carry: Tensor
    limit_burst: Tensor
    unchanged: Tensor
    over: Tensor  # the night's share of the variance
    noise: Tensor  # of the session's log variance, gone the next day
    weight: Tensor  # of the squared return in what volatility answers to; the rest is the day's realised variance
    jump_night: Tensor
    report_night: Tensor
    open_noise: Tensor  # in deviations of the session: what the first price gives back
    coarse: Tensor  # how far a finite number of trades falls short of high and low
    range_level: Tensor  # prices that come back within the day, or quotes that never traded
    range_noise: Tensor  # a session's volatility is not even
    locked: Tensor  # share of limit days without any range
    no_bars: Tensor


class State(NamedTuple):
    """Where instruments stand at a close, each [instruments, 1 or futures]."""

    garch: Tensor
    slow: Tensor
    fast: Tensor
    turbulent: Tensor
    burst: Tensor
    trend: Tensor
    last_return: Tensor
    carry: Tensor
    to_report: Tensor
    level: Tensor
    observed: Tensor


class Draws:
    """Random numbers [n, 1] of one device."""

    def __init__(self, n: int, device):
        self.n, self.device = n, device

    def rand(self) -> Tensor:
        return torch.rand(self.n, 1, device=self.device)

    def randn(self) -> Tensor:
        return torch.randn(self.n, 1, device=self.device)

    def uniform(self, low: float, high: float) -> Tensor:
        return low + (high - low) * self.rand()

    def log_uniform(self, low: float, high: float) -> Tensor:
        return torch.exp(self.uniform(math.log(low), math.log(high)))

    def only(self, share: float) -> Tensor:
        """Returns 1 for that share of the instruments, 0 for the others."""
        return (self.rand() < share).float()


def draw_law(n: int, device) -> tuple[Law, Tensor]:
    """Returns the laws of n instruments and the factors of their weekdays [n, 5].

    Half of the instruments have wider, more persistent laws of volatility than the other half.
    """
    draw = Draws(n, device)
    rand, randn, uniform, log_uniform, only = draw.rand, draw.randn, draw.uniform, draw.log_uniform, draw.only
    two = rand() < 0.5

    def pick(second: Tensor, first: Tensor) -> Tensor:
        return torch.where(two, second, first)

    zero = torch.zeros(n, 1, device=device)
    sigma = log_uniform(0.004, 0.05)
    df = log_uniform(2.6, 15.0)
    skew = 0.02 + pick(0.08, 0.05) * randn()

    # Volatility: GARCH with leverage, or two stochastic factors, or neither; regimes in a tenth.
    family = rand()
    has_garch = (family < pick(0.34, 0.45)).float()
    has_sv = ((family > pick(0.24, 0.35)) & (family < 0.94)).float()
    weight = rand() ** 1.5
    persistence = 1.0 - log_uniform(0.004, 0.13)
    alpha = persistence * log_uniform(0.01, 0.2) * has_garch * (1.0 + 1.5 * (1.0 - weight))
    beta = persistence * has_garch - alpha
    gjr = uniform(-0.2, 1.2) * only(0.7)
    slow_decay = half_life(pick(log_uniform(30.0, 500.0), log_uniform(25.0, 300.0)))
    slow_sd = pick(0.45 * rand() ** 1.2, 0.5 * rand() ** 1.2) * has_sv
    slow_sd = slow_sd * torch.where(rand() < 0.12, uniform(1.2, 2.0), 1.0)  # as indices have
    fast_decay = half_life(pick(log_uniform(1.0, 6.0), log_uniform(1.2, 15.0)))
    fast_sd = pick(0.65 * rand() ** 1.1, 0.5 * rand() ** 1.3) * has_sv
    leverage = uniform(-0.9, 0.4) * has_sv * only(0.9)
    regime_factor = torch.exp(uniform(0.3, 1.1) * only(0.1))
    regime_enter = 1.0 / log_uniform(40.0, 500.0)
    regime_leave = 1.0 / log_uniform(5.0, 120.0)

    # Large moves: jumps (with or without feedback), scheduled reports, bursts that follow.
    jump_rate = log_uniform(0.003, 0.05) * only(0.5)
    jump_size = uniform(1.5, 6.0)
    jump_bias = uniform(-0.3, 0.8)
    jump_feedback = only(0.42)
    report_size = uniform(1.0, 6.0) * only(0.5)
    report_burst = uniform(0.0, 1.0) * only(0.5) * (report_size > 0) * two
    burst_add = pick(uniform(0.0, 0.4) * only(0.7), uniform(0.1, 1.2) * only(0.3))
    burst_slope = pick(uniform(0.0, 0.35) * only(0.7), zero)
    burst_decay = half_life(pick(log_uniform(0.4, 8.0), log_uniform(0.6, 6.0)))
    burst_threshold = pick(uniform(1.6, 3.5), uniform(2.2, 4.0))

    # The small predictable part.
    drift = sigma * (0.02 + 0.03 * randn())
    trend_sd = sigma * uniform(0.0, 0.1) * only(0.2)
    trend_decay = half_life(log_uniform(4.0, 60.0))
    ar = 0.005 + 0.035 * randn()
    bounce = sigma * uniform(0.0, 0.25) * only(0.12)
    reversion = math.log(2.0) / log_uniform(10.0, 150.0) * only(0.06)

    # What the exchange does to the price.
    tick = torch.where(rand() < 0.6, log_uniform(1e-4, 6e-3), 0.0)
    limit = torch.where(rand() < 0.35, torch.where(rand() < 0.85, 0.3, 0.1), 9.0)
    limit_carry = uniform(0.0, 1.0)
    limit_burst = uniform(0.0, 1.5)
    unchanged = log_uniform(0.002, 0.1) * only(0.15)

    # The day's parts.
    over = torch.where(rand() < 0.15, uniform(0.0, 0.06), uniform(0.06, 0.42))
    noise = uniform(0.1, 0.6)
    jump_night = uniform(0.0, 0.9)
    report_night = only(0.6)
    open_noise = uniform(0.0, 0.6) * only(0.6)
    coarse = 0.5826 / log_uniform(10.0, 3000.0).sqrt()
    range_level = torch.exp(0.06 + 0.1 * randn())
    range_noise = uniform(0.0, 0.25)
    locked = uniform(0.0, 1.0)
    no_bars = only(0.15)
    weekday = torch.exp(0.1 * torch.randn(n, 5, device=device) * only(0.3))
    weekday = weekday / weekday.square().mean(1, keepdim=True).sqrt()
    law = Law(
        sigma=sigma, df=df, skew=skew, omega=1.0 - alpha - beta, alpha=alpha, beta=beta, gjr=gjr, slow_decay=slow_decay, slow_sd=slow_sd,
        fast_decay=fast_decay, fast_sd=fast_sd, leverage=leverage, regime_factor=regime_factor, regime_enter=regime_enter,
        regime_leave=regime_leave, jump_rate=jump_rate, jump_size=jump_size, jump_bias=jump_bias, jump_feedback=jump_feedback,
        report_size=report_size, report_every=zero + 63.0, report_burst=report_burst, burst_add=burst_add, burst_slope=burst_slope,
        burst_decay=burst_decay, burst_threshold=burst_threshold, drift=drift, trend_sd=trend_sd, trend_decay=trend_decay, ar=ar,
        bounce=bounce, reversion=reversion, tick=tick, limit=limit, limit_carry=limit_carry, limit_burst=limit_burst, unchanged=unchanged,
        over=over, noise=noise, weight=weight, jump_night=jump_night, report_night=report_night, open_noise=open_noise, coarse=coarse,
        range_level=range_level, range_noise=range_noise, locked=locked, no_bars=no_bars,
    )
    return law, weekday


def draw_state(law: Law, n: int, device) -> State:
    """Returns where n instruments start, each [n, 1]."""
    draw = Draws(n, device)
    zero = torch.zeros(n, 1, device=device)
    enter, leave = law.regime_enter, law.regime_leave
    garch = torch.exp(0.4 * draw.randn() * (law.alpha > 0))
    slow, fast = draw.randn() * law.slow_sd, draw.randn() * law.fast_sd
    turbulent = (draw.rand() < enter / (enter + leave)).float()
    trend = draw.randn() * law.trend_sd
    to_report = torch.floor(draw.rand() * law.report_every)
    return State(
        garch=garch, slow=slow, fast=fast, turbulent=turbulent, burst=zero, trend=trend, last_return=zero, carry=zero,
        to_report=to_report, level=zero, observed=zero,
    )


def half_life(days: Tensor) -> Tensor:
    """Returns the decay a day that leaves a half after so many days."""
    return torch.exp(-math.log(2.0) / days)


def student(u: Tensor, v: Tensor, df: Tensor) -> Tensor:
    """Returns Student-t shocks of unit variance, cut at 12, from two uniforms (Bailey's polar method: exact)."""
    radius = torch.sqrt(df * torch.expm1(-2.0 / df * torch.log(u.clamp_min(1e-7))))
    t = radius * torch.cos(2.0 * math.pi * v) * torch.sqrt((df - 2.0) / df)
    return t.clamp(-12.0, 12.0)


def advance(x: Tensor, decay: Tensor, sd: Tensor, innovation: Tensor) -> Tensor:
    """Returns the next value of a mean-zero AR(1) with stationary deviation sd."""
    return decay * x + sd * torch.sqrt(1.0 - decay * decay) * innovation


def on_tick(x: Tensor, tick: Tensor) -> Tensor:
    """Returns log prices rounded to multiples of the tick (no rounding where it is 0)."""
    safe = torch.where(tick > 0.0, tick, 1.0)
    ticks = torch.round(torch.exp(x.clamp(-20.0, 20.0)) / safe).clamp_min(1.0)
    return torch.where(tick > 0.0, torch.log(ticks * safe), x)


def next_day(law: Law, state: State, weekday: Tensor, night: Tensor, normal: Tensor, chance: Tensor, bars: bool) -> tuple[State, tuple]:
    """Returns the state one day on and, with bars, the day's log open, high and low.

    weekday is this day's factor, night a unit shock; normal is [6, *state] (9 with bars), chance [5, *state] (6 with bars).
    """
    # The day's return, in deviations: a night and a session whose variance has a day's own noise.
    spread = torch.exp(law.noise * normal[4] - 0.5 * law.noise * law.noise)
    session_variance = (1.0 - law.over) * spread
    gap = torch.sqrt(law.over) * night
    raw = gap + torch.sqrt(session_variance) * normal[5]
    realised = gap * gap + session_variance
    shock = (raw * (1.0 + law.skew * torch.sign(raw)) - 0.75 * law.skew) / torch.sqrt(1.0 + law.skew * law.skew)
    regime = 1.0 + state.turbulent * (law.regime_factor - 1.0)
    vol = torch.sqrt(state.garch) * torch.exp((state.slow + state.fast).clamp(-3.0, 2.5)) * regime * (1.0 + state.burst)
    vol = vol.clamp_max(15.0)
    reports = state.to_report <= 0.0
    jumps = chance[0] < law.jump_rate
    extra = torch.where(jumps, (normal[0] + law.jump_bias) * law.jump_size, 0.0)
    felt = shock + extra * law.jump_feedback
    told = torch.where(reports, law.report_size, 0.0)
    daily = law.sigma * vol * weekday

    # What the exchange lets through.
    move = daily * (shock * (1.0 + told) + extra) + law.ar * state.last_return + law.drift + state.trend - law.reversion * state.level
    still = chance[1] < law.unchanged
    move = torch.where(still, 0.0, move + state.carry)
    lowest, highest = torch.log1p(-law.limit.clamp_max(0.999)), torch.log1p(law.limit)
    limited = torch.minimum(torch.maximum(move, lowest), highest)
    at_limit = (limited != move).float()
    level = state.level + limited
    observed = on_tick(level + law.bounce * normal[1], law.tick)

    day = ()
    if bars:
        by_night = (chance[4] < law.jump_night).float()
        opening = daily * (gap + extra * by_night + shock * told * law.report_night)
        width = torch.sqrt(session_variance) * (1.0 + told * (1.0 - law.report_night) + 0.25 * told * law.report_night)
        deviation = daily * width * law.range_level * torch.exp(law.range_noise * normal[8]) + 1e-7
        first = opening + law.open_noise * deviation * (chance[5] - 0.5) * UNIFORM_TO_UNIT
        frozen = (at_limit > 0.5) & (chance[4] < law.locked)
        opened = torch.minimum(torch.maximum(first, lowest), highest)
        opened = torch.where(still, 0.0, torch.where(frozen, limited, opened))
        high, low = session_range(limited - opened, deviation, law.coarse, normal[6], normal[7])
        high, low = (torch.where(still | frozen, 0.0, x) for x in (high, low))
        start = state.level + opened
        high = torch.minimum(start + high, state.level + highest) + law.bounce * normal[1].abs()
        low = torch.maximum(start + low, state.level + lowest) - law.bounce * normal[1].abs()
        start, high, low = (on_tick(x, law.tick) for x in (start, high, low))
        start = torch.where(still & (law.bounce <= 0.0), state.observed, start)
        start, high, low = (torch.where(law.no_bars > 0.5, observed, x) for x in (start, high, low))
        high = torch.maximum(torch.maximum(start, observed), high)
        low = torch.minimum(torch.minimum(start, observed), low)
        day = (start, high, low)

    # What volatility makes of it.
    variance = law.weight * felt * felt + (1.0 - law.weight) * (realised + law.jump_feedback * extra * extra)
    variance = variance.clamp_max(60.0)
    answer = law.alpha * variance * state.garch * (1.0 - 0.6 * law.gjr * torch.sign(felt))
    pushed = law.leverage * shock.clamp(-4.0, 4.0) + torch.sqrt(1.0 - law.leverage * law.leverage) * normal[2]
    flips = chance[2] < torch.where(state.turbulent > 0.5, law.regime_leave, law.regime_enter)
    above = torch.maximum(felt.abs(), torch.sqrt(variance) * 1.3) - law.burst_threshold
    added = torch.where(above > 0.0, law.burst_add + law.burst_slope * above.clamp_max(4.0), 0.0)
    burst = law.burst_decay * state.burst + added + law.limit_burst * at_limit + law.report_burst * reports.float()
    following = State(
        garch=(law.omega + law.beta * state.garch + answer).clamp(0.02, 60.0),
        slow=advance(state.slow, law.slow_decay, law.slow_sd, pushed),
        fast=advance(state.fast, law.fast_decay, law.fast_sd, 0.7 * pushed + 0.714 * normal[3]),
        turbulent=torch.where(flips, 1.0 - state.turbulent, state.turbulent),
        burst=burst.clamp_max(4.0),
        trend=advance(state.trend, law.trend_decay, law.trend_sd, normal[0]),
        last_return=limited,
        carry=(move - limited) * law.limit_carry,
        to_report=torch.where(reports, law.report_every + torch.round(4.0 * chance[3] - 2.0), state.to_report - 1.0),
        level=level,
        observed=observed,
    )
    return following, day


def session_range(change: Tensor, deviation: Tensor, coarse: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Returns high and low of a session over its open: those of a Brownian bridge, pulled in by `coarse` deviations.

    Their margins are exact; a Gaussian copula of correlation -0.6 stands for their dependence. x and y are normal.
    """
    u = 0.5 * torch.erfc(x * 0.70710678)
    v = 0.5 * torch.erfc((-0.6 * x + 0.8 * y) * 0.70710678)
    twice = 2.0 * deviation * deviation
    high = 0.5 * (change + torch.sqrt(change * change - twice * torch.log(u.clamp_min(1e-7)))) - coarse * deviation
    low = 0.5 * (change - torch.sqrt(change * change - twice * torch.log(v.clamp_min(1e-7)))) + coarse * deviation
    return torch.maximum(high, change.clamp_min(0.0)), torch.minimum(low, change.clamp_max(0.0))


def simulate(n: int, context: int, horizon: int, futures: int, device, day_of=next_day) -> tuple[Tensor, Tensor]:
    """Returns log bars [n, 4, context] (open, high, low, close) relative to the last close, and sorted futures of it [n, horizon, futures].

    futures must be even: they come in pairs of opposite shocks. day_of may be a compiled next_day.
    """
    law, weekday = draw_law(n, device)
    state = draw_state(law, n, device)
    first = torch.randint(0, 5, (n, 1), device=device)
    days = []
    for t in range(BURN_IN + context):
        factor = weekday.gather(1, (first + t) % 5)
        night = student(torch.rand(n, 1, device=device), torch.rand(n, 1, device=device), law.df)
        normal, chance = torch.randn(9, n, 1, device=device), torch.rand(6, n, 1, device=device)
        state, day = day_of(law, state, factor, night, normal, chance, True)
        if t >= BURN_IN:
            days.append(torch.cat([*day, state.observed], 1))
    anchor = state.observed
    path = torch.stack(days, 2) - anchor[:, :, None]
    state = State(*(x.expand(n, futures).contiguous() for x in state))
    half, ahead = futures // 2, []
    for t in range(horizon):
        factor = weekday.gather(1, (first + BURN_IN + context + t) % 5)
        night = student(torch.rand(n, half, device=device), torch.rand(n, half, device=device), law.df)
        normal, chance = torch.randn(6, n, futures, device=device), torch.rand(5, n, futures, device=device)
        normal[5, :, half:] = -normal[5, :, :half]
        state, _ = day_of(law, state, factor, torch.cat([night, -night], 1), normal, chance, False)
        ahead.append(state.observed - anchor)
    ahead = torch.stack(ahead, 1)
    path = path + forgotten_split(path)[:, None]
    # An instrument that left the range of numbers gives way to its neighbour.
    bad = ~(path.isfinite().flatten(1).all(1) & ahead.isfinite().flatten(1).all(1))
    path = torch.where(bad[:, None, None], path.roll(1, 0), path)
    ahead = torch.where(bad[:, None, None], ahead.roll(1, 0), ahead)
    return path, ahead.sort(2).values


@cache
def log_splits(device) -> Tensor:
    """Made once a device: a captured graph must not make constants."""
    return torch.log(torch.tensor(SPLITS)).to(device)


def forgotten_split(path: Tensor) -> Tensor:
    """Returns shifts [n, days] of the older part of one path in 250 by a split that a source forgot to adjust."""
    n, _, days = path.shape
    device = path.device
    ratios = log_splits(device)
    chosen = ratios[torch.randint(0, len(SPLITS), (n, 1), device=device)] * (torch.rand(n, 1, device=device) < 0.004)
    until = torch.randint(1, days - 1, (n, 1), device=device)
    return torch.where(torch.arange(days, device=device)[None] < until, chosen, 0.0)


def with_gaps(path: Tensor, ahead: Tensor) -> tuple[Tensor, Tensor]:
    """Returns contexts with what real histories lack, a tenth of the rows mirrored.

    A start lacks in 30 %, single days in 15 % (NaN); the bars of single days in 8 %, those before some day in 3 % (the close four times).
    """
    n, _, days = path.shape
    draw = Draws(n, path.device)
    mirror = (draw.rand() < 0.1)[:, :, None]
    flipped = -torch.stack([path[:, 0], path[:, 2], path[:, 1], path[:, 3]], 1)
    path = torch.where(mirror, flipped, path)
    ahead = torch.where(mirror, -ahead.flip(2), ahead)
    start = torch.where(draw.rand() < 0.3, torch.floor(draw.rand() * (days - 8)), 0.0)
    rate = torch.where(draw.rand() < 0.15, draw.log_uniform(0.004, 0.15), 0.0)
    without = torch.where(draw.rand() < 0.08, draw.log_uniform(0.01, 0.6), 0.0)
    begun = torch.where(draw.rand() < 0.03, torch.floor(draw.rand() * days), 0.0)
    day = torch.arange(days, device=path.device)[None]
    missing = ((day < start) | (torch.rand(n, days, device=path.device) < rate)) & (day < days - 1)
    bare = (torch.rand(n, days, device=path.device) < without) | (day < begun)
    path = torch.where(bare[:, None], path[:, 3:], path)
    return torch.where(missing[:, None], torch.nan, path), ahead
