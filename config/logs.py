"""Log lines as one JSON object each, for whatever collects them."""

import json
import logging
import re
from datetime import UTC, datetime

SECRET_ADDRESS = re.compile(r"/(supplier(?:-address)?)/[^/\s]+")


class JsonFormatter(logging.Formatter):
    """Keys: time (UTC, ISO 8601), level, logger, message; `error` holds a traceback where there is one. No supplier's link."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("status_code", "job"):
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return SECRET_ADDRESS.sub(r"/\1/…", json.dumps(line, ensure_ascii=False))
