"""What confirms a recorded failure, in words: the same on the request, the order, the evidence and the reports."""

from council.known import known
from council.wording import day_name, possessive
from council.working_time import day_of
from recruitment.models import FAILED, Release, WitnessKind
from recruitment.rules.witness import ONE_PERSON

# Read with an order whose witness is put into words.
READ_WITH = ("contract__agency", "witness__confirmed_by", "witness__sending", "witness__statement__own_mail")


def witness_words(release: Release) -> str:
    """For example: Confirmed by Otis Mockford on 10 January 2024. Empty for an answer that is no agency's failure."""
    if release.outcome not in FAILED or release.position == 0 or release.voided_at:
        return ""
    supplier = release.contract.agency.name
    if not release.proven:
        return f"{ONE_PERSON}.{_fallen_away(release, supplier)}"
    witness = known(release.witness)
    on = day_name(day_of(witness.made_at))
    if witness.statement and witness.statement.own_mail:
        return f"In {possessive(supplier)} own words, by e-mail that {witness.statement.own_mail.domain} has signed."
    if witness.kind in (WitnessKind.CANNOT_SUPPLY, WitnessKind.WILL_NOT_COME):
        return f"In {possessive(supplier)} own words, by the link that was mailed to it."
    if witness.kind == WitnessKind.SECOND_PERSON:
        return f"Confirmed by {witness.confirmed_by} on {on}."
    if witness.kind == WitnessKind.CORRECTION:
        return f"As two people corrected it on {on}."
    if witness.kind == WitnessKind.EMERGENCY:
        return "An emergency out of hours: recorded by one person, to be confirmed."
    if witness.kind == WitnessKind.BEFORE:
        return "Recorded by one person, before a second was asked for."
    sent = day_name(day_of(known(witness.sending).accepted_at))
    if witness.kind == WitnessKind.SILENCE:
        return f"{supplier} was silent: it did not answer our mail of {sent} nor its reminder."
    return f"{supplier} was told of the recorded answer on {sent} and did not dispute it in the time it had."


def _fallen_away(release: Release, supplier: str) -> str:
    """Why what once confirmed it does so no more."""
    if release.witness_id is None:
        return ""
    if release.witness_kind == WitnessKind.SILENCE:
        return f" Its silence proves nothing any more: {supplier} was heard, or our mail came back."
    return f" {supplier} disputes it, or our mail came back."
