"""Every constraint of every model, broken once by SQL that goes past Python, and each with a sentence for a person."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from council.constraints import Agrees
from council.errors import TRIGGER_SENTENCES, constraint_sentences
from placements.corrections import proposing
from placements.models import Payment, PaymentImport, PaymentSource
from placements.placement import extending as extensions
from placements.reviews import actions as reviews
from recruitment.models import AccountEntry, Statement
from tests.conftest import refused_as
from tests.factories import build_world, sourcing_order
from tests.factories.small_council import AFTER_WINDOW

OURS = ("council", "recruitment", "placements")


def all_constraints() -> dict[str, models.BaseConstraint]:
    return {
        constraint.name: constraint
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


# Proved elsewhere, in the words of what they are for.
PROVED_IN_THE_REFUSALS = {
    name
    for name in all_constraints()
    if name.startswith(
        (
            "release_proof",
            "release_step",
            "release_direct",
            "release_contract_of",
            "release_later",
            "release_not_better",
            "release_earlier",
            "witness_",  # tests/test_witnesses_in_the_database.py
            "sending_",
            "address_",  # tests/recruitment/test_ordering_addresses.py
            "ordering_address_",
            "start_question_",  # tests/recruitment/test_later_start.py
            "own_mail_",  # tests/recruitment/test_own_mail.py
            "statement_by_signed",
            "supply_leave_",  # tests/recruitment/test_supply_by_another_agency.py
            "release_name",  # tests/recruitment/test_steps_name_contracts.py
            "release_route_of",
            "step_source_",
            "placement_carried_",
            "placement_source_",
            "placement_contract_of_lot",
            "release_contract_is_named",
        )
    )
} | {
    "release_witness_of_its_answer",
    "placement_proof_of_its_order",
    "placement_proof_is_witnessed",
    "authority_word_is_the_holders",
    "placement_class_of_its_order",
    "returned_mail_was_sent",
    "release_portal_answer_whole",  # tests/recruitment/test_ways_of_answering.py
    "release_answer_file",
    "opening_keeps_no_secret",  # a trigger takes it away before
    "statement_keeps_no_secret",
    "release_one_open_agency",
    "round_vacancy_is_agreed",
    "contract_agency_is_lot_supplier",
    "placement_release_secured_same_round",
    "placement_contract_of_release",
    "placement_one_live_per_release",
    "placement_rates_never_overlap",
    "placement_period_value_is_committed",
    "vacancy_decision_is_whole",
    "vacancy_decided_afterwards",
    "vacancy_decided_by_another",
    "vacancy_status_follows_decision",
    "contract_approval_by_another",
    "placement_carried_over_as_it_was",
    "placement_continued_once",
    "brought_forward_is_one_batch",
    "contract_approval_of_its_exemption",
    "exemption_approved_before_start",
    "exemption_approved_once",  # the trigger that a decision is waited for speaks before it
    "exemption_decided_once",  # likewise
    "exemption_approved_by_its_decision",
    "exemption_contract_of_its_agency",
    "exemption_contract_of_its_route",
    "exemption_decided_by_another",
    "exemption_decision_of_its_asker",
    "exemption_need_proof_failed_same_round",
    "exemption_need_round_of_vacancy",
    "exemption_vat_follows",  # tests/recruitment/test_exemption_terms.py
    "exemption_stays_as_approved",
    "release_exemption_is_approved",
    "release_exemption_is_for_it",
}
# What other rows point at with more than their key: they cannot be broken, for the key alone is unique already.
KEYS_FOR_AGREEMENT = {
    name
    for name, one in all_constraints().items()
    if name.endswith("_key") and isinstance(one, models.UniqueConstraint)
}

STEP = "insert into recruitment_sourcingstep (order_id, position, kind, routine_hours, urgent_hours, proof_age_days) values "

BROKEN_BY = {
    "council_is_one_row": "insert into council_council (id, name, is_demonstration, demonstration_is_whole, full_time_hours, worker_weekly_hours_limit, notice_weeks, ending_soon_weeks, replacement_days, handover_days, extension_approval_weeks, late_record_days, value_warning_percent, value_alert_percent, payment_after_end_days, payment_change_days, supplier_link_days, later_route_months, emergency_hours, emergency_days, exemption_finance_comment, exemption_procurement_comment, exemption_legal_comment, threshold_warning_percent, review_weeks, review_extension_days) values (2, 'x', false, false, 37, 48, 4, 8, 10, 10, 13, 2, 75, 90, 90, 60, 14, 6, 2, 10, true, true, false, 75, 6, 10)",
    "council_hours_are_positive": "insert into council_council (id, name, is_demonstration, demonstration_is_whole, full_time_hours, worker_weekly_hours_limit, notice_weeks, ending_soon_weeks, replacement_days, handover_days, extension_approval_weeks, late_record_days, value_warning_percent, value_alert_percent, payment_after_end_days, payment_change_days, supplier_link_days, later_route_months, emergency_hours, emergency_days, exemption_finance_comment, exemption_procurement_comment, exemption_legal_comment, threshold_warning_percent, review_weeks, review_extension_days) values (1, 'x', false, false, 0, 48, 4, 8, 10, 10, 13, 2, 75, 90, 90, 60, 14, 6, 2, 10, true, true, false, 75, 6, 10)",
    "user_email_unique": "update council_user set email = upper(email) || '' where id = {officer}; update council_user set email = (select lower(email) from council_user where id = {officer}) where id = {director}",
    "role_grant_ends_after_start": "update council_rolegrant set ends_on = starts_on - 1 where user_id = {officer}",
    "role_grant_lead_has_service": "update council_rolegrant set service_id = null where service_id is not null",
    "deputy_ends_after_start": "insert into council_deputy (approval, for_user_id, user_id, starts_on, ends_on) values ('staffing_request', {director}, {officer}, '2024-01-02', '2024-01-01')",
    "deputy_is_someone_else": "insert into council_deputy (approval, for_user_id, user_id, starts_on, ends_on) values ('staffing_request', {director}, {director}, '2024-01-02', '2024-01-03')",
    "team_name_unique_in_service": "insert into council_team (service_id, name, cost_centre, is_active) select service_id, name, 'x', true from council_team where id = {team}",
    "team_figure_one_a_day": "insert into council_teamfigure (team_id, \"on\", establishment_fte, in_post_fte, source) values ({team}, '2024-01-01', 1, 1, 'x'), ({team}, '2024-01-01', 1, 1, 'x')",
    "team_figure_not_negative": "insert into council_teamfigure (team_id, \"on\", establishment_fte, in_post_fte, source) values ({team}, '2024-01-01', 1, -1, 'x')",
    "job_waits_once": "insert into council_job (kind, subject, status, asked_by_id, asked_at, done, total, message, interruptions) values ('x', 1, 'waiting', {officer}, now(), 0, 0, '', 0), ('x', 1, 'waiting', {officer}, now(), 0, 0, '', 0)",
    "framework_expires_after_start": "update recruitment_framework set expires_on = starts_on - 1",
    "lot_number_unique": "insert into recruitment_lot (framework_id, number, name) select framework_id, number, 'x' from recruitment_lot",
    "lot_supplier_unique": "insert into recruitment_lotsupplier (lot_id, agency_id) select lot_id, agency_id from recruitment_lotsupplier",
    "sourcing_step_position_unique": STEP + "({unused}, 2, 'agency', 1, 1, 20)",
    "sourcing_step_one_exemption": STEP + "({unused}, 9, 'exemption', 1, 1, 20)",
    "sourcing_step_direct_is_first": STEP + "({unused}, 9, 'direct', 1, 1, 20)",
    "sourcing_step_window_is_positive": STEP + "({unused}, 9, 'agency', 0, 1, 20)",
    "contract_framework_has_lot": "COPY recruitment.Contract reference='x',lot_id=null where id = {framework}",
    "contract_let_before_start": "update recruitment_contract set let_on = starts_on + 1 where id = {framework}",
    "contract_parties_are_dated": "update recruitment_contract set consulted = 'Somebody' where id = {framework}",
    "contract_approval_value_positive": "insert into recruitment_contractapproval (contract_id, value, ends_on, decision_reference, decided_on, approver, ground, entered_by_id, entered_at) values ({framework}, 0, '2026-01-01', 'x', '2024-01-01', 'x', 'x', {officer}, now())",
    "contract_approval_has_reference": "insert into recruitment_contractapproval (contract_id, value, ends_on, decision_reference, decided_on, approver, ground, entered_by_id, entered_at) values ({framework}, 1, '2026-01-01', '', '2024-01-01', 'x', 'x', {officer}, now())",
    "account_entry_moves": "insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, \"on\", period, note, entered_by_id, entered_at) values ({framework}, 'paid', 'paid', 1, '2024-01-08', '2024-01-01', 'x', {officer}, now())",
    "account_entry_buckets_known": "insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, \"on\", period, note, entered_by_id, entered_at) values ({framework}, '', 'pocket', 1, '2024-01-08', '2024-01-01', 'x', {officer}, now())",
    "account_entry_amount_positive": "insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, \"on\", period, note, entered_by_id, entered_at) values ({framework}, '', 'paid', 0, '2024-01-08', '2024-01-01', 'x', {officer}, now())",
    "account_entry_period_is_month": "insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, \"on\", period, note, entered_by_id, entered_at) values ({framework}, '', 'paid', 1, '2024-01-08', '2024-01-08', 'x', {officer}, now())",
    "vacancy_figures_positive": "update recruitment_vacancy set expected_weeks = 0 where id = {vacancy}",
    "vacancy_above_structure_is_funded": "update recruitment_vacancy set kind = 'above_structure' where id = {requested}",
    "vacancy_status_has_reason": "update recruitment_vacancy set status = 'ended', status_reason = '' where id = {vacancy}",
    "vacancy_only_a_vacant_post_is_filled": "update recruitment_vacancy set status = 'filled', kind = 'cover' where id = {vacancy}",
    "round_number_unique": "insert into recruitment_round (vacancy_id, number, order_id, reason, opened_by_id, opened_at, recruitment_state, advert_reference, recruitment_note, closed_as, closed_at, closed_by_id) select vacancy_id, number, order_id, 'x', opened_by_id, now(), '', '', '', 'ended', now(), opened_by_id from recruitment_round where vacancy_id = {vacancy}",
    "round_one_open": "insert into recruitment_round (vacancy_id, number, order_id, reason, opened_by_id, opened_at, recruitment_state, advert_reference, recruitment_note, closed_as) select vacancy_id, 9, order_id, 'x', opened_by_id, now(), '', '', '', '' from recruitment_round where vacancy_id = {sent_vacancy}",
    "round_number_from_one": "update recruitment_round set number = 0 where vacancy_id = {vacancy}",
    "round_closed_whole": "update recruitment_round set closed_as = 'ended', closed_at = null where vacancy_id = {sent_vacancy}",
    "round_recruitment_is_whole": "update recruitment_round set advert_reference = '' where vacancy_id = {vacancy}",
    "release_answered_whole": "update recruitment_release set outcome = 'withdrawn' where id = {sent}",
    "release_not_secured_after_window": "update recruitment_release set outcome = 'not_secured', reason = 'no_answer', answered_at = sent_at, answer_recorded_at = sent_at, answered_by_id = {officer} where id = {sent}",
    "release_reason_given": "update recruitment_release set outcome = 'not_secured', answered_at = respond_by, answer_recorded_at = respond_by, answered_by_id = {officer} where id = {sent}",
    "release_secured_has_mode": "update recruitment_release set outcome = 'secured', answered_at = respond_by, answer_recorded_at = respond_by, answered_by_id = {officer} where id = {sent}",
    "release_void_by_another": "update recruitment_release set voided_at = now(), voided_by_id = sent_by_id, void_reason = 'x' where id = {sent}",
    "release_terms_positive": "insert into recruitment_release (reference, vacancy_id, round_id, order_id, position, route, contract_id, max_rate, hours_per_week, pattern, base, starts_on, weeks, sent_at, sent_recorded_at, sent_by_id, sent_late_reason, respond_by, order_number, outcome, answer_late_reason, reason, note, declined_sender, declined_text, supply_mode, own_supply, brokered_supply, agencies_approached, void_reason, fell_through_reason, fell_through_late_reason, version) select 'x', vacancy_id, round_id, order_id, 0, 'direct', contract_id, 0, 1, pattern, base, starts_on, weeks, sent_at, sent_at, sent_by_id, '', respond_by, '', 'open', '', '', '', '', '', '', '', '', '', '', '', '', 1 from recruitment_release where id = {sent}",
    "release_round_of_vacancy": "update recruitment_round set vacancy_id = {sent_vacancy}, number = 8, closed_as = 'ended', closed_at = now(), closed_by_id = {officer} where vacancy_id = {vacancy}",
    "release_recorded_after_it_happened": "update recruitment_release set outcome = 'withdrawn', answered_at = now() + interval '1 day', answer_recorded_at = now(), answered_by_id = {officer} where id = {sent}",
    "release_fell_through_whole": "update recruitment_release set outcome = 'fell_through', answer_no = answer_no + 1 where id = (select release_id from placements_placement where vacancy_id = {vacancy})",
    "contract_account_exposure_not_negative": "insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, \"on\", period, note, entered_by_id, entered_at) values ({framework}, 'committed', '', 999999, '2024-01-08', '2024-01-01', 'x', {officer}, now())",
    "message_is_whole": "insert into council_message (kind, subject, \"to\", title, body, queued_at, tries, next_try_at, error) values ('x', 1, '', 'x', 'x', now(), 0, now(), '')",
    "supplier_link_expires": "COPY recruitment.SupplierLink unseen=false,token_hash='x' where id = {link}",
    "supplier_link_one_works": "COPY recruitment.SupplierLink unseen=false,token_hash=md5('a')||md5('b') where id = {handed}",
    "statement_said_by_somebody": "COPY recruitment.Statement secret='{secret}',words='' where id = {said}",
    "statement_one_an_order": "COPY recruitment.Statement secret='{secret}',said_by='y' where id = {said}",
    "statement_by_link_or_officer": "COPY recruitment.Statement kind='dispute',link_id=null where id = {said}",
    "statement_reply_is_whole": "update recruitment_statement set reply = 'x' where id = {said}",
    "statement_one_dispute_a_link": "insert into recruitment_statement (release_id, kind, link_id, unseen, secret, said_by, words, sent, received_at, reply) select release_id, 'dispute', link_id, unseen, '{secret}', 'x', 'x', '{{}}', received_at, '' from recruitment_statement, generate_series(1, 2) where id = {said}",
    "statement_one_will_not_come": "insert into recruitment_statement (release_id, kind, link_id, unseen, secret, said_by, words, sent, received_at, reply) select release_id, 'will_not_come', link_id, unseen, '{secret}', 'x', 'x', '{{}}', received_at, '' from recruitment_statement, generate_series(1, 2) where id = {said}",
    "statement_knows_its_link": "COPY recruitment.Statement secret='{secret}',kind='dispute',unseen=null where id = {said}",
    "release_witness_whole": "update recruitment_release set witness_kind = 'silence' where id = {sent}",
    "returned_mail_is_whole": "insert into recruitment_returnedmail (release_id, sending_id, kind, words, returned_at, recorded_at, recorded_by_id) values ({sent}, 1, 'brief', '', now(), now(), {officer})",
    "statement_link_of_release": "COPY recruitment.Statement secret='{secret}',release_id={other} where id = {said}",
    "release_own_words": "update recruitment_release set statement_id = {said} where id = {other}",
    "emergency_call_is_whole": "insert into recruitment_emergencycall (vacancy_id, line, spoke_to, why, called_at, recorded_at, recorded_by_id, late_reason, confirm_by, decision, decision_reason) values ({vacancy}, '', 'x', 'x', now(), now(), {officer}, '', now() + interval '1 day', '', '')",
    "emergency_decision_is_whole": "update recruitment_emergencycall set decision = 'confirmed'",
    "emergency_decided_by_another": "update recruitment_emergencycall set decision = 'confirmed', decision_reason = 'x', decided_at = now(), decided_by_id = recorded_by_id",
    "vacancy_emergency_was_called": "COPY recruitment.Vacancy reference='x' where origin = 'emergency'",
    "authority_of_another": "insert into recruitment_spendingauthority (vacancy_id, given_by, given_at, words, recorded_at, recorded_by_id, holder_id, confirm_by) values ({vacancy}, 'x', now(), 'x', now(), {officer}, {officer}, now() + interval '1 day')",
    "authority_word_says_why_not": "insert into recruitment_authorityword (authority_id, is_given, note, said_by_id, said_at) values (1, false, '', {officer}, now())",
    "authority_is_whole": "insert into recruitment_spendingauthority (vacancy_id, given_by, given_at, words, recorded_at, recorded_by_id) values ({vacancy}, 'x', now(), '', now(), {officer})",
    "account_entry_authority_commits": "insert into recruitment_spendingauthority (id, vacancy_id, given_by, given_at, words, recorded_at, recorded_by_id) values (1, {vacancy}, 'x', now(), 'x', now(), {officer}); insert into recruitment_accountentry (contract_id, taken_from, put_into, amount, \"on\", period, note, entered_by_id, entered_at, authority_id) values ({framework}, '', 'accrued', 1, '2024-01-08', '2024-01-01', 'x', {officer}, now(), 1)",
    "meeting_says_who": "insert into recruitment_meeting (held_on, present, recorded_by_id, recorded_at) values ('2024-01-08', '', {officer}, now())",
    "meeting_item_once": "insert into recruitment_meeting (id, held_on, present, recorded_by_id, recorded_at) values (1, '2024-01-08', 'x', {officer}, now()); insert into recruitment_meeting (id, held_on, present, recorded_by_id, recorded_at) values (2, '2024-01-08', 'x', {officer}, now()); insert into recruitment_meetingitem (meeting_id, vacancy_id, job_type, kind, team_id, is_between, decision, reason, fte, cost, agreed_fte, cover_fte) select 1, {vacancy}, 'x', 'x', {team}, false, 'none', '', 1, 1, 1, 1 from generate_series(1, 2)",
    "meeting_item_is_whole": "insert into recruitment_meetingitem (meeting_id, vacancy_id, job_type, kind, team_id, is_between, decision, reason, fte, cost, agreed_fte, cover_fte) values (1, {vacancy}, 'x', 'x', {team}, false, 'agreed', '', 1, 1, 1, 1)",
    "release_exempted_agency_itself": "COPY recruitment.Release reference='x',supply_mode='brokered',supplying_agency_id={agency} where id = {by_exemption}",
    "attachment_is_whole": "insert into council_attachment (kind, subject, title, file_name, content_type, size, sha256, fit_to_publish, uploaded_by_id, uploaded_at, void_reason) values ('exemption', 1, '', 'x', 'x', 1, repeat('a', 64), false, {officer}, now(), '')",
    "attachment_once": "insert into council_attachment (kind, subject, title, file_name, content_type, size, sha256, fit_to_publish, uploaded_by_id, uploaded_at, void_reason) select 'exemption', 1, 'x', 'x', 'x', 1, repeat('a', 64), false, {officer}, now(), '' from generate_series(1, 2)",
    "attachment_void_by_another": "insert into council_attachment (kind, subject, title, file_name, content_type, size, sha256, fit_to_publish, uploaded_by_id, uploaded_at, void_reason, voided_at, voided_by_id) values ('exemption', 1, 'x', 'x', 'x', 1, repeat('a', 64), false, {officer}, now(), 'x', now(), {officer})",
    "document_finished_whole": "insert into council_document (kind, title, parameters, is_public, made_by_id, made_at, problem, file_name, sha256, issued_to, finished_at) values ('pack', 'x', '{{}}', false, {officer}, now(), '', '', '', '', now())",
    "document_issued_whole": "insert into council_document (kind, title, parameters, is_public, made_by_id, made_at, problem, file_name, sha256, issued_to) values ('pack', 'x', '{{}}', false, {officer}, now(), '', '', '', 'x')",
    "digest_one_a_day": "insert into council_digest (user_id, \"on\") select {officer}, '2024-01-01' from generate_series(1, 2)",
    "exemption_says_why": "COPY recruitment.Exemption reference='x',justification='' where id = {exemption}",
    "exemption_period_and_value": "COPY recruitment.Exemption reference='x',value_with_vat=1 where id = {exemption}",
    "exemption_stage_has_reason": "COPY recruitment.Exemption reference='x',status='turned_down' where id = {exemption}",
    "exemption_ended_within": "COPY recruitment.Exemption reference='x',ended_on=starts_on where id = {exemption}",
    "exemption_closed_whole": "update recruitment_exemption set status = 'taken_back', status_reason = 'x' where id = {exemption}",
    "exemption_need_once": "COPY recruitment.ExemptionNeed unproved_by_id=null where exemption_id = {exemption}",
    "exemption_need_has_proof_or_reason": "insert into recruitment_exemptionneed (exemption_id, vacancy_id, round_id, no_proof_reason) select {exemption}, {vacancy}, {round}, ''",
    "exemption_comment_says_something": "insert into recruitment_exemptioncomment (exemption_id, revision, side, supports, text, given_by_id, given_at) values ({exemption}, 1, 'legal', true, '', {officer}, now())",
    "exemption_decision_has_reason": "COPY recruitment.ExemptionDecision exemption_id={exemption},requested_by_id={officer},reason='' where id = {decision}",
    "statutory_ground_is_whole": "insert into recruitment_statutoryground (agency_id, ground, \"limit\", dated_on, recorded_by_id, recorded_at) values ({agency}, '', 1, '2024-01-01', {officer}, now())",
    "exemption_approver_role_once": "insert into recruitment_exemptionapprover (starts_on, role) select '2024-01-01', 'assistant_director' from generate_series(1, 2)",
    "exemption_approver_limit_positive": "insert into recruitment_exemptionapprover (starts_on, role, up_to) values ('2024-01-01', 'assistant_director', 0)",
    "procurement_threshold_positive": "insert into recruitment_procurementthreshold (starts_on, amount, includes_vat, source) values ('2024-01-01', 0, true, 'x')",
    "review_one_a_day": "COPY placements.QualityReview findings='y' where id = {review}",
    "review_is_whole": "COPY placements.QualityReview held_on=held_on+1,rating=5 where id = {review}",
    "review_read_by_another": "update placements_qualityreview set read_at = now(), read_by_id = recorded_by_id where id = {review}",
    "review_action_is_whole": "insert into placements_reviewaction (review_id, what, owner, due_on, done_note) values ({review}, '', 'x', '2024-02-01', '')",
    "review_action_done_whole": "insert into placements_reviewaction (review_id, what, owner, due_on, done_note, done_on) values ({review}, 'x', 'x', '2024-02-01', '', '2024-02-01')",
    "placement_extended_once_while_overdue": "insert into placements_placementperiod (placement_id, contract_id, starts_on, ends_on, pay_rate, charge_rate, value, entry_id, reason, recruitment_state, recheck_note, agreed_by_id, agreed_at, overdue_since) select placement_id, contract_id, ends_on + 8 * n, ends_on + 8 * n + 1, pay_rate, charge_rate, value, entry_id, '', '', '', agreed_by_id, now(), '2024-02-01' from placements_placementperiod, generate_series(1, 2) n where placement_id = (select placement_id from placements_breach where id = {breach})",
    "submission_recorded_by_somebody": "COPY recruitment.Submission reference='x',candidate='x',recorded_by_id=null where id = {candidate}",
    "submission_has_rates": "COPY recruitment.Submission reference='x',candidate='x',pay_rate=99 where id = {candidate}",
    "submission_accepted_has_number": "COPY recruitment.Submission reference='x',candidate='x',registration_number='',stage='accepted' where id = {candidate}",
    "submission_whose_worker": "COPY recruitment.Submission reference='x',candidate='x',supply_mode='brokered' where id = {candidate}",
    "submission_recorded_after_it_came": "COPY recruitment.Submission reference='x',candidate='x',recorded_at=received_at-interval'1day' where id = {candidate}",
    "submission_one_reference": "COPY recruitment.Submission reference='x',registration_number='' where id = {candidate}",
    "submission_one_person": "COPY recruitment.Submission reference='x',candidate='x' where id = {candidate}",
    "submission_allowed_by_another": "update recruitment_submission set allowed_at = now(), allowed_by_id = recorded_by_id, allowed_reason = 'x' where id = {candidate}",
    "submission_void_by_another": "update recruitment_submission set voided_at = now(), voided_by_id = recorded_by_id, void_reason = 'x' where id = {candidate}",
    "submission_stage_of_last_step": "update recruitment_submission set steps = 2 where id = {candidate}",
    "submission_link_of_release": "COPY recruitment.Submission reference='x',release_id={other},recorded_by_id=null,link_id={link},said_by='x',sent='{{}}' where id = {candidate}",
    "submission_step_one_a_number": "COPY recruitment.SubmissionStep stage='offered' where submission_id = {candidate}",
    "submission_step_has_reason": "COPY recruitment.SubmissionStep number=2,stage='withdrawn' where submission_id = {candidate}",
    "submission_step_recorded_after_it_happened": "COPY recruitment.SubmissionStep number=2,recorded_at=happened_at-interval'1day' where submission_id = {candidate}",
    "approach_is_whole": "insert into recruitment_approach (agency_id, job_type, candidate, note, received_at, recorded_at, recorded_by_id, late_reason) values ({agency}, 'x', '', '', now(), now(), {officer}, '')",
    "worker_has_name_and_number": "update placements_worker set name = '' where id = (select worker_id from placements_placement where id = {placement})",
    "placement_ends_after_start": "update placements_placement set ends_on = starts_on - 1 where id = {placement}",
    "placement_hours_positive": "COPY placements.Placement hours_per_week=0 where id = {placement}",
    "placement_did_not_start_whole": "update placements_placement set did_not_start_at = now() where id = {placement}",
    "placement_early_end_whole": "update placements_placement set ended_early_at = now() where id = {placement}",
    "placement_void_by_another": "update placements_placement set voided_at = now(), voided_by_id = booked_by_id, void_reason = 'x' where id = {placement}",
    "placement_only_facts_lack_a_release": "COPY placements.Placement release_id=null,step_class=null where id = {placement}",
    "placement_batch_of_brought_forward": "COPY placements.Placement batch_id=1 where id = {placement}",
    "placement_continues_whole": "COPY placements.Placement continues_as='transfer' where id = {placement}",
    "placement_order_stands_without_a_start": "update placements_placement set order_stands = true where id = {placement}",
    "placement_handover_whole": "update placements_placement set handover_until = starts_on where id = {placement}",
    "placement_start_confirmed_whole": "update placements_placement set started_confirmed_at = now() where id = {placement}",
    "placement_period_cut_within": "update placements_placementperiod set cut_on = ends_on where placement_id = {placement}",
    "placement_period_committed_on_a_contract": "COPY placements.PlacementPeriod entry_id=null,starts_on=ends_on+8,ends_on=ends_on+9 where placement_id = {placement}",
    "placement_move_one_a_day": "insert into placements_placementmove (placement_id, team_id, starts_on, reason, moved_by_id, moved_at) select {placement}, {team}, '2024-02-05', 'x', {officer}, now() from generate_series(1, 2)",
    "placement_move_has_reason": "insert into placements_placementmove (placement_id, team_id, starts_on, reason, moved_by_id, moved_at) values ({placement}, {team}, '2024-02-05', '', {officer}, now())",
    "brought_forward_closed_whole": "insert into placements_broughtforward (id, \"on\", opened_by_id, opened_at, closed_at) values (1, '2024-01-01', {officer}, now(), now())",
    "breach_of_a_kind_once": "COPY placements.Breach reference='x' where id = {breach}",
    "breach_of_a_correction_once": "COPY placements.Breach reference='x',kind='proof_corrected',correction_id={correction} where id = {breach}; insert into placements_breach (reference, placement_id, kind, correction_id, since, found_on, how_found, recorded_by_id, recorded_at, approval_reason) select 'y' || n, {placement}, 'proof_corrected', {correction}, '2024-01-22', '2024-01-23', 'x', {officer}, now(), '' from generate_series(1, 2) n",
    "breach_approval_whole": "update placements_breach set approved_at = now() where id = {breach}",
    "breach_approved_by_another": "update placements_breach set approved_at = now(), approved_by_id = recorded_by_id, approval_reason = 'x' where id = {breach}",
    "breach_approved_afterwards": "update placements_breach set approved_at = recorded_at - interval '1 second', approved_by_id = {director}, approval_reason = 'x' where id = {breach}",
    "breach_says_how": "COPY placements.Breach reference='x',kind='proof_corrected',how_found='' where id = {breach}",
    "extension_one_waits": "COPY placements.ExtensionProposal reason='again' where id = {proposal}",
    "extension_decision_is_whole": "update placements_extensionproposal set decision = 'approved' where id = {proposal}",
    "extension_decided_afterwards": "update placements_extensionproposal set decision = 'approved', decision_reason = 'x', decided_at = proposed_at - interval '1 second', decided_by_id = {director} where id = {proposal}",
    "extension_decided_by_another": "update placements_extensionproposal set decision = 'approved', decision_reason = 'x', decided_at = now(), decided_by_id = proposed_by_id where id = {proposal}",
    "concern_is_whole": "insert into placements_practiceconcern (placement_id, concern, agency_told_on, referral_made, recorded_by_id, recorded_at) values ({placement}, 'x', '2024-01-01', true, {officer}, now())",
    "correction_one_waits": "COPY recruitment.Correction reason='again' where id = {correction}",
    "correction_decided_afterwards": "update recruitment_correction set decision = 'confirmed', decided_at = proposed_at - interval '1 second', decided_by_id = {director} where id = {correction}",
    "correction_tells_who_confirmed_it": "update recruitment_correction set decision = 'confirmed', decided_at = now(), decided_by_id = {director} where id = {correction}",
    "correction_tells_that_person": "insert into council_message (id, kind, subject, \"to\", title, body, queued_at, tries, next_try_at, error) values (900001, 'named', {officer}, 'x', 'x', 'x', now(), 0, now(), ''); update recruitment_correction set decision = 'confirmed', decided_at = now(), decided_by_id = {director}, named_id = 900001 where id = {correction}",
    "placement_class_with_its_order": "COPY placements.Placement reference='x',step_class=null,starts_on=ends_on+1,ends_on=ends_on+8 where id = {placement}",
    "correction_has_reason": "COPY recruitment.Correction reason='',subject_id=1 where id = {correction}",
    "correction_decided_by_another": "update recruitment_correction set decision = 'confirmed', decided_at = now(), decided_by_id = proposed_by_id where id = {correction}",
    "hire_converts_once": "insert into placements_hire (reference, vacancy_id, converts_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) values ('x', {vacancy}, {placement}, '2024-01-01', 0, {officer}, now(), ''), ('y', {sent_vacancy}, {placement}, '2024-01-01', 0, {officer}, now(), '')",
    "hire_fee_not_negative": "insert into placements_hire (reference, vacancy_id, round_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) select 'x', id, {round}, '2024-01-01', -1, {officer}, now(), '' from recruitment_vacancy where id = {vacancy}",
    "hire_contract_with_release": "insert into placements_hire (reference, vacancy_id, round_id, contract_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) select 'x', id, {round}, {framework}, '2024-01-01', 0, {officer}, now(), '' from recruitment_vacancy where id = {vacancy}",
    "hire_void_by_another": "insert into placements_hire (reference, vacancy_id, round_id, starts_on, fee, recorded_by_id, recorded_at, void_reason, voided_at) select 'x', id, {round}, '2024-01-01', 0, {officer}, now(), '', now() from recruitment_vacancy where id = {vacancy}",
    "hire_one_fills_a_post": "insert into placements_hire (reference, vacancy_id, round_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) values ('x', {vacancy}, {round}, '2024-01-01', 0, {officer}, now(), ''), ('y', {vacancy}, {round}, '2024-01-01', 0, {officer}, now(), '')",
    "hire_fills_a_vacant_post": "insert into placements_hire (reference, vacancy_id, round_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) values ('x', {cover}, {round}, '2024-01-01', 0, {officer}, now(), '')",
    "hire_release_secured_same_round": "insert into placements_hire (reference, vacancy_id, round_id, release_id, contract_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) select 'x', vacancy_id, round_id, id, contract_id, '2024-01-01', 0, {officer}, now(), '' from recruitment_release where id = {sent}",
    "hire_contract_of_release": "insert into placements_hire (reference, vacancy_id, round_id, release_id, contract_id, starts_on, fee, recorded_by_id, recorded_at, void_reason) select 'x', vacancy_id, round_id, id, {framework}, '2024-01-01', 0, {officer}, now(), '' from recruitment_release where id = {sent}",
    "payment_line_once": "insert into placements_payment (agency_id, source_id, imported_from_id, line, paid_on, amount, supplier, reference, department, description, order_number, is_ours, is_allocated, line_key, occurrence) select {agency}, {source}, {file}, 1, '2024-01-01', 1, 'x', '', '', '', '', true, false, 'k', 1 from generate_series(1, 2)",
    "payment_amount_not_zero": "insert into placements_payment (agency_id, source_id, imported_from_id, line, paid_on, amount, supplier, reference, department, description, order_number, is_ours, is_allocated, line_key, occurrence) values ({agency}, {source}, {file}, 1, '2024-01-01', 0, 'x', '', '', '', '', true, false, 'k', 1)",
    "payment_allocation_contract_once": "insert into placements_paymentallocation (payment_id, contract_id, amount, why, allocated_at) select {payment}, {framework}, 1, 'x', now() from generate_series(1, 2)",
    "payment_allocation_not_zero": "insert into placements_paymentallocation (payment_id, contract_id, amount, why, allocated_at) values ({payment}, {framework}, 0, 'x', now())",
    "placement_period_ends_after_start": "insert into placements_placementperiod (placement_id, contract_id, starts_on, ends_on, pay_rate, charge_rate, value, entry_id, reason, recruitment_state, recheck_note, agreed_by_id, agreed_at) select placement_id, contract_id, ends_on + 9, ends_on + 8, pay_rate, charge_rate, value, entry_id, '', '', '', agreed_by_id, now() from placements_placementperiod where placement_id = {placement}",
    "placement_period_charge_not_below_pay": "insert into placements_placementperiod (placement_id, contract_id, starts_on, ends_on, pay_rate, charge_rate, value, entry_id, reason, recruitment_state, recheck_note, agreed_by_id, agreed_at) select placement_id, contract_id, ends_on + 8, ends_on + 9, charge_rate + 1, charge_rate, value, entry_id, '', '', '', agreed_by_id, now() from placements_placementperiod where placement_id = {placement}",
    "placement_period_contract_of_placement": "insert into placements_placementperiod (placement_id, contract_id, starts_on, ends_on, pay_rate, charge_rate, value, entry_id, reason, recruitment_state, recheck_note, agreed_by_id, agreed_at) select placement_id, {framework}, ends_on + 8, ends_on + 9, pay_rate, charge_rate, {entry_amount}, {entry}, '', '', '', agreed_by_id, now() from placements_placementperiod where placement_id = {placement}",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(django_db_setup, django_db_blocker):
    """Rows for every one of these tests, made once; what a test writes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield rows_of(build_world())
        transaction.set_rollback(True)


def rows_of(world) -> dict:
    placement = world.placed()
    world.called()
    sent = world.send(world.sourced())
    source = PaymentSource.objects.create(name="Unit4")
    file = PaymentImport.objects.create(
        source=source, file_name="x", sha256="x", uploaded_by=world.finance, uploaded_at=timezone.now()
    )
    payment = Payment.objects.create(
        agency=world.halden,
        source=source,
        imported_from=file,
        line=1,
        paid_on=date(2024, 1, 1),
        amount=5,
        supplier="x",
        line_key="p",
        occurrence=1,
    )
    entry = AccountEntry.objects.create(
        contract=world.framework,
        put_into="committed",
        amount=5,
        on=date(2024, 1, 1),
        period=date(2024, 1, 1),
        note="x",
        entered_by=world.officer,
        entered_at=timezone.now(),
    )
    link = world.link(sent, at=AFTER_WINDOW)
    handed = world.link(sent, at=AFTER_WINDOW, unseen=False)
    by_link = {"link": link, "unseen": True, "secret": link.secret}
    said = Statement.objects.create(release=sent, **by_link, said_by="x", words="x", sent={}, received_at=AFTER_WINDOW)
    return {
        "link": link.pk,
        "secret": link.secret,
        "handed": handed.pk,
        "candidate": world.put_forward(sent, registration_number="SW12345").pk,
        "said": said.pk,
        "other": world.send(world.sourced()).pk,
        "placement": placement.pk,
        "breach": world.breach().pk,
        "correction": proposing.propose(
            by=world.officer, at=AFTER_WINDOW, subject="placement", row=placement, why="x", starts_on=date(2024, 1, 23)
        ).pk,
        "proposal": extensions.propose_extension(
            by=world.officer,
            at=AFTER_WINDOW + timedelta(hours=3),
            placement=placement,
            ends_on=date(2024, 6, 28),
            reason="x",
            recruitment_state="unsuccessful",
        ).pk,
        "by_exemption": world.scs_secured().pk,
        "exemption": world.exemption().pk,
        "decision": world.exempted().decisions.get().pk,
        "review": reviews.record_review(
            by=world.officer,
            at=AFTER_WINDOW + timedelta(days=20),
            placement=placement,
            held_on=date(2024, 1, 29),
            rating=3,
            findings="x",
        ).pk,
        "officer": world.officer.pk,
        "director": world.director.pk,
        "team": world.team.pk,
        "order": world.order.pk,
        "unused": sourcing_order(starts_on=date(2030, 1, 1)).pk,
        "framework": world.framework.pk,
        "vacancy": placement.vacancy_id,
        "round": placement.round_id,
        "sent": sent.pk,
        "sent_vacancy": sent.vacancy_id,
        "requested": world.request().pk,
        "cover": world.agreed(kind="cover").pk,
        "agency": world.halden.pk,
        "source": source.pk,
        "file": file.pk,
        "payment": payment.pk,
        "entry": entry.pk,
        "entry_amount": entry.amount,
    }


def written_out(statement: str) -> str:
    """`COPY app.Model column=value,… where …` as an insert of the same row with those columns different."""
    if not statement.startswith("COPY "):
        return statement
    _, label, changes, condition = statement.split(" ", 3)
    model = apps.get_model(label)
    fields = [field for field in model._meta.local_concrete_fields if not field.generated and not field.primary_key]
    values = {f'"{field.column}"': f'"{field.column}"' for field in fields}
    values |= {f'"{name}"': value for name, value in (change.split("=", 1) for change in changes.split(","))}
    table = model._meta.db_table
    return f"insert into {table} ({', '.join(values)}) select {', '.join(values.values())} from {table} {condition}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(BROKEN_BY))
def test_the_database_refuses(rows, name):
    sql = BROKEN_BY[name].format(**rows)
    refusals = {refused_as(written_out(statement)) for statement in sql.split("; ")}
    expected = {name}
    if name.startswith("placement_period") and refusals == {"placements_placementperiod_entry_id_key"}:
        expected = refusals
    assert name in refusals or refusals == expected


# Only a trigger that runs as the owner writes these rows.
KEPT_BY_TRIGGERS = {"account_month_unique", "paid_day_unique"}


def test_every_constraint_is_proved():
    proved = KEPT_BY_TRIGGERS | set(BROKEN_BY) | PROVED_IN_THE_REFUSALS | KEYS_FOR_AGREEMENT
    assert set(all_constraints()) - proved == set()
    assert proved - set(all_constraints()) == set()


def test_every_constraint_has_a_sentence():
    sentences = constraint_sentences()
    for name in [*all_constraints(), *TRIGGER_SENTENCES]:
        assert sentences[name].endswith((".", "?")), name
        assert "Constraint" not in sentences[name]


def test_foreign_keys_over_several_columns_survive_a_migration():
    """What `Agrees` takes apart it puts together again, or `makemigrations` would never rest."""
    for constraint in all_constraints().values():
        if isinstance(constraint, Agrees):
            _, _, kwargs = constraint.deconstruct()
            assert Agrees(**kwargs) == constraint


def test_no_higher_room_is_named_in_a_lower_rooms_migrations():
    from pathlib import Path

    project = Path(__file__).resolve().parent.parent
    higher = {"council": ("recruitment_", "placements_", "reporting_"), "recruitment": ("placements_", "reporting_")}
    for room, names in higher.items():
        for path in (project / room / "migrations").glob("*.py"):
            text = path.read_text()
            assert not [name for name in names if name in text], path
