"""Journeys named after what a person wants. Each page on the way is checked with axe and against the security policy."""

from datetime import datetime

from django.core.management import call_command
from playwright.sync_api import expect

from council.working_time import LONDON
from placements.models import Placement, Worker
from recruitment.models import Contract, Release, Vacancy
from tests.factories.council import PASSWORD
from tests.factories.small_council import AFTER_WINDOW

WEDNESDAY = datetime(2024, 1, 10, 11, tzinfo=LONDON)


def test_a_lead_gets_a_worker_through_pertemps(site, world, clock):
    site.open("/")
    site.heading("Sign in")
    site.check()
    site.type("E-mail address", "lead@test.example")
    site.type("Password", PASSWORD)
    site.press("Sign in")
    site.heading("Today")
    site.check()

    site.open("/requests/new/")
    site.press("Ask for this")
    assert "Choose the team" in site.errors()
    site.check()
    site.page.get_by_role("link", name="Choose the role").click()
    expect(site.page.get_by_label("Social worker", exact=True)).to_be_focused()
    site.page.get_by_label("Team", exact=True).select_option(label="Assessment: North")
    site.choose("What is the need?", "Vacant post")
    site.choose("Role", "Senior social worker")
    site.type("Hours per week", "37")
    site.choose("Working pattern", "Monday to Friday")
    site.type("Base", "Northgate House")
    site.type("Maximum charge rate", "£42.00")
    site.date("Needed from", "22 1 2024")
    site.type("Expected length in weeks", "13")
    site.choose("How urgent is it?", "Routine")
    site.type("Why is this worker needed?", "Caseloads are too high.")
    site.press("Ask for this")
    site.sees("Estimated cost: £19,580.40")
    site.check()
    vacancy = Vacancy.objects.get()

    site.sign_in(world.director)
    site.open("/")
    site.follow(vacancy.reference)
    site.sees("FTE establishment")
    site.check()
    site.choose("Decision", "Agree")
    site.type("Reason", "Funded and needed.")
    site.press("Record the decision")

    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/")
    site.sees("Direct recruitment comes first.")
    site.check()
    site.follow("Record direct recruitment")
    site.check()
    site.choose("Where does permanent recruitment stand?", "Advertised")
    site.date("Date of the advert", "2 1 2024")
    site.type("Reference of the advert", "ADV-12")
    site.press("Record this")
    site.follow("Send to Pertemps")
    site.check()
    site.press("Send")
    site.sees("Pertemps has 15 working hours left to answer.")
    site.check()

    clock.move_to(WEDNESDAY)
    site.sign_in(world.officer)
    site.open("/")
    site.follow(vacancy.reference)
    site.check()
    site.choose("What did it say?", "It has secured somebody")
    site.choose("How did it tell you?", "By telephone")
    site.choose("Whose worker is it?", "The supplier's own worker")
    site.press("Record the answer")
    site.follow("Book the worker")
    site.check()
    site.type("Registration number", "SW12345")
    site.type("Worker’s name", "Wren Exampleton")
    site.type("Pay rate", "33")
    site.type("Charge rate", "41")
    site.press("Continue")
    site.sees("This commits £19,114.20 on CORP.")
    site.check()
    site.press("Change the details")
    assert site.page.get_by_label("Worker’s name").input_value() == "Wren Exampleton"
    site.press("Continue")
    site.press("Book the worker")
    site.heading("Wren Exampleton")
    site.check()
    site.follow("History")
    site.heading("History of PL-")
    site.check()
    assert Placement.objects.get().worker.registration_number == "SW12345"


def test_pertemps_fails_and_the_framework_opens(site, world, clock):
    release = world.send(world.sourced())
    site.sign_in(world.officer)
    site.open(release.vacancy.get_absolute_url())
    site.sees(
        "The RM6161 contract is not open yet. Pertemps has until Wednesday 10 January, 10:00. Record its answer first."
    )
    site.follow("Record Pertemps’ answer")
    site.choose("What did it say?", "It has not secured anybody")
    site.choose("Why was nobody secured?", "No candidates")
    site.choose("How did it tell you?", "By telephone")
    site.choose("Did it try its own workers?", "Tried")
    site.choose("Did it try workers of other agencies?", "Did not say")
    site.press("Record the answer")
    site.sees("Wait until then, or give its own confirmation that it cannot supply")
    site.check()
    clock.move_to(WEDNESDAY)
    site.sign_in(world.officer)
    site.press("Record the answer")
    site.sees("The answer is recorded.")
    site.check()
    site.follow("Send to the RM6161 contract")
    site.sees("the terms Pertemps was asked on")
    site.check()
    site.press("Send")
    site.sees("Sent to Halden Bridge Care")
    site.follow("Record Halden Bridge Care’s answer")
    site.choose("What did it say?", "It has secured somebody")
    site.choose("How did it tell you?", "By telephone")
    site.choose("Whose worker is it?", "The supplier's own worker")
    site.press("Record the answer")
    site.follow("Book the worker")
    site.type("Registration number", "SW54321")
    site.type("Worker’s name", "Jay Sample")
    site.type("Pay rate", "33")
    site.type("Charge rate", "42.01")
    site.press("Continue")
    site.sees("The supplier was asked at no more than £42.00 an hour.")
    site.check()
    site.type("Charge rate", "42")
    site.press("Continue")
    site.sees("Pertemps’ answer was recorded by The officer alone, and nothing confirms it yet.")
    booking = site.page.url.removeprefix(site.url)
    _a_colleague_confirms(site, world, release)
    site.sign_in(world.officer)
    site.open(booking)
    site.type("Registration number", "SW54321")
    site.type("Worker’s name", "Jay Sample")
    site.type("Pay rate", "33")
    site.type("Charge rate", "42")
    site.press("Continue")
    site.sees("Left to commit falls from £1,000,000.00 to £980,419.60.")
    site.check()
    site.press("Book the worker")
    site.sees("after Pertemps had not")
    site.check()
    site.open(f"/contracts/{world.framework.pk}/")
    site.sees("£19,580.40 of £1,000,000.00 is spoken for (2.0%)")
    site.check()


def _a_colleague_confirms(site, world, release) -> None:
    """From Today, on the list with boxes."""
    site.sign_in(world.officer2)
    site.open("/")
    site.sees("Pertemps’ answer was recorded by one person")
    site.check()
    site.page.locator("main a[href*='/answers/confirm/?order=']").first.click()
    site.heading("Answers to confirm")
    site.check_at_every_width()
    site.page.set_viewport_size({"width": 1280, "height": 900})
    site.press("Confirm these answers")
    assert site.errors() == ["Say what you looked at"]
    site.check()
    site.type("What did you look at?", "Rang Perry Placeholder, who said so.")
    site.press("Confirm these answers")
    site.sees(f"You have confirmed {release.reference}. What rests on it may go on.")
    site.open(release.vacancy.get_absolute_url())
    site.sees("Confirmed by The other officer on")
    site.check()


def test_an_officer_who_would_skip_use_a_stale_answer_or_offer_more_is_told_why(site, world, clock):
    vacancy = world.sourced()
    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/send/2/")
    site.sees("The RM6161 contract is not open yet. Pertemps has not been asked in this round. Ask Pertemps first.")
    assert site.page.get_by_role("button", name="Send", exact=True).count() == 0
    site.check()
    world.fail(world.send(vacancy))
    clock.move_to(WEDNESDAY)
    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/send/2/")
    site.type("Maximum charge rate", "43")
    site.press("Send")
    assert site.errors() == [
        "Pertemps was offered at most £42.00 an hour. Nobody may be offered more than that: to pay more, change the request's maximum rate "
        "and ask Pertemps again."
    ]
    site.check()
    clock.move_to(datetime(2024, 2, 9, 10, tzinfo=LONDON))
    site.sign_in(world.officer)
    site.open(f"/requests/{vacancy.pk}/send/2/")
    site.sees(
        "Pertemps’ answer of 10 January 2024 is more than 20 working days old. Ask Pertemps again before the RM6161 contract."
    )
    assert Release.objects.count() == 1


def test_finance_imports_a_payments_file_with_a_column_question(site, world, tmp_path, monkeypatch, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    path = tmp_path / "january.csv"
    path.write_text(
        "Payments over £500\nDate,Supplier,Amount,Amount,Dept\n04/01/2024,Pertemps Ltd,120.00,100.00,Children\n"
        "05/01/2024,Halden Bridge Care,60.00,50.00,Children\n04/01/2024,Pertemps Professional R,12.00,10.00,Children\n"
        "99/01/2024,Pertemps,1.00,1.00,Children\n"
    )
    site.sign_in(world.finance)
    site.open("/payments/")
    site.sees("No payments yet.")
    site.check()
    site.follow("Import payments")
    site.check()
    site.page.get_by_label("Payments file").set_input_files(path)
    site.type("Finance system", "Unit4")
    site.press("Read the file")
    site.sees("This page refreshes itself.")
    call_command("work", once=True)
    site.page.reload()
    site.follow("Choose the columns")
    site.check()
    site.choose("Which column is the amount?", "Amount (column 4)")
    site.press("Use these columns")
    call_command("work", once=True)
    site.page.reload()
    site.sees("2 new payments out of 4 rows")
    site.sees("“99/01/2024” is not a date with the day first")
    site.sees("Pertemps Professional R")
    site.check()
    site.press("Save Pertemps Professional R")
    call_command("work", once=True)
    site.page.reload()
    site.sees("3 new payments out of 4 rows")
    site.press("Import these payments")
    call_command("work", once=True)
    site.page.reload()
    site.sees("3 payments imported by The finance")
    site.check()
    site.open("/payments/?agency=" + str(world.pertemps.pk))
    site.sees("2 rows. Payments, excluding VAT: £110.00")
    site.check()


def test_a_contract_administrator_sets_up_a_contract(site, world):
    site.sign_in(world.administrator)
    page = site.page
    page.goto(site.url + "/admin/recruitment/contract/add/")
    page.get_by_label("Reference:").first.fill("RM6161-NEW")
    page.get_by_label("Title:").fill("A new call-off")
    page.locator("#id_route").select_option("framework")
    for name, text in (("agency", "Halden"), ("lot", "RM6161")):
        page.locator(f"#id_{name} + .select2 .select2-selection").click()
        page.locator(".select2-search__field").fill(text)
        page.locator(".select2-results__option").filter(has_text=text).first.click()
    page.locator("#id_award_method").select_option("direct_award")
    page.locator("#id_award_reason").fill("The only supplier with room")
    page.locator("#id_let_on").fill("2025-01-06")
    page.locator("#id_starts_on").fill("2025-01-06")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("RM6161 expired on 11 October 2024.")
    page.locator("#id_let_on").fill("2024-01-08")
    page.locator("#id_starts_on").fill("2024-01-08")
    page.locator("#approvals-group .add-row a").click()
    page.locator("#id_approvals-0-value").fill("250000")
    page.locator("#id_approvals-0-ends_on").fill("2024-12-31")
    page.locator("#id_approvals-0-decision_reference").fill("Decision 7")
    page.locator("#id_approvals-0-decided_on").fill("2024-01-05")
    page.locator("#id_approvals-0-approver").fill("Strategic Director")
    page.locator("#id_approvals-0-ground").fill("Needed")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("added")
    contract = Contract.objects.get(reference="RM6161-NEW")
    assert str(contract.account.approved_value) == "250000.00"
    assert site.complaints == []
    site.open(f"/contracts/{contract.pk}/")
    site.sees("£0.00 of £250,000.00 is spoken for (0.0%)")
    site.check()


def test_the_first_journey_by_keyboard_alone(site, world, clock):
    """Tab, space, arrows and enter only: from the request to the supplier's answer."""
    release = world.send(world.sourced())
    clock.move_to(WEDNESDAY)
    site.sign_in(world.officer)
    site.open(f"/releases/{release.pk}/answer/")
    keys = site.page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if site.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"The keyboard does not reach {selector}")

    keys.press("Tab")
    assert site.page.evaluate("document.activeElement.className") == "govuk-skip-link"
    keys.press("Enter")
    tab_to("input[name=outcome]")
    keys.press("Space")
    tab_to("input[name=supply_mode]")
    keys.press("Space")
    tab_to("input[name=told_by]")
    keys.press("Space")
    tab_to("button[type=submit].govuk-button:not(.govuk-button--secondary)")
    keys.press("Enter")
    site.page.wait_for_selector("text=The answer is recorded")
    tab_to(f"a[href='/releases/{release.pk}/book/']")
    keys.press("Enter")
    site.page.wait_for_selector("h1:has-text('Book the worker')")
    site.page.wait_for_selector("html[data-ready]")
    for selector, text in (
        ("#id_registration_number", "SW99887"),
        ("#id_worker_name", "Robin Fictley"),
        ("#id_pay_rate", "33"),
        ("#id_charge_rate", "41"),
    ):
        tab_to(selector)
        keys.type(text)
    keys.press("Enter")
    site.page.wait_for_selector("text=This commits")
    tab_to("button[name=confirmed]")
    keys.press("Enter")
    site.page.wait_for_selector("h1:has-text('Robin Fictley')")
    assert Worker.objects.get().name == "Robin Fictley"


PAGES = [
    "/",
    "/requests/",
    "/requests/{vacancy}/",
    "/requests/{vacancy}/history/",
    "/releases/",
    "/releases/{release}/",
    "/placements/",
    "/placements/{placement}/",
    "/placements/{placement}/extend/",
    "/placements/{placement}/end/",
    "/placements/{placement}/history/",
    "/hires/",
    "/workers/",
    "/workers/{worker}/",
    "/contracts/",
    "/contracts/{contract}/",
    "/contracts/{contract}/history/",
    "/payments/",
    "/payments/imports/",
    "/position/",
    "/search/?q=North",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
    "/nothing-here/",
    "/requests/new/",
]


def test_every_page_reads_well_at_every_width(site, world, clock):
    placement = world.book(world.framework_secured())
    rows = {
        "vacancy": placement.vacancy_id,
        "release": placement.release_id,
        "placement": placement.pk,
        "worker": placement.worker_id,
        "contract": world.framework.pk,
    }
    clock.move_to(AFTER_WINDOW)
    site.sign_in(world.officer)
    for path in PAGES:
        site.open(path.format(**rows))
        if path == "/nothing-here/":  # the browser says so too
            site.complaints.clear()
        site.check_at_every_width()


def test_without_javascript_the_whole_form_is_there(browser, live_server, world, clock):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/accounts/login/")
    page.get_by_label("E-mail address").fill("officer@test.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(live_server.url + "/requests/new/")
    expect(page.get_by_label("Who funds the post above structure?")).to_be_visible()
    page.get_by_role("button", name="Ask for this").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the team")
    context.close()
