#!/usr/bin/env python3
"""Makes vaults to publish: of a folder of Markdown, each note a post with versions; of its
notes with formulas; or of hostile texts.

usage: make_vaults.py versions FOLDER VAULT [COUNT] [NOTES]
       make_vaults.py formulas FOLDER VAULT NOTES
       make_vaults.py hostile VAULT

The versions are made by rule: each has more of the note's paragraphs than the one before, and a few
words changed; so the same FOLDER always gives the same vault. Needs no git and no `notes`.
"""
import hashlib
import os
import random
import shutil
import sys


def blob(data):
    """What git calls these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def cut(vault, path, texts, notes, kinds):
    """Puts versions of a note into the vault's ledger."""
    key = "p-" + blob(path.encode())[:8]
    folder = os.path.join(vault, ".notes/versions", key)
    os.makedirs(folder, exist_ok=True)
    chance = random.Random(path)
    for number, text in enumerate(texts, 1):
        day = f"{2020 + number}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}T10:00:00Z"
        with open(f"{folder}/v{number}.md", "wb") as file:
            file.write(text)
        name = path.replace("\\", "\\\\").replace('"', '\\"')
        note = notes[number - 1].replace("\\", "\\\\").replace('"', '\\"')
        with open(f"{folder}/v{number}.yaml", "w", encoding="utf-8") as file:
            file.write(f'path: "{name}"\ncreated: {day}\nkind: {kinds[number - 1]}\n'
                       f'note: "{note}"\nauthor: Ada\ntext: "{blob(text)}"\n')


def settings(vault, title, more=""):
    os.makedirs(os.path.join(vault, ".notes"), exist_ok=True)
    with open(os.path.join(vault, ".notes/config.yaml"), "w", encoding="utf-8") as file:
        file.write(f'posts: .\nsite:\n  title: "{title}"\n  author: Ada Lovelace\n'
                   "  licence: CC BY 4.0\n  description: A vault to be checked.\n" + more)


def with_versions(folder, vault, count, most):
    shutil.copytree(folder, vault, ignore=shutil.ignore_patterns(".git", ".notes"))
    settings(vault, "Real notes")
    kinds = (["major", "major", "minor", "correction", "major"] * count)[:count]
    made = 0
    for place, folders, names in os.walk(vault):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.endswith(".md") or made >= most:
                continue
            made += 1
            path = os.path.relpath(os.path.join(place, name), vault)
            with open(os.path.join(vault, path), "rb") as file:
                text = file.read()
            parts = text.split(b"\n\n")
            texts = []
            for number in range(1, count):
                kept = parts[:max(1, int(len(parts) * (0.5 + 0.5 * number / count)))]
                texts.append(b"\n\n".join(
                    part.replace(b" the ", b" one ", 1) if place % (number + 2) == 1 else part
                    for place, part in enumerate(kept)))
            cut(vault, path, texts + [text], [f"Change number {n}" for n in range(1, count + 1)], kinds)
    print(made)


def with_formulas(folder, vault, most):
    """The first notes with formulas, which are to be set without KaTeX."""
    os.makedirs(vault)
    settings(vault, "Formulas", "  math: mathml\n")
    made = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            with open(os.path.join(place, name), "rb") as file:
                text = file.read()
            if name.endswith(".md") and b"$$" in text and made < most:
                made += 1
                path = f"formulas-{made}.md"
                with open(os.path.join(vault, path), "wb") as file:
                    file.write(text)
                cut(vault, path, [text], ["First"], ["major"])
    print(made)


# What a browser would run, if any of it came through. Each sets window.xss.
RUN = "window.xss=1"
VECTORS = [
    f"<script>{RUN}</script>", f"<ScRiPt>{RUN}</sCrIpT>", f"<script\n>{RUN}</script\n>",
    f"<script/x>{RUN}</script>", f"<<script>{RUN}//<</script>", f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script src=data:,{RUN}></script>", f"\"><script>{RUN}</script>", f"'><script>{RUN}</script>",
    f"</title><script>{RUN}</script>", f"</textarea><script>{RUN}</script>", f"--><script>{RUN}</script>",
    f"</code></pre><script>{RUN}</script>", f"]]><script>{RUN}</script>", f"<![CDATA[<script>{RUN}</script>]]>",
    f"<img src=x onerror={RUN}>", f"<img src=x onerror='{RUN}'>", f'<img src=x onerror="{RUN}">',
    f"<IMG SRC=x ONERROR={RUN}>", f"<img/src=x/onerror={RUN}>", f"<img src=x\nonerror={RUN}>",
    f"<img src=x onerror\n=\n{RUN}>", f"<img src=\"x\"onerror={RUN}>", f"<img src=`x`onerror={RUN}>",
    f"<img src=javascript:{RUN}>", f"<img src=x:x onerror={RUN}>", f"<image src=x onerror={RUN}>",
    f"<img srcset=x onerror={RUN}>", f"<img src=x onload={RUN} onerror={RUN} onmouseover={RUN}>",
    f"<svg onload={RUN}>", f"<svg/onload={RUN}>", f"<svg><script>{RUN}</script></svg>",
    f"<svg><script href=data:,{RUN} /></svg>", f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set onbegin={RUN} attributeName=x>", f"<svg><a xlink:href=javascript:{RUN}><text>x</text></a></svg>",
    f"<svg><foreignObject><script>{RUN}</script></foreignObject></svg>",
    f"<svg><use href='data:image/svg+xml,<svg onload={RUN}>'/></svg>", f"<svg><style><img src=x onerror={RUN}></style>",
    f"<math><mtext><script>{RUN}</script></mtext></math>", f"<math href=javascript:{RUN}>x</math>",
    f"<math><mi xlink:href=javascript:{RUN}>x</mi></math>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f"<body onload={RUN}>", f"<body onpageshow={RUN}>", f"<html onclick={RUN}>", f"<frameset onload={RUN}>",
    f"<iframe src=javascript:{RUN}></iframe>", f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe onload={RUN}></iframe>", f"<frame src=javascript:{RUN}>", f"<object data=javascript:{RUN}></object>",
    f"<object data=data:text/html,<script>{RUN}</script>></object>", f"<embed src=javascript:{RUN}>",
    f"<embed code=javascript:{RUN}>", f"<applet onerror={RUN}>", f"<link rel=stylesheet href=javascript:{RUN}>",
    f"<link rel=import href=data:text/html,<script>{RUN}</script>>", f"<meta http-equiv=refresh content=0;javascript:{RUN}>",
    f"<meta http-equiv=refresh content='0;url=data:text/html,<script>{RUN}</script>'>", "<base href=javascript:/a/>",
    f"<style>@import 'javascript:{RUN}'</style>", f"<style onload={RUN}>*{{}}</style>",
    f"<style>*{{background:url(javascript:{RUN})}}</style>", f"<p style=\"background:url(javascript:{RUN})\">x</p>",
    f"<p style='width:expression({RUN})'>x</p>", f"<div onclick={RUN}>x</div>", f"<div onpointerrawupdate={RUN}>x</div>",
    f"<details open ontoggle={RUN}>x</details>", f"<details ontoggle={RUN} open><summary>x</summary></details>",
    f"<input autofocus onfocus={RUN}>", f"<select autofocus onfocus={RUN}>", f"<textarea autofocus onfocus={RUN}>",
    f"<keygen autofocus onfocus={RUN}>", f"<button autofocus onfocus={RUN}>x</button>",
    f"<form><button formaction=javascript:{RUN}>x</button></form>", f"<form action=javascript:{RUN}><input type=submit></form>",
    f"<isindex action=javascript:{RUN} type=submit>", f"<video src=x onerror={RUN}></video>",
    f"<video><source onerror={RUN}></video>", f"<audio src=x onerror={RUN}></audio>", f"<video poster=javascript:{RUN}></video>",
    f"<marquee onstart={RUN}>x</marquee>", f"<a href=javascript:{RUN}>x</a>", f"<a href=\"jav\tascript:{RUN}\">x</a>",
    f"<a href=&#106;avascript:{RUN}>x</a>", f"<a href=\"java&#10;script:{RUN}\">x</a>", f"<a href=data:text/html,<script>{RUN}</script>>x</a>",
    f"<area href=javascript:{RUN}>", f"<b onmouseover={RUN}>x</b>", f"<xss onclick={RUN} tabindex=1 id=x>x</xss>",
    f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">", f"<template><script>{RUN}</script></template>",
    f"<!--><script>{RUN}</script>-->", f"<!-- --!><script>{RUN}</script> -->", f"<!--[if IE]><script>{RUN}</script><![endif]-->",
    f"<?php <script>{RUN}</script> ?>", f"<!doctype x [<!ENTITY y '<script>{RUN}</script>'>]>",
    f"[x](javascript:{RUN})", f"[x](JaVaScRiPt:{RUN})", f"[x](java\\script:{RUN})", f"[x](<java script:{RUN}>)",
    f"[x](&#x6A;avascript:{RUN})", f"[x](javascript&colon;{RUN})", f"[x](vbscript:{RUN})", f"[x](data:text/html,<script>{RUN}</script>)",
    f"[x](\"onclick={RUN}\")", f"[x](y \"'onclick={RUN} x='\")", f"[x](y '\"onclick={RUN} x=\"')",
    f"[x]: javascript:{RUN}\n\n[x]", f"<javascript:{RUN}>", f"![x](javascript:{RUN})", f"![x](x\"onerror={RUN})",
    f"![\"onerror={RUN} x=\"](x)", f"![x](data:image/svg+xml,<svg/onload={RUN}>)", f"[![x](x\"onerror={RUN})](y)",
    f"[[\"onclick={RUN} x=\"]]", f"[[x|<img src=x onerror={RUN}>]]", f"[[javascript:{RUN}|x]]", f"![[x.png|\"onerror={RUN}]]",
    f"![[javascript:{RUN}.png]]", f"$</code><script>{RUN}</script>$", f"$$\\href{{javascript:{RUN}}}{{x}}$$",
    f"$\\url{{javascript:{RUN}}}$", f"$\\htmlData{{x=\"onclick={RUN}\"}}{{x}}$", f"$\\includegraphics{{x\" onerror={RUN}}}$",
    f"$\\text{{<img src=x onerror={RUN}>}}$", f"`<img src=x onerror={RUN}>`", f"```\"><script>{RUN}</script>\nx\n```",
    f"```html\n</code></pre><script>{RUN}</script>\n```", f"```python\n\"</span><img src=x onerror={RUN}>\"\n```",
    f"> [!\"onclick={RUN}] x", f"> [!note] <img src=x onerror={RUN}>\n> x", f"> [!note]- <svg onload={RUN}>\n> x",
    f"# <img src=x onerror={RUN}>", f"# \"onclick={RUN} x=\"", f"x[^\"onclick={RUN}]\n\n[^\"onclick={RUN}]: y",
    f"x ^\"onclick={RUN}", f"| <img src=x onerror={RUN}> |\n|---|\n| <script>{RUN}</script> |",
    f"- [ ] <img src=x onerror={RUN}>", f"#tag\"onclick={RUN}", f"{{{{{{<script>{RUN}</script>}}}}}}", "{{> layout}} {{{html}}}",
    f"\u2028<script>{RUN}</script>", f"\ufeff<script>{RUN}</script>", f"%3Cscript%3E{RUN}%3C/script%3E",
    f"&lt;script&gt;{RUN}&lt;/script&gt;", f"\\<script>{RUN}\\</script>", f"*<script>*{RUN}</script>",
    f"\ue0030\ue001<script>{RUN}</script>", f"[x](//evil.example/{RUN})", f"<p/onclick={RUN}>x",
    # A mark on a quotation mark or a colon, which a reader sees as one with it, and a browser does not.
    f"\"\u0338 onmouseover={RUN} x=\"\u0338", f"x\"\u200d autofocus tabindex=1 onfocus={RUN} x=\"\u200d",
    f"\"\u0338><script>{RUN}</script>", f"\"\u0301/><img src=x onerror={RUN}>",
    f"[x](javascript:\uff9e={RUN})", f"<a href=\"javascript:\uff9e={RUN}\">x</a>", f"![[x.png|\"\u0338onerror={RUN} ]]",
]


def hostile(vault):
    os.makedirs(vault)
    settings(vault, "</title><script>window.xss=1</script>{{{html}}}".replace('"', "'"), "  math: mathml\n")
    for number, vector in enumerate(VECTORS):
        yaml = vector.replace("'", "''").replace("\n", " ")
        name = f"{number:03} " + vector.replace("/", "_").replace("\0", "")[:60].replace("\n", " ")
        path = name.strip() + ".md"
        head = (f"---\ntitle: '{yaml}'\ntags: ['{yaml}']\nstatus: '{yaml}'\nconfidence: '{yaml}'\n"
                f"description: '{yaml}'\naliases: ['{yaml}']\n---\n").encode()
        if number % 2:
            head = b""
        first = head + f"Before.\n\n{vector}\n\nBehind.\n".encode()
        second = head + f"Before it.\n\n{vector}\n\n- in a list {vector}\n\nBehind, {vector} and on.\n\n[[{number + 1:03}]]\n".encode()
        with open(os.path.join(vault, path), "wb") as file:
            file.write(second)
        cut(vault, path, [first, second], [vector.replace("\n", " ")] * 2, ["major", "major"])
    print(len(VECTORS))


if __name__ == "__main__":
    if sys.argv[1:2] == ["versions"] and len(sys.argv) >= 4:
        with_versions(sys.argv[2], sys.argv[3], int((sys.argv + ["", "2"])[4] or 2) if len(sys.argv) > 4 else 2,
                      int(sys.argv[5]) if len(sys.argv) > 5 else 10 ** 9)
    elif sys.argv[1:2] == ["formulas"] and len(sys.argv) == 5:
        with_formulas(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif sys.argv[1:2] == ["hostile"] and len(sys.argv) == 3:
        hostile(sys.argv[2])
    else:
        sys.exit(__doc__)
