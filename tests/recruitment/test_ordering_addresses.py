"""Where a supplier's orders go: in force once the supplier has clicked; until then one order may go elsewhere, and says so."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from council import notices, outbox
from council.errors import RuleViolation
from council.models import Message, RoleGrant, Sending
from recruitment.contracts import addresses
from recruitment.models import AddressLink, AddressWord, Agency, OrderingAddress, Release
from recruitment.orders import by_the_supplier as supplier
from recruitment.orders import links, mailing
from recruitment.orders.sending import send_together
from tests.conftest import as_the_site, refused_as
from tests.factories.recruitment import address_in_force
from tests.factories.small_council import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NEW = "orders@pertemps.example"


def change(world, address=NEW, agency=None) -> Agency:
    agency = agency or world.pertemps
    addresses.change_ordering_address(by=world.administrator, at=MONDAY, agency=agency, address=address)
    agency.refresh_from_db()
    return agency


def refuses(name: str, sql: str) -> None:
    assert refused_as(sql) == name


def post(moment=MONDAY) -> list[str]:
    """What waits goes; the tokens of the links that confirm an address."""
    before = len(mail.outbox)
    with time_machine.travel(moment, tick=False):
        while outbox.send_next():
            pass
    texts = [str(one.body) for one in mail.outbox[before:]]
    return [found[1] for text in texts if (found := re.search(r"/supplier-address/([^/\s]+)/", text))]


def deliver() -> None:
    with time_machine.travel(MONDAY, tick=False):
        while outbox.send_next():
            pass


@pytest.fixture
def asked(world) -> str:
    """The address was set and the link mailed to it; its token."""
    world.nobody_wants_mail()
    change(world)
    (token,) = post()
    return token


def confirm(token: str, **data) -> bytes:
    with time_machine.travel(MONDAY + HOUR, tick=False):
        client = Client()
        client.post(f"/supplier-address/{token}/", {"said_by": "Perry Placeholder"} | data)
        return client.get(f"/supplier-address/{token}/").content


class TestItIsInForceOnceItIsClicked:
    def test_until_then_nothing_goes_there(self, world, asked):
        assert world.pertemps.ordering_address == ""
        world.send(world.sourced())
        post()
        assert not Message.objects.filter(kind="brief").exists()

    def test_then_orders_go_there(self, world, asked):
        page = confirm(asked)
        assert b"Perry Placeholder confirmed on" in page
        world.pertemps.refresh_from_db()
        assert world.pertemps.ordering_address == NEW
        world.send(world.sourced())
        post()
        assert Message.objects.get(kind="brief").to == NEW
        assert Sending.objects.get(kind="brief").address == NEW

    def test_the_assistant_director_hears_of_both(self, world, asked):
        confirm(asked)
        told = [one.body for one in Message.objects.filter(kind="named", subject=world.director.pk).order_by("pk")]
        assert f"set the ordering address of Pertemps to {NEW} (before: none)" in told[0]
        assert f"Perry Placeholder confirmed by the link mailed to {NEW}" in told[1]
        assert "signed" not in told[1]

    def test_until_then_orders_go_where_they_went(self, world):
        address_in_force(world.pertemps, "old@pertemps.example")
        change(world)
        assert world.pertemps.ordering_address == "old@pertemps.example"
        (told,) = Message.objects.filter(kind="address")
        assert told.to == "old@pertemps.example" and "once that one is confirmed" in told.body

    def test_taken_away_it_is_out_of_force_at_once(self, world):
        address_in_force(world.pertemps, "old@pertemps.example")
        assert change(world, "").ordering_address == ""
        assert "to no e-mail address any more" in Message.objects.get(kind="address").body

    def test_its_name_is_asked_for(self, asked):
        with time_machine.travel(MONDAY + HOUR, tick=False):
            page = Client().post(f"/supplier-address/{asked}/", {"said_by": ""}).content
        assert b"Enter your name" in page and not AddressWord.objects.exists()
        with pytest.raises(RuleViolation) as found:
            addresses.confirm_address(by=addresses.find(asked), at=MONDAY, said_by=" ")
        assert found.value.code == "no_name"

    def test_only_the_newest_can_be_confirmed(self, world, asked):
        change(world, "other@pertemps.example")
        with time_machine.travel(MONDAY + HOUR, tick=False):
            assert Client().get(f"/supplier-address/{asked}/").status_code == 404
        with pytest.raises(RuleViolation) as found:
            addresses.confirm_address(by=addresses.find(asked), at=MONDAY + HOUR, said_by="x")
        assert found.value.code == "link_is_over"

    def test_not_after_the_link_has_ended(self, world, asked):
        with time_machine.travel(MONDAY + timedelta(days=400), tick=False):
            assert Client().get(f"/supplier-address/{asked}/").status_code == 404

    def test_no_link_goes_out_for_one_that_was_replaced(self, world):
        world.nobody_wants_mail()
        change(world)
        change(world, "other@pertemps.example")
        assert len(post()) == 1
        assert Message.objects.get(kind="confirm_address", to=NEW).cancelled_at

    def test_what_waited_is_taken_away_too(self, world, asked):
        change(world, "")
        with time_machine.travel(MONDAY + HOUR, tick=False):
            assert Client().get(f"/supplier-address/{asked}/").status_code == 404
        assert addresses.waiting_address(world.pertemps) is None

    def test_a_domain_that_others_use_too_is_nobodys_own(self, world):
        world.nobody_wants_mail()
        for address in ("agency@gmail.com", f"agency@{addresses.domain_of(world.officer.email)}"):
            change(world, address)
            (token,) = post()
            with time_machine.travel(MONDAY + HOUR, tick=False):
                page = Client().get(f"/supplier-address/{token}/").content.decode()
            assert 'name="domain_is_its_own"' not in page
            with pytest.raises(RuleViolation) as found:
                addresses.confirm_address(
                    by=addresses.find(token), at=MONDAY + HOUR, said_by="x", domain_is_its_own=True
                )
            assert found.value.code == "domain_is_shared"

    def test_a_guess_opens_nothing(self):
        assert Client().get("/supplier-address/nothing/").status_code == 404

    def test_its_own_domain_is_what_it_says_of_it(self, world, asked):
        confirm(asked, domain_is_its_own="on")
        world.pertemps.refresh_from_db()
        assert addresses.own_domain(world.pertemps) == "pertemps.example"
        assert "signed counts as its own words" in Message.objects.filter(kind="named").order_by("-pk")[0].body

    def test_and_none_where_it_does_not(self, world, asked):
        confirm(asked)
        world.pertemps.refresh_from_db()
        assert addresses.own_domain(world.pertemps) == ""


class TestAskedAgain:
    def test_by_an_officer_from_the_page_of_an_order(self, world, asked, client_of):
        order = world.send(world.sourced())
        client = client_of("officer")
        page = client.get(f"/releases/{order.pk}/link/").content.decode()
        assert f"has not confirmed {NEW} yet" in page
        with time_machine.travel(MONDAY + HOUR, tick=False):
            client.post(f"/releases/{order.pk}/link/", {"confirm": "yes"})
        (token,) = post(MONDAY + 2 * HOUR)
        with time_machine.travel(MONDAY + 3 * HOUR, tick=False):
            assert Client().get(f"/supplier-address/{asked}/").status_code == 404  # the newest link counts
        confirm(token)
        assert Agency.objects.get(pk=world.pertemps.pk).ordering_address == NEW

    def test_not_where_nothing_waits(self, world):
        with pytest.raises(RuleViolation) as found:
            addresses.ask_again(by=world.officer, at=MONDAY, agency=world.pertemps)
        assert found.value.code == "nothing_to_confirm"

    def test_of_one_in_force_too_so_that_it_may_say_more_of_it(self, world):
        world.nobody_wants_mail()
        address_in_force(world.pertemps, NEW)
        addresses.ask_again(by=world.administrator, at=MONDAY, agency=world.pertemps)
        (token,) = post()
        confirm(token, domain_is_its_own="on")
        assert addresses.own_domain(Agency.objects.get(pk=world.pertemps.pk)) == "pertemps.example"

    def test_by_an_administrator_from_the_list(self, world, asked, client_of):
        data = {"action": "ask_to_confirm", "_selected_action": [world.pertemps.pk]}
        with time_machine.travel(MONDAY + HOUR, tick=False):
            page = client_of("administrator").post("/admin/recruitment/agency/", data, follow=True).content.decode()
        assert f"The link goes to {NEW}." in page
        assert len(post(MONDAY + 2 * HOUR)) == 1

    def test_the_admin_says_that_it_waits(self, world, asked, client_of):
        page = client_of("administrator").get(f"/admin/recruitment/agency/{world.pertemps.pk}/change/")
        assert "Waits until the agency confirms it" in page.content.decode()


class TestOneOrderElsewhere:
    def test_goes_there_and_is_marked(self, world, client_of):
        world.nobody_wants_mail()
        order = world.send(world.sourced(), elsewhere="desk@somewhere.example")
        message = Message.objects.get(kind="elsewhere")
        assert message.to == "desk@somewhere.example"
        assert "we have no confirmed address" in message.body
        page = client_of("officer").get(order.get_absolute_url()).content.decode()
        assert "desk@somewhere.example, which Pertemps had not" in page

    def test_what_comes_by_its_link_is_not_the_suppliers_own_word(self, world):
        """An officer's own box, say: it takes somebody to confirm it."""
        world.nobody_wants_mail()
        order = world.send(world.sourced(), elsewhere="desk@somewhere.example")
        with time_machine.travel(MONDAY, tick=False):
            while outbox.send_next():
                pass
        (text,) = [str(one.body) for one in mail.outbox if "/supplier/" in str(one.body)]
        link = links.find(re.search(r"/supplier/([^/\s]+)/", text)[1])
        assert link.unseen is False
        said = {"reason": "no_candidates", "own_supply": "tried", "brokered_supply": "tried", "words": "No."}
        statement = supplier.say_cannot_supply(by=link, at=MONDAY + HOUR, said_by="Me", **said)
        world.fail(order, at=MONDAY + 2 * HOUR, statement=statement)
        assert not Release.objects.get(pk=order.pk).proven
        assert Message.objects.filter(kind="elsewhere").count() == 2  # its recorded answer goes there too
        assert not Sending.objects.filter(due_at__isnull=False).exists()  # and silence there proves nothing

    def test_once(self, world):
        first = world.send(world.sourced(), elsewhere="desk@somewhere.example")
        with pytest.raises(RuleViolation) as found:
            world.send(world.sourced(), at=MONDAY + HOUR, elsewhere="desk@somewhere.example")
        assert (found.value.code, found.value.field) == ("elsewhere_once", "elsewhere")
        assert first.reference in str(found.value)

    def test_for_several_posts_in_one_order(self, world, client_of):
        requests = [world.sourced(), world.sourced()]
        common = {"by": world.officer, "at": MONDAY, "contract": world.corporate, "max_rate": 42}
        sent = send_together(**common, requests=requests, elsewhere="desk@somewhere.example")
        assert [one.elsewhere for one in sent] == ["desk@somewhere.example"] * 2

    def test_not_where_an_address_is_in_force(self, world):
        address_in_force(world.pertemps, NEW)
        world.corporate.agency.refresh_from_db()
        with pytest.raises(RuleViolation) as found:
            world.send(world.sourced(), elsewhere="desk@somewhere.example")
        assert found.value.code == "address_in_force"

    def test_the_form_offers_it_only_then(self, world, client_of):
        vacancy = world.sourced()
        with time_machine.travel(MONDAY, tick=False):
            page = client_of("officer").get(f"/requests/{vacancy.pk}/send/1/").content.decode()
            assert "Pertemps has no ordering address in force" in page
            address_in_force(world.pertemps, NEW)
            page = client_of("officer").get(f"/requests/{vacancy.pk}/send/1/").content.decode()
        assert 'name="elsewhere"' not in page

    def test_from_the_form(self, world, client_of):
        vacancy = world.sourced()
        data = {"contract": world.corporate.pk, "max_rate": "42", "weeks": "13", "elsewhere": "desk@somewhere.example"}
        data |= {"starts_on_day": "22", "starts_on_month": "1", "starts_on_year": "2024"}
        with time_machine.travel(MONDAY, tick=False):
            page = client_of("officer").post(f"/requests/{vacancy.pk}/send/1/", data, follow=True).content.decode()
        assert "The brief goes to desk@somewhere.example, for this order alone." in page

    def test_once_an_address_is_in_force_the_order_goes_there(self, world):
        order = world.send(world.sourced(), elsewhere="desk@somewhere.example")
        address_in_force(world.pertemps, NEW)
        message = mailing.send_brief_again(by=world.officer, at=MONDAY + HOUR, release=order)
        assert (message.kind, message.to) == ("brief", NEW)


class TestTheDatabase:
    def test_does_not_put_back_one_that_was_taken_away(self, world, asked):
        confirm(asked)
        change(world, "")
        refuses(
            "ordering_address_is_confirmed",
            f"update recruitment_agency set ordering_address = '{NEW}' where id = {world.pertemps.pk}",
        )

    def test_sends_no_link_for_an_address_that_is_not_there_yet(self, world):
        """To a box of one's own, and then the row with the supplier's genuine address under that number."""
        refuses(
            "mail_to_its_supplier",
            'insert into council_message (kind, subject, "to", title, body, queued_at, tries, next_try_at, error) values '
            "('confirm_address', 987654, 'mine@x.example', 'x', '{link}', now(), 0, now(), '')",
        )

    def test_gives_no_agency_an_address_that_it_has_not_confirmed(self, world, asked):
        for address in (NEW, "mine@x.example"):
            refuses(
                "ordering_address_is_confirmed",
                f"update recruitment_agency set ordering_address = '{address}' where id = {world.pertemps.pk}",
            )
        refuses(
            "ordering_address_is_confirmed",
            "insert into recruitment_agency (name, folded_name, ordering_address, is_active) values ('A', 'a', 'a@x.example', true)",
        )

    @pytest.mark.parametrize(
        ("constraint", "column", "value"),
        [
            ("address_word_said_by_somebody", "said_by", "''"),
            ("address_word_by_its_link", "address_id", "(select max(id) from recruitment_orderingaddress)"),
        ],
    )
    def test_takes_no_half_of_a_confirmation(self, world, asked, constraint, column, value):
        link = addresses.find(asked)
        change(world, "x@halden.example", world.halden)
        deliver()
        values = {"address_id": link.address_id, "link_id": link.pk, "said_by": "'Me'", "domain_is_its_own": "true"}
        values |= {"said_at": "now()", "secret": f"'{link.secret}'"} | {column: value}
        refuses(
            constraint,
            f"insert into recruitment_addressword ({', '.join(values)}) values ({', '.join(map(str, values.values()))})",
        )

    def test_nor_half_of_its_link(self, world, asked):
        link = AddressLink.objects.get()
        with pytest.raises(IntegrityError, match="address_link_expires"), transaction.atomic():
            AddressLink.objects.create(
                address=link.address,
                message=link.message,
                token_hash="a" * 64,
                made_at=MONDAY,
                expires_at=MONDAY,
            )

    def test_keeps_no_secret(self, asked):
        confirm(asked)
        assert AddressWord.objects.get().secret is None

    def test_takes_no_confirmation_without_the_secret(self, world, asked):
        link = AddressLink.objects.get()
        for secret in ("null", "'x'"):
            refuses(
                "statement_by_its_link",
                "insert into recruitment_addressword (address_id, link_id, said_by, domain_is_its_own, said_at, secret) values "
                f"({link.address_id}, {link.pk}, 'Me', true, now(), {secret})",
            )

    def test_nor_of_one_that_the_assistant_director_was_not_told_of(self, world):
        """One officer with SQL, a box of his own and its link: whoever oversees it hears of it first."""
        world.nobody_wants_mail()
        row = OrderingAddress.objects.create(
            agency=world.pertemps, address="mine@x.example", set_by=world.administrator, set_at=MONDAY
        )
        common = {"kind": addresses.CONFIRM, "subject": row.pk, "title": "x", "body": "{link}", "by": None}
        outbox.put(**common, to="mine@x.example", at=MONDAY)
        deliver()
        secret = addresses.SIGNER.unsign(re.search(r"/supplier-address/([^/\s]+)/", str(mail.outbox[-1].body))[1])
        link = AddressLink.objects.get()
        word = (
            "insert into recruitment_addressword (address_id, link_id, said_by, domain_is_its_own, said_at, secret) "
            f"values ({row.pk}, {link.pk}, 'Me', true, now(), '{secret}')"
        )
        refuses("ordering_address_is_told", word)
        told = {"title": "x", "text": "Pertemps get their orders at mine@x.example.", "at": MONDAY}
        notices.name_somebody(world.officer, **told)
        deliver()
        refuses("ordering_address_is_told", word)
        notices.name_somebody(world.director, **told)
        refuses("ordering_address_is_told", word)  # it has not gone
        deliver()
        refuses("", word)

    def test_nor_while_there_is_nobody_to_tell(self, world, asked):
        RoleGrant.objects.filter(role="assistant_director").delete()
        with pytest.raises(RuleViolation) as found:
            addresses.confirm_address(by=addresses.find(asked), at=MONDAY + HOUR, said_by="x")
        assert "tell the officer you work with" in str(found.value)

    def test_nor_of_an_older_address(self, world, asked):
        link = addresses.find(asked)
        OrderingAddress.objects.create(
            agency=world.pertemps, address="mine@x.example", set_by=world.administrator, set_at=MONDAY
        )
        refuses(
            "ordering_address_is_confirmed",
            "insert into recruitment_addressword (address_id, link_id, said_by, domain_is_its_own, said_at, secret) values "
            f"({link.address_id}, {link.pk}, 'Me', true, now(), '{link.secret}')",
        )

    def test_lets_only_what_sends_mail_make_the_link(self, world, asked):
        link = AddressLink.objects.get()
        refuses(
            "supplier_link_unseen_is_mailed",
            "insert into recruitment_addresslink (address_id, message_id, token_hash, made_at, expires_at) values "
            f"({link.address_id}, {link.message_id}, repeat('a', 64), now(), now() + interval '1 day')",
        )

    def test_sends_the_link_to_the_address_it_is_about(self, world):
        change(world)
        address = OrderingAddress.objects.get()
        message = outbox.put(
            kind=addresses.CONFIRM,
            subject=address.pk,
            to="mine@x.example",
            title="x",
            body="{link}",
            by=world.officer,
            at=MONDAY,
        )
        message.refresh_from_db()
        assert message.to == NEW

    def test_mails_no_order_while_no_address_is_in_force(self, world):
        """One officer with SQL: a brief to a box of one's own, whose link nobody here would have seen."""
        order = world.send(world.sourced())
        refuses(
            "mail_to_its_supplier",
            'insert into council_message (kind, subject, "to", title, body, queued_at, tries, next_try_at, error) values '
            f"('brief', {order.pk}, 'mine@x.example', 'x', '{{link}}', now(), 0, now(), '')",
        )

    @pytest.mark.parametrize("table", ["orderingaddress", "addresslink", "addressword"])
    def test_keeps_what_was_set_and_said(self, world, asked, table):
        confirm(asked)
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from recruitment_{table}")
            assert cursor.fetchone() == (1,)
        with pytest.raises(IntegrityError, match="as recorded"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"delete from recruitment_{table}")
        with as_the_site() as cursor:
            cursor.execute("select has_table_privilege(%s, 'update')", [f"recruitment_{table}"])
            assert cursor.fetchone() == (False,)
