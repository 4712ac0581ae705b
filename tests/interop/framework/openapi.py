"""The description of the API that a server serves, as the judge of what the same server answers."""
import json
import re
from datetime import datetime
from urllib.parse import urlsplit

import jsonschema

from framework.failure import Failure, expect, expect_equal

FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_time(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
                                              and datetime.fromisoformat(value[:-1]))


class Description:
    def __init__(self, server):
        status, text, _ = server.get("/openapi.json")
        expect_equal(status, 200, "/openapi.json")
        self.document = json.loads(text)
        expect(self.document["openapi"].startswith("3.1."), "OpenAPI 3.1")
        self._resolver = jsonschema.RefResolver.from_schema(self.document)
        self.seen = set()  # (operation, status) that were judged
        for name, schema in self.document["components"]["schemas"].items():
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as error:
                raise Failure(f"{name} is no schema: {error}") from error

    def operations(self):
        return {f"{method.upper()} {path}" for path, item in self.document["paths"].items() for method in item}

    def _operation(self, method, target):
        path = urlsplit(target).path
        method = "GET" if method == "HEAD" else method
        for pattern, item in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)), path) and method.lower() in item:
                return f"{method} {pattern}", item[method.lower()]
        return None, {"responses": {"default": {"$ref": "#/components/responses/Problem"}}}

    def _resolved(self, part):
        return self._resolver.resolve(part["$ref"])[1] if "$ref" in part else part

    def expect_is(self, name, value):
        """Of this schema."""
        self._expect_fit({"$ref": f"#/components/schemas/{name}"}, value, name)

    def _expect_fit(self, schema, value, what):
        validator = jsonschema.Draft202012Validator(schema, resolver=self._resolver, format_checker=FORMATS)
        wrong = [f"{'/'.join(map(str, error.absolute_path))}: {deepest(error).message}" for error in validator.iter_errors(value)]
        expect(not wrong, f"{what} is as described: {wrong}\n{str(value)[:4000]}")

    def judge(self, method, target, status, body, headers):
        """Whether this is an answer that the description has for this question."""
        name, operation = self._operation(method, target)
        what = f"{method} {target[:80]}: {status}"
        responses = operation["responses"]
        expect(str(status) in responses or status >= 400, f"{what} is described: {sorted(responses)}")
        response = self._resolved(responses.get(str(status)) or responses["default"])
        self.seen.add((name, status))
        for header in response.get("headers", {}):
            expect(headers.get(header), f"{what} has {header}")
        if method == "HEAD" or not response.get("content"):
            return expect_equal(body, "", f"body of {what}")
        kind = headers["Content-Type"]
        expect(kind in response["content"], f"{what} is of a type that is described, not {kind}")
        value = json.loads(body) if "json" in kind else body
        self._expect_fit(response["content"][kind]["schema"], value, what)
        if "problem" in kind:
            expect_equal(value["status"], status, f"the status that {what} tells")
        return value


def deepest(error):
    """Of several schemas that could have fitted, what was wrong with the one that came closest."""
    return deepest(jsonschema.exceptions.best_match(error.context)) if error.context else error
