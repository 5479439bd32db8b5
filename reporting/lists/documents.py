"""Packs and reports that were kept."""

from council.models import Document
from reporting.lists.listing import Column, Filter, ListPage


class Documents(ListPage):
    title = "Packs and reports"
    intro = "Made here and kept whole, each with its SHA-256 sum."
    file_name = "documents"
    order = "-made_at"
    right = "evidence"
    empty = "None yet. A pack is made from the evidence of a request, a placement or an exemption, or of a time."
    actions = [("evidence", "Evidence of a time", "reporting:pack-new")]
    filters = [
        Filter("kind", "What it is", lambda: Document.Kind.choices, lambda rows, value: rows.filter(kind=value)),
        Filter(
            "issued",
            "Issued",
            lambda: [("yes", "Issued"), ("no", "Not issued")],
            lambda rows, value: rows.exclude(issued_to="") if value == "yes" else rows.filter(issued_to=""),
        ),
    ]
    columns = [
        Column("Document", lambda d: d.title, sort="title", link=lambda d: d.get_absolute_url()),
        Column("What it is", lambda d: d.get_kind_display(), sort="kind"),
        Column("Public copy", lambda d: "Yes" if d.is_public else "No", sort="is_public"),
        Column("State", lambda d: d.state, "tag"),
        Column("As at", lambda d: d.as_at, "day", sort="as_at"),
        Column("Made", lambda d: d.made_at, "moment", sort="made_at"),
        Column("Made by", lambda d: d.made_by.name, sort="made_by__name"),
        Column("Issued to", lambda d: d.issued_to, sort="issued_to"),
        Column("SHA-256", lambda d: d.sha256),
    ]

    def rows(self):
        return Document.objects.select_related("made_by")
