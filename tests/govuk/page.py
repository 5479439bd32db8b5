"""A page as elements that tests can look at: `select("#id_on input")` knows tags, ids, classes, attributes and descendants."""

import re
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "img", "meta", "link"}
SIMPLE = re.compile(
    r"(?P<tag>^[a-z0-9]+|^\*)|#(?P<id>[\w-]+)|\.(?P<cls>[\w-]+)|\[(?P<name>[\w-]+)(?:=(?P<value>[^\]]+))?\]"
)


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None"):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.inside: list[Element | str] = []

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def has(self, name: str) -> bool:
        return name in self.attributes

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.inside).strip()

    def everything(self):
        for one in self.inside:
            if isinstance(one, Element):
                yield one
                yield from one.everything()

    def fits(self, selector: str) -> bool:
        for part in SIMPLE.finditer(selector):
            found = part.groupdict()
            if found["tag"] and found["tag"] not in (self.tag, "*"):
                return False
            if found["id"] and self.get("id") != found["id"]:
                return False
            if found["cls"] and found["cls"] not in self.classes:
                return False
            if found["name"] and (not self.has(found["name"]) or found["value"] not in (None, self.get(found["name"]))):
                return False
        return True

    def select(self, selector: str) -> list["Element"]:
        *outer, last = selector.split()
        found = [one for one in self.everything() if one.fits(last)]
        return [one for one in found if one.lies_in(outer, self)]

    def lies_in(self, outer: list[str], root: "Element") -> bool:
        above, wanted = self.parent, list(outer)
        while wanted and above is not None and above is not root:
            if above.fits(wanted[-1]):
                wanted.pop()
            above = above.parent
        return not wanted

    def one(self, selector: str) -> "Element":
        (found,) = self.select(selector)
        return found


class Page(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.root = self.here = Element("page", {}, None)
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        made = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.inside.append(made)
        if tag not in VOID:
            self.here = made

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
            self.here = self.here.parent

    def handle_data(self, data):
        self.here.inside.append(data)


def page_of(text: str) -> Element:
    return Page(text).root
