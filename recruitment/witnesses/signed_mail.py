"""Whether an e-mail is a supplier's own words of one order: signed by its domain (DKIM), about the order, after it, and saying no.

Pure but for the lookup of the domain's key, which is given. The signature itself is dkimpy's to judge, and nothing is read but what is under
it: the signed headers as dkimpy has them, and the body. Two readers of one mail do not always see the same text, and most signers leave out
the headers that say how it is to be read; so without those nothing is decoded, and of a mail in parts the parts must begin and end the body.
"""

import codecs
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

# What must be under the signature, or somebody could put it in afterwards; and what says how the text is to be read.
SIGNED = {b"from", b"subject", b"date"}
HOW_TO_READ = (b"content-type", b"content-transfer-encoding")
ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}
# In these letters are letters.
CHARSETS = {"utf-8", "us-ascii", "iso-8859-1", "windows-1252"}
# The whole of the first line: "We cannot supply Jane, but John is free" is another answer.
SAYS_NO = re.compile(
    r"(?:unfortunately|sorry|i am sorry|we are sorry)?[ ,:-]{0,3}(?:we )?(?:cannot|can not|can['’]?t|are unable to|are not able to) "
    r"(?:supply|fill)(?: (?:anybody|anyone|this order|a worker|a candidate))?(?:[ ,:-]{1,3}sorry)?[ .!]{0,3}",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"\bORD-\d+\b", re.IGNORECASE)
HOST = re.compile(rb"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
COLLEAGUE = "so it takes a colleague to confirm the answer."
DOES_NOT_FIT = f"Its signature does not fit, or its key is not to be found: it was changed on the way, or saved in another form, {COLLEAGUE}"
NOT_TO_BE_READ = f"Its signature fits, but its text cannot be read in one way only, {COLLEAGUE}"
CLOCKS_DIFFER = timedelta(minutes=15)
MOST_WORDS = 5000
Lookup = Callable[[bytes, int], bytes | None]


class NoLookup(Exception):
    """Nobody answered where the domain's key is to be found."""


@dataclass(frozen=True)
class Finding:
    """What an e-mail was found to be. `why` it does not count; not final where that may still change."""

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
    content = content.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    if not about.own_domain:
        why = f"{about.supplier} has not confirmed a domain whose signed e-mail is its own."
        return Finding(why=why, is_final=False)
    if re.search(rb"\r(?!\n)", content):
        return Finding(why=f"It holds line ends that e-mail does not have, {COLLEAGUE}")
    domain = about.own_domain.encode()
    try:
        theirs = [at for at, fields in enumerate(_signatures(content)) if fields.get(b"d", b"").lower() == domain]
    except Exception:  # whatever a damaged mail makes the reader raise
        return Finding(why=f"The e-mail is damaged and cannot be read, {COLLEAGUE}")
    if not theirs:
        return Finding(why=f"{about.own_domain} has not signed it.")
    finding = Finding(why=DOES_NOT_FIT)
    for at in theirs[:5]:
        try:
            found = _under(content, at, domain, about, look_up)
        except NoLookup:
            why = f"The key of {about.own_domain} could not be looked up, so its signature is not verified. It is tried again."
            return Finding(why=why, is_final=False)
        except Exception:  # a signature, and what is under it, may hold anything
            continue
        if found is not None and (found.counts or finding.why == DOES_NOT_FIT):
            finding = found
    return finding


def _under(content: bytes, at: int, domain: bytes, about: About, look_up: Lookup) -> Finding | None:
    """What stands under one signature of the domain; None where it does not fit. No key is looked up for what does not count anyway."""
    verifier = dkim.DKIM(content, minkey=1024)
    fields = _signatures(content)[at]
    message = _signed_only(verifier, fields)
    if message is None:
        return None
    words = _text(message, verifier.body, {name.strip().lower() for name in fields[b"h"].split(b":")})
    finding = _read(message, words or "")
    why = _not_about(message, finding, about) if words is not None else NOT_TO_BE_READ
    if why and why != NOT_TO_BE_READ:
        return replace(finding, why=why)
    if not _fits(verifier, at, domain, look_up):
        return None
    return replace(finding, why=why) if why else replace(finding, counts=True, domain=domain.decode())


def _signed_only(verifier: dkim.DKIM, fields: dict[bytes, bytes]) -> EmailMessage | None:
    """The signed headers, each once, as dkimpy has them; None where one that matters is missing, or stands twice."""
    signed = [name.strip().lower() for name in fields.get(b"h", b"").split(b":")]
    if not set(signed) >= SIGNED or b"l" in fields or fields.get(b"a", b"").lower() not in ALGORITHMS:
        return None
    lines = []
    for name in (*sorted(SIGNED), *HOW_TO_READ):
        values = [value for other, value in verifier.headers if other.strip().lower() == name]
        if len(values) > 1 or (name in SIGNED and not values):
            return None
        if values and name in signed:
            value = re.sub(rb"\r?\n[ \t]", b" ", values[0]).strip()
            if re.search(rb"[\r\n\x00]", value):
                return None
            lines.append(name + b": " + value)
    return message_from_bytes(b"\r\n".join(lines) + b"\r\n\r\n", policy=policy.default)


def _text(message: EmailMessage, body: bytes, signed: set[bytes]) -> str | None:
    """The plain text of a body, in the one way it can be read; None where there is more than one."""
    if signed >= set(HOW_TO_READ) or (b"content-type" in signed and "Content-Transfer-Encoding" not in message):
        head = b"".join(
            f"{name}: {message[name]}\r\n".encode()
            for name in ("Content-Type", "Content-Transfer-Encoding")
            if message[name]
        )
        return _plain_part(message_from_bytes(head + b"\r\n" + body, policy=policy.default))
    lines = [line.rstrip() for line in body.strip().splitlines()]
    boundary = lines[0] if lines else b""
    if not boundary.startswith(b"--"):
        return _letters(body)
    if len(lines) < 3 or lines[-1] != boundary + b"--":
        return None
    head = b'Content-Type: multipart/mixed; boundary="' + boundary[2:] + b'"\r\n\r\n'
    return _plain_part(message_from_bytes(head + body, policy=policy.default))


def _plain_part(message: EmailMessage) -> str | None:
    """The first part of plain text, in letters that are letters."""
    part = message.get_body(preferencelist=("plain",))
    if part is None or part.get_content_type() != "text/plain" or any(one.defects for one in message.walk()):
        return None
    charset = part.get_param("charset", "us-ascii")
    if not isinstance(charset, str) or charset.lower() not in CHARSETS:
        return None
    return _plain(part.get_content())


def _letters(body: bytes) -> str | None:
    """A body that says nothing of how it is to be read: as it stands."""
    try:
        return _plain(body.decode("utf-8"))
    except UnicodeDecodeError:
        return _plain(body.decode("latin-1"))


def _plain(text: str) -> str:
    """Without what a database cannot keep."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _read(message: EmailMessage, words: str) -> Finding:
    senders = [address for _, address in getaddresses([str(one) for one in message.get_all("From", [])])]
    dated = message["Date"].datetime if message["Date"] else None
    if dated is not None and dated.tzinfo is None:
        dated = dated.replace(tzinfo=LONDON)
    sender = _plain(senders[0])[:100] if len(senders) == 1 else ""
    return Finding(sender=sender, words=words.strip()[:MOST_WORDS], dated_at=dated)


def _not_about(message: EmailMessage, finding: Finding, about: About) -> str:
    """Why it is not the supplier's word on this order, whoever has signed it."""
    if finding.sender.rpartition("@")[2].casefold() != about.own_domain:
        return f"It is from {finding.sender or 'nobody it names'}, and not from {about.own_domain}, which {about.supplier} confirmed as its own."[
            :300
        ]
    if {one.upper() for one in REFERENCE.findall(str(message["Subject"]))} != {about.reference}:
        return f"Its subject does not name {about.reference}, and no other order."
    own = next((line for line in finding.words.splitlines() if line.strip() and not line.startswith(">")), "")
    if not SAYS_NO.fullmatch(" ".join(own[:200].split())):
        return "Its first line says something else than “We cannot supply”."
    if finding.dated_at is None or not about.sent_at - CLOCKS_DIFFER <= finding.dated_at <= about.until + CLOCKS_DIFFER:
        return "It is dated before the order was sent, or after it was added here."
    return ""


def _fits(verifier: dkim.DKIM, at: int, domain: bytes, look_up: Lookup) -> bool:
    """Whether the signature is the domain's own, by the key that stands below its very name."""

    def key(name: bytes, timeout: int = 5) -> bytes | None:
        selector = verifier.signature_fields.get(b"s", b"")
        if not HOST.fullmatch(selector) or name.lower() != selector.lower() + b"._domainkey." + domain + b".":
            return None
        return look_up(name, timeout)

    try:
        return bool(verifier.verify(idx=at, dnsfunc=key)) and verifier.signature_fields.get(b"d", b"").lower() == domain
    except dkim.DKIMException:
        return False


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
