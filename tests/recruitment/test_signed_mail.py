"""A supplier's e-mail as it was saved: when a domain's signature makes it the supplier's own words of an order, and why not."""

from datetime import datetime, timedelta

import dkim
import pytest

from council.working_time import LONDON
from recruitment.witnesses.signed_mail import About, Finding, NoLookup, examine
from tests.recruitment.a_signing_key import PRIVATE, PUBLISHED

SENT = datetime(2024, 1, 8, 10, tzinfo=LONDON)
ABOUT = About("Pertemps", "pertemps.example", "ORD-0001", SENT, SENT + timedelta(hours=6))
HEADERS = {
    "From": "Perry Placeholder <desk@pertemps.example>",
    "To": "commissioning@council.example",
    "Subject": "Re: ORD-0001: Social worker",
    "Date": "Mon, 08 Jan 2024 11:30:00 +0000",
}
SAYS = "We cannot supply anybody for these weeks.\r\n\r\n> Council asks you for a worker.\r\n"
PARTS = "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>Yes, we can</p>\r\n--b1--\r\n"


def mail(text: str = SAYS, **headers: str | None) -> bytes:
    shown = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in shown.items() if value is not None)
    return f"{lines}\r\n{text}".encode()


def signed(content: bytes, domain: bytes = b"pertemps.example", **how) -> bytes:
    how.setdefault("include_headers", [b"from", b"to", b"subject", b"date"])
    return dkim.sign(content, b"sel", domain, PRIVATE, **how) + content


def published(name: bytes, timeout: int) -> bytes | None:
    return PUBLISHED if name == b"sel._domainkey.pertemps.example." else None


def look(content: bytes, about: About = ABOUT, look_up=published) -> Finding:
    return examine(content, about, look_up)


def test_signed_and_about_the_order_it_counts():
    found = look(signed(mail()))
    assert (found.counts, found.is_final, found.why) == (True, True, "")
    assert (found.domain, found.sender) == ("pertemps.example", "desk@pertemps.example")
    assert found.words.startswith("We cannot supply anybody")
    assert found.dated_at == datetime(2024, 1, 8, 11, 30, tzinfo=LONDON)


def test_in_parts_its_plain_text_counts():
    found = look(signed(mail(PARTS.format(SAYS), Content_Type='multipart/alternative; boundary="b1"')))
    assert found.counts and found.words.startswith("We cannot supply")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (mail(), "pertemps.example has not signed it."),
        (signed(mail()).replace(b"for these weeks", b"for all weeks"), "Its signature does not fit"),
        (signed(mail()).replace(b"11:30:00", b"11:45:00"), "Its signature does not fit"),
        (signed(mail(), include_headers=[b"from", b"date"]), "Its signature does not fit"),
        (signed(mail(), length=True) + b"PS: x\r\n", "Its signature does not fit"),
        (signed(mail(), domain=b"mailer.example"), "pertemps.example has not signed it."),
        (signed(mail(From="desk@pertemps.example.evil.example")), "It is from desk@pertemps.example.evil.example, and not from"),
        (signed(mail(From=None)), "It does not say once"),
        (signed(mail(From="a@pertemps.example, b@pertemps.example")), "It does not say once"),
        (b"Subject: ORD-0001\r\n" + signed(mail(Subject="ORD-0002")), "It does not say once"),
        (b"Date: Mon, 08 Jan 2024 11:30:00 +0000\r\n" + signed(mail(Date="Mon, 01 Jan 2024 11:30:00 +0000")), "It does not say once"),
        (signed(mail(Subject="Re: your order")), "It does not name ORD-0001."),
        (signed(mail("Thank you, three candidates follow.\r\n\r\nElsewhere we cannot supply.\r\n")), "Its first line does not say"),
        (signed(mail("> we cannot supply\r\nYes!\r\n")), "Its first line does not say"),
        (signed(mail(Date="Mon, 08 Jan 2024 09:30:00 +0000")), "It is dated before the order was sent"),
        (signed(mail(Date="Mon, 08 Jan 2024 16:30:00 +0000")), "It is dated before the order was sent, or after"),
        (signed(mail(Date="one fine day")), "It is dated before"),
        (b"", "It does not say once"),
        (b"\xff\xfe\x00", "It does not say once"),
        (b"DKIM-Signature: d=pertemps.example; nonsense\r\n" + mail(), "Its signature does not fit"),
    ],
)  # fmt: skip
def test_and_otherwise_not(content, why):
    found = look(content)
    assert not found.counts and found.is_final
    assert found.why.startswith(why)


def test_another_boundary_shows_no_other_text_under_the_same_signature():
    """The mail said yes; behind another boundary, in a header that was not signed, stands what it quoted."""
    text = PARTS.format("Yes, we can.") + "--b2\r\n\r\nWe cannot supply.\r\n--b2--\r\n"
    content = signed(mail(text, Content_Type='multipart/alternative; boundary="b1"'))
    forged = content.replace(b'boundary="b1"', b'boundary="b2"')
    assert look(forged).words == "We cannot supply."
    assert look(forged).why.startswith("Its signature does not fit")


def test_signed_headers_may_say_how_it_is_read():
    text = "A preamble.\r\n" + PARTS.format(SAYS)
    content = mail(text, Content_Type='multipart/alternative; boundary="b1"', Content_Transfer_Encoding="8bit")
    assert not look(signed(content)).counts
    names = [b"from", b"subject", b"date", b"content-type", b"content-transfer-encoding"]
    assert look(signed(content, include_headers=names)).counts


def test_without_a_domain_of_its_own_nothing_counts():
    found = look(signed(mail()), About("Pertemps", "", "ORD-0001", SENT, SENT + timedelta(hours=6)))
    assert found.why == "Pertemps has not confirmed a domain whose signed e-mail is its own."


def test_offline_it_is_said_and_tried_again():
    def offline(name, timeout):
        raise NoLookup

    found = look(signed(mail()), look_up=offline)
    assert (found.counts, found.is_final) == (False, False)
    assert found.why.startswith("The key of pertemps.example could not be looked up, so its signature is not verified.")


def test_no_key_is_looked_up_for_what_does_not_count_anyway():
    """So that nobody makes us ask about names of theirs."""

    def asked(name, timeout):
        raise AssertionError(name)

    assert not look(signed(mail(Subject="x")), look_up=asked).counts
    assert not look(signed(mail(), domain=b"mailer.example"), look_up=asked).counts
