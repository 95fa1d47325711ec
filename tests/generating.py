"""Write the types and operations of the Python client from the OpenAPI document: `make client`.

A test makes them again and compares: the client cannot say other than what the registry serves.
"""

from __future__ import annotations

import builtins
import keyword
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from shared.http.problem_pages import OPERATIONS_MAX, RECORDED
from shared.http.problems import MEDIA_TYPE
from tests.http.documents import whole_document

FOLDER = Path(__file__).resolve().parent.parent / "clients" / "python" / "poverty_registry"
JSON = ("application/json", "application/ld+json")
# Made twice, a subscription tells twice; of a secret rotated twice none signs that receivers have.
ONCE = frozenset({"post_subscription", "rotate_subscription", "test_subscription"})
# What a program does not ask, or asks in ways of its own: tokens, streams and files.
LEFT_OUT = frozenset({"post_token", "get_signing_keys", "stream_transitions", "post_import"})
SERVICE = "service"
SIMPLE = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
}
DATED = {"date": "date | str", "date-time": "datetime | str"}
HEAD = (
    '"""{doc} Written by `make client` from the OpenAPI document."""\n\n'
    "from __future__ import annotations\n\n"
)


def annotation(schema: Mapping[str, Any], where: str = "") -> str:
    """Return the Python type of a schema; `where` goes before the names of models."""
    if "$ref" in schema:
        return where + schema["$ref"].rpartition("/")[2]
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(annotation(each, where) for each in schema[several]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(annotation({**schema, "type": each}, where) for each in kind)
    if kind == "array":
        return f"list[{annotation(schema.get('items', {}), where)}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {annotation(schema['additionalProperties'], where)}]"
    return SIMPLE.get(str(kind), "Any")


def models(document: Mapping[str, Any]) -> str:
    """Return the module of all types."""
    schemas = document["components"]["schemas"]
    parts = [_model(name, schema) for name, schema in sorted(schemas.items())]
    imports = "from typing import Any, Literal, NotRequired, TypedDict\n\n"
    return HEAD.format(doc="What the registry sends and takes.") + imports + "\n\n".join(parts)


def _model(name: str, schema: Mapping[str, Any]) -> str:
    fields = schema.get("properties")
    if not fields:
        return f"{name} = {_quoted(annotation(schema))}\n"
    required = set(schema.get("required", ()))
    types = {
        field: annotation(its) if field in required else f"NotRequired[{annotation(its)}]"
        for field, its in fields.items()
    }
    sentence = _sentence(schema.get("description", ""))
    if any(not each.isidentifier() or keyword.iskeyword(each) for each in fields):
        # A field that is a word of Python, as `from` is.
        inner = ", ".join(f'"{field}": "{its}"' for field, its in types.items())
        return f'{name} = TypedDict("{name}", {{{inner}}})\n"""{sentence}"""\n'
    lines = [f"    {field}: {its}" for field, its in types.items()]
    doc = f'    """{sentence}"""\n\n' if sentence else ""
    return f"class {name}(TypedDict):\n{doc}" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a type that may name what stands below it."""
    return text if text in SIMPLE.values() or text == "Any" else f'"{text}"'


def _sentence(text: str) -> str:
    return text.strip().partition("\n\n")[0].replace("\n", " ").replace("\\", "\\\\")


def operations(document: Mapping[str, Any]) -> str:
    """Return the module of all operations, for programs that wait and for those that do not."""
    asked = list(_asked(document))
    imports = (
        "from collections.abc import Awaitable\nfrom datetime import date, datetime\n"
        "from typing import Any, Literal\n\nfrom poverty_registry import models\n"
        "from poverty_registry.calls import Call, place\n\n\n"
    )
    waiting = "class Operations:\n" + ASK + "\n".join(_method(*each, "{}") for each in asked)
    later = "\n\nclass AsyncOperations:\n" + ASK_LATER
    later += "\n".join(_method(*each, "Awaitable[{}]") for each in asked)
    return HEAD.format(doc="Every operation of the registry.") + imports + waiting + later


ASK = '''    """Each question as a method."""

    def ask(self, call: Call) -> Any:
        """Ask the registry."""
        raise NotImplementedError

'''
ASK_LATER = ASK.replace(
    "def ask(self, call: Call) -> Any", "def ask(self, call: Call) -> Awaitable[Any]"
)


def _asked(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            left_out = operation["operationId"] in LEFT_OUT or SERVICE in operation["tags"]
            if not left_out:
                yield method.upper(), path, operation


def _method(method: str, path: str, operation: Mapping[str, Any], result: str) -> str:
    parameters = operation.get("parameters", ())
    in_path = [p for p in parameters if p["in"] == "path"]
    in_query = [p for p in parameters if p["in"] == "query"]
    # `Purpose` is said once for a client; `Prefer: wait` is the one header that a question has.
    waits = any(p["name"] == "Prefer" for p in parameters)
    signature = ["self", *(f"{_name(p)}: str" for p in in_path)]
    body = _body(operation)
    signature += [] if body is None else [f"body: {body}"]
    named = [_argument(p) for p in in_query] + (["wait: int | None = None"] if waits else [])
    signature += ["*", *named] if named else []
    answer = result.format(_answer(operation))
    quoted = path
    for p in in_path:
        quoted = quoted.replace(f"{{{p['name']}}}", f"{{place({_name(p)})}}")
    given = [f'"{method}"', f'f"{quoted}"' if in_path else f'"{path}"']
    if in_query:
        given.append("{" + ", ".join(f'"{p["name"]}": {_name(p)}' for p in in_query) + "}")
    given += [] if body is None else ["body=body"]
    if operation["operationId"] in ONCE:
        given.append("repeatable=False")
    if waits:
        given.append('headers={} if wait is None else {"prefer": f"wait={wait}"}')
    return (
        f"    def {operation['operationId']}({', '.join(signature)}) -> {answer}:\n"
        f'        """{_sentence(operation["summary"])}."""\n'
        f"        answer: {answer} = self.ask(Call({', '.join(given)}))\n"
        "        return answer\n"
    )


def _name(parameter: Mapping[str, Any]) -> str:
    name = str(parameter["name"])
    reserved = keyword.iskeyword(name) or hasattr(builtins, name)
    return f"{name}_" if reserved else name


def _argument(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    kind = DATED.get(schema.get("format", "")) or annotation(schema, "models.")
    if schema.get("enum") == ["true", "false"]:
        kind = "bool"
    if parameter.get("required"):
        return f"{_name(parameter)}: {kind}"
    return f"{_name(parameter)}: {kind} | None = None"


def _body(operation: Mapping[str, Any]) -> str | None:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    return annotation(content["application/json"]["schema"], "models.")


def _answer(operation: Mapping[str, Any]) -> str:
    (good,) = [r for status, r in operation["responses"].items() if status.startswith("2")]
    kinds = [kind for kind in JSON if kind in good.get("content", {})]
    return annotation(good["content"][kinds[0]]["schema"], "models.") if kinds else "bytes"


def generate(folder: Path) -> None:
    """Write both modules into a folder, formatted as the rest is."""
    document = whole_document()
    for name, text in (("models", models(document)), ("operations", operations(document))):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    ruff = str(Path(sys.executable).parent / "ruff")
    files = [str(folder / f"{name}.py") for name in ("models", "operations")]
    configured = ["--quiet", "--config", str(FOLDER.parents[2] / "pyproject.toml")]
    subprocess.run([ruff, "check", *configured, "--select=I,F401", "--fix", *files], check=False)
    subprocess.run([ruff, "format", *configured, *files], check=True)


def problem_types(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return what operations declare of problems: by code, each status with meanings and a case."""
    kinds: dict[tuple[str, int], dict[str, Any]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, code, shown in _refusals(operation):
                kind = kinds.setdefault(
                    (code, status),
                    {"status": status, "meanings": {}, "operations": {}, "example": shown["value"]},
                )
                kind["meanings"][shown["summary"]] = None
                kind["operations"][f"{method.upper()} {path}"] = None
    types: dict[str, list[dict[str, Any]]] = {}
    for (code, _), kind in sorted(kinds.items()):
        operations = list(kind["operations"])
        few = operations if len(operations) <= OPERATIONS_MAX else []
        types.setdefault(code, []).append(
            kind | {"meanings": list(kind["meanings"]), "operations": few}
        )
    return types


def _refusals(operation: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    for status, response in operation["responses"].items():
        problems = response.get("content", {}).get(MEDIA_TYPE, {})
        for code, shown in problems.get("examples", {}).items():
            yield int(status), code, shown


if __name__ == "__main__":
    generate(FOLDER)
    RECORDED.write_bytes(
        orjson.dumps(problem_types(whole_document()), option=orjson.OPT_INDENT_2) + b"\n"
    )
