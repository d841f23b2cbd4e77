"""Every event that `acta events --json` prints is valid by the JSON Schema that `acta layout show --schema` prints of its layout, and what
is not its payload is not. usage: schema_test.py ACTA GOLDEN_STORE"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

acta, golden = sys.argv[1:]


def ask(*arguments):
    return subprocess.run([acta, *arguments], check=True, capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as folder:
    store = str(pathlib.Path(folder) / "golden.acta")
    shutil.copyfile(golden, store)
    layouts = [json.loads(line) for line in ask("layout", "list", store, "--json").splitlines()]
    validators = {}
    for layout in layouts:
        name = f"{layout['type']}@{layout['revision']}"
        schema = json.loads(ask("layout", "show", store, name, "--schema"))
        Draft202012Validator.check_schema(schema)
        validators[(layout["type"], layout["revision"])] = Draft202012Validator(schema)

    events = [json.loads(line) for line in ask("events", store, "--json").splitlines()]
    seen = set()
    for event in events:
        validator = validators[(event["type"], event["revision"])]
        seen.add((event["type"], event["revision"]))
        problems = [problem.message for problem in validator.iter_errors(event["data"])]
        assert not problems, f"position {event['position']}, {event['type']}: {problems}"
        assert not validator.is_valid([event["data"]]), f"{event['type']}: a list of it is valid as well"
        for field, value in event["data"].items():
            other = {**event["data"], field: {"no": "such value"} if not isinstance(value, dict) else 1.5}
            assert not validator.is_valid(other), f"{event['type']}: {field} may be anything"
            less = {key: kept for key, kept in event["data"].items() if key != field}
            assert not validator.is_valid(less), f"{event['type']}: {field} may be missing"
    assert seen == set(validators), f"not every layout has an event: {set(validators) - seen}"
    print(f"{len(events)} events of {len(seen)} layouts are valid by their schemas")
