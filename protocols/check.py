#!/usr/bin/env python3
"""Checks schemas, the references of the AsyncAPI document, and transcripts. Needs jsonschema >= 4.18."""

import json
import pathlib
import re
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

here = pathlib.Path(__file__).parent
schemas = {path.name: json.loads(path.read_text()) for path in sorted(here.glob("schema/*.json"))}
registry = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in schemas.items())
problems = []


def validator(side, name):
    return Draft202012Validator({"$ref": f"{side}.json#/$defs/{name}"}, registry=registry)


def check_references(value):
    """Every reference of the AsyncAPI document leads somewhere."""
    if isinstance(value, dict):
        if "$ref" in value:
            file, _, pointer = value["$ref"].partition("#")
            target = schemas[pathlib.Path(file).name] if file else asyncapi
            for step in pointer.strip("/").split("/"):
                if step not in target:
                    return problems.append(f"asyncapi.json: {value['$ref']} leads nowhere")
                target = target[step]
        for member in value.values():
            check_references(member)
    elif isinstance(value, list):
        for member in value:
            check_references(member)


def filled(value):
    """A message as it could be, with something in the place of each capture."""
    if isinstance(value, dict):
        return {name: filled(member) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(member) for member in value]
    if isinstance(value, str) and value.startswith("$"):
        if value.endswith("[0:16]"):
            return "0" * 16
        return "0" * 32 if value.startswith("$session") else "b1" if value.startswith("$block") else "x"
    return value


def holds_capture(error):
    return isinstance(error.instance, str) and error.instance in ("x", "b1", "0" * 32)


def check_transcript(path):
    """What is sent fits its schema; what is expected does so as far as it goes."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = json.loads(line)
        for action, side in (("send", "client"), ("expect", "server")):
            if action not in line:
                continue
            message = filled(line[action])
            for error in validator(side, message["type"]).iter_errors(message):
                absent = error.validator in ("required", "anyOf", "oneOf", "dependentRequired")
                if action == "expect" and (absent or holds_capture(error)):
                    continue
                if line[action].get("protocol") == 2:
                    continue
                problems.append(f"{path.name}:{number}: {error.message}")
            known = schemas[f"{side}.json"]["$defs"][message["type"]]["properties"]
            problems.extend(
                f"{path.name}:{number}: unknown member {name}" for name in message.keys() - known.keys())


for name, schema in schemas.items():
    Draft202012Validator.check_schema(schema)
asyncapi = json.loads((here / "asyncapi.json").read_text())
check_references(asyncapi)
for side in ("client", "server"):
    named = {re.sub(f"^{side}", "", name).lower() for name in asyncapi["components"]["messages"]
             if name.startswith(side)}
    if named != set(schemas[f"{side}.json"]["$defs"]):
        problems.append(f"asyncapi.json: messages of the {side} differ from the schema")
for path in sorted(here.glob("transcripts/*.jsonl")):
    check_transcript(path)
print("\n".join(problems) or "protocols: all well")
sys.exit(bool(problems))
