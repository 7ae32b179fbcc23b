r"""What a page says, as plain text: for the search, whose excerpts show it, and for the description of a shared link.

Formulas among the words become what Unicode can say of them, ``$\sigma(z) - y$`` is σ(z) − y. Displayed formulas, what
cells print, the code of cells that are folded, and what only a browser understands are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from docutils import nodes

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω",
    "ell": "ℓ", "partial": "∂", "nabla": "∇", "infty": "∞", "sum": "∑", "prod": "∏", "int": "∫",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡", "ll": "≪",
    "gg": "≫", "sim": "∼", "propto": "∝", "in": "∈", "notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩",
    "cdot": "·", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "circ": "∘", "odot": "⊙", "oplus": "⊕", "ominus": "⊖",
    "to": "→", "mapsto": "↦", "leftarrow": "←", "rightarrow": "→", "Rightarrow": "⇒", "iff": "⇔", "gets": "←",
    "ldots": "…", "dots": "…", "cdots": "⋯", "Vert": "‖", "|": "‖", "mid": "|", "vert": "|", "lvert": "|", "rvert": "|",
    "lfloor": "⌊", "rfloor": "⌋",
    "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "%": "%", "$": "$", "&": "&", "_": "_", "#": "#",
    "{": "{", "}": "}", "prime": "′", "top": "ᵀ", "mathbb{R}": "ℝ", "quad": " ", "qquad": " ", " ": " ", ",": " ",
    ";": " ", ":": " ", "!": "", "\\": " ",
}  # fmt: skip
NAMES = {"log", "ln", "exp", "max", "min", "arg", "argmax", "argmin", "sin", "cos", "tanh", "lim", "sup", "inf", "Pr"}
"""Macros whose name is what they show; of others, as ``\\bigl``, nothing is left."""

APART = frozenset("≤≥≠≈≡≪≫∼∝∈∉→↦←⇒⇔·×÷∘⊙⊕⊖")
"""Signs that stand between two others, with a space on either side."""

UP, DOWN = "\ue000", "\ue001"
"""Marks of a script that has no small signs, until all scripts are found."""

RAISED = str.maketrans("0123456789+-−=()niTkmst", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵏᵐˢᵗ")
LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307", "vec": "\u20d7"}
GROUP = r"(?:\{((?:[^{}]|\{[^{}]*\})*)\}|\s*(\\[A-Za-z]+|[^\s\\{}]))"
"""What a macro is applied to: a group, which may hold groups, or one sign."""

FRACTION = re.compile(rf"\\[dt]?frac{GROUP}{GROUP}")
ROOT = re.compile(rf"\\sqrt{GROUP}")
ENVIRONMENT = re.compile(r"\\(?:begin|end)\{\w+\*?\}")
ACCENT = re.compile(rf"\\({'|'.join(ACCENTS)}){GROUP}")
WORDS = re.compile(rf"\\(?:text|mathrm|operatorname|mathbf|mathit|mathtt|mathsf|boldsymbol|textbf|textit)\*?{GROUP}")
SCRIPT = re.compile(rf"([\^_]){GROUP}")
MACRO = re.compile(r"\\(mathbb\{R\}|[A-Za-z]+|.)\s*")

LEFT_OUT = (nodes.raw, nodes.comment, nodes.image, nodes.target, nodes.substitution_definition, nodes.math_block)
FOLDED = {"cell_output", "toctree-wrapper", "tag_hide-input", "tag_hide-cell", "tag_remove-input", "tag_remove-cell"}


def formula(tex: str) -> str:
    r"""Return a short formula as text: ``r"\frac1n \sum_i \log p_i"`` is ``"1/n ∑ᵢ log pᵢ"``."""
    text = WORDS.sub(lambda found: _group(found, 1), ENVIRONMENT.sub(" ", tex))
    text = ACCENT.sub(lambda found: _group(found, 2) + ACCENTS[found[1]], text)
    text = _repeat(FRACTION, lambda found: f"{_bracketed(_group(found, 1))}/{_bracketed(_group(found, 3))}", text)
    text = _repeat(ROOT, lambda found: "√" + _bracketed(_group(found, 1)), text)
    text = MACRO.sub(lambda found: _macro(found[1]), text)
    text = _repeat(SCRIPT, lambda found: _script(found[1], _group(found, 2)), text)
    text = re.sub("[{}~&]", "", text).replace("-", "−").replace(UP, "^").replace(DOWN, "_")
    text = re.sub(r"([(\[]) | ([)\],])", r"\1\2", " ".join(text.split()))
    text = re.sub(r"\| ?([^|]*?) ?\|", r"|\1|", text)
    text = re.sub(rf"\b({'|'.join(NAMES)}) \(", r"\1(", text)
    return re.sub(r"(^|[(\[=·] ?)− ", r"\1−", text)


def _group(found: re.Match[str], number: int) -> str:
    """Return what a group of GROUP has found, of which there are two: the one in braces, and the sign."""
    return found[number] if found[number] is not None else found[number + 1]


def _repeat(pattern: re.Pattern[str], put: Callable[[re.Match[str]], str], text: str) -> str:
    """Substitute until nothing is left to: what stands within another comes after it."""
    before = None
    while before != text:
        before, text = text, pattern.sub(put, text, count=1)
    return text


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"\d+(\.\d+)?|\\\w+|\w|\W", text) else f"({text})"


def _macro(name: str) -> str:
    sign = SYMBOLS.get(name, "")
    return f" {name} " if name in NAMES else f" {sign} " if sign in APART else sign


def _script(kind: str, text: str) -> str:
    """Return an exponent or an index: as small signs where there are some for all of it."""
    table, mark = (RAISED, UP) if kind == "^" else (LOWERED, DOWN)
    text = "".join(text.split())
    if all(ord(sign) in table for sign in text):
        return text.translate(table)
    if text in ("′", "ᵀ"):
        return text
    return mark + (text if len(text) == 1 else f"({text})")


def plain(node: nodes.Node, skip: Callable[[nodes.Node], bool] = lambda node: False) -> str:
    """Return the text of a part of a page, on one line, without the nodes below it that `skip` names."""
    return " ".join("".join(_pieces(node, skip)).split())


def is_shown(node: nodes.Node) -> bool:
    """Say whether a reader of the page sees a node as text, with everything folded."""
    return not isinstance(node, LEFT_OUT) and not FOLDED & set(getattr(node, "attributes", {}).get("classes", []))


def _pieces(node: nodes.Node, skip: Callable[[nodes.Node], bool]) -> list[str]:
    if isinstance(node, nodes.Text):
        return [node.astext()]
    if isinstance(node, nodes.math):
        return [formula(node.astext())]
    inside = [piece for child in node.children if is_shown(child) and not skip(child) for piece in _pieces(child, skip)]
    return inside if isinstance(node, nodes.Inline) else [" ", *inside, " "]
