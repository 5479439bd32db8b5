"""What placements cost by a day, worked out by the database, so that the years behind a page cost it next to nothing.

The rule is `recruitment.rules.charge`: hours ÷ 5 × working days × rate (÷ 7 × days for a seven-day pattern), rounded once to the penny, and a whole
stretch exactly what was booked for it. `tests/placements/test_costs.py` holds the two to the penny. Money is £ excluding VAT.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import BigIntegerField, CharField, DecimalField, Field, QuerySet
from django.db.models.expressions import RawSQL

from council.working_time import closed_weekdays, end_of_day
from council.working_time_sql import working_days_until
from placements.models import Placement

MONEY = DecimalField(max_digits=14, decimal_places=2)


def _working_days_until(day: str) -> str:
    """SQL: working days since long ago, a day included. `%(holidays)s` are `closed_weekdays()`."""
    return working_days_until(day, "%(holidays)s::date[]")


def _cost(first: str, last: str) -> str:
    """SQL: what the days of a stretch `s` of a placement `p` cost from one to another, as `charge.booked_value` has it."""
    days = f"({_working_days_until(last)} - {_working_days_until(f'({first} - 1)')})"
    return f"""case when {last} < {first} then 0
        when p.pattern = 'seven_days' then round(p.hours_per_week * ({last} - {first} + 1) * s.charge_rate / 7, 2)
        else round(p.hours_per_week * {days} * s.charge_rate / 5, 2) end"""


_FIRST, _LAST = "greatest(s.starts_on, p.starts_on)", "coalesce(s.cut_on, s.ends_on)"


def _worked(until: str) -> str:
    """SQL: what a stretch `s` of a placement `p` had cost up to and including a day, as `charge.value_until` has it."""
    return f"""case
        when {_LAST} <= {until} then
            case when s.cut_on is null and s.starts_on >= p.starts_on then s.value else {_cost(_FIRST, _LAST)} end
        when {_FIRST} <= {until} then {_cost(_FIRST, until)}
        else 0 end"""


def worked_and_committed(contracts: Iterable[int], on: date) -> dict[int, Decimal]:
    """Contract → what its placements had cost by a day, by what was agreed by then; never more than they had committed.

    All they had committed, less what of it was still to come: only placements with days after that day, or with something given back
    after it, have any, so that only those are worked out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with back as (
                select r.placement_id, e.contract_id, e."on", e.amount
                  from recruitment_accountentry e join placements_placementreversal r on r.entry_id = e.id
                 where e.contract_id = any(%(contracts)s)),
            going_on as (
                select placement_id from placements_placementperiod
                 where contract_id = any(%(contracts)s) and agreed_at < %(over)s and ends_on > %(on)s
                union select placement_id from back where "on" > %(on)s),
            to_come as (
                select p.id, p.contract_id, sum(s.value) as committed, sum({_worked("p.until")}) as worked
                  from (
                    select id, contract_id, starts_on, hours_per_week, pattern,
                           case when ended_early_at < %(over)s and committed_until is not null
                                then least(%(on)s::date, committed_until) else %(on)s::date end as until
                      from placements_placement where id in (select placement_id from going_on)) p
                  join placements_placementperiod s on s.placement_id = p.id and s.agreed_at < %(over)s
                 group by p.id, p.contract_id)
            select contract_id, sum(amount) from (
                select contract_id, value as amount from placements_placementperiod
                 where contract_id = any(%(contracts)s) and agreed_at < %(over)s
                union all select contract_id, -amount from back where "on" <= %(on)s
                union all select to_come.contract_id, -greatest(committed - worked - coalesce(given, 0), 0) from to_come left join (
                    select placement_id, sum(amount) as given from back where "on" <= %(on)s group by placement_id) gone on placement_id = id
                ) parts
             group by contract_id""",
            {"contracts": list(contracts), "on": on, "over": end_of_day(on), "holidays": closed_weekdays()},
        )
        return dict(cursor.fetchall())


def _marked(which: str = "true") -> str:
    """SQL: placements that are marked as a breach by a day, and whether a mark of theirs waits for an approval. Those taken back do not count."""
    return f"""select b.placement_id, bool_or(b.approved_at is null or b.approved_at >= %(over)s) as waits
        from placements_breach b join placements_placement m on m.id = b.placement_id
       where b.taken_back_by_id is null and (b.since <= %(on)s or m.basis = 'breach') and {which} group by b.placement_id"""


STATE = """case when marked.waits then 'unauthorised' when marked.placement_id is not null then 'after_start'
    when p.contract_id is null then 'brought_forward' when c.route = 'exemption' then 'off_contract' else 'on_contract' end"""


def spend(
    on: date, since: date | None = None, service: int | None = None, team: int | None = None
) -> dict[str, Decimal]:
    """How it was authorised → what all placements that stand had cost by a day, or from another day to it, by all that is known now.

    A placement's cost is never more than it is worth. The states are those of `reporting.reads.spend.SPEND`.
    """
    before = "0" if since is None else "least(worked_before, worth)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with marked as ({_marked()}),
            rows as (
                select p.id, p.contract_id, p.basis, p.hours_per_week, p.pattern, p.starts_on,
                       least(%(on)s::date, p.committed_until) as until,
                       least(%(before)s::date, p.committed_until) as until_before,
                       coalesce(p.committed_until, p.ends_on) as owed_until
                  from placements_placement p join recruitment_vacancy v on v.id = p.vacancy_id
                  join council_team t on t.id = v.team_id
                 where p.is_live and p.starts_on <= %(on)s
                   and greatest(p.committed_until, p.ends_on) >= %(since)s  -- what ended before then cost nothing since
                   and (%(service)s::bigint is null or t.service_id = %(service)s)
                   and (%(team)s::bigint is null or t.id = %(team)s)),
            back as (
                select r.placement_id, sum(e.amount) as amount
                  from placements_placementreversal r join recruitment_accountentry e on e.id = r.entry_id group by r.placement_id),
            cost as (
                select p.id, p.contract_id, sum({_worked("p.until")}) as worked,
                       {"0" if since is None else f"sum({_worked('p.until_before')})"} as worked_before,
                       case when p.contract_id is null then sum({_worked("p.owed_until")})
                            else sum(s.value) - coalesce(min(back.amount), 0) end as worth
                  from rows p join placements_placementperiod s on s.placement_id = p.id
                  left join back on back.placement_id = p.id group by p.id, p.contract_id)
            select {STATE}, sum(least(worked, worth) - {before})
              from cost p left join marked on marked.placement_id = p.id left join recruitment_contract c on c.id = p.contract_id
             group by 1""",
            {
                "on": on,
                "since": since or date(1, 1, 1),
                "before": since - timedelta(1) if since else on,
                "over": end_of_day(on),
                "service": service,
                "team": team,
                "holidays": closed_weekdays(),
            },
        )
        return dict(cursor.fetchall())


def with_spend_state(rows: QuerySet[Placement], on: date) -> QuerySet[Placement]:
    """`spend_state`: under which heading a placement's cost stands on a day."""
    marked = _marked('b.placement_id = "placements_placement".id')
    sql = f"""(select {STATE} from {_OF_ROW} left join ({marked}) marked on true
        left join recruitment_contract c on c.id = p.contract_id)"""
    return rows.annotate(spend_state=_raw(sql, {"on": on, "over": end_of_day(on)}, CharField()))


def marked_by(on: date) -> RawSQL:
    """The keys of the placements that are marked as a breach by a day."""
    return _raw(f"select placement_id from ({_marked()}) marked", {"on": on, "over": end_of_day(on)}, BigIntegerField())


def off_contract_at(days: list[date], since: date, rows: QuerySet[Placement]) -> dict[date, tuple[int, int]]:
    """Day → (how many of those in post were on no contract of the order of sourcing, how many were in post)."""
    in_post = rows.filter(starts_on__lte=max(days), ends_on__gte=since)
    sql, parameters = in_post.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select day.d, count(*) filter (where b.placement_id is not null or p.contract_id is null or c.route = 'exemption'), count(*)
                  from unnest(%s::date[]) day(d)
                  join placements_placement p on p.starts_on <= day.d and p.ends_on >= day.d and p.id in ({sql})
                  left join recruitment_contract c on c.id = p.contract_id
                  left join lateral (select b.placement_id from placements_breach b where b.placement_id = p.id
                      and b.taken_back_by_id is null and (b.since <= day.d or p.basis = 'breach') limit 1) b on true
                 group by day.d""",
            [days, *parameters],
        )
        return {day: (off, count) for day, off, count in cursor.fetchall()}


def _raw(sql: str, parameters: dict, output: Field = MONEY) -> RawSQL:
    """An annotation out of SQL with named parameters, which `RawSQL` itself does not take."""
    parts, values = sql.split("%("), []
    text = parts[0]
    for part in parts[1:]:
        name, rest = part.split(")s", 1)
        values.append(parameters[name])
        text += f"%s{rest}"
    return RawSQL(text, values, output_field=output)


def with_booked(rows: QuerySet[Placement], on: date) -> QuerySet[Placement]:
    """`committed`: what was agreed by a day less what was given back by it; `worked`: what of that had been worked."""
    committed = """(select coalesce(sum(s.value), 0) from placements_placementperiod s
            where s.placement_id = "placements_placement".id and s.agreed_at < %(over)s)
        - (select coalesce(sum(e.amount), 0) from placements_placementreversal r join recruitment_accountentry e on e.id = r.entry_id
            where r.placement_id = "placements_placement".id and e."on" <= %(on)s)"""
    until = "case when p.ended_early_at < %(over)s then least(%(on)s::date, p.committed_until) else %(on)s::date end"
    worked = f"(select coalesce(sum({_worked(until)}), 0) from {_STRETCHES} and s.agreed_at < %(over)s)"
    parameters = {"on": on, "over": end_of_day(on), "holidays": closed_weekdays()}
    return rows.annotate(
        committed=_raw(committed, parameters), worked=_raw(f"least({worked}, {committed})", parameters)
    )


_OF_ROW = '(select "placements_placement".*) p'
_STRETCHES = f"placements_placementperiod s, lateral {_OF_ROW} where s.placement_id = p.id"
_WORTH = f"""case when "placements_placement".contract_id is null then case when "placements_placement".is_live then (
        select coalesce(sum({_worked("coalesce(p.committed_until, p.ends_on)")}), 0) from {_STRETCHES}) else 0 end
    else (select coalesce(sum(s.value), 0) from placements_placementperiod s where s.placement_id = "placements_placement".id)
       - (select coalesce(sum(e.amount), 0) from placements_placementreversal r join recruitment_accountentry e on e.id = r.entry_id
           where r.placement_id = "placements_placement".id) end"""


def with_worth(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    """`worth`: all that was agreed for a placement less what was given back; also of a worker outside any contract."""
    return rows.annotate(worth=_raw(_WORTH, {"holidays": closed_weekdays()}))


def with_cost(rows: QuerySet[Placement], on: date, name: str = "cost") -> QuerySet[Placement]:
    """`cost` (or another name): what a placement had cost by a day, by all that is known now; at most what it is worth."""
    worked = f"(select coalesce(sum({_worked('least(%(on)s::date, p.committed_until)')}), 0) from {_STRETCHES})"
    sql = f'case when "placements_placement".is_live then least({worked}, {_WORTH}) else 0 end'
    return rows.annotate(**{name: _raw(sql, {"on": on, "holidays": closed_weekdays()})})
