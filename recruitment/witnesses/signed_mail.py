"""Whether an e-mail is a supplier's own words of one order: signed by its domain (DKIM), about the order, after it, and saying no.

Pure but for the lookup of the domain's key, which is given. The signature itself is dkimpy's to judge.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

import dkim
import dns.exception
import dns.resolver
from dkim.util import InvalidTagValueList, parse_tag_value

from council.working_time import LONDON

# What must be under the signature, or somebody could put it in afterwards; and what says how the text is to be read, which most leave out.
SIGNED = {b"from", b"subject", b"date"}
HOW_TO_READ = {b"content-type", b"content-transfer-encoding"}
# In these letters are letters, whatever a header that is not signed says.
CHARSETS, ENCODINGS = (
    {"utf-8", "us-ascii", "iso-8859-1", "windows-1252"},
    {"7bit", "8bit", "quoted-printable", "base64"},
)
# The whole of the first line: "We cannot supply Jane, but John is free" is another answer.
SAYS_NO = re.compile(
    r"\W*(?:unfortunately|sorry|(?:i am|we are) sorry)?\W*(?:we )?(?:cannot|can not|can['’]?t|are unable to|are not able to) "
    r"(?:supply|fill)(?: (?:anybody|anyone|this order|a worker|a candidate))?\W*",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"\bORD-\d+\b", re.IGNORECASE)
HOST = re.compile(rb"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
DOES_NOT_FIT = "Its signature does not fit, or its key is not to be found: it was changed on the way, or saved in another form. Save it again as eml."
CANNOT_BE_READ = "Its signature fits, but the mail could be read in two ways, so it takes a colleague."
CLOCKS_DIFFER = timedelta(minutes=15)
MOST_WORDS = 5000
Lookup = Callable[[bytes, int], bytes | None]


class NoLookup(Exception):
    """Nobody answered where the domain's key is to be found."""


@dataclass(frozen=True)
class Finding:
    """What an e-mail was found to be. `why` it does not count; not final where its key could not be looked up."""

    counts: bool = False
    is_final: bool = True
    why: str = ""
    domain: str = ""
    sender: str = ""
    words: str = ""
    dated_at: datetime | None = None


@dataclass(frozen=True)
class About:
    """What an e-mail has to be about: the order, when it was sent, until when its answer was given, and whose domain signs."""

    supplier: str
    own_domain: str
    reference: str
    sent_at: datetime
    until: datetime


def look_up(name: bytes, timeout: int = 5) -> bytes | None:
    """The text a domain publishes under a name; None where it publishes none. Raises NoLookup where nobody answers."""
    try:
        answer = dns.resolver.resolve(name.decode("ascii"), "TXT", lifetime=timeout)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, UnicodeError) as problem:
        raise NoLookup from problem
    return b"".join(answer[0].strings)


def examine(content: bytes, about: About, look_up: Lookup = look_up) -> Finding:
    """What an e-mail is, as it was saved."""
    if re.search(rb"\r(?!\n)", content):
        return Finding(why="It holds line ends that e-mail does not have. Save it again as eml.")
    try:
        message = message_from_bytes(content, policy=policy.default)
        finding = _read(message)
        why = _not_about(message, finding, about)
    except Exception:  # whatever a damaged mail makes the reader raise
        return Finding(why="The e-mail is damaged and cannot be read.")
    if why:
        return replace(finding, why=why)
    try:
        why = _not_signed(content, about, look_up)
    except NoLookup:
        why = f"The key of {about.own_domain} could not be looked up, so its signature is not verified. It is tried again."
        return replace(finding, why=why, is_final=False)
    except Exception:  # a signature may hold anything
        why = "Its signature cannot be read."
    if why:
        return replace(finding, why=why)
    return replace(finding, counts=True, domain=about.own_domain)


def _read(message: EmailMessage) -> Finding:
    senders = [address for _, address in getaddresses([str(one) for one in message.get_all("From", [])])]
    dated = message["Date"].datetime if message["Date"] else None
    if dated is not None and dated.tzinfo is None:
        dated = dated.replace(tzinfo=LONDON)
    return Finding(sender=_plain(senders[0])[:100] if len(senders) == 1 else "", words=_words(message), dated_at=dated)


def _words(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    return _plain(text).strip()[:MOST_WORDS]


def _plain(text: str) -> str:
    """Without what a database cannot keep."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _not_about(message: EmailMessage, finding: Finding, about: About) -> str:
    """Why it is not the supplier's word on this order, whoever has signed it."""
    if not about.own_domain:
        return f"{about.supplier} has not confirmed a domain whose signed e-mail is its own."
    once = all(len(message.get_all(name, [])) == 1 for name in ("From", "Subject", "Date"))
    if (
        not finding.sender
        or not once
        or any(len(message.get_all(name, [])) > 1 for name in ("Content-Type", "Content-Transfer-Encoding"))
    ):
        return "It does not say once from whom it is, of when, about what, and how it is to be read."
    if finding.sender.rpartition("@")[2].casefold() != about.own_domain:
        return f"It is from {finding.sender}, and not from {about.own_domain}, which {about.supplier} confirmed as its own."[
            :300
        ]
    if {one.upper() for one in REFERENCE.findall(str(message["Subject"]))} != {about.reference}:
        return f"Its subject does not name {about.reference}, and no other order."
    own = next((line for line in finding.words.splitlines() if line.strip() and not line.startswith(">")), "")
    if not SAYS_NO.fullmatch(" ".join(own.split())):
        return "Its first line says something else than “We cannot supply”."
    if finding.dated_at is None or not about.sent_at - CLOCKS_DIFFER <= finding.dated_at <= about.until + CLOCKS_DIFFER:
        return "It is dated before the order was sent, or after it was added here."
    return ""


def _not_signed(content: bytes, about: About, look_up: Lookup) -> str:
    """Why no signature makes it the domain's own."""
    domain = about.own_domain.encode()
    theirs = [at for at, fields in enumerate(_signatures(content)) if fields.get(b"d", b"").lower() == domain]
    if not theirs:
        return f"{about.own_domain} has not signed it."
    why, reads_one_way = DOES_NOT_FIT, _reads_one_way(content)
    for at in theirs[:5]:
        signed = _signed_by(content, at, domain, look_up)
        if signed is None or not signed >= SIGNED:
            continue
        if reads_one_way or signed >= HOW_TO_READ:
            return ""
        why = CANNOT_BE_READ
    return why


def _signed_by(content: bytes, at: int, domain: bytes, look_up: Lookup) -> set[bytes] | None:
    """The headers under one signature of a domain; None where it does not fit, or signs a part of the text only."""
    verifier = dkim.DKIM(content, minkey=1024)

    def key(name: bytes, timeout: int = 5) -> bytes | None:
        selector = verifier.signature_fields.get(b"s", b"")
        if not HOST.fullmatch(selector) or name.lower() != selector.lower() + b"._domainkey." + domain + b".":
            return None
        return look_up(name, timeout)

    try:
        fits = verifier.verify(idx=at, dnsfunc=key)
    except dkim.DKIMException:
        return None
    fields = verifier.signature_fields
    if not fits or b"l" in fields or fields.get(b"d", b"").lower() != domain:
        return None
    return {one.strip().lower() for one in fields.get(b"h", b"").split(b":")}


def _reads_one_way(content: bytes) -> bool:
    """Whether the headers that say how the text is to be read can be no others: most signers leave them out, and another boundary between
    the parts would show another text under the same signature."""
    message = message_from_bytes(content, policy=policy.default)
    if not message.is_multipart():
        encoding = str(message["Content-Transfer-Encoding"] or "7bit").strip().lower()
        charset = str(message.get_content_charset("us-ascii")).lower()
        return message.get_content_type() == "text/plain" and charset in CHARSETS and encoding in ENCODINGS
    body = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[-1]
    first = body.splitlines()[0] if body else b""
    kinds = ("multipart/alternative", "multipart/mixed")
    return message.get_content_type() in kinds and first == b"--" + str(message.get_boundary()).encode()


def _signatures(content: bytes) -> list[dict[bytes, bytes]]:
    """The fields of each signature, as dkimpy reads them; empty for one that it cannot read."""
    found: list[dict[bytes, bytes]] = []
    for name, value in dkim.DKIM(content).headers:
        if name.lower() == b"dkim-signature":
            try:
                found.append(parse_tag_value(value))
            except InvalidTagValueList:
                found.append({})
    return found
