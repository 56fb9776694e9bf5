"""The routine format as a JSON Schema: ``python -m coach.schema > docs/routine.schema.json``.

It is printed from the models that check the files, so that an editor which knows the schema and the coach agree. What
a schema can't say (a chosen value inside its range, words that the coach would react to) only ``coach check`` finds.
"""

from __future__ import annotations

import json

from coach.routine import Routine


def schema_text() -> str:
    """The schema, ending in a newline."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Routine.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
