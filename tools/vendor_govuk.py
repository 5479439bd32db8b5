"""Turn GOV.UK Frontend's package into the two files we serve. For maintainers; needs npm once, never at run time.

    npm pack govuk-frontend@6.6.0 && python tools/vendor_govuk.py govuk-frontend-6.6.0.tgz

A council may not use the GDS Transport typeface, the crown or the crest, so they are taken out. Comments that point at
source maps go too: the manifest storage refuses files that mention something it cannot find.
"""

import re
import sys
import tarfile
from pathlib import Path

FACE = re.compile(r"(/\*![^*]*Margaret Calvert.*?\*/\s*)?@font-face\{font-family:GDS Transport;[^}]*\}", re.S)


def main(archive: str) -> None:
    version = ".".join(re.findall(r"\d+", Path(archive).name)[:3])
    target = Path(__file__).parent.parent / "static" / "vendor" / f"govuk-frontend-{version}"
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as package:

        def text(name: str) -> str:
            file = package.extractfile(f"package/{name}")
            if file is None:
                raise SystemExit(f"{name} is a folder in this package.")
            return file.read().decode()

        css = FACE.sub("", text("dist/govuk/govuk-frontend.min.css"))
        css = re.sub(r"GDS Transport,\s*", "", css)
        css = re.sub(r"url\([^)]*govuk-crest\.svg\)", "none", css)
        css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
        script = re.sub(r"//# sourceMappingURL=\S+", "", text("dist/govuk/govuk-frontend.min.js"))
    leftovers = [word for word in ("GDS Transport", "crest", "url(/assets") if word in css]
    if leftovers:
        sys.exit(f"Not written: the style sheet still holds {', '.join(leftovers)}.")
    (target / "govuk-frontend.min.css").write_text(css)
    (target / "govuk-frontend.min.js").write_text(script)


if __name__ == "__main__":
    main(sys.argv[1])
