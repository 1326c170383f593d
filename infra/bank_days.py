"""`python -m infra.bank_days`: write chalicelib/bank_days.py anew, from what the `holidays` library knows now."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import holidays

from chalicelib.bank_days import FIRST, LAST

TARGET = Path(__file__).resolve().parent.parent / "chalicelib" / "bank_days.py"


def known(subdivision: str) -> list[date]:
    """The bank holidays of those years in `ENG` or `WLS`, in order. England's are those of Wales."""
    return sorted(holidays.country_holidays("GB", subdiv=subdivision, years=range(FIRST, LAST + 1)))


def written(source: str) -> str:
    """The module's text with the days that are known now."""
    days = known("ENG")
    lines = [" ".join(f"{day}" for day in days if day.year == year) for year in range(FIRST, LAST + 1)]
    listed = "".join(f"    {line}\n" for line in lines)
    return re.sub(r'(_LISTED = """\n).*?(""")', lambda found: found[1] + listed + found[2], source, flags=re.DOTALL)


if __name__ == "__main__":
    TARGET.write_text(written(TARGET.read_text("utf-8")), "utf-8")
