"""The anchor of every recorded row, with its deferred foreign key to the event that made its version."""

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


def create(apps: Any, schema_editor: Any) -> None:
    """Create the table; Django cannot express a composite foreign key."""
    del apps
    schema_editor.execute(CREATE)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop the table."""
    del apps
    schema_editor.execute("DROP TABLE dugai_anchor")


class Migration(migrations.Migration):
    """Raw SQL, the same on SQLite and PostgreSQL."""

    dependencies: ClassVar = [("dugai", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(create, drop)]
