"""Evidence of an exemption: what was asked for, on which proof, and who said what."""

from recruitment.models import Exemption
from reporting.evidence.names import Names
from reporting.evidence.sections import Entry, shown


def entries(one: Exemption, names: Names) -> list[Entry]:
    """An exemption with its requests, comments and decisions."""
    entry = Entry(f"{one.reference}: {one.agency}, {one.get_status_display().lower()}")
    entry.add("Asked for by", names.staff(one.requested_by)).add("Asked for", one.requested_at)
    entry.add("Group", names.text(one.group_name)).add("Reason", one.get_reason_display())
    entry.add("Why it is needed", names.text(one.justification)).add(
        "Why no competition", names.text(one.why_no_competition)
    )
    entry.add("Risk if turned down", names.text(one.risk_if_refused)).add("Plan to return", names.text(one.return_plan))
    entry.add("From", one.starts_on).add("Until", one.ends_on).add("Value excluding VAT", one.value)
    entry.add("Value including VAT", one.value_with_vat).add("Why VAT differs", names.text(one.vat_differs)).add(
        "Goes on from", one.extends.reference if one.extends else ""
    )
    for need in one.needs.all():
        proof = need.proof
        words = proof and (proof.get_reason_display() or proof.get_outcome_display()).lower()
        said = f"{proof.reference}, {proof.contract.agency}: {words}" if proof else ""
        said += ", corrected since" if need.unproved_by_id else ""
        entry.add(f"Proof for {need.vacancy.reference}", said or f"None: {names.text(need.no_proof_reason)}")
    if one.closed_at:
        entry.add(
            one.get_status_display(),
            f"{shown(one.closed_at)}, {names.staff(one.closed_by)}: {names.text(one.status_reason)}",
        )
    found = [entry]
    for comment in one.comments.all():
        comments = Entry(f"{one.reference}: comment of {comment.get_side_display().lower()}").add(
            "By", names.staff(comment.given_by)
        )
        comments.add("When", comment.given_at).add("Supports it", comment.supports)
        found.append(comments.add("Comment", names.text(comment.text)))
    for decision in one.decisions.all():
        taken = Entry(f"{one.reference}: {decision.get_decision_display().lower()}").add(
            "By", names.staff(decision.decided_by)
        )
        taken.add("In place of", names.staff(decision.in_place_of)).add("When", decision.decided_at)
        found.append(
            taken.add("Reason", names.text(decision.reason)).add("Conditions", names.text(decision.conditions))
        )
    return found
