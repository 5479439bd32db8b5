from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CouncilConfig(AppConfig):
    name = "council"
    verbose_name = "The council and its people"

    def ready(self):
        from council.errors import TRIGGER_SENTENCES

        TRIGGER_SENTENCES["attachment_stays"] = (
            "A file stays as it was added. Mark it as added in error if it is wrong."
        )
        TRIGGER_SENTENCES["message_that_names_goes"] = "Who is named in something is told so, whoever would rather not."
        TRIGGER_SENTENCES["document_stays"] = "A document stays as it was made. Make another one."
        from council import accounts, notices, outbox
        from council.database_roles import grant_to_mail, grant_to_site, secure_functions
        from council.jobs import HOUSEKEEPING
        from council.models.forms import forget_sent_forms
        from council.tries import forget_old_tries

        outbox.KINDS[notices.KIND] = outbox.MessageKind(lock=notices.no_lock, secret=notices.nothing_secret)
        outbox.KINDS[notices.NAMED] = outbox.MessageKind(lock=notices.no_lock, secret=notices.always_wanted)
        outbox.KINDS[accounts.NEW_PASSWORD] = outbox.MessageKind(
            lock=notices.no_lock, secret=accounts.link_for_a_new_password
        )
        HOUSEKEEPING.extend([forget_sent_forms, forget_old_tries])
        post_migrate.connect(secure_functions, sender=self)
        post_migrate.connect(grant_to_site, sender=self)
        post_migrate.connect(grant_to_mail, sender=self)
