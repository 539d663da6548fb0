"""Writes the dated tables of src/markets: closures and special hours of the Korea Exchange and of New York's exchanges.

    python -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make-tables.py            # writes ../../../src/markets/xkrx-sessions.ts and xnys-sessions.ts
    venv/bin/python make-tables.py --check    # writes nothing; fails if a table differs from what would be written
    venv/bin/python make-tables.py --prices XKRX FOLDER      # compares a folder of prices (*.csv[.gz] with a `date` column)
    venv/bin/python make-tables.py --closures XNYS FILE.csv  # compares a list of closed weekdays (a `date` column)

Closures come from the package `holidays` (markets XKRX and XNYS) and from the corrections below, which are what the exchange did.
Neither this script nor the package is needed to run or to test the library.
"""
import csv
import datetime
import gzip
import pathlib
import sys

import holidays

SOURCES = pathlib.Path(__file__).resolve().parents[3] / "src" / "markets"
LAST_YEAR = 2050

# What the exchange did and the package does not know, as {day: why}. KOSPI's last session of 2000 was 26 December, its first
# 4 January (Korea Exchange, daily index values).
KOREA_ALSO_CLOSED = {
    "2000-01-03": "New Year closure",
    "2000-12-27": "Year-end closure",
    "2000-12-28": "Year-end closure",
}
NEW_YORK_ALSO_CLOSED = {}

# Days of the College Scholastic Ability Test (Ministry of Education): everything starts an hour later, so that the roads are
# free. In 2017 the exchange kept the late hours of the day from which an earthquake had moved the test.
CSAT_DAYS = """
2000-11-15 2001-11-07 2002-11-06 2003-11-05 2004-11-17 2005-11-23 2006-11-16 2007-11-15 2008-11-13 2009-11-12 2010-11-18
2011-11-10 2012-11-08 2013-11-07 2014-11-13 2015-11-12 2016-11-17 2017-11-16 2017-11-23 2018-11-15 2019-11-14 2020-12-03
2021-11-18 2022-11-17 2023-11-16 2024-11-14 2025-11-13 2026-11-19 2027-11-18
""".split()
KOREA_CLOSES_LATER_FROM = "2016-08-01"  # 15:30 instead of 15:00

# New York's sessions with other hours that follow no holiday (NYSE, historical special closings); delays below five minutes,
# such as a moment of silence at the open, are left out.
NEW_YORK_UNPLANNED = [
    ("Snowstorm", None, "14:30", ["1994-02-11"]),
    ("Computer failure", "10:30", None, ["1995-12-18"]),
    ("Blizzard", "11:00", "14:00", ["1996-01-08"]),
    ("Trading halt", None, "15:30", ["1997-10-27"]),
    ("September 11 commemoration", "12:00", None, ["2002-09-11"]),
]


def weekdays_of(year):
    day = datetime.date(year, 1, 1)
    while day.year == year:
        if day.weekday() < 5:
            yield day
        day += datetime.timedelta(1)


def closures(market):
    first, also = (2000, KOREA_ALSO_CLOSED) if market == "XKRX" else (1990, NEW_YORK_ALSO_CLOSED)
    known = holidays.financial_holidays(market, years=range(first, LAST_YEAR + 1))
    days = {day for day in known if first <= day.year <= LAST_YEAR and day.weekday() < 5}
    return days | {datetime.date.fromisoformat(day) for day in also}


def korean_hours(closed):
    opening_days = [
        min(day for day in weekdays_of(year) if day not in closed).isoformat() for year in range(2001, LAST_YEAR + 1)
    ]
    # The Thursday of 13 to 19 November, as in every year since 2018 but the one of the pandemic.
    by_rule = [
        next(d for d in (datetime.date(year, 11, n) for n in range(13, 20)) if d.weekday() == 3).isoformat()
        for year in range(2028, LAST_YEAR + 1)
    ]
    csat = [day for day in CSAT_DAYS + by_rule if datetime.date.fromisoformat(day) not in closed]
    name = "College Scholastic Ability Test"
    return [
        ("Opening day of the year", "10:00", None, opening_days),
        # Trading began at noon after the attacks of the night (Korea Exchange).
        ("After September 11", "12:00", None, ["2001-09-12"]),
        (name, "10:00", "16:00", [day for day in csat if day < KOREA_CLOSES_LATER_FROM]),
        (name, "10:00", "16:30", [day for day in csat if day >= KOREA_CLOSES_LATER_FROM]),
    ]


def new_york_hours(closed):
    half_days = holidays.financial_holidays("XNYS", years=range(1990, LAST_YEAR + 1), categories=("half_day",))
    rows = {}
    unplanned = {day for *_, days in NEW_YORK_UNPLANNED for day in days}
    for day, label in sorted(half_days.items()):
        if day.weekday() > 4 or day in closed or day.isoformat() in unplanned:
            continue
        name, _, rest = label.partition(" (markets close at ")
        hour, minute = rest.removesuffix("pm)").split(":")
        rows.setdefault((name, f"{int(hour) + 12}:{minute}"), []).append(day.isoformat())
    return [(name, None, closes, days) for (name, closes), days in rows.items()] + NEW_YORK_UNPLANNED


def typescript(constant, exchange, closed, hours):
    lines = [
        "// Made by test/parity/markets/make-tables.py, which says where the days come from: correct them there.",
        "import type { SpecialSessions } from './dated-tables.js';",
        "",
        f"/** Weekdays on which {exchange} is closed, 'MM-DD', by year. */",
        f"export const {constant}_CLOSURES: Readonly<Record<string, string>> = {{",
    ]
    for year in sorted({day.year for day in closed}):
        lines.append(f"  {year}: '{' '.join(day.strftime('%m-%d') for day in sorted(closed) if day.year == year)}',")
    lines += ["};", "", f"/** Sessions of {exchange} with other hours. */"]
    lines.append(f"export const {constant}_SPECIAL_SESSIONS: readonly SpecialSessions[] = [")
    for name, opens, closes, days in hours:
        lines.append("  {")
        lines.append(f"    name: '{name}'," if "'" not in name else f'    name: "{name}",')
        lines += [f"    opensAt: '{opens}',"] if opens else []
        lines += [f"    closesAt: '{closes}',"] if closes else []
        by_year = {}
        for day in sorted(days):
            by_year.setdefault(day[:4], []).append(day[5:])
        pairs = [f"{year}: '{' '.join(of_year)}'" for year, of_year in by_year.items()]
        if len(f"    dates: {{ {', '.join(pairs)} }},") <= 120:
            lines.append(f"    dates: {{ {', '.join(pairs)} }},")
        else:
            lines += ["    dates: {", *(f"      {pair}," for pair in pairs), "    },"]
        lines.append("  },")
    return "\n".join([*lines, "];", ""])


def compare(market, closed, first, last):
    """Prints every weekday of a span on which the table and an observation differ."""
    table = closures(market)
    span = [datetime.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    span = [day for day in span if day.weekday() < 5 and day.year >= min(table).year]
    seen = [day for day in span if day in closed]
    print(f"{market} {span[0]} to {span[-1]}: {len(span)} weekdays, {len(seen)} closed")
    print("closed, but open in the table:", *(day for day in seen if day not in table))
    print("open, but closed in the table:", *(day for day in span if day in table and day not in closed))


def dates_in(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt") as text:
        return {datetime.date.fromisoformat(row["date"]) for row in csv.DictReader(text)}


def main(arguments):
    if arguments[:1] == ["--prices"]:
        bars = set().union(*(dates_in(path) for path in pathlib.Path(arguments[2]).glob("*.csv*")))
        first, last = min(bars), max(bars)
        every = {datetime.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}
        print("bars on a weekend:", *sorted(day for day in bars if day.weekday() > 4))
        return compare(arguments[1], every - bars, first, last)
    if arguments[:1] == ["--closures"]:
        closed = dates_in(pathlib.Path(arguments[2]))
        return compare(arguments[1], closed, min(closed), max(closed))
    korea, new_york = closures("XKRX"), closures("XNYS")
    tables = {
        "xkrx-sessions.ts": typescript("XKRX", "the Korea Exchange", korea, korean_hours(korea)),
        "xnys-sessions.ts": typescript("XNYS", "the New York Stock Exchange", new_york, new_york_hours(new_york)),
    }
    for name, text in tables.items():
        if arguments != ["--check"]:
            (SOURCES / name).write_text(text)
        elif (SOURCES / name).read_text() != text:
            sys.exit(f"{name} differs")
    return None


main(sys.argv[1:])
