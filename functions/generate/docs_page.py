"""The OpenAPI document as a page to read: made of it alone, without a script."""

import html
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from .openapi import Deployment, document

PAGE: Final = Path(__file__).parent / "page" / "docs.html"
_JSON_PARTS: Final = re.compile(r"(&quot;(?:\\.|(?!&quot;).)*&quot;)(\s*:)?|\b(true|false|null)\b")
_BACKTICKS: Final = re.compile(r"`([^`]+)`")
_BEARER: Final = '-H "Authorization: Bearer $TOKEN"'


@cache
def docs_page(deployment: Deployment) -> str:
    """The whole page, as HTML."""
    return _Page(document(deployment)).text()


class _Page:
    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._operations = [
            (path, method, item[method], item.get("servers", told["servers"])[0]["url"].rstrip("/"))
            for path, item in told["paths"].items()
            for method in item
            if method != "servers"
        ]

    def text(self) -> str:
        info, schemas = self._told["info"], self._told["components"]["schemas"]
        parts = {
            "title": _escaped(info["title"]),
            "summary": _escaped(info["summary"]),
            "description": _marked(info["description"]),
            "first": _escaped(self._request(*self._operations[0])),
            "security": self._security(),
            "contents": self._contents(),
            "operations": "\n".join(self._operation(*operation) for operation in self._operations),
            "problem": self._fields(schemas["ProblemDocument"]),
            "codes": _table(
                ("code", "HTTP", "when"),
                (
                    (f"<code>{error['code']}</code>", str(error["status"]), _marked(error["when"]))
                    for error in self._told["x-error-codes"]
                ),
            ),
            "headers": _table(
                ("header", "says"),
                (
                    (f"<code>{name}</code>", _marked(header["description"]))
                    for name, header in self._told["components"]["headers"].items()
                ),
            ),
        }
        return re.sub(r"\{\{(\w+)\}\}", lambda name: parts[name[1]], PAGE.read_text())

    def _is_open(self, security: list[dict[str, list[str]]]) -> bool:
        return not security or {} in security

    def _contents(self) -> str:
        entries = [
            f'<li><a href="#{operation["operationId"]}">{_badge(method)} <span>{_path(path)}</span></a></li>'
            for path, method, operation, _ in self._operations
        ]
        return (
            f'<ul>{"".join(entries)}<li><a href="#errors">Errors</a></li><li><a href="#headers">Headers</a></li></ul>'
        )

    def _security(self) -> str:
        if self._is_open(self._told["security"]):
            return "This service is open: no token is needed. Limits count by network."
        schemes = self._told["components"]["securitySchemes"].values()
        kinds = " ".join(_marked(scheme["description"]) for scheme in schemes)
        return f"Every call but <code>/health</code> needs <code>Authorization: Bearer …</code>: {kinds}"

    def _operation(self, path: str, method: str, operation: dict[str, Any], host: str) -> str:
        parts = [
            f'<section id="{operation["operationId"]}">',
            f"<h2>{_escaped(operation['summary'])}</h2>",
            f'<p class="address">{_badge(method)} <code>{_path(path)}</code></p>',
            f"<p>{_marked(operation['description'])}</p>",
        ]
        if operation["parameters"]:
            rows = (
                (f"<code>{p['name']}</code>", p["in"] + (", required" if p.get("required") else ""),
                 _marked(p["description"]))
                for p in operation["parameters"]
            )  # fmt: skip
            parts.append(_table(("parameter", "where", "says"), rows))
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            parts += [f"<h3>Body <small>{kind}</small></h3>", self._fields(body["schema"])]
        parts.append(f'<pre class="code"><code>{_escaped(self._request(path, method, operation, host))}</code></pre>')
        good = {status: a for status, a in operation["responses"].items() if int(status) < 400}
        bad = {status: a for status, a in operation["responses"].items() if int(status) >= 400}
        parts += [self._answer(status, answer) for status, answer in good.items()]
        parts += ["<h3>When it is refused</h3>", '<dl class="refusals">']
        for status, answer in bad.items():
            says = "<br>".join(_marked(line) for line in answer["description"].splitlines())
            parts.append(f"<dt>{status}</dt><dd>{says}{_headers(answer)}</dd>")
        return "\n".join([*parts, "</dl>", "</section>"])

    def _answer(self, status: str, answer: dict[str, Any]) -> str:
        parts = [f"<h3>{status} <small>{_marked(answer['description'])}</small></h3>{_headers(answer)}"]
        for body in answer.get("content", {}).values():
            for number, (name, example) in enumerate(body["examples"].items()):
                shown = f'<pre class="code"><code>{_json(example["value"])}</code></pre>'
                state = "" if number else " open"
                parts.append(f"<details{state}><summary>Example: {name}</summary>{shown}</details>")
            parts.append(f"<details><summary>Fields</summary>{self._fields(body['schema'])}</details>")
        return "\n".join(parts)

    def _fields(self, schema: dict[str, Any]) -> str:
        """The fields of an object and, below their own names, those of the objects in it."""
        return _table(("field", "takes", "says"), self._rows(schema, ""))

    def _rows(self, schema: dict[str, Any], prefix: str) -> Iterable[Sequence[str]]:
        schema = self._resolved(schema)
        for name, field in schema["properties"].items():
            required = name in schema.get("required", ())
            says = _marked(field.get("description", ""))
            default = field.get("default")
            if default not in (None, []) and not isinstance(default, dict):
                shown = default if isinstance(default, str) else json.dumps(default)
                says += f' <span class="default">default <code>{_escaped(shown)}</code></span>'
            elif required and "additionalProperties" in schema:
                says += ' <span class="default">required</span>'
            yield f"<code>{prefix}{name}</code>", self._takes(field), says
            inner = self._resolved(field)
            inner = self._resolved(inner["items"]) if "items" in inner else inner
            if "properties" in inner:
                yield from self._rows(inner, f"{prefix}{name}{'[]' if field.get('type') == 'array' else ''}.")

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Where it is told: behind a reference, or the one choice that is not null."""
        for choice in schema.get("anyOf", ()):
            if choice.get("type") != "null":
                schema = choice
        if "$ref" in schema:
            found: dict[str, Any] = self._told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            return found
        return schema

    def _takes(self, field: dict[str, Any]) -> str:
        found = self._resolved(field) | {key: value for key, value in field.items() if key in ("minimum", "maximum")}
        choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
        null = " or null" if len(choices) < len(field.get("anyOf", ())) else ""
        if len(choices) > 1:
            return " or ".join(self._takes(choice) for choice in choices) + null
        if "const" in found:
            return f"<code>{found['const']}</code>"
        if "enum" in found:
            return ", ".join(f"<code>{value}</code>" for value in found["enum"]) + null
        kind = {"array": "list", "object": "object"}.get(found.get("type", ""), found.get("type", "anything"))
        if found.get("format") == "binary":
            kind = "file"
        if kind == "list":
            kind += f" of {self._takes(found['items'])}s"
        low, high = found.get("minimum"), found.get("maximum")
        return f"{kind}{f', {low:g} to {high:g}' if low is not None and high is not None else ''}{null}"

    def _request(self, path: str, method: str, operation: dict[str, Any], host: str) -> str:
        """A call that can be copied into a shell."""
        path = path.replace("{job_id}", "JOB_ID").replace("{image_id}", "IMAGE_ID")
        bearer = [] if self._is_open(operation.get("security", self._told["security"])) else [_BEARER]
        address = f"{host or 'http://localhost:8080'}{path}"
        words = ["curl -s", *bearer]
        for body in operation.get("requestBody", {}).get("content", {}).values():
            if "example" in body:
                return f"{' '.join(words)} {address} \\\n  -d '{json.dumps(body['example'])}'"
            return f"{' '.join(words)} {address} -F images=@one.jpg"
        return " ".join([*words, *([f"-X {method.upper()}"] if method != "get" else []), address])


def _headers(answer: dict[str, Any]) -> str:
    names = [name for name in answer["headers"] if name != "X-Request-Id"]
    return f'<p class="headers">with {", ".join(f"<code>{name}</code>" for name in names)}</p>' if names else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _badge(method: str) -> str:
    return f'<b class="method {method}">{method.upper()}</b>'


def _path(path: str) -> str:
    """With places at which a narrow column may break it."""
    return _escaped(path).replace("/", "<wbr>/").replace("{", "<i>{").replace("}", "}</i>")


def _json(value: Any) -> str:
    def coloured(part: re.Match[str]) -> str:
        if part[3]:
            return f'<span class="word">{part[3]}</span>'
        kind = "key" if part[2] else "string"
        return f'<span class="{kind}">{part[1]}</span>{part[2] or ""}'

    return _JSON_PARTS.sub(coloured, _escaped(json.dumps(value, indent=2, ensure_ascii=False)))


def _marked(text: str) -> str:
    return _BACKTICKS.sub(r"<code>\1</code>", _escaped(text))


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
