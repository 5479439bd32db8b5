"""When a post may be filled for good. Pure."""

from dataclasses import dataclass

from council.refusal import Refusal


@dataclass(frozen=True)
class PostFacts:
    """A request as a permanent start asks about it; `request_is` is its stage in words."""

    request: str
    request_is: str
    is_vacant_post: bool
    need_goes_on: bool
    is_agreed: bool
    somebody_is_secured: bool


def permanent_start_refusal(facts: PostFacts) -> Refusal | None:
    """Why no permanent start is recorded on the request, whoever starts; None where one may be."""
    if not facts.is_vacant_post:
        return Refusal(
            "not_a_vacant_post",
            "Only a vacant post can be filled for good. Cover and posts above structure end instead.",
        )
    if not facts.need_goes_on:
        return Refusal("not_being_sourced", f"{facts.request} is {facts.request_is}, so it cannot be filled.")
    if not facts.is_agreed:
        return Refusal(
            "not_agreed",
            f"{facts.request} was recorded with its worker and has not been agreed. The Assistant Director or a finance officer agrees "
            "it first.",
        )
    if facts.somebody_is_secured:
        return Refusal(
            "already_secured",
            "An agency has secured somebody for this post. Book that worker, or record that they did not start.",
        )
    return None
