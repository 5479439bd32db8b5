"""A supplier's e-mail as it was saved: when a domain's signature makes it the supplier's own words of an order, and why not."""

import base64
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
SAYS = "We cannot supply anybody.\r\n\r\nAll are placed for these weeks.\r\n\r\n> Council asks you for a worker.\r\n"
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
        (signed(mail(From="Desk <desk@pertemps.example>"), include_headers=[b"to", b"subject", b"date", b"from"]).replace(b"From: Desk", b"X-From: Desk"), "Its signature does not fit"),
        (signed(mail(From="a@pertemps.example, b@pertemps.example")), "It is from nobody it names"),
        (b"Subject: ORD-0001\r\n" + signed(mail(Subject="ORD-0002")), "Its signature does not fit"),
        (b"Date: Mon, 08 Jan 2024 11:30:00 +0000\r\n" + signed(mail(Date="Mon, 01 Jan 2024 11:30:00 +0000")), "Its signature does not fit"),
        (signed(mail(), signature_algorithm=b"rsa-sha1"), "Its signature does not fit"),
        (signed(mail(Subject="Re: ORD-0001,\r\nFrom x\r\n ORD-0002")), "Its subject does not name ORD-0001, and no other"),
        (signed(mail(Subject="Re: your order")), "Its subject does not name ORD-0001"),
        (signed(mail(Subject="Re: ORD-00012")), "Its subject does not name ORD-0001"),
        (signed(mail(Subject="ORD-0002; ORD-0001: see there")), "Its subject does not name ORD-0001, and no other"),
        (signed(mail("Thank you, three candidates follow.\r\n\r\nElsewhere we cannot supply.\r\n")), "Its first line says something else"),
        (signed(mail("> we cannot supply\r\nYes!\r\n")), "Its first line says something else"),
        (signed(mail("We can't supply Jane, but John is free and attached.\r\n")), "Its first line says something else"),
        (signed(mail("If we cannot supply by noon we will tell you.\r\n")), "Its first line says something else"),
        (signed(mail("Please do not record that we cannot supply: Jane is available.\r\n")), "Its first line says something else"),
        (signed(mail("")), "Its first line says something else"),
        (signed(mail(Date="Mon, 08 Jan 2024 09:30:00 +0000")), "It is dated before the order was sent"),
        (signed(mail(Date="Mon, 08 Jan 2024 16:30:00 +0000")), "It is dated before the order was sent, or after"),
        (signed(mail(Date="one fine day")), "It is dated before"),
        (b"X: a\r\rWe cannot supply.\r" + signed(mail("Yes")), "It holds line ends that e-mail does not have"),
        (b"Content-Type: text/plain\r\n" + signed(mail(Content_Type="text/plain")), "Its signature does not fit"),
        (b"", "pertemps.example has not signed it."),
        (b"\xff\xfe\x00", "The e-mail is damaged"),
        (b"DKIM-Signature: d=pertemps.example; nonsense\r\n" + mail(), "pertemps.example has not signed it."),
        (b"DKIM-Signature: d=pertemps.example; a=x\r\n" + mail(), "Its signature does not fit"),
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
    for one in (content, forged):
        assert not look(one).counts and "We cannot supply" not in look(one).words.splitlines()[:1]


YES = "Yes, Jane can start.\r\n"
CODED = base64.b64encode(b"We cannot supply.\r\n")


@pytest.mark.parametrize(
    "how",
    [
        b"Content-Type: text/plain; charset=utf-16-le\r\nContent-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Transfer-Encoding: base64\r\nFrom "
        + CODED
        + b"\r\n",  # a line that one reader leaves out and another takes for the text
        b'Content-Type: text/plain; charset="utf-16-le\xc3\xa9"\r\n',
        b'Content-Type: multipart/mixed; boundary="---Original Message-----"\r\n',
        b"X-Note: We cannot supply.\r\n",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        YES,
        "".join(f"={ord(letter):02X}=00" for letter in "We cannot supply.") + "\r\n",
        "-----Original Message-----\r\nContent-Type: text/plain\r\n\r\nWe cannot supply.\r\n-----Original Message-----\r\n\r\n" + YES,
    ],
)  # fmt: skip
def test_what_is_not_signed_changes_nothing(text, how):
    content = signed(mail(text))
    assert not look(how + content).counts
    head, _, body = content.partition(b"\r\n\r\n")
    assert not look(head + b"\r\n" + how.strip() + b"\r\n\r\n" + body).counts


def test_in_parts_that_a_line_of_the_head_would_hide():
    content = signed(mail(PARTS.format(YES), Content_Type='multipart/alternative; boundary="b1"'))
    assert look(signed(mail(PARTS.format(SAYS), Content_Type='multipart/alternative; boundary="b1"'))).counts
    forged = content.replace(b'multipart/alternative; boundary="b1"', b"text/plain")
    forged = forged.replace(
        b"\r\n\r\n--b1", b"\r\nContent-Transfer-Encoding: base64\r\nFrom " + CODED + b"\r\n\r\n--b1", 1
    )
    assert not look(forged).counts


def test_a_mail_in_parts_that_does_not_end_with_them_is_for_a_colleague():
    text = PARTS.format(SAYS) + "Scanned by a gateway\r\n"
    found = look(signed(mail(text, Content_Type='multipart/alternative; boundary="b1"')))
    assert found.why.startswith("Its signature fits, but its text cannot be read in one way only")


def test_a_domain_that_only_begins_like_its_own_is_asked_for_no_key():
    """As much of `d=` as stands before a space is the supplier's; the key would be asked of whoever owns the rest."""
    asked = []
    content = signed(mail(), domain=b"pertemps.example .evil.example")
    found = look(content, look_up=lambda name, timeout: asked.append(name) or PUBLISHED)
    assert not found.counts and asked == []


def test_nor_is_a_key_asked_for_below_another_name():
    asked = []
    content = signed(mail()).replace(b"s=sel;", b"s=sel._domainkey.evil.example. ;")
    found = look(content, look_up=lambda name, timeout: asked.append(name) or PUBLISHED)
    assert not found.counts and asked == []


@pytest.mark.parametrize(
    "line",
    ["We cannot supply, sorry.", "We cannot supply.", "Unfortunately, we cannot supply anybody", "Sorry - we are unable to supply a candidate.", "cannot supply", "We  can't supply anyone!"],
)  # fmt: skip
def test_ways_of_saying_no(line):
    assert look(signed(mail(f"{line}\r\n\r\nKind regards\r\n"))).counts


def test_what_no_database_keeps_is_left_out():
    found = look(signed(mail("We cannot supply.\r\n\x00\r\n")))
    assert found.counts and "\x00" not in found.words


def test_signed_headers_may_say_how_it_is_read():
    text = "A preamble.\r\n" + PARTS.format(SAYS)
    content = mail(text, Content_Type='multipart/alternative; boundary="b1"', Content_Transfer_Encoding="8bit")
    assert not look(signed(content)).counts
    assert look(signed(content, include_headers=[b"from", b"subject", b"date", b"content-type"])).counts
    names = [b"from", b"subject", b"date", b"content-type", b"content-transfer-encoding"]
    assert look(signed(content, include_headers=names)).counts


def test_a_byte_order_mark_is_no_part_of_it():
    assert look(b"\xef\xbb\xbf\r\n" + signed(mail())).counts


def test_without_a_domain_of_its_own_nothing_counts_yet():
    found = look(signed(mail()), About("Pertemps", "", "ORD-0001", SENT, SENT + timedelta(hours=6)))
    assert not found.is_final
    assert found.why == "Pertemps has not confirmed a domain whose signed e-mail is its own."


def test_offline_it_is_said_and_tried_again():
    def offline(name, timeout):
        raise NoLookup

    found = look(signed(mail()), look_up=offline)
    assert (found.counts, found.is_final) == (False, False)
    assert found.why.startswith("The key of pertemps.example could not be looked up, so its signature is not verified.")


def test_no_key_is_looked_up_for_what_does_not_count_anyway():
    """So that nobody makes us ask about names of theirs."""

    asked = []
    for content in (signed(mail(Subject="x")), signed(mail(), domain=b"mailer.example")):
        assert not look(content, look_up=lambda name, timeout: asked.append(name)).counts
    assert asked == []
    look(signed(mail()), look_up=lambda name, timeout: asked.append(name))
    assert asked == [b"sel._domainkey.pertemps.example."]
