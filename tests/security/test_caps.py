"""Every limit holds at its number and refuses one more: bodies, fields, files, pages, words, uploads (S34)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dugai.api import contract
from dugai.api.app import api as house
from dugai.files.models import StoredFile
from dugai.ledger.listing import LONGEST_WORDS, Ask
from dugai.staging.models import ImportBatch
from tests.api.access_table import TABLE
from tests.api.test_access import ask, operations
from tests.api.world import api_of, make_whole_world
from tests.cast import Cast

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """The county clerk at a browser."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.county_clerk)
    return client


def parameters() -> list[tuple[str, str, dict[str, Any]]]:
    """Return operation, name and schema of every parameter in a query that has a limit."""
    found = []
    for methods in contract.document(house)["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                schema = parameter["schema"]
                if parameter["in"] == "query" and schema.keys() & {"maximum", "maxLength", "maxItems"}:
                    found.append((operation["operationId"], parameter["name"], schema))
    return found


def one_more(schema: dict[str, Any]) -> Any:
    if "maximum" in schema:
        return schema["maximum"] + 1
    if "maxItems" in schema:
        return [schema["items"].get("enum", ["x"])[0]] * (schema["maxItems"] + 1)
    return "a" * (schema["maxLength"] + 1)


def test_every_parameter_refuses_one_more(cast: Cast):
    world, api = make_whole_world(cast), api_of(cast.city_clerk)
    tried = set()
    for operation, name, schema in parameters():
        _, path = operations()[operation]
        known = {
            "document_id": world.document,
            "import_id": world.batch,
            "plan_id": world.plan,
            "problem_id": world.problem,
        }
        pks = {key: row.pk for key, row in known.items()}
        address = path.removeprefix("/api/v1").format(**pks, code="task_total")
        answer = api.get(address, **{name: one_more(schema)})
        assert answer.status_code == 422, (operation, name, answer.content.decode())
        assert any(field.partition(".")[0] == name for field in answer.json()["fields"]), (operation, name)
        if name == "limit":
            whole = api.get(address, limit=schema["maximum"]).json()
            assert "limit" not in whole.get("fields", {}), operation
        tried.add(name)
    assert {"limit", "cursor", "q", "lamp"} <= tried


def strings(schema: Any, shapes: dict[str, Any], path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return path and limit of every text of a body, down into its lists."""
    if "$ref" in schema:
        schema = shapes[schema["$ref"].rpartition("/")[2]]
    found: list[tuple[Any, ...]] = []
    if schema.get("type") == "string" and "maxLength" in schema:
        found.append((path, schema["maxLength"]))
    for name, inner in schema.get("properties", {}).items():
        found += strings(inner, shapes, (*path, name))
    if schema.get("type") == "array":
        found += strings(schema["items"], shapes, (*path, 0))
    return found


def put(body: Any, path: tuple[Any, ...], value: str) -> bool:
    """Put a value into a body where its path leads; say whether there was such a place."""
    for step in path[:-1]:
        if isinstance(step, int):
            if not body:
                return False
            body = body[step]
        elif step not in body:
            return False
        else:
            body = body[step]
    if not isinstance(body, dict):
        return False
    body[path[-1]] = value
    return True


def test_every_text_of_a_body_refuses_one_more(cast: Cast):
    world = make_whole_world(cast)
    document = contract.document(house)
    shapes, tried = document["components"]["schemas"], 0
    programs = {person: api_of(user) for person, user in cast.users.items() if person != "public"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            line = TABLE[operation["operationId"]]
            person = min((line.may or line.sees) - {"public"})
            api = programs[person]
            for place, most in strings(content["schema"], shapes):
                body = line.send(world)
                if not put(body, place, "a" * (most + 1)):
                    continue
                answer = ask(api, method, path, line.args(world), body)
                assert answer.status_code == 422, (operation["operationId"], place, answer.content)
                assert ".".join(map(str, place)) in answer.json()["fields"], (place, answer.json())
                tried += 1
    assert tried > 30


def test_a_form_has_so_many_fields_and_bytes(clerk: Client, settings):
    fields = "&".join(f"f{at}=1" for at in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    assert clerk.post("/messages/read", fields, content_type=FORM).status_code == 400
    body = "a=" + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert clerk.post("/messages/read", body, content_type=FORM).status_code in {400, 413}
    files = {
        f"f{at}": SimpleUploadedFile(f"{at}.txt", b"x")
        for at in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
    }
    assert clerk.post("/messages/read", files).status_code == 400


def test_words_to_search_for_are_cut_at_their_limit(clerk: Client):
    """A page cuts what the form field would not let in; the interface for programs refuses it."""
    asked = Ask.read({"q": "水" * (LONGEST_WORDS + 1)})
    assert len(asked.q) == LONGEST_WORDS
    assert clerk.get("/tasks/", {"q": "水" * 10_000}).status_code == 200


def test_an_upload_one_byte_too_large_is_refused_at_every_door(cast: Cast, settings):
    world = make_whole_world(cast)
    settings.UPLOAD_LIMIT = 1000
    held = StoredFile.objects.count(), ImportBatch.objects.count()

    def large(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, b"x" * 1001)

    def browser(person: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(cast.users[person])
        return client

    own, place = world.report.pk, {"inspection": world.inspection.pk, "home": world.cast.city.pk}
    named = {**place, "home": "朔岭市", "lead": ""}
    answers = {
        "offline workbook": browser("county_clerk").post("/reports/upload", {"workbook": large("表.xlsx")}),
        "list of measures": browser("city_clerk").post(
            reverse("ledger_imports"), {**named, "file": large("清单.xlsx")}
        ),
        "people": browser("system_admin").post(
            reverse("people_import", kwargs={"kind": "people"}), {"file": large("人员.xlsx")}
        ),
        "attachment": api_of(cast.county_clerk).client.post(
            operations()["attach_file"][1].format(report_id=own),
            {"file": large("说明.txt")},
            HTTP_AUTHORIZATION=f"Bearer {api_of(cast.county_clerk).secret}",
        ),
        "import": api_of(cast.city_clerk).client.post(
            "/api/v1/imports",
            {"file": large("清单.xlsx"), "kind": "ledger", **place},
            HTTP_AUTHORIZATION=f"Bearer {api_of(cast.city_clerk).secret}",
        ),
    }
    for door, answer in answers.items():
        said = answer.content.decode()
        assert answer.status_code == 413 or "最多" in said or "超过" in said, (
            door,
            answer.status_code,
            said[:300],
        )
    assert (StoredFile.objects.count(), ImportBatch.objects.count()) == held
