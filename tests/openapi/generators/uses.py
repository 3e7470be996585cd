"""First steps with the client that openapi-python-client makes: read, report, send a file, fetch a document."""

# mypy: disable-error-code="import-not-found"

import json
import pkgutil
import sys
from importlib import import_module
from io import BytesIO
from typing import Any

import tiendo_client.api
from tiendo_client import AuthenticatedClient, models
from tiendo_client.types import File


def operations() -> dict[str, Any]:
    """Every operation of the client, by its name."""
    found = {}
    for tag in pkgutil.iter_modules(tiendo_client.api.__path__):
        package = import_module(f"tiendo_client.api.{tag.name}")
        for module in pkgutil.iter_modules(package.__path__):
            found[module.name] = import_module(f"{package.__name__}.{module.name}")
    return found


def main(address: str, token: str, sheet: str) -> None:
    every = operations()
    client = AuthenticatedClient(base_url=address, token=token, raise_on_unexpected_status=True)

    def ask(name: str, *values: object, **named: object) -> Any:
        return every[name].sync_detailed(*values, client=client, **named)

    report = models.StatusUpdateIn.from_dict({"task": "hotlines", "unit": "38", "status": "completed"})
    file = models.ImportFileFilesBody(file=File(BytesIO(sheet.encode()), "work.csv", "text/csv"))
    reported = ask("report_status", body=report, idempotency_key="uses-py")
    progress = ask("get_progress")
    sent = ask("import_file", body=file)
    document = ask("download_report_as_docx")
    refused = ask("get_province", "99")
    said = {
        "operations": sorted(every),
        "answered": [answer.status_code for answer in (reported, progress, sent, document, refused)],
        "completed": {line.code: line.provinces_completed for line in progress.parsed.categories}["hotlines"],
        "import": sent.parsed and sent.parsed.to_dict(),
        "document": document.parsed.payload.read(2).decode(),
        "refused": refused.parsed.type_,
    }
    print(json.dumps(said))  # noqa: T201 - for the test that reads it


main(*sys.argv[1:])
