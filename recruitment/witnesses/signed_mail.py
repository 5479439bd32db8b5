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

from council.working_time import LONDON

# What must be under the signature, or somebody could put it in afterwards.
SIGNED = {b"from", b"subject", b"date"}
HOW_TO_READ = {b"content-type", b"content-transfer-encoding"}
SAYS_NO = re.compile(r"\b(cannot|can not|can['’]?t|unable to|not able to) (supply|fill)\b", re.IGNORECASE)
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
    return Finding(sender=senders[0][:100] if len(senders) == 1 else "", words=_words(message), dated_at=dated)


def _words(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    return text.replace("\x00", "").strip()[:MOST_WORDS]


def _not_about(message: EmailMessage, finding: Finding, about: About) -> str:
    """Why it is not the supplier's word on this order, whoever has signed it."""
    if not about.own_domain:
        return f"{about.supplier} has not confirmed a domain whose signed e-mail is its own."
    if not finding.sender or any(len(message.get_all(name, [])) != 1 for name in ("From", "Subject", "Date")):
        return "It does not say once from whom it is, of when, and about what."
    if finding.sender.rpartition("@")[2].casefold() != about.own_domain:
        return f"It is from {finding.sender}, and not from {about.own_domain}, which {about.supplier} confirmed as its own."[
            :300
        ]
    if about.reference not in f"{message['Subject']}\n{finding.words}":
        return f"It does not name {about.reference}."
    own = next((line for line in finding.words.splitlines() if line.strip() and not line.startswith(">")), "")
    if not SAYS_NO.search(own):
        return "Its first line does not say “cannot supply”."
    if finding.dated_at is None or not about.sent_at - CLOCKS_DIFFER <= finding.dated_at <= about.until + CLOCKS_DIFFER:
        return "It is dated before the order was sent, or after its answer was given."
    return ""


def _not_signed(content: bytes, about: About, look_up: Lookup) -> str:
    """Why no signature makes it the domain's own."""
    verifier = dkim.DKIM(content, minkey=1024)
    theirs = [at for at, header in enumerate(_signatures(verifier)) if _domain_of(header) == about.own_domain]
    if not theirs:
        return f"{about.own_domain} has not signed it."
    reads_one_way = _reads_one_way(content)
    for at in theirs[:5]:
        verifier = dkim.DKIM(content, minkey=1024)
        try:
            fits = verifier.verify(idx=at, dnsfunc=lambda name, timeout=5: look_up(name, timeout))
        except dkim.DKIMException:
            continue
        fields = verifier.signature_fields
        signed = {one.strip().lower() for one in fields.get(b"h", b"").split(b":")}
        if fits and b"l" not in fields and signed >= SIGNED and (reads_one_way or signed >= HOW_TO_READ):
            return ""
    return "Its signature does not fit: it was changed on the way, or saved in another form. Save it again as eml."


def _reads_one_way(content: bytes) -> bool:
    """Whether the headers that say how the text is to be read can be no others: most signers leave them out, and another boundary between
    the parts would show another text under the same signature."""
    message = message_from_bytes(content, policy=policy.default)
    if not message.is_multipart():
        return True
    body = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[-1]
    first = body.splitlines()[0] if body else b""
    kinds = ("multipart/alternative", "multipart/mixed")
    return message.get_content_type() in kinds and first == b"--" + str(message.get_boundary()).encode()


def _signatures(verifier: dkim.DKIM) -> list[bytes]:
    return [value for name, value in verifier.headers if name.lower() == b"dkim-signature"]


def _domain_of(header: bytes) -> str:
    found = re.search(rb"(?:^|;)\s*d\s*=\s*([^;\s]+)", header)
    return found[1].decode("ascii", "replace").casefold() if found else ""
