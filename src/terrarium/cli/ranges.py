"""Ranges of numbers in options."""

import math

import click

__all__ = ["COUNT", "DAYS", "PORT", "TOLERANCE"]


class _Number(click.FloatRange):
    """A range of floats that excludes NaN, which is neither below a minimum nor above a maximum."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


COUNT = click.IntRange(1, 2**31 - 1)  # as `terrarium.arguments.Count`
DAYS = click.IntRange(0, 36_500)  # as `terrarium.arguments.Days`
PORT = click.IntRange(0, 65_535)
TOLERANCE = _Number(min=0)
