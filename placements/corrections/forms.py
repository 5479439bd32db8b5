"""Forms that say what is right where something was recorded wrongly."""

from django import forms

from govuk.fields import DateField, MomentField, RateField, Revealing
from govuk.forms import GovukForm, pick, radios, text_area, text_line
from placements.workers.forms import WorkerFields
from recruitment.models import Agency, NotSecuredReason, RecruitmentState, SupplyMode, Tried


def why_field() -> forms.CharField:
    return text_area(
        label="How do you know?",
        required_message="Say how you know",
        help_text="For example, the agency’s e-mail of 3 March. Do not name a child or family.",
    )


class MistakenMarkForm(GovukForm):
    submit = "Propose it"
    why = why_field()


class ReleaseCorrectionForm(GovukForm):
    submit = "Propose the correction"
    outcome = radios(
        [("secured", "It had secured somebody"), ("not_secured", "It had not secured anybody")],
        label="What did it really say?",
        required_message="Choose what it said",
    )
    supply_mode = radios(SupplyMode.choices, label="Whose worker was it?", required_message="", required=False)
    supplying_agency = pick(
        Agency.objects.order_by("name"),
        label="The other agency, if it was another agency's worker",
        required_message="",
        required=False,
    )
    reason_code = radios(NotSecuredReason.choices, label="Why was nobody secured?", required_message="", required=False)
    rate_asked = RateField(label="The rate asked for, if it was too high", required=False)
    own_supply = radios(
        Tried.choices, label="Did it try its own workers?", required_message="", required=False, inline=True
    )
    brokered_supply = radios(
        Tried.choices, label="Did it try workers of other agencies?", required_message="", required=False, inline=True
    )
    declined_on = DateField(label="Date of its confirmation, if it declined", noun="The date", required=False)
    declined_sender = text_line(label="Who confirmed it", required=False)
    declined_text = text_area(label="What the confirmation says", required=False)
    answered_at = MomentField(label="When did it really answer?", noun="Time it answered")
    why = why_field()
    layout = (
        Revealing(
            "outcome",
            secured=["supply_mode", "supplying_agency"],
            not_secured=[
                "reason_code",
                "rate_asked",
                "own_supply",
                "brokered_supply",
                "declined_on",
                "declined_sender",
                "declined_text",
            ],
        ),
        "answered_at",
        "why",
    )

    def clean(self):
        data = super().clean()
        if data.get("outcome") == "secured" and not data.get("supply_mode"):
            self.add_error("supply_mode", "Say whose worker it was")
        if data.get("outcome") == "not_secured" and not data.get("reason_code"):
            self.add_error("reason_code", "Choose why nobody was secured")
        return data

    @staticmethod
    def values(data: dict) -> dict:
        """The fields of the answer, emptied where they do not belong to what it said."""
        secured = data["outcome"] == "secured"
        empty: dict = {"rate_asked": None, "declined_on": None}
        details = {
            name: data[name] if not secured else empty.get(name, "")
            for name in (
                "rate_asked",
                "own_supply",
                "brokered_supply",
                "declined_on",
                "declined_sender",
                "declined_text",
            )
        }
        return details | {
            "outcome": data["outcome"],
            "answered_at": data["answered_at"],
            "reason": "" if secured else data["reason_code"],
            "supply_mode": data["supply_mode"] if secured else "",
            "supplying_agency": data["supplying_agency"]
            if secured and data["supply_mode"] == SupplyMode.BROKERED
            else None,
        }


class PlacementCorrectionForm(WorkerFields, GovukForm):
    submit = "Propose the correction"
    starts_on = DateField(label="First day really worked", noun="First day")
    why = why_field()


class HireCorrectionForm(GovukForm):
    submit = "Propose the correction"
    starts_on = DateField(label="First day as a permanent member of staff", noun="First day")
    why = why_field()


class RoundCorrectionForm(GovukForm):
    submit = "Propose the correction"
    recruitment_state = radios(
        RecruitmentState.choices,
        label="Where did permanent recruitment really stand?",
        required_message="Choose where permanent recruitment stood",
    )
    advertised_on = DateField(label="Date of the advert", required=False)
    advert_reference = text_line(label="Reference of the advert", required=False, width="20", max_length=100)
    recruitment_note = text_area(label="Reason", required=False)
    why = why_field()
    layout = (
        Revealing("recruitment_state", advertised=["advertised_on", "advert_reference"]),
        "recruitment_note",
        "why",
    )

    @staticmethod
    def values(data: dict) -> dict:
        """Where recruitment stood, with the advert only where there was one."""
        advertised = data["recruitment_state"] == RecruitmentState.ADVERTISED
        return {
            "recruitment_state": data["recruitment_state"],
            "recruitment_note": data["recruitment_note"],
            "advertised_on": data["advertised_on"] if advertised else None,
            "advert_reference": data["advert_reference"] if advertised else "",
        }


class CorrectionDecisionForm(GovukForm):
    submit = "Record the decision"
    decision = radios(
        [("confirmed", "Confirm: this is right"), ("turned_down", "Turn down: it stays as recorded")],
        label="Is the correction right?",
        required_message="Choose whether it is right",
    )
    reason = text_area(label="Reason, if you turn it down", required=False)
