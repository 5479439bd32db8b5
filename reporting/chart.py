"""A line chart as geometry; the template draws it as SVG. No script, no inline style: it passes a strict CSP and prints."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

WIDTH, HEIGHT = 960, 420
TOP, RIGHT, BOTTOM, LEFT = 24, 190, 44, 70
LOOKS = {
    "extreme_urgency": ("#801650", "", "#801650"),
    "no_response": ("#12436D", "", "#12436D"),
    "specialist": ("#28A197", "", "#0a6b63"),
    "continuity": ("#F46A25", "", "#a8430f"),
    "extension": ("#3D3D3D", "", "#3D3D3D"),
    "safeguarding": ("#A285D1", "", "#6f4fa3"),
    "other": ("#A9A9A9", "", "#5f5f5f"),
    "share": ("#12436D", "", "#12436D"),
    "booked": ("#12436D", "", "#12436D"),
    "paid": ("#28A197", "10 6", "#0a6b63"),
    "approved": ("#ca3535", "2 4", "#a02525"),
}


@dataclass(frozen=True)
class Series:
    """`values` has one amount (or None) for each label."""

    key: str
    name: str
    values: list[Decimal | None]


def short_money(amount: Decimal) -> str:
    """£1.25m, £548k, £0."""
    if abs(amount) >= 1_000_000:
        return f"£{amount / 1_000_000:.2f}".rstrip("0").rstrip(".") + "m"
    return f"£{amount / 1000:.0f}k" if amount else "£0"


def _step(top: Decimal) -> Decimal:
    """A round distance between grid lines, about five of them."""
    raw = max(top / 5, Decimal(1))
    size = Decimal(10) ** (len(str(int(raw))) - 1)
    return next(m * size for m in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)) if m * size >= raw)


def column_chart(labels: list[str], series: list[Series]) -> dict:
    """Counts as stacked columns, one for each label; empty where there is nothing to draw."""
    totals = [sum((one.values[i] or Decimal(0) for one in series), Decimal(0)) for i in range(len(labels))]
    if not labels or not any(totals):
        return {}
    step = max(Decimal(1), _step(max(totals)))
    lines = ceil(max(totals) / step)
    plot_width, plot_height = WIDTH - LEFT - 20, HEIGHT - TOP - BOTTOM
    slot = plot_width / len(labels)

    def y(value: Decimal) -> float:
        return round(TOP + plot_height * (1 - float(value / (lines * step))), 1)

    bars, below = [], [Decimal(0)] * len(labels)
    for one in series:
        for i, value in enumerate(one.values):
            if not value:
                continue
            top = below[i] + value
            bars.append(
                {
                    "x": round(LEFT + slot * i + slot * 0.18, 1),
                    "y": y(top),
                    "width": round(slot * 0.64, 1),
                    "height": round(y(below[i]) - y(top) - 1, 1),
                    "fill": LOOKS[one.key][0],
                }
            )
            below[i] = top
    every = max(1, -(-len(labels) // 12))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - 20,
        "base": y(Decimal(0)),
        "label_y": HEIGHT - 18,
        "ticks": [{"y": y(n * step), "text_y": y(n * step) + 5, "text": f"{n * step:f}"} for n in range(lines + 1)],
        "labels": [
            {"x": round(LEFT + slot * (i + 0.5), 1), "text": text} for i, text in enumerate(labels) if i % every == 0
        ],
        "bars": bars,
        "key": [{"name": one.name, "fill": LOOKS[one.key][0]} for one in series if any(value for value in one.values)],
    }


def _lines(series: list[Series], x: Callable, y: Callable, short: Callable) -> list[dict]:
    """Each series as a line with its name at the end; the names do not lie on each other."""
    drawn: list[dict] = []
    ends: list[float] = []
    for one in series:
        points = [(i, value) for i, value in enumerate(one.values) if value is not None]
        if not points:
            continue
        stroke, dash, ink = LOOKS[one.key]
        wanted = y(points[-1][1]) + 5
        while any(abs(wanted - taken) < 20 for taken in ends):
            wanted += 20
        ends.append(wanted)
        drawn.append(
            {
                "name": one.name,
                "stroke": stroke,
                "dash": dash,
                "ink": ink,
                "points": " ".join(f"{x(i)},{y(value)}" for i, value in points),
                "end": {"x": x(points[-1][0]) + 10, "y": wanted, "text": f"{one.name} {short(points[-1][1])}"},
            }
        )
    return drawn


def line_chart(labels: list[str], series: list[Series], short=short_money) -> dict:
    """What the template needs to draw the series; empty where there is nothing to draw."""
    values = [value for one in series for value in one.values if value is not None]
    if len(labels) < 2 or not values:
        return {}
    step = _step(max(values) * Decimal("1.02"))
    lines = ceil(max(values) * Decimal("1.02") / step)
    highest = max(lines, 1) * step
    lowest = min(min(values), Decimal(0))
    plot_width, plot_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return round(LEFT + plot_width * index / (len(labels) - 1), 1)

    def y(value: Decimal) -> float:
        return round(TOP + plot_height * (1 - float((value - lowest) / (highest - lowest))), 1)

    drawn = _lines(series, x, y, short)
    every = max(1, -(-len(labels) // 8))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "base": y(Decimal(0)),
        "label_y": HEIGHT - 18,
        "ticks": [
            {"y": y(n * step), "text_y": y(n * step) + 5, "text": short(n * step)} for n in range(max(lines, 1) + 1)
        ],
        "labels": [{"x": x(i), "text": text} for i, text in enumerate(labels) if i % every == 0],
        "series": drawn,
    }
