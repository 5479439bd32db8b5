"""Forms for asking a supplier and recording its answer."""

from django import forms

from govuk.fields import DateField, RateField, Revealing
from govuk.forms import GovukForm, happened, pick, radios, text_area, text_line
from recruitment.models import SAID_BY_SUPPLIERS, Agency, Contract, NotSecuredReason, SupplyMode, ToldBy, Tried


class ContractChoice(forms.ModelChoiceField):
    def label_from_instance(self, contract: Contract) -> str:
        return f"{contract.agency} ({contract.reference})"


class ReleaseForm(GovukForm):
    """`proof` is given for a later route: the terms are then those of the answer it rests on."""

    submit = "Send"
    contract = ContractChoice(queryset=Contract.objects.none(), label="Contract", empty_label=None)
    max_rate = RateField(label="Maximum charge rate", help_text="Excluding VAT.")
    starts_on = DateField(label="Start", noun="Start date")
    weeks = forms.IntegerField(
        label="Length in weeks",
        min_value=1,
        max_value=260,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={
            "required": "Enter the length in weeks",
            "invalid": "Length in weeks must be a whole number, like 13",
        },
    )
    order_number = text_line(
        label="The supplier's order number, if it has given one", required=False, width="20", max_length=50
    )
    happened_at, late_reason = happened(
        "When was it sent?",
        noun="Time it was sent",
        now="you are sending it now: the brief then goes to the supplier by e-mail",
    )

    elsewhere = forms.EmailField(
        label="Another e-mail address, for this one order",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Enter an e-mail address, like name@agency.example"},
    )
    together = forms.BooleanField(label="", required=False)

    def __init__(self, *args, contracts, proof=None, others=(), without=(), **kwargs):
        """`without` are the agencies that have no ordering address in force."""
        super().__init__(*args, **kwargs)
        if without:
            names = " and ".join(str(one) for one in without)
            self.fields["elsewhere"].help_text = (
                f"{names} {'has' if len(without) == 1 else 'have'} no ordering address in force. What comes by the link in this mail takes a "
                "colleague to confirm it."
            )
        else:
            del self.fields["elsewhere"]
        self.offer("contract", contracts)
        if others:
            names = ", ".join(one.reference for one in others)
            self.fields["together"].label = f"Send those asked for with it in the same order: {names}"
        else:
            del self.fields["together"]
        if proof:
            del self.fields["starts_on"], self.fields["weeks"]
            self.fields[
                "max_rate"
            ].help_text = f"Excluding VAT. No more than £{proof.max_rate:,.2f}, which {proof.supplier} was offered."
        self.helper.layout.fields = [name for name in self.helper.layout.fields if name in self.fields]


class AnswerForm(GovukForm):
    submit = "Record the answer"
    outcome = radios(
        [("secured", "It has secured somebody"), ("not_secured", "It has not secured anybody")],
        label="What did it say?",
        required_message="Choose what it said",
    )
    supply_mode = radios(
        SupplyMode.choices, label="Whose worker is it?", required_message="Say whose worker it is", required=False
    )
    supplying_agency = pick(
        Agency.objects.filter(is_active=True),
        label="The other agency, if it is another agency's worker",
        required_message="Choose the agency",
        required=False,
    )
    reason = radios(
        NotSecuredReason.choices,
        label="Why was nobody secured?",
        required_message="Choose why nobody was secured",
        required=False,
    )
    rate_asked = RateField(label="The rate asked for, if it was too high", required=False)
    own_supply = radios(
        Tried.choices, label="Did it try its own workers?", required_message="", required=False, inline=True
    )
    brokered_supply = radios(
        Tried.choices, label="Did it try workers of other agencies?", required_message="", required=False, inline=True
    )
    agencies_approached = text_line(label="Agencies it approached, if it said", required=False, max_length=500)
    declined_on = DateField(
        label="Date of its confirmation, if it declined before the time ended",
        noun="Date of its confirmation",
        required=False,
    )
    declined_sender = text_line(label="Who confirmed it", required=False)
    declined_text = text_area(label="What the confirmation says", required=False)
    told_by = radios(
        ToldBy.choices,
        label="How did it tell you?",
        required_message="Say how it told you",
        required=False,
        help_text="Leave empty if it said nothing.",
    )
    portal_reference = text_line(
        label="Its reference, if it answered in its own portal", required=False, width="20", max_length=100
    )
    file = forms.FileField(
        label="A file of the answer",
        help_text="Its e-mail as you received it, saved as eml, or a picture or PDF of the page in its portal. Up to 10 MB.",
        required=False,
        max_length=400,
        allow_empty_file=True,  # the action says it in the same words as for every other file
    )
    happened_at, late_reason = happened("When did it answer?", noun="Time it answered", now="it is answering now")
    note = text_area(label="Note", required=False, help_text="Do not name a child or family.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    SECURED = ["supply_mode", "supplying_agency"]
    NOT_SECURED = [
        "reason",
        "rate_asked",
        "own_supply",
        "brokered_supply",
        "agencies_approached",
        "declined_on",
        "declined_sender",
        "declined_text",
    ]

    TOLD = ["told_by", "portal_reference", "file"]

    def __init__(
        self, *args, position: int, own_words: bool = False, by_link: bool = False, candidates: bool = False, **kwargs
    ):
        """With `own_words` the supplier has declined itself, so its confirmation is not asked for again; with `by_link` it came by its link,
        so nobody asks how it told us; with `candidates` those it had put forward may have been unsuitable."""
        secured = list(self.SECURED) if position > 0 else []
        not_secured = [
            n
            for n in self.NOT_SECURED
            if (position == 1 or n not in ("own_supply", "brokered_supply", "agencies_approached"))
            and not (own_words and n.startswith("declined_"))
        ]
        reveal = Revealing("outcome", secured=secured, not_secured=not_secured)
        told = list(self.TOLD) if position > 0 and not by_link else []
        how = (Revealing("told_by", portal=["portal_reference"]), "file") if told else ()
        self.layout = (reveal, *how, "happened_at", "late_reason", "note", "version")
        self.shown = {"outcome", *secured, *not_secured, *told, "happened_at", "late_reason", "note", "version"}
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - self.shown:
            del self.fields[name]
        if own_words:
            may_be = [*SAID_BY_SUPPLIERS, *([NotSecuredReason.UNSUITABLE] if candidates else [])]
            said = [(value, label) for value, label in NotSecuredReason.choices if value in may_be]
            self.offer("reason", said)
            self.fields[
                "happened_at"
            ].help_text = "Only where it has secured somebody since. Otherwise it answered when it used its link."

    def clean(self):
        data = super().clean()
        silent = data.get("outcome") == "not_secured" and data.get("reason") == NotSecuredReason.NO_ANSWER
        if "told_by" in self.fields and data.get("outcome") and not silent and not data.get("told_by"):
            self.add_error("told_by", self.fields["told_by"].error_messages["required"])
        return data


# The same answers as an officer records, in the words of who gives them.
SAID = {
    NotSecuredReason.NO_CANDIDATES: "We have no candidates",
    NotSecuredReason.RATE_TOO_HIGH: "The rate offered is too low",
    NotSecuredReason.WENT_ELSEWHERE: "The candidate went elsewhere",
}
TRIED = [(Tried.TRIED, "Yes"), (Tried.NOT_TRIED, "No"), (Tried.DID_NOT_SAY, "We do not say")]


class CannotSupplyForm(GovukForm):
    """What a supplier says itself, through its link."""

    submit = "Tell the council"
    reason = radios(
        [(one.value, SAID[one]) for one in SAID_BY_SUPPLIERS],
        label="Why can you not supply anybody?",
        required_message="Choose why you cannot supply anybody",
    )
    rate_asked = RateField(label="The rate you need, if the rate is too low", required=False)
    own_supply = radios(
        TRIED,
        label="Did you try your own workers?",
        required_message="Say whether you tried your own workers",
        inline=True,
    )
    brokered_supply = radios(
        TRIED,
        label="Did you try workers of other agencies?",
        required_message="Say whether you tried workers of other agencies",
        inline=True,
    )
    agencies_approached = text_line(label="Agencies you approached, if you like to say", required=False, max_length=500)
    words = text_area(
        label="In your own words",
        required_message="Say why you cannot supply anybody",
        help_text="The council keeps this as you send it. Do not name a child or family.",
    )
    said_by = text_line(label="Your name", required_message="Enter your name", max_length=100)


class OwnDisputeForm(GovukForm):
    """What a supplier says itself of its recorded answer."""

    submit = "Tell the council"
    words = text_area(
        label="What is wrong with it?",
        required_message="Say what is wrong with the answer",
        help_text="The council keeps this as you send it. Do not name a child or family.",
    )
    said_by = text_line(label="Your name", required_message="Enter your name", max_length=100)


class OwnNoShowForm(GovukForm):
    """A supplier says itself that the worker it had secured will not come."""

    submit = "Tell the council"
    words = text_area(
        label="Why will the worker not come?",
        required_message="Say why the worker will not come",
        help_text="The council keeps this as you send it. Do not name a child or family.",
    )
    said_by = text_line(label="Your name", required_message="Enter your name", max_length=100)


class DisputeForm(GovukForm):
    submit = "Record the dispute"
    words = text_area(
        label="What does the supplier say?",
        required_message="Enter what the supplier says",
        help_text="Its own words as far as you have them. Do not name a child or family.",
    )
    said_by = text_line(label="Who says so?", required_message="Enter the name of who says so", max_length=100)
    happened_at, late_reason = happened("When did it say so?", now="it is saying so now")


class ReplyForm(GovukForm):
    submit = "Send the reply"
    reply = text_area(
        label="Your reply", required_message="Enter your reply", help_text="Do not name a child or family, or a worker."
    )


class LaterStartForm(GovukForm):
    submit = "Ask"
    starts_on = DateField(label="When would the worker start?", noun="Start date")


class OwnLaterStartForm(GovukForm):
    """The first supplier can have somebody by the later start."""

    submit = "Tell the council"
    words = text_area(
        label="Whom can you supply, and from when?",
        required_message="Say whom you can supply, and from when",
        help_text="The council keeps this as you send it. Do not name a child or family.",
    )
    said_by = text_line(label="Your name", required_message="Enter your name", max_length=100)


class AnswerFileForm(GovukForm):
    submit = "Add it"
    file = forms.FileField(
        label="Its e-mail",
        help_text="As you received it, saved from your mail program as eml: only then its signature can be looked at. Up to 10 MB.",
        max_length=400,
        allow_empty_file=True,
        error_messages={"required": "Choose the e-mail"},
    )


class OrderNumberForm(GovukForm):
    submit = "Save"
    order_number = text_line(label="Order number", required_message="Enter the order number", width="20", max_length=50)


class FirstSupplierForm(GovukForm):
    submit = "Take the order back and record this"
    supply_mode = radios(SupplyMode.choices, label="Whose worker is it?", required_message="Say whose worker it is")
    supplying_agency = pick(
        Agency.objects.filter(is_active=True),
        label="The other agency, if it is another agency's worker",
        required_message="Choose the agency",
        required=False,
    )
    note = text_area(label="What did it say?", required_message="Say what it told you")
    happened_at, late_reason = happened("When did it say so?", now="it is saying so now")
