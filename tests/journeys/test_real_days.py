"""Real days: what happened is recorded, put right and told apart. Each journey ends with axe, at every page on the way."""

import csv
from datetime import datetime

import pytest

from council.working_time import LONDON
from placements.brought_forward import actions as brought_forward_actions
from placements.brought_forward.reading import COLUMNS
from placements.models import Breach, Placement
from placements.placement import starting
from recruitment.requests import actions as vacancies

pytestmark = pytest.mark.django_db(transaction=True)


def at(year, month, day, hour=10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LONDON)


def test_saturdays_worker_is_recorded_as_a_breach_and_approved_afterwards(site, world, clock):
    site.sign_in(world.officer)
    site.open("/breaches/")
    site.sees("No breach is recorded.")
    site.check()
    site.follow("Record a breach")
    site.check()
    site.page.get_by_label("Team", exact=True).select_option(label="Assessment: North")
    site.choose("Role", "Social worker")
    site.choose("What is the need?", "Vacant post")
    site.type("Registration number", "SW77777")
    site.type("Worker’s name", "Robin Mockford")
    site.page.get_by_label("Agency", exact=True).select_option(label="Alderway Care Staffing")
    site.date("In post since", "6 1 2024")
    site.date("Expected until", "19 1 2024")
    site.type("Hours per week", "37")
    site.choose("Working pattern", "Monday to Friday")
    site.type("Charge rate", "50")
    site.date("Found on", "8 1 2024")
    site.type("How was it found?", "The team rang the agency itself on Saturday.")
    site.press("Record this")
    site.sees(
        "This is recorded as a breach, with £3,700.00 outside any contract, not authorised. It cannot be removed."
    )
    site.check()
    site.press("Record the breach")
    site.heading("Found in post without proof: Robin Mockford")
    site.sees("Outside contract, not authorised")
    site.check()
    site.follow("Who was told")
    site.check()
    site.date("Assistant Director told on", "8 1 2024")
    site.press("Save")

    site.sign_in(world.director)
    site.open("/")
    site.sees("Breaches to decide")
    site.check()
    site.follow("BR-")
    site.sees("The team rang the agency itself on Saturday.")
    site.check()
    site.type("Why is it approved?", "A child would have gone unseen.")
    site.press("Approve after the start")
    site.sees("Authorised after the start")
    site.check()
    site.open("/breaches/")
    site.sees("Robin Mockford")
    site.check()
    site.open(Placement.objects.get().get_absolute_url())
    site.sees("The team rang the agency itself on Saturday.")
    site.check()


def test_a_wrong_answer_is_corrected_by_two_people_and_what_rested_on_it_is_a_breach(site, world, clock):
    clock.move_to(at(2024, 1, 15))
    placement = world.book(world.framework_secured())
    proof = placement.release.rests_on
    site.sign_in(world.officer)
    site.open(proof.get_absolute_url())
    site.follow("Correct the answer")
    site.check()
    site.choose("What did it really say?", "It had secured somebody")
    site.choose("Whose worker was it?", "The supplier's own worker")
    site.type("How do you know?", "Pertemps’ e-mail of 9 January.")
    site.press("Propose the correction")
    site.sees("You proposed this, so somebody else confirms it.")
    site.check()

    site.sign_in(world.director)
    site.open("/")
    site.sees("Corrections to confirm")
    site.follow(proof.reference)
    site.sees("Not secured")
    site.check()
    site.choose("Is the correction right?", "Confirm: this is right")
    site.press("Record the decision")
    site.sees("Confirmed by The director")
    site.check()
    site.open(placement.get_absolute_url())
    site.sees("Pertemps had not failed to secure somebody.")
    site.sees("Outside contract, not authorised")
    site.check()
    site.open(proof.get_absolute_url())
    site.sees("Correction of")
    site.check()
    assert Breach.objects.get().placement == placement


def test_a_spreadsheet_of_forty_workers_is_brought_forward_after_three_bad_rows_are_put_right(
    site, world, clock, tmp_path
):
    def row(n: int, **changes) -> dict:
        cells = {
            "team": "North",
            "job_type": "Social worker",
            "kind": "Vacant post",
            "registration_number": f"SW{600000 + n}",
            "worker_name": f"Worker {n}",
            "agency": "Pertemps",
            "contract": "CORP",
            "starts_on": "4 December 2023",
            "ends_on": "28/03/2024",
            "hours_per_week": "37",
            "pattern": "Monday to Friday",
            "pay_rate": "£33.00",
            "charge_rate": "41.00",
            "proof_held": "none held",
        }
        return cells | changes

    def write(name: str, rows: list[dict]):
        path = tmp_path / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS.values())
            writer.writerows([[cells[key] for key in COLUMNS] for cells in rows])
        return path

    good = [row(n) for n in range(40)]
    bad = list(good)
    bad[4] = row(4, team="Nowhere")
    bad[17] = row(17, starts_on="31 February 2024")
    bad[39] = row(39, charge_rate="forty")
    site.sign_in(world.administrator)
    site.open("/brought-forward/")
    site.check()
    site.follow("Begin")
    site.date("On which day did the council move in?", "8 1 2024")
    site.press("Begin")
    site.sees("the day the council moved in")
    site.check()
    site.follow("Bring a spreadsheet forward")
    site.check()
    site.page.set_input_files("input[type=file]", write("bad.csv", bad))
    site.press("Read the file")
    site.sees("3 things to put right.")
    site.sees("Team “Nowhere” is not the name of one team of the council.")
    site.sees("Start “31 February 2024” is not a date, like 27 March 2026.")
    site.sees("Charge rate “forty” is not an amount above zero, like 41.50.")
    lines = site.page.locator("tbody tr td:first-child").all_text_contents()
    assert lines == ["6", "19", "41"]
    site.check()
    assert not Placement.objects.exists()
    site.page.set_input_files("input[type=file]", write("good.csv", good))
    site.press("Read the file")
    site.sees("40 placements to bring forward")
    site.check()
    site.press("Bring them all forward")
    site.sees("40 placements are brought forward.")
    site.check()
    site.follow("Close the batch")
    site.check()
    site.page.get_by_label("Everybody who was in post on that day is in the batch").check()
    site.press("Close the batch")
    site.sees("Closed by The administrator")
    assert site.page.get_by_role("button", name="Bring a spreadsheet forward").count() == 0
    site.check()
    assert Placement.objects.filter(basis="brought_forward").count() == 40


def test_a_no_show_is_replaced_under_the_same_order(site, world, clock):
    placement = world.placed()
    clock.move_to(at(2024, 1, 22, 11))
    site.sign_in(world.officer)
    site.open(placement.get_absolute_url())
    site.sees("Not confirmed yet.")
    site.check()
    site.page.get_by_text("Other changes").click()
    site.follow("Replace the worker")
    site.check()
    site.type("Why is the worker replaced?", "Took another post on Friday.")
    site.type("Registration number", "SW80001")
    site.type("Worker’s name", "Ivy Testerby")
    site.date("Start", "24 1 2024")
    site.press("Continue") if site.page.get_by_role("button", name="Continue").count() else site.press(
        "Book the replacement"
    )
    site.sees("This gives back £19,114.20")
    site.check()
    site.press("Book the replacement")
    site.heading("Ivy Testerby")
    site.sees("replacement of the worker")
    site.check()
    site.open(placement.get_absolute_url())
    site.sees("Did not start")
    site.check()
    placement.release.refresh_from_db()
    assert placement.release.outcome == "secured"

    clock.move_to(at(2024, 1, 24))
    site.sign_in(world.lead)
    site.open("/")
    site.sees("Starts to confirm")
    site.follow("Ivy Testerby")
    site.check()
    site.date("Registration confirmed on", "22 1 2024")
    site.press("Confirm the start")
    site.sees("Still to come: DBS check, right to work, references.")
    site.check()


def test_a_worker_is_transferred_from_one_agency_to_another(site, world, clock):
    old = world.book(world.framework_secured())
    starting.cover_started_request(by=world.officer, at=at(2024, 1, 22), placement=old)
    vacancy = old.vacancy
    vacancies.start_round(by=world.officer, at=at(2024, 2, 19), vacancy=vacancy, reason="Joins Pertemps")
    world.direct(vacancy, at(2024, 2, 19))
    world.secure(world.send(vacancy, at=at(2024, 2, 19), starts_on=at(2024, 3, 4).date()), at=at(2024, 2, 20))
    clock.move_to(at(2024, 2, 21))
    site.sign_in(world.officer)
    site.open(old.get_absolute_url())
    site.page.get_by_text("Other changes").click()
    site.follow("Transfer to another agency or contract")
    site.sees("No transfer fee may be asked from 15 June 2024.")
    site.check()
    site.date("First day through the new agency or contract", "4 3 2024")
    site.date("End", "31 5 2024")
    site.type("Charge rate", "39")
    site.type("Why is the worker transferred?", "Joins Pertemps.")
    site.press("Continue")
    site.sees("This commits £17,604.60 on CORP.")
    site.check()
    site.press("Transfer the worker")
    site.sees("19 weeks, 22 January 2024 to 31 May 2024")
    site.sees("transfer to another agency or contract")
    site.check()
    site.open("/placements/longest/")
    site.sees("22 January 2024")
    site.check()


def test_a_worker_becomes_permanent(site, world, clock):
    placement = world.placed()
    starting.confirm_start(by=world.lead, at=at(2024, 1, 22), placement=placement)
    clock.move_to(at(2024, 2, 26))
    site.sign_in(world.officer)
    site.open(placement.get_absolute_url())
    site.page.get_by_text("Other changes").click()
    site.follow("Convert to permanent")
    site.check()
    site.date("First day as a permanent member of staff", "4 3 2024")
    site.type("Transfer fee", "2500")
    site.choose("How good was the work?", "4: very good")
    site.press("Continue")
    site.sees(f"This fills {placement.vacancy.reference}.")
    site.check()
    site.press("Record the conversion")
    site.sees("Filled")
    site.check()
    site.open(placement.vacancy.get_absolute_url())
    site.sees("Filled")
    site.check()


def test_rates_moves_concerns_and_a_long_extension(site, world, clock):
    from tests.factories import TeamFactory

    TeamFactory(service=world.team.service, name="South")
    placement = world.placed()
    clock.move_to(at(2024, 2, 26))
    site.sign_in(world.officer)
    site.open(placement.get_absolute_url())
    site.page.get_by_text("Other changes").click()
    site.follow("Change the rates")
    site.check()
    site.date("From", "4 3 2024")
    site.type("New pay rate", "33.50")
    site.type("New charge rate", "42")
    site.type("Why do the rates change?", "Yearly award.")
    site.press("Continue")
    site.sees("This commits £244.20 more on CORP.")
    site.check()
    site.press("Change the rates")
    site.page.get_by_text("Other changes").click()
    site.follow("Move to another team")
    site.check()
    site.page.get_by_label("New team", exact=True).select_option(label="South")
    site.date("From", "4 3 2024")
    site.type("Why?", "More cases there.")
    site.press("Move the worker")
    site.sees("South")
    site.page.get_by_text("Other changes").click()
    site.follow("Record a concern")
    site.check()
    site.type("What is the concern?", "Records were incomplete.")
    site.date("Agency told on", "26 2 2024")
    site.press("Record the concern")
    site.sees("Records were incomplete.")
    site.check()
    site.follow("Extend")
    site.date("New end", "31 5 2024")
    site.type("Why is it extended?", "Still empty.")
    site.choose("Where does permanent recruitment stand?", "The campaign was unsuccessful")
    site.press("Continue")
    site.sees("The Assistant Director decides it.")
    site.check()
    site.press("Ask for the approval")
    site.sees("An extension until 31 May 2024 waits for the Assistant Director.")
    site.check()
    site.sign_in(world.director)
    site.open("/")
    site.follow(placement.reference)
    site.sees("19 weeks, until 31 May 2024")
    site.check()
    site.choose("Decision", "Approve")
    site.type("Reason", "Recruitment is under way.")
    site.press("Record the decision")
    placement.refresh_from_db()
    assert placement.ends_on == at(2024, 5, 31).date()


def test_everybody_goes_over_to_the_next_contract(site, world, clock):
    from tests.factories import corporate_contract

    world.placed()
    world.placed()
    corporate_contract(world.administrator, world.pertemps, "CORP-2")
    clock.move_to(at(2024, 2, 26))
    site.sign_in(world.officer)
    site.open(f"/contracts/{world.corporate.pk}/")
    site.follow("Carry placements over")
    site.check()
    site.page.get_by_label("Next contract", exact=True).select_option(label="CORP-2")
    site.date("From", "4 3 2024")
    site.press("Continue")
    site.sees("Worker 2, North: charge rate")
    site.check()
    site.type("Worker 2, North: charge rate", "40")
    site.press("Continue")
    site.sees("2 placements go over from CORP to CORP-2 on 4 March 2024.")
    site.check()
    site.press("Carry them over")
    site.sees("2 carried over.")
    site.check()


def test_the_pages_of_real_days_read_well_at_every_width(site, world, clock):
    brought_forward_actions.open_batch(by=world.administrator, at=at(2024, 1, 8), on=at(2024, 1, 8).date())
    breach = world.breach()
    placement = world.placed()
    clock.move_to(at(2024, 1, 23))
    pages = {
        "officer": [
            "/breaches/",
            breach.get_absolute_url(),
            "/breaches/new/",
            f"/breaches/{breach.pk}/told/",
            "/placements/longest/",
            f"/contracts/{world.corporate.pk}/bookings/",
            f"/contracts/{world.corporate.pk}/entries/",
            f"/contracts/{world.corporate.pk}/carry-over/",
            f"/rounds/{placement.round_id}/correct/",
            f"/releases/{placement.release_id}/correct/",
            *(
                f"/placements/{placement.pk}/{page}"
                for page in (
                    "",
                    "start/",
                    "replace/",
                    "move/",
                    "rates/",
                    "transfer/",
                    "convert/",
                    "concern/",
                    "correct/",
                )
            ),
        ],
        "director": [f"/breaches/{breach.pk}/approve/"],
        "administrator": [
            "/brought-forward/",
            "/brought-forward/new/",
            "/brought-forward/spreadsheet/",
            "/brought-forward/close/",
        ],
    }
    for who, addresses in pages.items():
        site.sign_in(world.people[who])
        for address in addresses:
            site.open(address)
            site.check_at_every_width()
