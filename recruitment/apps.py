from django.apps import AppConfig

# What the triggers of this room refuse, by the name each gives it.
SAID_BY_TRIGGERS = {
    "contract_exposure_within_approved_value": "This would commit more than the contract's approved value. Record a "
    "variation of the contract first, or commit less.",
    "sourcing_order_is_followed": "A round follows this order of sourcing, so it stays as it is. Set up a new one from a "
    "later date.",
    "round_follows_its_order": "A round follows the order of sourcing that was in force when it was opened.",
    "sourcing_order_is_whole": "The order of sourcing in force is not whole: its steps have a gap, exemption is not the last, or one names a "
    "contract for permanent staff. A contract administrator sets up another.",
    "sourcing_order_in_the_past": "Rounds were opened since that day, under the order that was in force. Let this one start on a later day.",
    "contract_in_use_stays": "A contract in use keeps its agency, route and lot. Set up another contract.",
    "supply_leave_stays": "What was allowed stays as it was written.",
    "step_source_named_once": "A contract is named by one step of an order, itself or by its lot. Take it off the other.",
    "release_as_sent": "What a supplier was asked cannot be changed. Take the order back and ask again.",
    "release_answer_is_final": "A recorded answer cannot be changed. Propose a correction, which somebody else confirms.",
    "release_corrected_by_its_correction": "An answer changes only by a correction that somebody else has confirmed.",
    "release_unproved_by_its_proof": "An order loses its proof only when the answer it rests on is corrected.",
    "release_begins_as_sent": "An order begins as it was sent, with its proof.",
    "witness_stands": "What confirmed an answer stays as it was written.",
    "witness_of_its_emergency": "Only on the night of an emergency, and until it is confirmed, is an answer good without a second "
    "person.",
    "witness_while_its_link_worked": "The supplier’s link was stopped, or ended, before its time to speak had: its silence proves nothing.",
    "own_mail_stays": "What was found of an e-mail stays as it was written.",
    "witness_is_not_of_before": "Only what was recorded before a witness was asked for goes without one.",
    "ordering_address_is_confirmed": "An ordering address is in force once the agency has confirmed it by the link that was mailed there.",
    "mail_to_its_supplier": "The supplier has no ordering address in force, so nothing is mailed to it.",
    "ordering_address_is_told": "This cannot be taken yet: the council’s Assistant Director is told of an address before it "
    "comes into force, and that message has not gone. Try again in some minutes, or tell the officer you work with.",
    "ordering_address_stays": "An ordering address stays as it was set. Set another one.",
    "supplier_link_unseen_is_mailed": "Only what sends mail makes a link that nobody here has seen.",
    "statement_by_its_link": "This link is not known. Use the one in our newest e-mail.",
    "submission_stays": "A candidate stays as it was put forward. Mark it as entered in error if it is wrong.",
    "emergency_stays": "What was logged of an emergency stays as it was logged.",
    "vacancy_origin_stays": "How a need came in stays as it was.",
    "statement_stays": "What a supplier said stays as it was sent.",
    "exemption_stays": "What was asked for stays as it was. Ask for a linked exemption, which is decided anew.",
    "exemption_moves_as_allowed": "An exemption cannot go there from where it stands. Reload the page.",
    "exemption_waits_for_a_decision": "This exemption does not wait for a decision any more. Reload the page.",
    "exemption_not_decided_by_who_put_it": "Whoever asked for an exemption or completed it does not decide it.",
    "exemption_not_decided_by_a_commenter": "Whoever has commented on an exemption does not decide it.",
    "exemption_decision_is_whole": "A decision on an exemption has its day, and an approval the requests it is for.",
    "release_under_an_exemption_in_force": "An order by exemption is sent after the exemption was approved, while it holds.",
    "release_rests_as_exempted": "An order by exemption rests on the answer that the exemption names for its request.",
    "exemption_needs_stay": "The requests an exemption is for stay once it is decided.",
    "contract_within_its_exemption": "A contract by exemption keeps to the value and end of its exemptions.",
    "correction_is_final": "A correction is written once and decided once. Propose another one.",
}


class RecruitmentConfig(AppConfig):
    name = "recruitment"
    verbose_name = "Suppliers, contracts and the order of sourcing"

    def ready(self):
        from council.attachments import ATTACHABLE, Attachable
        from council.errors import TRIGGER_SENTENCES
        from council.jobs import HOUSEKEEPING
        from council.outbox import KINDS
        from council.permissions import may
        from recruitment.contracts import addresses
        from recruitment.models import Contract, Exemption, Release
        from recruitment.orders import brief
        from recruitment.witnesses import actions as witnessing
        from recruitment.witnesses import own_mail

        KINDS.update(brief.SENDING | addresses.SENDING)
        HOUSEKEEPING.extend([witnessing.remind_suppliers, own_mail.check_mails, witnessing.witness_by_time])
        ATTACHABLE["answer"] = Attachable(Release.objects.visible_to)
        ATTACHABLE["exemption"] = Attachable(Exemption.objects.visible_to)
        ATTACHABLE["contract"] = Attachable(
            lambda user: Contract.objects.all() if may(user, "view_money") else Contract.objects.none()
        )

        TRIGGER_SENTENCES.update(SAID_BY_TRIGGERS)
