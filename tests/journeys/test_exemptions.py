"""An exemption from Pertemps' answer to the review, as its people do it in the browser; and its evidence. Axe runs on the way."""

import zipfile
from datetime import datetime, timedelta

import pytest

from council import jobs
from council.kept_files import sum_of
from council.models import Deputy, Document
from council.working_time import LONDON
from placements.models import Placement
from recruitment.models import Exemption
from tests.factories.small_council import AFTER_WINDOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def at(*parts: int) -> datetime:
    return datetime(2024, *parts, tzinfo=LONDON)


def sign_in(site, user, path: str) -> None:
    site.sign_in(user)
    site.open(path)
    site.check()


def ask(site, *, value: str = "30000", with_vat: str = "") -> None:
    """Fills the form of an exemption and sends it."""
    site.page.get_by_label("Agency", exact=True).select_option(label="Service Care Solutions")
    site.page.get_by_label("Reason", exact=True).select_option(label="No suitable response from the contracted route")
    site.type("Why is an exemption needed?", "Nobody has court experience.")
    site.type("Why is there no competition?", "There is no time.")
    site.type("What happens if it is turned down?", "Two court dates without a social worker.")
    site.date("From", "22 1 2024")
    site.date("Until", "19 4 2024")
    site.type("Value excluding VAT", value)
    site.type("Value including VAT, if VAT is not at 20%", with_vat)
    site.press("Ask for the exemption")


def test_pertemps_fail_scs_is_asked_for_returned_completed_approved_placed_and_reviewed(site, world, clock):
    failed = world.failed()
    clock.move_to(AFTER_WINDOW)
    sign_in(site, world.officer, f"/requests/{failed.vacancy_id}/")
    site.sees("Any other agency needs an exemption, approved before it starts.")
    site.follow("Ask for an exemption")
    site.heading("Ask for an exemption")
    site.check()
    ask(site)
    assert site.errors() == ["Say how and when you return to the order of sourcing"]
    site.check()
    site.type("How and when do you return to the order of sourcing?", "Soon.")
    site.press("Ask for the exemption")
    site.sees("is asked for. Next: the comment of finance and procurement, then the decision.")
    site.check()
    exemption = Exemption.objects.get()
    assert exemption.needs.get().proof == failed
    page = exemption.get_absolute_url()

    # Whoever asked finds no button, and is refused at the address.
    assert site.page.get_by_role("link", name="Decide", exact=True).count() == 0
    site.page.goto(f"{site.url}{page}decide/")
    site.sees("You may not decide")
    site.complaints.clear()  # the browser's own word about the 403

    sign_in(site, world.director, f"{page}decide/")
    site.choose("What do you decide?", "Return for more")
    site.type("Reason", "Say when Pertemps are asked again.")
    site.press("Record the decision")
    site.sees("Returned: Say when Pertemps are asked again.")

    sign_in(site, world.officer, "/")
    site.sees("Exemptions to complete")
    site.follow("EX-")
    site.check()
    site.type("How and when do you return to the order of sourcing?", "Pertemps are asked again on 1 March.")
    site.press("Put it to a decision again")
    for who in (world.finance, world.procurement):
        sign_in(site, who, "/")
        site.follow("EX-")
        site.check()
        site.choose("Do you support it?", "Yes")
        site.type("Your comment", "No objection.")
        site.press("Give the comment")
        site.sees("is recorded")

    sign_in(site, world.director, "/exemptions/")
    site.sees("Pertemps: no candidates, 10 January 2024")
    site.follow("Decide")
    site.choose("What do you decide?", "Approve")
    site.press("Record the decision")
    assert site.errors() == ["Give a reason for the decision"]
    site.check()
    site.type("Reason", "Needed, and nobody else has one.")
    site.press("Record the decision")
    site.sees("is approved. Contract")
    site.check()

    clock.move_to(at(1, 11, 10))
    sign_in(site, world.officer, f"/requests/{failed.vacancy_id}/")
    site.follow("Send to Another agency, by exemption")
    site.check()
    site.press("Send")
    site.follow("Record Service Care Solutions’ answer")
    site.choose("What did it say?", "It has secured somebody")
    site.choose("How did it tell you?", "By telephone")
    site.choose("Whose worker is it?", "The supplier's own worker")
    site.press("Record the answer")
    site.follow("Book the worker")
    site.type("Registration number", "SW12345")
    site.type("Worker’s name", "Robin Exampleton")
    site.date("Start", "22 1 2024")
    site.date("End", "22 4 2024")
    site.type("Pay rate", "33")
    site.type("Charge rate", "41")
    site.press("Continue")
    assert "19 April 2024" in site.errors()[0]
    site.date("End", "19 4 2024")
    site.press("Continue")
    site.sees("£19,114.20")
    site.check()
    site.press("Book the worker")
    placement = Placement.objects.get()

    clock.move_to(at(3, 5, 10))
    sign_in(site, world.officer, placement.get_absolute_url())
    site.sees("The quality review has been due since 4 March 2024.")
    site.follow("Record the review")
    site.check()
    site.date("When was the review held?", "5 3 2024")
    site.choose("How good is the work?", "3: good")
    site.type("What was found?", "Plans are up to date.")
    site.type("Action 1: what is to be done, if anything", "Supervision every week")
    site.press("Record the review")
    assert site.errors() == ["Say who does it, or leave action 1 empty", "Say until when, or leave action 1 empty"]
    site.type("Action 1: by whom", "Lena Fictley")
    site.date("Action 1: until when", "12 3 2024")
    site.press("Record the review")
    site.sees("The review is recorded.")
    site.check()
    sign_in(site, world.director, "/")
    site.sees("Quality reviews to read")
    site.follow("PL-")
    site.check()
    site.press("Record that you have read it")
    site.sees("It is recorded that you have read the review.")
    site.check()
    sign_in(site, world.auditor, "/exemptions/")
    site.sees("There are not yet ratings on two routes to compare.")
    site.check()
    site.page.set_viewport_size({"width": 360, "height": 800})
    site.open("/exemptions/")
    site.check()


def test_a_deputy_decides_within_the_dates_of_the_absence_only(site, world, clock):
    exemption = world.commented(world.exemption())
    Deputy.objects.create(
        approval="exemption",
        for_user=world.director,
        user=world.nobody,
        starts_on=at(1, 11).date(),
        ends_on=at(1, 12).date(),
    )
    for day, may in ((10, False), (11, True), (13, False)):
        clock.move_to(at(1, day, 12))
        site.sign_in(world.nobody)
        site.page.goto(f"{site.url}/exemptions/{exemption.pk}/decide/")
        site.page.wait_for_selector("html[data-ready]")
        if may:
            site.heading(f"Decide {exemption.reference}")
            site.check()
        else:
            site.sees("You may not decide exemptions.")
            site.complaints.clear()  # the browser's own word about the 403
    clock.move_to(at(1, 12, 12))
    site.open("/")
    site.follow("EX-")
    site.choose("What do you decide?", "Approve")
    site.type("Reason", "In place of the Assistant Director.")
    site.press("Record the decision")
    assert exemption.decisions.get().in_place_of == world.director


def test_the_value_runs_out_and_the_threshold_stops_the_next(site, world, clock):
    exemption = world.exempted(value=15000, value_with_vat=18000)
    need = exemption.needs.get()
    clock.move_to(AFTER_WINDOW + timedelta(hours=2))
    sign_in(site, world.officer, f"/requests/{need.vacancy_id}/")
    site.sees("has £15,000.00 left to commit")

    world.exempted(agency=world.brokered, value=100000, value_with_vat=120000)
    second = world.commented(world.exemption(agency=world.brokered, value=90000, value_with_vat=108000))
    sign_in(site, world.director, f"/exemptions/{second.pk}/decide/")
    site.sees("106.1% of the procurement threshold")
    site.choose("What do you decide?", "Approve")
    site.type("Reason", "Needed")
    site.press("Record the decision")
    assert "an exemption cannot lift it" in site.errors()[0]
    site.check()
    sign_in(site, world.legal, "/exemptions/grounds/new/")
    site.page.get_by_label("Agency", exact=True).select_option(label="Alderway Care Staffing")
    site.type("Statutory ground", "Light-touch services, Schedule 1")
    site.type("Limit including VAT", "300000")
    site.date("Date of the advice", "10 1 2024")
    site.press("Record the ground")
    site.sees("may add up to £300,000.00 including VAT")
    site.check()
    sign_in(site, world.director, f"/exemptions/{second.pk}/decide/")
    site.choose("What do you decide?", "Approve")
    site.type("Reason", "Needed, and legal has a ground")
    site.press("Record the decision")
    site.sees("is approved.")


def test_the_second_agency_with_the_same_candidate(site, world, clock):
    exemption = world.exempted()
    need = exemption.needs.get()
    need.vacancy.refresh_from_db()
    first = world.send(need.vacancy, exemption.decisions.get().contract, at=AFTER_WINDOW + timedelta(hours=1))
    world.put_forward(first, registration_number="SW4242", at=AFTER_WINDOW + timedelta(hours=2))
    other = world.exempted(agency=world.brokered, at=AFTER_WINDOW + timedelta(hours=2))
    vacancy = other.needs.get().vacancy
    vacancy.refresh_from_db()
    second = world.send(vacancy, other.decisions.get().contract, at=AFTER_WINDOW + timedelta(hours=4))
    clock.move_to(AFTER_WINDOW + timedelta(hours=5))
    sign_in(site, world.officer, f"/releases/{second.pk}/candidates/new/")
    site.type("The agency’s reference for the candidate", "ALD-1")
    site.type("Registration number, if you know it", "SW4242")
    site.choose("Whose worker is it?", "The supplier's own worker")
    site.type("Pay rate", "33")
    site.type("Charge rate", "41")
    site.press("Record the candidate")
    site.sees("Service Care Solutions put this person forward first, on 10 January 2024")
    site.check()


def test_a_worker_found_in_post_is_approved_after_the_start_and_counted(site, world, clock):
    breach = world.breach(agency=world.scs)
    clock.move_to(AFTER_WINDOW + timedelta(days=5))
    sign_in(site, world.auditor, "/assurance/?on=2024-01-15")
    site.sees("0 of 1 placements outside Pertemps, or marked as a breach, have their proof. 1 is a breach.")
    site.sees("Breach, not authorised")
    sign_in(site, world.director, f"/breaches/{breach.pk}/approve/")
    site.page.locator("main textarea").fill("It was needed")
    site.page.locator("main form button").first.click()
    site.page.wait_for_selector("html[data-ready]")
    sign_in(site, world.auditor, "/assurance/?on=2024-01-15")
    site.sees("Breach, authorised after the start")
    site.sees("£2,220.00")
    site.follow("£2,220.00")
    site.heading("Spend by how it was authorised")
    site.check()


def test_an_auditor_takes_the_evidence_away(site, world, clock):
    placement = world.by_exemption()
    exemption = placement.release.exemption
    clock.move_to(at(2, 1, 10))
    sign_in(site, world.officer, exemption.get_absolute_url())
    site.follow("Add a file")
    site.check()
    site.page.get_by_label("File", exact=True).set_input_files(
        {"name": "answer.pdf.exe", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    site.type("What is it?", "Pertemps’ e-mail")
    site.press("Add the file")
    assert "Files that end in .exe are not taken." in site.errors()[0]
    site.check()
    site.page.get_by_label("File", exact=True).set_input_files(
        {"name": "answer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    site.press("Add the file")
    site.sees("answer.pdf is added.")
    site.check()

    sign_in(site, world.auditor, placement.get_absolute_url())
    site.follow("Evidence")
    site.heading(f"Evidence for {placement.reference}")
    site.sees("Pertemps have nobody with court experience.")
    site.check()
    site.press("Make a pack")
    site.sees("Being made")
    jobs.run_next()
    site.page.reload()
    site.sees("Ready")
    site.check()
    document = Document.objects.get()
    with site.page.expect_download() as caught:
        site.page.get_by_role("button", name="Download").click()
    assert sum_of(caught.value.path()) == document.sha256
    with zipfile.ZipFile(caught.value.path()) as packed:
        assert any(name.endswith("answer.pdf") for name in packed.namelist())
    site.open(document.get_absolute_url())
    site.follow("Record to whom it is issued")
    site.type("To whom is it issued?", "Audit and Standards Committee")
    site.press("Record it")
    site.sees("Issued to")
    site.check()


def test_the_pages_of_exemptions_read_well_at_every_width(site, world, clock):
    placement = world.by_exemption()
    exemption, waiting = placement.release.exemption, world.commented(world.exemption())
    clock.move_to(at(1, 23, 10))
    pages = {
        "officer": [
            "/exemptions/",
            "/exemptions/all/",
            "/exemptions/new/",
            f"/exemptions/new/?extends={exemption.pk}",
            f"{exemption.get_absolute_url()}",
            f"{exemption.get_absolute_url()}end/",
            f"{waiting.get_absolute_url()}take-back/",
            "/exemptions/register/?year=2023",
            f"{exemption.get_absolute_url()}evidence/",
            f"{exemption.get_absolute_url()}history/",
            "/assurance/",
            "/assurance/spend/",
            "/reviews/",
            "/documents/",
            "/documents/new/",
            f"/placements/{placement.pk}/review/",
            f"/files/new/exemption/{exemption.pk}/",
            "/preferences/",
        ],
        "director": [f"{waiting.get_absolute_url()}decide/"],
        "finance": [f"{waiting.get_absolute_url()}comment/"],
        "legal": ["/exemptions/grounds/new/"],
        "auditor": ["/mail/"],
    }
    for who, addresses in pages.items():
        site.sign_in(world.people[who])
        for address in addresses:
            site.open(address)
            site.check_at_every_width()
