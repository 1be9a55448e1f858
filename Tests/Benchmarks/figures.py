"""Measured figures, their targets and the table that shows them."""

import dataclasses


@dataclasses.dataclass
class Figure:
    """One measured number. `at_most` and `at_least` are its target, in the same unit; None when it has none."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_met(self):
        return (self.at_most is None or self.value <= self.at_most) and (self.at_least is None or self.value >= self.at_least)

    @property
    def target(self):
        if self.at_most is not None and self.at_most == self.at_least:
            return f"= {number(self.at_most)}"
        bounds = [f">= {number(self.at_least)}" if self.at_least is not None else "", f"<= {number(self.at_most)}" if self.at_most is not None else ""]
        return " ".join(filter(None, bounds))


def number(value):
    if value >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}"


def show(figures):
    rows = [("figure", "value", "unit", "target", "")]
    rows += [(f.name, number(f.value), f.unit, f.target, "" if not f.target else "ok" if f.is_met else "MISSED") for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1]), *(row[i].ljust(widths[i]) for i in (2, 3, 4))]
        print("  ".join(cells).rstrip())
