"""What a mutant changes: Cosmic Ray's operators that a rule can go wrong by, and a few of our own in its form.

Left out: arithmetic between sets or conditions (a type error, killed by itself), and what decides no verdict:
annotations, docstrings, words for people, errors of policy files, names of columns.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import parso
from cosmic_ray.ast import Visitor, ast_nodes, get_ast
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    number_replacer,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Operator

WORDS_FOR_PEOPLE = frozenset(("promise", "breach", "remedy", "law", "section", "severity"))  # of `@clause`
# The other side of the boundary; the contrary only where there is no boundary: any scenario at all notices it.
_COMPARISONS = "Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is Lt_LtE LtE_Lt Gt_GtE GtE_Gt"
_BINARY = "BitAnd_BitOr BitOr_BitAnd Add_Sub Sub_Add Mul_Add"


class ReplaceIn(Operator):
    """`in` for `not in`, and back."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "comparison" and _contained(node):
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.children[1] = parso.parse(" not in" if _contained(node) == "in" else " in")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def _contained(node: Any) -> str:
    said = " ".join(node.children[1].get_code().split())
    return said if said in ("in", "not in") else ""


class ReplaceName(Operator):
    """A function or method of two that are each other's contrary for the other."""

    PAIRS = (("min", "max"), ("any", "all"), ("is_null", "is_not_null"), ("within", "without"))
    OTHER = {**dict(PAIRS), **{there: here for here, there in PAIRS}}  # noqa: RUF012

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "name" and node.value in self.OTHER and not node.is_definition():
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = self.OTHER[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class ReplaceWord(Operator):
    """Another word for a constant one."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "string" and node.value[0] in "\"'":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = '"another"' if len(node.value) > 2 else '"x"'
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class DropStatement(Operator):
    """A call for its effect, a change in place, a subscript's assignment, or an early way out, left out."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "simple_stmt" and _dropped(node.children[0]):
            yield node.start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        prefix = node.get_first_leaf().prefix
        node.children[0] = parso.parse(f"{prefix}pass")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def _dropped(statement: Any) -> bool:
    if statement.type in ("atom_expr", "keyword"):
        return statement.get_code().strip() not in ("pass", "...")
    if statement.type == "return_stmt":
        suite = statement.parent.parent
        if suite.parent.type == "funcdef" and suite.children[-1] is statement.parent:
            return False  # the end of the function is as good
        return len(statement.children) == 1 or statement.children[1].get_code().strip() == "None"
    if statement.type != "expr_stmt":
        return False
    target, how = statement.children[0], statement.children[1].get_code().strip()
    return target.type == "atom_expr" or (how.endswith("=") and how != "=")


def _of(module: Any, prefix: str, names: str) -> list[Operator]:
    return [getattr(module, f"{prefix}_{name}")() for name in names.split()]


OPERATORS: tuple[Operator, ...] = (
    *_of(comparison_operator_replacement, "ReplaceComparisonOperator", _COMPARISONS),
    *_of(binary_operator_replacement, "ReplaceBinaryOperator", _BINARY),
    *_of(unary_operator_replacement, "ReplaceUnaryOperator", "Delete_Not Delete_Invert Delete_USub"),
    boolean_replacer.AddNot(),
    boolean_replacer.ReplaceAndWithOr(),
    boolean_replacer.ReplaceOrWithAnd(),
    boolean_replacer.ReplaceFalseWithTrue(),
    boolean_replacer.ReplaceTrueWithFalse(),
    break_continue.ReplaceBreakWithContinue(),
    break_continue.ReplaceContinueWithBreak(),
    number_replacer.NumberReplacer(),
    zero_iteration_for_loop.ZeroIterationForLoop(),
    ReplaceIn(),
    ReplaceName(),
    ReplaceWord(),
    DropStatement(),
)


@dataclass(frozen=True)
class Mutant:
    """A module's source with one change. `change`: the line(s) before and after, which name it in the survivors."""

    source: str
    line: int
    change: str

    @property
    def digest(self) -> str:
        """Tells mutants of one module apart."""
        return sha256(self.source.encode()).hexdigest()[:16]


class _Change(Visitor):  # type: ignore[misc]
    def __init__(self, operator: Operator, wanted: int) -> None:
        self.operator, self.left = operator, wanted

    def visit(self, node: Any) -> Any:
        for index, _ in enumerate(self.operator.mutation_positions(node)):
            if not self.left:
                node = self.operator.mutate(node, index)
            self.left -= 1
        return node


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module's source, by line; those that are no Python, or come out alike, left out."""
    spared, seen = _spared(source), {source}
    found = []
    for operator in OPERATORS:
        places = [at for node in ast_nodes(get_ast(source)) for at in operator.mutation_positions(node)]
        for number, (begin, end) in enumerate(places):
            if any(first <= begin and end <= last for first, last in spared):
                continue
            changed = _Change(operator, number).walk(get_ast(source)).get_code()
            if changed not in seen and _is_python(changed):
                seen.add(changed)
                found.append(Mutant(changed, begin[0], _words(source, changed)))
    yield from sorted(found, key=lambda each: each.line)


def _words(before: str, after: str) -> str:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[3:]
    old, new = ([" ".join(line[1:].split()) for line in lines if line[0] == sign] for sign in "-+")
    return f"{' '.join(old)} → {' '.join(new)}"


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _spared(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Places that decide no verdict, as (line, column) from and to."""
    found: list[ast.AST] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.append(node)  # a docstring
        elif isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            found += [each.annotation for each in arguments if each.annotation]
            found += [node.returns] if node.returns else []
            found += [node] if node.name == "contradictions" else []
            found += [each.args[0] for each in node.decorator_list if isinstance(each, ast.Call) and each.args]
        elif isinstance(node, ast.ClassDef):
            found += node.decorator_list
        elif isinstance(node, ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
            named = node.targets[0]
            if isinstance(named, ast.Name) and named.id[0].isupper() and not named.id.isupper():
                found.append(node)  # a name for a type
        elif isinstance(node, ast.keyword) and node.arg in WORDS_FOR_PEOPLE:
            found.append(node.value)
        elif isinstance(node, ast.Raise | ast.Assert):
            found.append(node)
        elif isinstance(node, ast.Call) and _names_a_column(node):
            found += node.args
            if node.func.attr == "col":  # type: ignore[attr-defined]
                found.append(node)
    return [
        ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]
        for node in found
    ]


def _names_a_column(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("col", "select", "TypeVar", "sort", "unique")
