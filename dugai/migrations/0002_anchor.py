"""What Django cannot express: the anchors with their deferred composite key, and the search index."""

from typing import Any, ClassVar

from django.db import migrations

CREATE = """
CREATE TABLE dugai_anchor (
    subject_type varchar(32) NOT NULL,
    subject_id bigint NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (subject_type, subject_id),
    CONSTRAINT no_state_without_its_event
        FOREIGN KEY (subject_type, subject_id, version)
        REFERENCES dugai_event (subject_type, subject_id, version)
        DEFERRABLE INITIALLY DEFERRED
)
"""

SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE dugai_search USING fts5(words, content='', contentless_delete=1, "
        'tokenize="unicode61 remove_diacritics 0")',
    ),
    "postgresql": (
        "CREATE TABLE dugai_search (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX dugai_search_words ON dugai_search USING gin (words)",
    ),
}


def create(apps: Any, schema_editor: Any) -> None:
    """Create the tables of this engine."""
    del apps
    schema_editor.execute(CREATE)
    for statement in SEARCH[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop the table."""
    del apps
    schema_editor.execute("DROP TABLE dugai_anchor")
    schema_editor.execute("DROP TABLE dugai_search")


class Migration(migrations.Migration):
    """Raw SQL, the same on SQLite and PostgreSQL."""

    dependencies: ClassVar = [("dugai", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(create, drop)]
