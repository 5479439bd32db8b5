"""Where a supplier's orders go: set by a contract administrator, in force once the supplier has clicked the link that was mailed there."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from council import notices, outbox
from council.actions import action
from council.errors import refuse, require
from council.models import Council, Message, User
from council.permissions import may
from council.working_time import day_of
from recruitment.models import AddressLink, AddressWord, Agency, OrderingAddress

KIND, CONFIRM = "address", "confirm_address"
# Where anybody gets an address.
SHARED = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.co.uk",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "live.co.uk",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "ymail.com",
        "rocketmail.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "aol.co.uk",
        "btinternet.com",
        "btopenworld.com",
        "btconnect.com",
        "sky.com",
        "virginmedia.com",
        "ntlworld.com",
        "talktalk.net",
        "tiscali.co.uk",
        "blueyonder.co.uk",
        "plusnet.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "gmx.com",
        "gmx.co.uk",
        "mail.com",
        "zoho.com",
        "fastmail.com",
        "tutanota.com",
        "yandex.com",
    ]
)
SIGNER = Signer(sep=".", salt="recruitment.address-link")


@action
def change_ordering_address(*, by: User, at: datetime, agency: Agency, address: str) -> Agency:
    """Orders are to go elsewhere, from when whoever reads that box has clicked the link mailed there; until then they go where they went.

    The address of before is told, and so is the Assistant Director: what a supplier says by a link that went to the wrong box would be
    taken for its own words. Taken away, an address is out of force at once.
    """
    require(may(by, "set_up", day_of(at)), "set up suppliers: a contract administrator does")
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    old = agency.ordering_address
    row = OrderingAddress.objects.create(agency=agency, address=address, set_by=by, set_at=at)
    if address:
        _ask(row, by=by, at=at)
    else:
        agency.ordering_address = ""
        agency.save(update_fields=["ordering_address"])
    council = Council.current()
    if old and old != address:
        how = "to another address once that one is confirmed" if address else "to no e-mail address any more"
        body = (
            f"{council.name} is to send its orders to {agency} {how}.\n\nIf you did not ask for this, tell the officer you work with at once, "
            "by telephone."
        )
        outbox.put(kind=KIND, subject=agency.pk, to=old, title="Where our orders go", body=body, by=by, at=at)
    text = f"{by.name} set the ordering address of {agency} to {address or 'nothing'} (before: {old or 'none'})."
    why = "Make sure with the supplier that it is right: what is said by a link in that mail counts as its own words."
    _tell_the_director(agency, f"{text}\n\n{why}", at)
    return agency


@action
def ask_again(*, by: User, at: datetime, agency: Agency) -> Message:
    """The link that confirms the address once more, to the same address; also to one in force, so that the agency may say that its e-mail
    is its own. Whoever is Assistant Director now is told too.

    Refuses: nothing_to_confirm.
    """
    rights = may(by, "set_up", day_of(at)) or may(by, "source", day_of(at))
    require(rights, "ask a supplier to confirm its address: an officer or a contract administrator does")
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    waiting = waiting_address(agency)
    if waiting is None and agency.ordering_address:
        waiting = OrderingAddress.objects.create(agency=agency, address=agency.ordering_address, set_by=by, set_at=at)
    if waiting is None:
        refuse("nothing_to_confirm", f"{agency} has no ordering address. A contract administrator sets one.")
    outbox.cancel(CONFIRM, waiting.pk, at)
    message = _ask(waiting, by=by, at=at)
    _tell_the_director(agency, f"{by.name} asks {agency} to confirm its ordering address {waiting.address}.", at)
    return message


@action
def confirm_address(*, by: AddressLink, at: datetime, said_by: str, domain_is_its_own: bool = False) -> AddressWord:
    """The supplier says that the address is its own: from now on orders go there, and what comes by their links are its own words.

    With `domain_is_its_own` its e-mail counts as its own words too, where the domain of the address has signed it.

    Refuses: domain_is_shared, link_is_over, no_name.
    """
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=by.address.agency_id)
    if not works(by, at):
        refuse("link_is_over", "This link has just stopped working. Use the one in our newest e-mail.")
    if not said_by.strip():
        refuse("no_name", "Enter your name.", "said_by")
    if domain_is_its_own and not may_be_its_own(domain_of(by.address.address)):
        sentence = "Others have addresses of this domain too, so its e-mail cannot stand for you. Leave this empty."
        refuse("domain_is_shared", sentence, "domain_is_its_own")
    word = AddressWord.objects.create(
        address=by.address, link=by, secret=by.secret, said_by=said_by.strip(), domain_is_its_own=domain_is_its_own
    )
    also = (
        f" Mail that {domain_of(by.address.address)} has signed counts as its own words." if domain_is_its_own else ""
    )
    said = f"{word.said_by} confirmed by the link mailed to {by.address.address} that it is the ordering address of {agency}."
    _tell_the_director(agency, said + also, at)
    return word


def waiting_address(agency: Agency) -> OrderingAddress | None:
    """The address that was set and not confirmed yet; None where the newest is in force, or none was set."""
    newest = OrderingAddress.objects.filter(agency=agency).select_related("word").first()
    return newest if newest is not None and newest.address and newest.confirmed is None else None


def own_domain(agency: Agency) -> str:
    """The domain whose signed mail is the agency's own, as it said when it confirmed the address in force; empty where it did not."""
    words = AddressWord.objects.filter(address__agency=agency, address__address__iexact=agency.ordering_address)
    word = words.select_related("address").order_by("-pk").first()
    return domain_of(word.address.address) if word and word.domain_is_its_own else ""


def may_be_its_own(domain: str) -> bool:
    """Whether a domain can be one company's own: not where anybody gets an address, and not where ours are."""
    ours = {domain_of(one) for one in User.objects.values_list("email", flat=True)} | {
        domain_of(settings.DEFAULT_FROM_EMAIL.strip("<> "))
    }
    return domain not in SHARED and domain not in ours


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def find(token: str) -> AddressLink | None:
    """The link behind a text, with its secret; None for a text that never was one."""
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    link = (
        AddressLink.objects.select_related("address__agency", "address__word").filter(token_hash=_hash(secret)).first()
    )
    if link is not None:
        link.secret = secret
    return link


def works(link: AddressLink, at: datetime) -> bool:
    """Not expired, of the newest address of its agency, and not used yet."""
    waiting = waiting_address(link.address.agency)
    newest = AddressLink.objects.filter(address=link.address_id).order_by("-pk").values_list("pk", flat=True).first()
    return link.expires_at > at and waiting is not None and waiting.pk == link.address_id and newest == link.pk


def _ask(address: OrderingAddress, *, by: User, at: datetime) -> Message:
    council = Council.current()
    body = (
        f"{council.name} is to send its orders to {address.agency} at this address.\n\nIf it is yours, confirm it here within "
        f"{council.supplier_link_days} days:\n{Message.SECRET}\n\nUntil then no order comes here. If you are not {address.agency}, do nothing."
    )
    title = f"Confirm where {council.name} sends its orders"
    return outbox.put(kind=CONFIRM, subject=address.pk, to=address.address, title=title, body=body, by=by, at=at)


def _tell_the_director(agency: Agency, text: str, at: datetime) -> None:
    for person in notices.who_may("allow_later_route", day_of(at)):
        notices.name_somebody(person, title=f"{agency}: its ordering address", text=text, at=at)


def _lock(subject: int) -> None:
    Agency.objects.select_for_update(of=("self",)).get(addresses=subject)


def _link_in(message: Message, at: datetime) -> str | None:
    """The address of a link made for this sending; None once another address was set, or this one is confirmed."""
    address = OrderingAddress.objects.select_related("agency").get(pk=message.subject)
    waiting = waiting_address(address.agency)
    if waiting is None or waiting.pk != address.pk:
        return None
    secret = secrets.token_urlsafe(32)
    until = at + timedelta(days=Council.current().supplier_link_days)
    AddressLink.objects.create(address=address, message=message, token_hash=_hash(secret), made_at=at, expires_at=until)
    return f"{settings.SITE_ADDRESS}/supplier-address/{SIGNER.sign(secret)}/"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


SENDING = {
    KIND: outbox.MessageKind(lock=notices.no_lock, secret=notices.always_wanted),
    CONFIRM: outbox.MessageKind(lock=_lock, secret=_link_in),
}
