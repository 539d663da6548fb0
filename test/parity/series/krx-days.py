"""Prints the weekdays on which no instrument of a price folder has a bar, by year: what krxCalendar is compared with.

    python krx-days.py FOLDER        # FOLDER holds *.csv or *.csv.gz with a `date` column, prices of the Korea Exchange
    python krx-days.py --xkrx        # the same list of 2000..2026 from exchange_calendars 4.13.2 (pip install exchange_calendars==4.13.2)

The output for 100 KOSPI stocks, 2020-01-02 to 2024-06-28, is the list in test/series/krx-calendar.test.ts.
"""
import csv
import datetime
import gzip
import pathlib
import sys


def days_of_folder(folder):
    seen = set()
    for path in pathlib.Path(folder).glob("*.csv*"):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt") as text:
            seen.update(datetime.date.fromisoformat(row["date"]) for row in csv.DictReader(text))
    return seen, min(seen), max(seen)


def days_of_xkrx():
    import exchange_calendars

    calendar = exchange_calendars.get_calendar("XKRX", start="2000-01-01", end="2026-12-31")
    return {day.date() for day in calendar.sessions}, datetime.date(2000, 1, 1), datetime.date(2026, 12, 31)


seen, first, last = days_of_xkrx() if sys.argv[1] == "--xkrx" else days_of_folder(sys.argv[1])
by_year = {}
for offset in range((last - first).days + 1):
    day = first + datetime.timedelta(offset)
    if day.weekday() < 5 and day not in seen:
        by_year.setdefault(day.year, []).append(day.strftime("%m-%d"))
for year, days in by_year.items():
    print(f"{year}: '{' '.join(days)}',")
