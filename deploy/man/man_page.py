#!/usr/bin/env python3
"""Makes a manual page of what a program's --help prints.

Usage: man_page.py annals PROGRAM [zh|en] > annals.1
       man_page.py annalsd PROGRAM > annalsd.8

The help is the one source: what a page says is what the program takes. The
pages of `annals` are made in both languages.
"""

import email.utils
import pathlib
import re
import subprocess
import sys

ENTRY_COLUMN = 30  # Where client/help.cc begins explanations.

# Neither justified nor hyphenated: names of options and Chinese are neither.
LAYOUT = ".ad l\n.nh"

WORDS = {
    "en": {
        "usage": "Usage: ", "commands": "Commands", "codes": "Exit codes",
        "examples": "Examples",
        "name": "NAME", "synopsis": "SYNOPSIS", "description": "DESCRIPTION",
        "COMMANDS": "COMMANDS", "OPTIONS": "GLOBAL OPTIONS",
        "STATUS": "EXIT STATUS", "EXAMPLES": "EXAMPLES", "FILES": "FILES",
        "also": "SEE ALSO", "brief": "client of the ledger of annual reports "
        "on government information disclosure",
        "config": "Pinned keys, remembered checkpoints, profiles, and the "
        "evidence of a ledger that can't be trusted.",
    },
    "zh": {
        "usage": "用法：", "commands": "命令", "codes": "退出码",
        "examples": "示例",
        "name": "名称", "synopsis": "概要", "description": "说明",
        "COMMANDS": "命令", "OPTIONS": "全局选项",
        "STATUS": "退出码", "EXAMPLES": "示例", "FILES": "文件",
        "also": "另见", "brief": "政府信息公开工作年度报告账本的命令行客户端",
        "config": "固定的公钥、记住的检查点、配置方案，以及账本不可信时留存的证据。",
    },
}


CHANGELOG = pathlib.Path(__file__).parent.parent / "debian/changelog"


def release_date():
    """The date of the newest release: the same page whenever it is made."""
    trailer = re.search(r"^ -- .*>  (.*)$", CHANGELOG.read_text("utf-8"), re.M)
    return email.utils.parsedate_to_datetime(trailer.group(1)).date()


def run(command):
    return subprocess.run(command, check=True, capture_output=True,
                          encoding="utf-8").stdout


def roff(text):
    """`text` as roff takes it: nothing in it is a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = text.replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return "\\&" + text if text.startswith(".") else text


def sections(help_text):
    """The parts of a help: [("", lines before the first head), (head, lines)].

    A head stands at the margin and ends in a colon.
    """
    parts = [("", [])]
    for line in help_text.splitlines():
        head = re.fullmatch(r"(\S.*?)[:：]", line)
        if head:
            parts.append((head.group(1), []))
        else:
            parts[-1][1].append(line)
    return parts


def entries(lines):
    """(name, explanation) of each entry of a part of the client's help."""
    found = []
    for line in lines:
        if not line.strip():
            continue
        if line.startswith(" " * ENTRY_COLUMN) and found:
            name, text = found[-1]
            found[-1] = (name, join(text, line.strip()))
            continue
        # At least two spaces keep the name from its explanation.
        name, _, text = line.strip().partition("  ")
        found.append((name, text.strip()))
    return found


def join(before, after):
    """Two lines of one sentence; Chinese is written without spaces."""
    if not before:
        return after
    wide = ord(before[-1]) > 0x2E80 or ord(after[0]) > 0x2E80
    return before + ("" if wide else " ") + after


def tagged(found):
    out = []
    for name, text in found:
        out += [".TP", f".B {roff(name)}", roff(text) if text else "\\&"]
    return out


def example_lines(lines):
    shown = [line[2:] for line in lines if line.strip()]
    return [".nf", *(roff(line) for line in shown), ".fi"]


class ClientPage:
    def __init__(self, program, language):
        self.program = program
        self.language = language
        self.words = WORDS[language]

    def help_of(self, words):
        return sections(
            run([self.program, *words, "--lang", self.language, "--help"]))

    def usage_and_text(self, lead):
        lines = [line for line in lead if line.strip()]
        usage = lines[0].removeprefix(self.words["usage"])
        return usage, lines[1:]

    def command(self, words):
        """One command, and those below it."""
        parts = self.help_of(words)
        usage, text = self.usage_and_text(parts[0][1])
        below = []
        out = [f".SS {roff('annals ' + ' '.join(words))}",
               f".B {roff(usage)}", ".PP"]
        for line in text:
            out += [roff(line), ".br"]
        if out[-1] == ".br":
            out.pop()
        for head, lines in parts[1:]:
            if head == self.words["commands"]:
                below = [name for name, _ in entries(lines)]
            elif head == self.words["examples"]:
                out += [".PP", *example_lines(lines)]
            elif not self.is_global(head):
                out += tagged(entries(lines))
        for name in below:
            out += self.command([*words, name])
        return out

    def is_global(self, head):
        return head.startswith(("Global options", "全局选项"))

    def page(self, version):
        parts = self.help_of([])
        usage, text = self.usage_and_text(parts[0][1])
        words = self.words
        out = [f'.TH ANNALS 1 {release_date()} "annals {version}" "Annals"',
               LAYOUT, f".SH {words['name']}", f"annals \\- {words['brief']}",
               f".SH {words['synopsis']}", f".B {roff(usage)}",
               f".SH {words['description']}"]
        for line in text:
            out += [roff(line), ".br"]
        out.pop()
        by_head = dict(parts[1:])
        out.append(f".SH {words['COMMANDS']}")
        for name, _ in entries(by_head[words["commands"]]):
            out += self.command([name])
        for head, lines in parts[1:]:
            if self.is_global(head):
                out += [f".SH {words['OPTIONS']}", *tagged(entries(lines))]
        out += [f".SH {words['STATUS']}",
                *tagged(entries(by_head[words["codes"]])),
                f".SH {words['EXAMPLES']}",
                *example_lines(by_head[words["examples"]]),
                f".SH {words['FILES']}", ".TP", ".I ~/.config/annals",
                roff(words["config"]),
                f".SH {words['also']}", ".BR annalsd (8)"]
        return out


def daemon_entries(lines):
    """Names at two spaces, explanations at six."""
    found = []
    for line in lines:
        if line.startswith("      "):
            name, text = found[-1]
            found[-1] = (name, join(text, line.strip()))
        elif line.strip():
            found.append((line.strip(), ""))
    return found


def daemon_page(program, version):
    parts = sections(run([program, "--help"]))
    by_head = dict(parts[1:])
    lead = [line for line in parts[0][1] if line.strip()]
    brief = lead[0].removeprefix("annalsd - ")
    examples = [line for line in lead[1:] if line.startswith("  ")]
    out = [f'.TH ANNALSD 8 {release_date()} "annals {version}" "Annals"',
           LAYOUT, ".SH NAME", f"annalsd \\- {roff(brief.rstrip('.'))}",
           ".SH SYNOPSIS", *example_lines(examples),
           ".SH OPTIONS", *tagged(daemon_entries(by_head["Flags"])),
           *tagged(daemon_entries(by_head["Other flags"])),
           ".SH SIGNALS", "SIGTERM and SIGINT end it: what was accepted is "
           "answered first. A second one ends it at once.",
           ".SH EXIT STATUS", *tagged(daemon_entries(by_head["Exit codes"])),
           ".SH FILES"]
    for name, text in (
            ("/etc/annals/annalsd.flags", "The flags of the packaged service."),
            ("/var/lib/annals", "The ledger of the packaged service: "
             "signing_key.pem, verifier_key, db, published_checkpoint.")):
        out += [".TP", f".I {roff(name)}", roff(text)]
    out += [".SH SEE ALSO", ".BR annals (1),",
            roff("/usr/share/doc/annals-server/OPERATIONS.md")]
    return out


def main(arguments):
    kind, program = arguments[:2]
    if kind == "annals":
        version = run([program, "version", "--lang", "en"]).split()[1]
        language = arguments[2] if len(arguments) > 2 else "en"
        lines = ClientPage(program, language).page(version)
    else:
        version = run([program, "--version"]).split()[1]
        lines = daemon_page(program, version)
    sys.stdout.reconfigure(encoding="utf-8")
    print("\n".join(lines))


main(sys.argv[1:])
