# Colours code: a line of JSON for each piece, and one back. It gets its text from notes and loads only Pygments.
import html
import json
import sys

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Operator
from pygments.util import ClassNotFound

CLASSES = [
    (Comment, "c"), (Keyword, "k"), (Operator.Word, "k"), (Literal.String, "s"),
    (Literal.Number, "m"), (Name.Function, "f"), (Name.Class, "f"), (Name.Decorator, "f"),
    (Generic.Deleted, "gd"), (Generic.Inserted, "gi"),
]


def kind(token):
    return next((name for parent, name in CLASSES if token in parent), "")


def coloured(text, language):
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    parts = []
    for token, piece in lex(text, lexer):
        name = kind(token)
        if parts and parts[-1][0] == name:
            parts[-1][1].append(piece)
        else:
            parts.append((name, [piece]))
    shown = ""
    for name, pieces in parts:
        piece = html.escape("".join(pieces), quote=False)
        shown += f'<span class="{name}">{piece}</span>' if name else piece
    return shown


for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = {"html": coloured(request["text"], request["option"])}
    except ClassNotFound:
        answer = {}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
