"""Loads exported checkpoint files with the text of the upstream module itself, and writes them again.

Usage: astrocyte_upstream.py MODULE_TEXT FOLDER. The text is that of a coverage page: every line starts with its number, and
indentation is one blank at most. The functions of the module's last part have bodies of one level but for suites of one
statement, so their indentation can be told.
"""
import re
import sys
import types
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
import json


@dataclass
class StepLogEntry:
    state: str
    started_at: datetime
    completed_at: Any = None
    duration_ms: Any = None
    error: Any = None
    notes: dict = field(default_factory=dict)


@dataclass
class RetainContext:
    bank_id: str
    source_id: str
    md_text: str
    reference_date: Any = None
    document_id: Any = None
    entities: list = field(default_factory=list)
    wikis_created: list = field(default_factory=list)
    wikis_updated: list = field(default_factory=list)
    supersedes_edges: list = field(default_factory=list)
    last_state: str = "INIT"
    step_log: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    started_at: Any = None
    completed_at: Any = None


def upstream_functions(text):
    lines = [match.groups() for match in re.finditer(r"^(\d+)(.*)$", text, re.MULTILINE)]
    first = next(i for i, (_, line) in enumerate(lines) if line.startswith("def _safe_segment"))
    source, open_brackets, suite, in_text = [], 0, False, False
    for _, line in lines[first:]:
        body = line.strip()
        if in_text or body.startswith('"""'):
            # Documentation is left out.
            in_text = in_text ^ (body.count('"""') == 1)
            continue
        indent = 0 if not line.startswith(" ") else 2 if suite else 1
        source.append("    " * (indent if open_brackets == 0 else 3) + body)
        code = body.split("  #")[0]
        open_brackets += sum(code.count(b) for b in "([{") - sum(code.count(b) for b in ")]}")
        if open_brackets == 0:
            suite = body.endswith(":") and not body.startswith("def ")
    return "\n".join(source)


def main(module_text, folder):
    context_module = types.ModuleType("astrocyte.pipeline.retain_fsm.context")
    context_module.RetainContext, context_module.StepLogEntry = RetainContext, StepLogEntry
    for name in ("astrocyte", "astrocyte.pipeline", "astrocyte.pipeline.retain_fsm"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules[context_module.__name__] = context_module
    upstream = {"datetime": datetime, "timezone": timezone, "Any": Any, "RetainContext": RetainContext}
    exec(upstream_functions(Path(module_text).read_text(encoding="utf-8")), upstream)

    count = 0
    for file in sorted(Path(folder).rglob("*.json")):
        text = file.read_text(encoding="ascii")
        raw = json.loads(text)
        context = upstream["_deserialise"](raw)
        context.md_text = "x" * raw["md_text_len"]
        if json.dumps(upstream["_serialise"](context), indent=2, default=str) != text:
            sys.exit(f"{file}: upstream writes it differently")
        name = f'{upstream["_safe_segment"](context.bank_id)}/{upstream["_safe_segment"](context.source_id)}.json'
        if name != file.relative_to(folder).as_posix():
            sys.exit(f"{file}: upstream names it {name}")
        count += 1
    print(count)


main(*sys.argv[1:])
