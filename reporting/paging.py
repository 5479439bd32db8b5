"""A page of many rows, with the numbers of the others."""

from collections.abc import Sequence
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest

PAGE = 25  # rows of a list


def paged(rows: Any, size: int, request: HttpRequest, count: int | None = None) -> dict[str, Any]:
    """`page` and `pages` for `parts/pagination.html`. `rows` are counted and cut as they ask; `count` where it is known already."""
    paginator: Paginator = Paginator(cast(Sequence, rows), size)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    several = paginator.num_pages > 1
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1) if several else []
    return {"page": page, "pages": numbers}
