"""The tables as a Frictionless data package: what each table and field holds, and which fields lead to which table."""

import hashlib
import re

from headcount.tables import schemas

KEPT = ("name", "type", "description")  # what a field says of itself; the rest are constraints on its values


def data_package(story, files):
    """The data package of a story (datapackage.json, data package version 1) as a mapping; `files` are the bytes of its tables by name."""
    facts = story.facts
    licence = {"licenses": [{"name": facts["licence"]}]} if facts.get("licence") else {}
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9]+", "-", facts["title"].lower()).strip("-") or "story",
        "id": f"sha256:{_seal(files)}",
        "title": facts["title"],
        "description": f"{facts['question']} Every number in the texts, the claims made of them, and how they stand to each other. "
        "The sentences quoted belong to the publishers of the texts.",
        **licence,
        "resources": [resource(name, schema, files[name]) for name, schema in schemas().items()],
    }


def resource(name, schema, data):
    """The entry of one table."""
    keys = {key: schema[key] for key in ("primaryKey", "foreignKeys") if key in schema}
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "description": schema["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": [described(field) for field in schema["fields"]], "missingValues": [""], **keys},
    }


def described(field):
    """A field of a table's schema, its constraints gathered."""
    constraints = {key: value for key, value in field.items() if key not in KEPT}
    return {key: field[key] for key in KEPT} | ({"constraints": constraints} if constraints else {})


def edition(files):
    """A short name for the contents of the tables, by which a citation can say which numbers it means."""
    return _seal(files)[:8]


def _seal(files):
    sums = "".join(hashlib.sha256(data).hexdigest() for _, data in sorted(files.items()))
    return hashlib.sha256(sums.encode()).hexdigest()
