"""The workload's policy as SQL by hand, in DuckDB over Parquet: how fast columns are with nothing declared and nothing explained.

    python benchmarks/peer_duckdb.py EVENTS.parquet
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from contender import LIMIT, MONTH, breach, card, compete, veto

SQL = f"""
create temp table breaches as
    with asked as (
        select "case", unit, epoch_us(time) // 1000000
               + case place {' '.join(f"when '{place}' then {limit}" for place, limit in LIMIT.items())} end as due
        from log where type = 'presence.requested'),
    arrived as (select "case", min(epoch_us(time) // 1000000) as came from log where type = 'presence.arrived' group by "case")
    select asked."case", unit, due from asked left join arrived using ("case") where came is null or came > due;
create temp table cards as
    select unit, due, year(make_timestamp(due * 1000000)) as of_year
    from (select unit, due, lag(due) over (partition by unit order by due) as earlier from breaches)
    where due - earlier <= {MONTH};
create temp table vetoes as
    select unit, of_year from (select *, row_number() over (partition by unit, of_year order by due) as nth from cards)
    where nth = 2
    union
    select unit, year(make_timestamp(epoch_us(time))) from log where type = 'incident.occurred' and severity = 5;
"""


def judge(path: Path) -> tuple[int, list[str]]:
    """How many events *path* has, and the findings."""
    db = duckdb.connect()
    db.read_parquet(str(path)).create_view("log")
    for statement in SQL.split(";"):
        if statement.strip():
            db.execute(statement)
    found = [breach(*row) for row in db.execute('select "case", unit, due from breaches').fetchall()]
    found += [card(*row) for row in db.execute("select unit, due from cards").fetchall()]
    found += [veto(*row) for row in db.execute("select unit, of_year from vetoes").fetchall()]
    number = db.execute("select count(*) from log").fetchall()[0][0]
    return number, found


if __name__ == "__main__":
    compete(judge)
